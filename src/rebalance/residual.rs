//! The residual network of one direction: the tight arcs that a search follows, which cost no
//! squares.
//!
//! A member gets one more of a topic (it costs a move unless it comes back to what it claims), or
//! gives one up that it claims, or one goes back that moved before: a *reversal arc*, which saves a
//! move. Every arc is the cost of that, and the difference of the prices of topic and member.

use std::rc::Rc;

use crate::flow::csr::Csr;
use crate::model::{MemberId, TopicId};
use crate::rebalance::budget::{ARC, READ};
use crate::rebalance::neighbours::{Neighbour, Neighbours};
use crate::rebalance::state::{Direction, Node, NodeKind, State};

/// A residual arc: where it leads, what it costs at current prices, and its residual capacity at
/// that cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct ResidualArc {
    pub(super) node: Node,
    pub(super) cost: i32,
    pub(super) capacity: u32,
}

/// Owners with a positive price are looked at one by one only where they are one in this many
/// partitions of the topic: then looking up what each claims takes less than reading all owners.
const PARTITIONS_FOR_ONE_OWNER: usize = 32;

/// The state, and what was looked up around it for searches in one direction.
pub(super) struct ResidualNetwork<'s, 'a> {
    pub(super) state: &'s mut State<'a>,
    direction: Direction,
    neighbours: Neighbours,
    /// Those of a version of the prices.
    positive: Option<(u32, Rc<PositivePrices>)>,
}

/// The members with a positive price. All others need not be looked at where they would be too far.
#[derive(Debug)]
enum PositivePrices {
    Few {
        members: Vec<MemberId>,
        /// Places among these members, by topic they subscribe to.
        subscribers: Csr,
    },
    Many,
}

impl PositivePrices {
    /// Those that subscribe to a topic, of whatever level, if they are looked up.
    fn subscribers(&self, topic: TopicId) -> Option<impl ExactSizeIterator<Item = MemberId> + '_> {
        match self {
            Self::Few { members, subscribers } => Some(subscribers.row(topic.index()).iter().map(|&place| members[place as usize])),
            Self::Many => None,
        }
    }
}

impl<'s, 'a> ResidualNetwork<'s, 'a> {
    /// The residual network of a direction, nothing of it looked up.
    pub(super) fn new(state: &'s mut State<'a>, direction: Direction) -> Self {
        let neighbours = Neighbours::unknown(state, direction);
        Self { state, direction, neighbours, positive: None }
    }

    pub(super) fn direction(&self) -> Direction {
        self.direction
    }

    /// Visits the tight arcs of a node: forward, what units at the node can go on to; backward,
    /// where units can come from.
    pub(super) fn each_arc(&mut self, node: Node, mut visit: impl FnMut(ResidualArc)) {
        match (self.direction, self.state.kind(node)) {
            (Direction::Forward, NodeKind::Topic(_)) | (Direction::Backward, NodeKind::Member(_)) => {
                self.each_more(node, |_, _| true, visit);
            }
            (Direction::Forward, NodeKind::Member(_)) | (Direction::Backward, NodeKind::Topic(_)) => {
                self.each_reversal(node, &mut visit);
                self.each_claimed(node, visit);
            }
        }
    }

    /// Visits the useful arcs of a node: those that may lead to a sink at most this far, and
    /// perhaps others.
    ///
    /// Backward from a topic whose price is higher than that, only members with a positive price
    /// are near enough that claim some of it. Backward from a member, the next two arcs get one
    /// more of some topic, from somebody who has it. Together they cost at least 1 + this member's
    /// price − the dearest member's, whatever the topic's price. Where that is beyond the sinks,
    /// only topics of which something moved can lead there: undoing a move saves one.
    pub(super) fn each_useful_arc(&mut self, node: Node, most: i32, mut visit: impl FnMut(ResidualArc)) {
        let is_cut_short = 1 + self.state.price(node) - self.state.price_bounds().dearest_member > most;
        match (self.direction, self.state.kind(node)) {
            (Direction::Backward, NodeKind::Topic(topic)) if self.least_other_cost(node) > most => {
                self.each_reversal(node, &mut visit);
                self.each_at_a_positive_price(topic, visit);
            }
            (Direction::Backward, NodeKind::Member(_)) if is_cut_short => {
                self.each_more(node, |state, topic| !state.net_moves().of_topic(topic).is_empty(), visit);
            }
            _ => self.each_arc(node, visit),
        }
    }

    /// Visits the reversal arcs of a node.
    pub(super) fn each_reversal(&self, node: Node, mut visit: impl FnMut(ResidualArc)) {
        let state = &*self.state;
        let mut visit_if_moved = |member: Node, topic: Node, other: Node, moved: i32| {
            if moved > 0 {
                visit(ResidualArc { node: other, cost: state.price(topic) - state.price(member) - 1, capacity: moved.unsigned_abs() });
            }
        };
        match (self.direction, state.kind(node)) {
            (Direction::Forward, NodeKind::Member(member)) => {
                for (topic, other) in state.net_moves().of_member(member).map(|topic| (topic, state.topic(topic))) {
                    visit_if_moved(node, other, other, state.net_moves().get(member, topic));
                }
            }
            (Direction::Backward, NodeKind::Topic(topic)) => {
                let members = state.net_moves().of_topic(topic).iter();
                members.for_each(|&(member, moved)| visit_if_moved(state.member(member), node, state.member(member), moved));
            }
            // What it gave up comes back to the member.
            (Direction::Backward, NodeKind::Member(member)) => {
                for topic in state.net_moves().of_member(member) {
                    let (moved, other) = (state.net_moves().get(member, topic), state.topic(topic));
                    if moved < 0 && state.level(other) == state.level(node) {
                        visit(arc_of_more(state, (member, topic), other, moved));
                    }
                }
            }
            (Direction::Forward, NodeKind::Topic(_)) => {}
        }
    }

    /// Visits the arcs along which members with a positive price give up some of a topic that they
    /// claim.
    pub(super) fn each_at_a_positive_price(&mut self, topic: TopicId, mut visit: impl FnMut(ResidualArc)) {
        let node = self.state.topic(topic);
        for member in self.positive().subscribers(topic).into_iter().flatten() {
            let other = self.state.member(member);
            self.state.spend(1, ARC);
            let moved = self.state.net_moves().get(member, topic);
            // At another level it has none of the topic, which need not be counted.
            if moved <= 0 && self.state.level(other) == self.state.level(node) {
                let kept = Neighbours::count_claim(self.state, member, topic).saturating_sub(moved.unsigned_abs());
                if kept > 0 {
                    visit(ResidualArc { node: other, cost: self.state.price(node) - self.state.price(other), capacity: kept });
                }
            }
        }
    }

    /// Visits the arcs along which a member gets one more of a topic: all of a topic's, or all of a
    /// member's.
    fn each_more(&mut self, node: Node, is_of_interest: impl Fn(&State<'_>, TopicId) -> bool, mut visit: impl FnMut(ResidualArc)) {
        for &Neighbour { node: other, .. } in self.neighbours.of(self.state, node) {
            let (member, topic) = self.state.pair(node, other);
            if self.state.level(other) == self.state.level(node) && is_of_interest(self.state, topic) {
                visit(arc_of_more(self.state, (member, topic), other, self.state.net_moves().get(member, topic)));
            }
        }
    }

    /// Visits the arcs along which a member gives up one that it claims of a topic: all of a
    /// topic's, or all of a member's. What a member has more than it claims goes back first.
    fn each_claimed(&mut self, node: Node, mut visit: impl FnMut(ResidualArc)) {
        for &Neighbour { node: other, claimed } in self.neighbours.of(self.state, node) {
            let (member, topic) = self.state.pair(node, other);
            let moved = self.state.net_moves().get(member, topic);
            if moved <= 0 && claimed > moved.unsigned_abs() {
                let cost = self.state.price(self.state.topic(topic)) - self.state.price(self.state.member(member));
                visit(ResidualArc { node: other, cost, capacity: claimed - moved.unsigned_abs() });
            }
        }
    }

    /// What every arc from a node costs at least, but for reversal arcs, as far as is known without
    /// looking.
    pub(super) fn least_cost(&self, node: Node) -> i32 {
        let (price, bounds) = (self.state.price(node), self.state.price_bounds());
        match (self.direction, self.state.kind(node)) {
            (Direction::Forward, NodeKind::Topic(_)) => 0,
            (Direction::Forward, NodeKind::Member(_)) => (bounds.cheapest_topic - price).max(0),
            (Direction::Backward, NodeKind::Topic(_)) => (price - bounds.dearest_member).max(0),
            (Direction::Backward, NodeKind::Member(_)) => (1 + price - bounds.dearest_topic).max(0),
        }
    }

    /// What every arc from a node costs at least, but for reversal arcs and those of
    /// [`each_at_a_positive_price`](Self::each_at_a_positive_price).
    pub(super) fn least_other_cost(&mut self, node: Node) -> i32 {
        match (self.direction, self.state.kind(node)) {
            (Direction::Backward, NodeKind::Topic(topic))
                if self.state.price_bounds().dearest_member > 0 && self.has_few_positive(topic) =>
            {
                self.state.price(node)
            }
            _ => self.least_cost(node),
        }
    }

    fn has_few_positive(&mut self, topic: TopicId) -> bool {
        let most = self.state.size_of(topic) / PARTITIONS_FOR_ONE_OWNER;
        self.positive().subscribers(topic).is_some_and(|members| members.len() <= most)
    }

    /// The members with a positive price, looked for once until a member's price changes.
    fn positive(&mut self) -> Rc<PositivePrices> {
        let version = self.state.price_version();
        match &self.positive {
            Some((of, positive)) if *of == version => Rc::clone(positive),
            _ => {
                let positive = Rc::new(self.all_positive());
                self.positive = Some((version, Rc::clone(&positive)));
                positive
            }
        }
    }

    fn all_positive(&mut self) -> PositivePrices {
        let Some(members) = few_at_a_price(self.state, |price| price > 0) else { return PositivePrices::Many };
        let topics = |&member: &MemberId| self.state.group().subscribed_topics(member).map(|topic| topic.index() as u32);
        let by_member = Csr::new(members.iter().map(topics));
        self.state.spend(by_member.item_count(), READ);
        PositivePrices::Few { members, subscribers: by_member.transposed(self.state.topic_count()) }
    }

    /// The arc from a topic to a subscriber with a sink behind it, if that sink is this much
    /// further away than the topic.
    #[inline]
    pub(super) fn arc_to_subscriber(&self, topic: TopicId, member: MemberId, further: i32) -> Option<ResidualArc> {
        let (state, node) = (&*self.state, self.state.member(member));
        let is_tight = state.level(node) == state.level(state.topic(topic));
        let sink = state.sink(Direction::Forward, node).filter(|_| is_tight)?;
        let arc = arc_of_more(state, (member, topic), node, state.net_moves().get(member, topic));
        (arc.cost + sink.cost == further).then_some(arc)
    }

    /// The arc from a topic to a member with a sink behind it this much further away than the
    /// topic, if one is found without much looking.
    pub(super) fn arc_to_adjacent_sink(&mut self, node: Node, further: i32) -> Option<ResidualArc> {
        let NodeKind::Topic(topic) = self.state.kind(node) else { return None };
        match self.direction {
            Direction::Forward => {
                let mut looked_at = 0;
                let mut subscribers = self.state.subscribers().of_topic(topic).inspect(|_| looked_at += 1);
                let found = subscribers.find_map(|member| self.arc_to_subscriber(topic, member, further));
                self.state.spend(looked_at, ARC);
                found
            }
            Direction::Backward if further == self.state.price(node) => {
                self.state.spend(self.state.size_of(topic), READ);
                let owners = self.state.claims().owners_of(topic);
                let giver = owners.iter().map(|(_, owner)| owner).find(|owner| self.can_spare(*owner, topic))?;
                let other = self.state.member(giver);
                Some(ResidualArc { node: other, cost: self.state.price(node) - self.state.price(other), capacity: 1 })
            }
            Direction::Backward => None,
        }
    }

    /// Whether an owner of a topic can give up one that it claims of it, and none of its sinks is
    /// nearer: see [`is_spare`](Self::is_spare).
    #[inline]
    pub(super) fn can_spare(&self, owner: MemberId, topic: TopicId) -> bool {
        self.is_spare(owner) && self.state.net_moves().get(owner, topic) == 0
    }

    /// Whether an owner that may keep what it claims has a sink as near as others behind a topic:
    /// its price cancels against the step to the ground. What it must give up is as near only at
    /// price 0.
    #[inline]
    pub(super) fn is_spare(&self, owner: MemberId) -> bool {
        let node = self.state.member(owner);
        self.state.is_sink(Direction::Backward, node, self.state.price(node)) && !self.state.is_changed_subscriber(owner)
    }

    /// The most that is saved at current prices, if anything, where a member gets one more of a
    /// topic: this one, or a neighbour at that level for which it is asked.
    pub(super) fn most_saved(&mut self, node: Node, level: u32, is_asked: impl Fn(Node) -> bool) -> i32 {
        let state = &mut *self.state;
        let neighbours = self.neighbours.of(state, node).iter().map(|neighbour| neighbour.node);
        let met = neighbours.filter(|&other| state.level(other) == level && is_asked(other));
        let saved = met.map(|other| {
            let (member, topic) = state.pair(node, other);
            -arc_of_more(state, (member, topic), other, state.net_moves().get(member, topic)).cost
        });
        saved.max().unwrap_or(0)
    }

    /// Keeps this many of these members, those that claim the fewest of a topic. How many each
    /// claims is written beside it, but only where not all are kept.
    pub(super) fn keep_fewest(&mut self, topic: TopicId, members: &mut Vec<(u32, MemberId)>, wanted: usize) {
        if members.len() > wanted {
            self.neighbours.count_claims(self.state, topic, members);
            members.sort_unstable();
            members.truncate(wanted);
        }
    }
}

/// The arc to a node along which a member gets one more of a topic, of which it has this many more
/// than it claims.
fn arc_of_more(state: &State<'_>, (member, topic): (MemberId, TopicId), node: Node, moved: i32) -> ResidualArc {
    // What comes back to what the member claims costs nothing.
    let (move_cost, capacity) = if moved < 0 { (0, moved.unsigned_abs()) } else { (1, u32::MAX) };
    ResidualArc { node, cost: move_cost + state.price(state.member(member)) - state.price(state.topic(topic)), capacity }
}

/// Members that subscribe to more topics in all, for each node of the group, are not looked up.
const TOPICS_FOR_A_NODE: usize = 8;

/// The members at such prices, if the topics they subscribe to are in all not too many.
pub(super) fn few_at_a_price(state: &mut State<'_>, is_such: impl Fn(i32) -> bool) -> Option<Vec<MemberId>> {
    state.spend(state.member_count(), READ);
    let such = (0..).zip(state.prices().1).filter(|(_, price)| is_such(**price));
    let (mut left, mut members) = (TOPICS_FOR_A_NODE * state.node_count(), Vec::new());
    for member in such.map(|(member, _)| MemberId::from_index(member)) {
        // How many topics those are is known without going over them.
        left = left.checked_sub(state.group().subscribed_topics(member).size_hint().0)?;
        members.push(member);
    }
    Some(members)
}
