//! The state of a rebalance: a flow that differs from the claims only near a change, its levels and
//! prices, and what of it is not settled yet.

use std::collections::BTreeMap;

use crate::model::{Assignment, Group, MemberId, TopicId};
use crate::network::subscribers::Subscribers;
use crate::plan::Plan;
use crate::rebalance::budget::{Budget, Exhausted, Work};
use crate::rebalance::net_moves::NetMoves;

/// A node of the network: topics by number, then members by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Node(u32);

impl Node {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeKind {
    Topic(TopicId),
    Member(MemberId),
}

/// Which way units are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From excess (topics with partitions to place, members that must give some up) forward to
    /// members that take them.
    Forward,
    /// From deficits (members that lack some) backward to members that can spare some.
    Backward,
}

impl Direction {
    /// The sign of an imbalance that is settled in this direction, and of what a search adds to
    /// prices and levels.
    pub(super) fn sign(self) -> i32 {
        match self {
            Self::Forward => 1,
            Self::Backward => -1,
        }
    }

    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }

    /// How many partitions a member at a level has if it can take one more at the cost of that
    /// level, or can spare one.
    fn load_at_sink(self, level: u32) -> u32 {
        match self {
            Self::Forward => level,
            Self::Backward => level + 1,
        }
    }
}

/// A sink right behind a member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sink {
    /// What the step from the member to the sink costs.
    pub(super) cost: i32,
    /// How many units it takes.
    pub(super) capacity: u32,
}

/// No topic is cheaper or dearer, and no member dearer: what a search may count on without looking.
#[derive(Clone, Copy, Debug)]
pub(super) struct PriceBounds {
    pub(super) cheapest_topic: i32,
    pub(super) dearest_topic: i32,
    pub(super) dearest_member: i32,
}

/// The level of a topic without partitions: nobody's. With the level that it had, subscribers might
/// be lower than it, and a path through it cost less than nothing.
const NO_LEVEL: u32 = u32::MAX;

/// A flow near a change, with levels, prices and imbalances.
///
/// Conservation holds at all times: what a member has, less what it must give up or with what it
/// lacks, is its *target load*; what is assigned of a topic and its excess are all its partitions.
pub(super) struct State<'a> {
    group: &'a Group,
    subscribers: &'a Subscribers,
    /// What everybody claims.
    claims: &'a Assignment,
    /// How many nodes are topics, existing or not.
    topics: usize,
    /// The members that may claim partitions of topics to which they do not subscribe now,
    /// ascending.
    changed_subscribers: Vec<MemberId>,
    /// By node.
    level: Vec<u32>,
    /// In moves, by node.
    price: Vec<i32>,
    bounds: PriceBounds,
    /// How often a member's price changed: whoever keeps something about them compares it.
    price_version: u32,
    /// By member: the partitions it has once its own imbalance is settled.
    target: Vec<u32>,
    /// By node: excess, or, below 0, a deficit.
    imbalance: Vec<i32>,
    /// The nodes that had an imbalance at some time.
    unsettled: Vec<Node>,
    net_moves: NetMoves,
    budget: Budget,
}

impl<'a> State<'a> {
    /// The flow in which everybody has what the plan gave them.
    pub(super) fn at_rest(plan: &Plan, group: &'a Group, subscribers: &'a Subscribers, claims: &'a Assignment) -> Self {
        let (topics, members) = (group.all_topics().len(), group.all_members().numbers());
        let nodes = topics + members;
        let mut level = vec![0; nodes];
        level.iter_mut().zip(plan.proof().topic_levels()).for_each(|(level, of_topic)| *level = of_topic);
        level[topics..].iter_mut().zip(plan.proof().member_levels()).for_each(|(level, of_member)| *level = of_member);
        group.all_topics().empty().for_each(|topic| level[topic.index()] = NO_LEVEL);
        let mut target: Vec<u32> = claims.loads();
        target.resize(members, 0);
        let mut price = vec![0; nodes];
        price[..topics].fill(1);
        Self {
            group,
            subscribers,
            claims,
            topics,
            changed_subscribers: Vec::new(),
            level,
            price,
            bounds: PriceBounds { cheapest_topic: 1, dearest_topic: 1, dearest_member: 0 },
            price_version: 0,
            target,
            imbalance: vec![0; nodes],
            unsettled: Vec::new(),
            net_moves: NetMoves::none(topics, members),
            budget: Budget::of_balance(group, subscribers),
        }
    }

    /// The state with these members, ascending, as those whose claims are not all theirs to keep.
    pub(super) fn with_changed_subscribers(self, changed_subscribers: Vec<MemberId>) -> Self {
        Self { changed_subscribers, ..self }
    }

    pub(super) fn group(&self) -> &'a Group {
        self.group
    }

    pub(super) fn subscribers(&self) -> &'a Subscribers {
        self.subscribers
    }

    pub(super) fn claims(&self) -> &'a Assignment {
        self.claims
    }

    pub(super) fn topic_count(&self) -> usize {
        self.topics
    }

    pub(super) fn member_count(&self) -> usize {
        self.target.len()
    }

    pub(super) fn node_count(&self) -> usize {
        self.level.len()
    }

    #[inline]
    pub(super) fn topic(&self, topic: TopicId) -> Node {
        Node(topic.index() as u32)
    }

    #[inline]
    pub(super) fn member(&self, member: MemberId) -> Node {
        Node((self.topics + member.index()) as u32)
    }

    pub(super) fn members(&self) -> impl Iterator<Item = Node> + use<> {
        (self.topics as u32..self.level.len() as u32).map(Node)
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = Node> + use<> {
        (0..self.level.len() as u32).map(Node)
    }

    #[inline]
    pub(super) fn kind(&self, node: Node) -> NodeKind {
        match node.index().checked_sub(self.topics) {
            None => NodeKind::Topic(TopicId::from_index(node.index())),
            Some(member) => NodeKind::Member(MemberId::from_index(member)),
        }
    }

    /// A member and a topic that are neighbours, whichever of the two comes first.
    #[inline]
    pub(super) fn pair(&self, node: Node, other: Node) -> (MemberId, TopicId) {
        let (topic, member) = (node.min(other), node.max(other));
        (MemberId::from_index(member.index() - self.topics), TopicId::from_index(topic.index()))
    }

    /// Whether a member may claim partitions of topics to which it does not subscribe now.
    #[inline]
    pub(super) fn is_changed_subscriber(&self, member: MemberId) -> bool {
        self.changed_subscribers.binary_search(&member).is_ok()
    }

    /// About how many partitions a topic has: as many as the table of claims has places for, which
    /// is near at hand; those of a topic that is new there are looked up.
    pub(super) fn size_of(&self, topic: TopicId) -> usize {
        match self.claims.table_size_of(topic) {
            0 => self.group.all_topics().get(topic).partitions() as usize,
            size => size,
        }
    }

    #[inline]
    pub(super) fn level(&self, node: Node) -> u32 {
        self.level[node.index()]
    }

    /// The levels of topics and of members, by number.
    pub(super) fn levels(&self) -> (&[u32], &[u32]) {
        self.level.split_at(self.topics)
    }

    #[inline]
    pub(super) fn price(&self, node: Node) -> i32 {
        self.price[node.index()]
    }

    /// The prices of topics and of members, by number.
    pub(super) fn prices(&self) -> (&[i32], &[i32]) {
        self.price.split_at(self.topics)
    }

    pub(super) fn price_bounds(&self) -> PriceBounds {
        self.bounds
    }

    pub(super) fn price_version(&self) -> u32 {
        self.price_version
    }

    #[inline]
    pub(super) fn target(&self, member: MemberId) -> u32 {
        self.target[member.index()]
    }

    pub(super) fn net_moves(&self) -> &NetMoves {
        &self.net_moves
    }

    /// How many units are to be sent from a node forward, or backward.
    #[inline]
    pub(super) fn imbalance(&self, direction: Direction, node: Node) -> u32 {
        (direction.sign() * self.imbalance[node.index()]).max(0).unsigned_abs()
    }

    /// The nodes from which units are to be sent in this direction.
    pub(super) fn roots(&self, direction: Direction) -> Vec<Node> {
        self.unsettled.iter().copied().filter(|&node| self.imbalance(direction, node) > 0).collect()
    }

    /// Whether units are to be sent in this direction from any node.
    pub(super) fn has_roots(&self, direction: Direction) -> bool {
        self.unsettled.iter().any(|&node| self.imbalance(direction, node) > 0)
    }

    /// The sink right behind a member, if there is one. What a member lacks is such a sink forward,
    /// what it must give up one backward, at no cost; else the ground, where the member's load is
    /// the lower one of its level forward, or the higher one backward.
    #[inline]
    pub(super) fn sink(&self, direction: Direction, node: Node) -> Option<Sink> {
        let NodeKind::Member(member) = self.kind(node) else { return None };
        match self.imbalance(direction.opposite(), node) {
            0 if self.target(member) == direction.load_at_sink(self.level(node)) => {
                Some(Sink { cost: -direction.sign() * self.price(node), capacity: 1 })
            }
            0 => None,
            capacity => Some(Sink { cost: 0, capacity }),
        }
    }

    /// Whether a node has a sink that is this much further away than the node.
    #[inline]
    pub(super) fn is_sink(&self, direction: Direction, node: Node, further: i32) -> bool {
        self.sink(direction, node).is_some_and(|sink| sink.cost == further)
    }

    /// How many members at a level can take one more at its cost, or spare one: a glance at two
    /// rows of numbers.
    pub(super) fn ground_sinks_at(&self, direction: Direction, level: u32) -> u64 {
        let load = direction.load_at_sink(level);
        let members = self.level[self.topics..].iter().zip(&self.target);
        members.filter(|&(&of_member, &target)| of_member == level && target == load).count() as u64
    }

    /// Adds to the excess of a node; less than 0, to its deficit.
    pub(super) fn add_imbalance(&mut self, node: Node, amount: i32) {
        let imbalance = &mut self.imbalance[node.index()];
        if *imbalance == 0 && amount != 0 {
            self.unsettled.push(node);
        }
        *imbalance += amount;
    }

    pub(super) fn set_target(&mut self, member: MemberId, target: u32) {
        self.target[member.index()] = target;
    }

    pub(super) fn set_level(&mut self, node: Node, level: u32) {
        self.level[node.index()] = level;
    }

    /// Raises a node by one level, or lowers it.
    pub(super) fn shift_level(&mut self, direction: Direction, node: Node) {
        let level = &mut self.level[node.index()];
        *level = level.wrapping_add_signed(direction.sign());
    }

    /// Has a member have one more (or one less, backward), which it still lacks (or must give up).
    pub(super) fn shift_target(&mut self, direction: Direction, node: Node) {
        if let NodeKind::Member(member) = self.kind(node) {
            self.add_to_target(direction, member, 1);
            self.add_imbalance(node, -direction.sign());
        }
    }

    fn add_to_target(&mut self, direction: Direction, member: MemberId, amount: u32) {
        let target = &mut self.target[member.index()];
        *target = target.wrapping_add_signed(direction.sign() * amount as i32);
    }

    /// Raises a node's price, or lowers it.
    pub(super) fn add_to_price(&mut self, node: Node, more: i32) {
        if more == 0 {
            return;
        }
        self.price[node.index()] += more;
        let (price, bounds) = (self.price[node.index()], &mut self.bounds);
        match node.index() < self.topics {
            true => {
                bounds.cheapest_topic = bounds.cheapest_topic.min(price);
                bounds.dearest_topic = bounds.dearest_topic.max(price);
            }
            false => {
                bounds.dearest_member = bounds.dearest_member.max(price);
                self.price_version += 1;
            }
        }
    }

    /// Gives this price to the topics for which it is apt.
    pub(super) fn set_topic_prices(&mut self, price: i32, is_apt: impl Fn(&Self, TopicId) -> bool) {
        for topic in 0..self.topics {
            if is_apt(self, TopicId::from_index(topic)) {
                self.price[topic] = price;
            }
        }
        let prices = || self.price[..self.topics].iter().copied();
        self.bounds.dearest_topic = prices().max().unwrap_or(0);
        self.bounds.cheapest_topic = prices().min().unwrap_or(0);
    }

    /// A member gets this many more of a topic than it has; less than 0, gives them up.
    pub(super) fn transfer(&mut self, member: MemberId, topic: TopicId, count: i32) {
        self.net_moves.add(member, topic, count);
    }

    /// Takes note of units that were sent between a root and a sink.
    pub(super) fn settle(&mut self, direction: Direction, root: Node, sink: Node, amount: u32) {
        let is_imbalance = self.imbalance(direction.opposite(), sink) > 0;
        let change = -direction.sign() * amount as i32;
        self.imbalance[root.index()] += change;
        match (is_imbalance, self.kind(sink)) {
            (false, NodeKind::Member(member)) => self.add_to_target(direction, member, amount),
            _ => self.imbalance[sink.index()] -= change,
        }
    }

    /// Takes note of work that was done this many times.
    pub(super) fn spend(&mut self, times: usize, work: Work) {
        self.budget.spend(times, work);
    }

    /// An error where it is not worth searching on, rather than balancing anew.
    pub(super) fn check_budget(&self) -> Result<(), Exhausted> {
        self.budget.check()
    }

    /// What is wrong with the state, if anything: conservation, loads at levels, and the reduced
    /// costs of all residual arcs. Linear in subscriptions and claims.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut assigned = vec![0; self.topics];
        for (member, _) in self.group.members() {
            let node = self.member(member);
            let mut load = 0;
            for (topic, (claimed, moved)) in self.counts_of(member) {
                let has = claimed + moved;
                if has < 0 || (has > 0 && self.level(self.topic(topic)) != self.level(node)) {
                    return Err(format!("{member:?} has {has} of {topic:?}, which is at another level"));
                }
                (load, assigned[topic.index()]) = (load + has, assigned[topic.index()] + has);
                self.check_arcs(member, topic, (claimed, moved))?;
            }
            let (target, level) = (self.target(member), self.level(node));
            if load - self.imbalance[node.index()] != target as i32 || !(target == level || target == level + 1) {
                return Err(format!(
                    "{member:?} at level {level} with {load}, imbalance {}, target {target}",
                    self.imbalance[node.index()]
                ));
            }
            let to_ground = if target == level { -self.price(node) } else { self.price(node) };
            if to_ground < 0 {
                return Err(format!("{member:?} at level {level} with target {target} has price {}", self.price(node)));
            }
        }
        for (topic, described) in self.group.topics().filter(|(id, _)| self.subscribers.of_topic(*id).next().is_some()) {
            let (assigned, excess) = (assigned[topic.index()], self.imbalance[topic.index()]);
            if excess < 0 || assigned + excess != described.partitions() as i32 {
                return Err(format!("{topic:?} has {assigned} assigned and an excess of {excess}"));
            }
        }
        Ok(())
    }

    /// What a member claims of the topics it subscribes to, and its net moves.
    fn counts_of(&self, member: MemberId) -> BTreeMap<TopicId, (i32, i32)> {
        let existing = self.group.subscribed_topics(member).filter(|&topic| self.group.all_topics().get(topic).partitions() > 0);
        let mut counts: BTreeMap<TopicId, (i32, i32)> = existing.map(|topic| (topic, (0, self.net_moves.get(member, topic)))).collect();
        for (topic, claimed) in self.claims.counts_of(member) {
            counts.entry(topic).and_modify(|count| count.0 = claimed as i32);
        }
        counts
    }

    /// An error where one of the arcs between a member and a topic has a negative reduced cost.
    fn check_arcs(&self, member: MemberId, topic: TopicId, (claimed, moved): (i32, i32)) -> Result<(), String> {
        let (topic_node, node) = (self.topic(topic), self.member(member));
        let (of_topic, of_member) = (self.level(topic_node), self.level(node));
        let saved = self.price(topic_node) - self.price(node);
        let gets_one = i32::from(moved >= 0) - saved;
        let gives_one_up = if moved > 0 { saved - 1 } else { saved };
        let is_tight = of_topic == of_member;
        match of_member < of_topic || (is_tight && (gets_one < 0 || (claimed + moved > 0 && gives_one_up < 0))) {
            true => Err(format!(
                "{member:?} at level {of_member}, {topic:?} at level {of_topic}, {claimed} claimed, {moved} moved: saved are {saved}"
            )),
            false => Ok(()),
        }
    }
}
