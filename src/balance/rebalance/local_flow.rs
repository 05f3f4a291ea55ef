//! The flow near a change: levels and prices, loads, what is over or missing, and the residual arcs that a search follows.

use super::moved::Moved;
use super::nearby::Found;
use super::readers::Readers;
use super::search::{Arc, Node, Search};
use super::start::SetFree;
use crate::balance::plan::Plan;
use crate::model::{Assignment, Group, MemberId, TopicId};

/// Which way units are sought to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// From topics with partitions to place, onward to members that take them.
    Onward,
    /// From members in need, back to members that can spare some.
    Back,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Topic(TopicId),
    Member(MemberId),
}

/// The level of a topic without partitions: nobody's.
pub(super) const NO_LEVEL: u32 = u32::MAX;

/// A flow that differs from the claims only near a change.
pub(super) struct LocalFlow<'a> {
    pub(super) group: &'a Group,
    pub(super) readers: &'a Readers,
    /// What everybody claims.
    pub(super) claims: &'a Assignment,
    pub(super) topics: usize,
    /// By node.
    pub(super) level: Vec<u32>,
    /// In moves, by node.
    pub(super) price: Vec<i32>,
    /// By member, counting what it needs.
    pub(super) load: Vec<u32>,
    /// By node: the partitions of a topic that are not placed, those that a member needs.
    pub(super) imbalance: Vec<u32>,
    /// The nodes that had an imbalance at the start.
    pub(super) unsettled: Vec<Node>,
    pub(super) moved: Moved,
    /// The members that claim partitions of topics they do not follow now, by number.
    pub(super) stranger: Vec<bool>,
    /// No topic is cheaper, and no member dearer: what a search may count on without looking.
    pub(super) cheapest_topic: i32,
    pub(super) dearest_member: i32,
    pub(super) set_free: SetFree,
    tally: Vec<u32>,
    patience: i64,
}

impl<'a> LocalFlow<'a> {
    /// The flow in which everybody has what the plan gave them.
    pub(super) fn resting(plan: &Plan, group: &'a Group, readers: &'a Readers, claims: &'a Assignment) -> Self {
        let (topics, members) = (group.all_topics().len(), group.all_members().numbers());
        let nodes = topics + members;
        let mut level: Vec<u32> = plan.proof.topic_levels().collect();
        level.resize(topics, 0);
        let empty = group.all_topics().in_id_order().filter(|(_, topic)| topic.partitions() == 0);
        empty.for_each(|(topic, _)| level[topic.index()] = NO_LEVEL);
        level.extend(plan.proof.member_levels().take(members));
        level.resize(nodes, 0);
        let mut load: Vec<u32> = claims.loads().collect();
        load.resize(members, 0);
        let mut price = vec![1; topics];
        price.resize(nodes, 0);
        Self {
            group,
            readers,
            claims,
            topics,
            level,
            price,
            load,
            imbalance: vec![0; nodes],
            unsettled: Vec::new(),
            moved: Moved::nothing(topics, members),
            stranger: vec![false; members],
            cheapest_topic: 1,
            dearest_member: 0,
            set_free: SetFree::default(),
            tally: vec![0; members],
            patience: 4 * (nodes as i64 + group.partition_count() as i64),
        }
    }

    pub(super) fn node_count(&self) -> usize {
        self.level.len()
    }

    pub(super) fn side(&self, node: Node) -> Side {
        match (node as usize).checked_sub(self.topics) {
            None => Side::Topic(TopicId::from_index(node as usize)),
            Some(member) => Side::Member(MemberId::from_index(member)),
        }
    }

    pub(super) fn topic(&self, topic: TopicId) -> Node {
        topic.index() as Node
    }

    pub(super) fn member(&self, member: MemberId) -> Node {
        (self.topics + member.index()) as Node
    }

    pub(super) fn level(&self, node: Node) -> u32 {
        self.level[node as usize]
    }

    pub(super) fn price(&self, node: Node) -> i32 {
        self.price[node as usize]
    }

    pub(super) fn imbalance(&self, node: Node) -> u32 {
        self.imbalance[node as usize]
    }

    /// The nodes that units are to be sent from, or brought to.
    pub(super) fn roots(&self, way: Way) -> Vec<Node> {
        let is_topic = |node: Node| (node as usize) < self.topics;
        self.unsettled.iter().copied().filter(|&node| self.imbalance(node) > 0 && is_topic(node) == (way == Way::Onward)).collect()
    }

    /// Whether it is still worth searching, rather than balancing anew.
    pub(super) fn has_patience(&self) -> Option<()> {
        (self.patience > 0).then_some(())
    }

    /// How far it is from a node to the end that a search looks for, and how much fits there, if it is at such a one.
    pub(super) fn end(&self, way: Way, node: Node) -> Option<(i32, u32)> {
        let Side::Member(member) = self.side(node) else { return None };
        let (load, level, price) = (self.load[member.index()], self.level(node), self.price(node));
        match way {
            Way::Onward if self.imbalance(node) > 0 => Some((0, self.imbalance(node))),
            Way::Onward => (load == level).then_some((-price, 1)),
            Way::Back => (load == level + 1).then_some((price, 1)),
        }
    }

    /// What every arc from a node costs at least, but for those of [`each_regained`](Self::each_regained), as far as is known without looking.
    pub(super) fn least_cost(&self, way: Way, node: Node) -> i32 {
        match (way, self.side(node)) {
            (Way::Onward, Side::Member(_)) => (self.cheapest_topic - self.price(node)).max(0),
            (Way::Back, Side::Topic(_)) => (self.price(node) - self.dearest_member).max(0),
            _ => 0,
        }
    }

    /// Visits the arcs along which something goes back that a member has beyond what it claims, which saves a move.
    pub(super) fn each_regained(&self, way: Way, node: Node, mut visit: impl FnMut(Arc)) {
        let mut arc = |from: Node, to: Node, other: Node, moved: i32| {
            if moved > 0 {
                visit(Arc { node: other, cost: self.price(to) - self.price(from) - 1, room: moved.unsigned_abs() });
            }
        };
        match (way, self.side(node)) {
            (Way::Onward, Side::Member(member)) => {
                let topics = self.moved.of_member(member).iter();
                topics.for_each(|&topic| arc(node, self.topic(topic), self.topic(topic), self.moved.get(member, topic)));
            }
            (Way::Back, Side::Topic(topic)) => {
                let members = self.moved.of_topic(topic).iter();
                members.for_each(|&(member, moved)| arc(self.member(member), node, self.member(member), moved));
            }
            _ => {}
        }
    }

    /// What it costs to give a member one more of a topic: nothing where it comes back to what it claims.
    fn cost_of_more(moved: i32) -> i32 {
        i32::from(moved >= 0)
    }

    /// What it costs to take one of a topic from a member, and how many can be taken so: a move less where it has more than it claims.
    fn cost_of_less(moved: i32, held: u32) -> (i32, u32) {
        match moved > 0 {
            true => (-1, moved as u32),
            false => (0, held),
        }
    }

    /// Visits the tight arcs of a node in a search: what units at a node can go on to, or back from where they can come.
    pub(super) fn each_arc(&mut self, way: Way, node: Node, visit: impl FnMut(Arc)) {
        match (way, self.side(node)) {
            (Way::Onward, Side::Topic(topic)) => self.each_follower(node, topic, visit),
            (Way::Onward, Side::Member(member)) => self.each_held(node, member, visit),
            (Way::Back, Side::Topic(topic)) => self.each_holder(node, topic, visit),
            (Way::Back, Side::Member(member)) => self.each_followed(node, member, visit),
        }
    }

    fn each_follower(&mut self, node: Node, topic: TopicId, mut visit: impl FnMut(Arc)) {
        let (level, price) = (self.level(node), self.price(node));
        let mut looked = 0;
        for follower in self.readers.of_topic(topic) {
            looked += 1;
            let other = self.member(follower);
            if self.level(other) == level {
                let moved = self.moved.get(follower, topic);
                let room = if moved < 0 { moved.unsigned_abs() } else { u32::MAX };
                visit(Arc { node: other, cost: Self::cost_of_more(moved) + self.price(other) - price, room });
            }
        }
        self.patience -= looked;
    }

    fn each_followed(&mut self, node: Node, member: MemberId, mut visit: impl FnMut(Arc)) {
        let (level, price) = (self.level(node), self.price(node));
        let mut looked = 0;
        for topic in self.group.followed(member) {
            looked += 1;
            let other = self.topic(topic);
            if self.level(other) == level {
                let moved = self.moved.get(member, topic);
                let room = if moved < 0 { moved.unsigned_abs() } else { u32::MAX };
                visit(Arc { node: other, cost: Self::cost_of_more(moved) + price - self.price(other), room });
            }
        }
        self.patience -= looked;
    }

    fn each_held(&mut self, node: Node, member: MemberId, mut visit: impl FnMut(Arc)) {
        let held = self.held_by(member);
        for (topic, claimed) in held {
            let moved = self.moved.get(member, topic);
            let units = (claimed as i32 + moved) as u32;
            if units > 0 {
                let (cost, room) = Self::cost_of_less(moved, units);
                let other = self.topic(topic);
                visit(Arc { node: other, cost: cost + self.price(other) - self.price(node), room });
            }
        }
    }

    fn each_holder(&mut self, node: Node, topic: TopicId, mut visit: impl FnMut(Arc)) {
        for (member, claimed) in self.holders_of(topic) {
            let moved = self.moved.get(member, topic);
            let units = (claimed as i32 + moved) as u32;
            if units > 0 {
                let (cost, room) = Self::cost_of_less(moved, units);
                let other = self.member(member);
                visit(Arc { node: other, cost: cost + self.price(node) - self.price(other), room });
            }
        }
    }

    /// The topics that a member claims, or has more or fewer of than it claims, and how many it claims.
    fn held_by(&mut self, member: MemberId) -> Vec<(TopicId, u32)> {
        let mut held: Vec<(TopicId, u32)> = Vec::with_capacity(32);
        self.claims.partitions_of(member).for_each(|partition| match held.last_mut() {
            Some((topic, count)) if *topic == partition.topic => *count += 1,
            _ => held.push((partition.topic, 1)),
        });
        self.patience -= i64::from(self.load[member.index()]);
        if self.stranger[member.index()] {
            held.retain(|&(topic, _)| self.group.subscribes(member, topic));
        }
        let claimed = held.len();
        for &topic in self.moved.of_member(member) {
            if held[..claimed].binary_search_by_key(&topic, |held| held.0).is_err() {
                held.push((topic, 0));
            }
        }
        held
    }

    /// The members that claim some of a topic they follow, or have more or fewer of it than they claim, and how many they claim.
    pub(super) fn holders_of(&mut self, topic: TopicId) -> Vec<(MemberId, u32)> {
        let mut holders: Vec<(MemberId, u32)> = Vec::with_capacity(32);
        let mut looked = 0;
        for (_, owner) in self.claims.owners_of(topic) {
            looked += 1;
            let tally = &mut self.tally[owner.index()];
            if *tally == 0 {
                holders.push((owner, 0));
            }
            *tally += 1;
        }
        self.patience -= looked;
        for (member, claimed) in &mut holders {
            *claimed = self.tally[member.index()];
        }
        let also = self.moved.of_topic(topic).iter().filter(|(member, _)| self.tally[member.index()] == 0);
        let also: Vec<(MemberId, u32)> = also.map(|&(member, _)| (member, 0)).collect();
        holders.iter().for_each(|(member, _)| self.tally[member.index()] = 0);
        holders.retain(|&(member, _)| !self.stranger[member.index()] || self.group.subscribes(member, topic));
        holders.extend(also);
        holders
    }

    /// Makes what is nearer than the ends found dearer or cheaper by as much as it is nearer, and sends units to or from all of them.
    pub(super) fn send(&mut self, way: Way, found: Found) -> Search {
        let Found { search, ends, distance } = found;
        for &node in search.reached() {
            let nearer = distance - search.distance(node);
            if nearer > 0 {
                self.add_to_price(node, if way == Way::Onward { nearer } else { -nearer });
            }
        }
        ends.into_iter().for_each(|(end, amount)| self.send_along(way, &search, end, amount));
        search
    }

    pub(super) fn add_to_price(&mut self, node: Node, more: i32) {
        let price = &mut self.price[node as usize];
        *price += more;
        match (node as usize) < self.topics {
            true => self.cheapest_topic = self.cheapest_topic.min(*price),
            false => self.dearest_member = self.dearest_member.max(*price),
        }
    }

    /// The ends in the order in which they are served: members that have the fewest of a topic first; topics in turn.
    pub(super) fn in_turn(&mut self, way: Way, search: &Search, ends: Vec<Node>) -> Vec<Node> {
        let mut by_topic: Vec<(Node, Node)> = ends.into_iter().map(|end| (search.parent(end), end)).collect();
        by_topic.sort_unstable();
        let mut ranked: Vec<(u32, Node)> = Vec::with_capacity(by_topic.len());
        for same in by_topic.chunk_by(|one, next| one.0 == next.0) {
            if way == Way::Onward && self.imbalance(same[0].0) > 0 {
                let holders = self.holders_of(TopicId::from_index(same[0].0 as usize));
                holders.iter().for_each(|&(member, claimed)| self.tally[member.index()] = claimed);
                ranked.extend(same.iter().map(|&(_, end)| (self.tally[end as usize - self.topics], end)));
                holders.iter().for_each(|&(member, _)| self.tally[member.index()] = 0);
            } else {
                ranked.extend(same.iter().enumerate().map(|(turn, &(_, end))| (turn as u32, end)));
            }
        }
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, end)| end).collect()
    }

    fn send_along(&mut self, way: Way, search: &Search, end: Node, amount: u32) {
        let (root, count) = (search.root(end), amount as i32);
        for (node, parent) in search.steps(end) {
            let (from, to) = if way == Way::Onward { (parent, node) } else { (node, parent) };
            match (self.side(from), self.side(to)) {
                (Side::Topic(topic), Side::Member(member)) => self.moved.add(member, topic, count),
                (Side::Member(member), Side::Topic(topic)) => self.moved.add(member, topic, -count),
                _ => {}
            }
        }
        self.imbalance[root as usize] -= amount;
        let place = end as usize;
        match way {
            Way::Onward if self.imbalance[place] > 0 => self.imbalance[place] -= amount,
            Way::Onward => self.load[place - self.topics] += amount,
            Way::Back => self.load[place - self.topics] -= amount,
        }
    }

    /// All that a search met, which came to no end, rises by a level, or falls by one.
    ///
    /// Its prices in moves are shifted together so that nothing costs less than nothing between it and the neighbours that it meets there.
    pub(super) fn change_levels(&mut self, way: Way, search: Search) -> Search {
        let mut shift = 0;
        for &node in search.reached() {
            shift = shift.max(self.least_shift(way, node, &search));
        }
        for &node in search.reached() {
            let level = &mut self.level[node as usize];
            match way {
                Way::Onward => *level += 1,
                Way::Back => *level -= 1,
            }
            self.add_to_price(node, if way == Way::Onward { -shift } else { shift });
        }
        search
    }

    /// By how much a node must become cheaper when it rises, or dearer when it falls.
    fn least_shift(&mut self, way: Way, node: Node, search: &Search) -> i32 {
        let (level, price) = (self.level(node), self.price(node));
        match (way, self.side(node)) {
            (Way::Onward, Side::Member(_)) => price,
            (Way::Back, Side::Topic(_)) => 0,
            (Way::Onward, Side::Topic(topic)) => {
                let met = self.readers.of_topic(topic).map(|member| (member, self.member(member)));
                let met = met.filter(|&(_, other)| self.level(other) == level + 1 && !search.was_reached(other));
                met.map(|(member, other)| price - Self::cost_of_more(self.moved.get(member, topic)) - self.price(other)).max().unwrap_or(0)
            }
            (Way::Back, Side::Member(member)) => {
                let met = self.group.followed(member).map(|topic| (topic, self.topic(topic)));
                let met = met.filter(|&(_, other)| self.level(other) == level - 1 && !search.was_reached(other));
                let dearer = met.map(|(topic, other)| self.price(other) - Self::cost_of_more(self.moved.get(member, topic)) - price);
                dearer.max().unwrap_or(0).max(-price)
            }
        }
    }
}
