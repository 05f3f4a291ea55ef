//! The flow near a change: levels and prices, loads, what is over or missing.

use std::rc::Rc;

use crate::model::{Assignment, Group, MemberId, TopicId};
use crate::network::followers::Followers;
use crate::plan::Plan;
use crate::rebalance::dear::Dear;
use crate::rebalance::moved::Moved;
use crate::rebalance::neighbours::Neighbours;
use crate::rebalance::patience::patience;
use crate::rebalance::search::Node;
use crate::rebalance::start::SetFree;

/// Which way units are sought to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From topics with partitions to place, and members that must give some up, onward to members
    /// that take them.
    Onward,
    /// From members in need, back to members that can spare some.
    Back,
}

impl Direction {
    /// The sign of what is due in this direction, and of what a search adds to prices and levels.
    pub(crate) fn sign(self) -> i32 {
        match self {
            Self::Onward => 1,
            Self::Back => -1,
        }
    }

    /// How many partitions a member at a level has if it takes one more at the cost of that level,
    /// or can spare one.
    pub(crate) fn load_at_end(self, level: u32) -> u32 {
        match self {
            Self::Onward => level,
            Self::Back => level + 1,
        }
    }

    pub(crate) fn opposite(self) -> Self {
        match self {
            Self::Onward => Self::Back,
            Self::Back => Self::Onward,
        }
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Topic(TopicId),
    Member(MemberId),
}

/// The level of a topic without partitions: nobody's. With the level that it had, followers might
/// be lower than it, and a way through it cost less than nothing.
const NO_LEVEL: u32 = u32::MAX;

/// A flow that differs from the claims only near a change.
///
/// Its methods are where they are needed: `start.rs` sets it off, `crossing.rs` and `adjust.rs`
/// change levels and prices, `neighbours.rs`, `dear.rs` and `arcs.rs` look around, `direct.rs` and
/// `ways.rs` send, and `finish.rs` hands over what was sent.
pub(crate) struct LocalFlow<'a> {
    pub(crate) group: &'a Group,
    pub(crate) followers: &'a Followers,
    /// What everybody claims.
    pub(crate) claims: &'a Assignment,
    /// How many nodes are topics, existing or not: they come first, by number, then members.
    pub(crate) topics: usize,
    /// The members that may claim partitions of topics they do not follow now, ascending.
    pub(crate) strangers: Vec<MemberId>,
    pub(crate) set_free: SetFree,

    /// By node.
    pub(crate) level: Vec<u32>,
    /// In moves, by node.
    pub(crate) price: Vec<i32>,
    pub(crate) price_bounds: PriceBounds,
    /// By member: the partitions it has once its own imbalance is settled.
    pub(crate) promised: Vec<u32>,
    /// By node: the partitions of a topic that are not placed, or that a member must give up; less
    /// than 0, those that a member needs.
    pub(crate) imbalance: Vec<i32>,
    /// The nodes that had an imbalance at some time.
    pub(crate) unsettled: Vec<Node>,
    pub(crate) moved: Moved,

    pub(crate) neighbours: Neighbours,
    /// Looked up when it is asked for.
    pub(crate) dear: Option<Rc<Dear>>,
    /// Scratch by member, all 0 between uses.
    pub(crate) tally: Vec<u32>,
    /// How much more may be looked at.
    pub(crate) patience: i64,
}

/// No topic is cheaper or dearer, and no member dearer: what a search may count on without looking.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PriceBounds {
    pub(crate) cheapest_topic: i32,
    pub(crate) dearest_topic: i32,
    pub(crate) dearest_member: i32,
}

impl<'a> LocalFlow<'a> {
    /// The flow in which everybody has what the plan gave them.
    pub(crate) fn resting(plan: &Plan, group: &'a Group, followers: &'a Followers, claims: &'a Assignment) -> Self {
        let (topics, members) = (group.all_topics().len(), group.all_members().numbers());
        let nodes = topics + members;
        let mut level = vec![0; nodes];
        level.iter_mut().zip(plan.proof.topic_levels()).for_each(|(level, of_topic)| *level = of_topic);
        level[topics..].iter_mut().zip(plan.proof.member_levels()).for_each(|(level, of_member)| *level = of_member);
        group.all_topics().empty().for_each(|topic| level[topic.index()] = NO_LEVEL);
        let mut promised: Vec<u32> = claims.loads();
        promised.resize(members, 0);
        let mut price = vec![0; nodes];
        price[..topics].fill(1);
        Self {
            group,
            followers,
            claims,
            topics,
            strangers: Vec::new(),
            set_free: SetFree::default(),
            level,
            price,
            price_bounds: PriceBounds { cheapest_topic: 1, dearest_topic: 1, dearest_member: 0 },
            promised,
            imbalance: vec![0; nodes],
            unsettled: Vec::new(),
            moved: Moved::nothing(topics, members),
            neighbours: Neighbours::default(),
            dear: None,
            tally: vec![0; members],
            patience: patience(group, followers),
        }
    }

    pub(crate) fn node_count(&self) -> usize {
        self.level.len()
    }

    pub(crate) fn side(&self, node: Node) -> Side {
        match (node as usize).checked_sub(self.topics) {
            None => Side::Topic(TopicId::from_index(node as usize)),
            Some(member) => Side::Member(MemberId::from_index(member)),
        }
    }

    pub(crate) fn topic(&self, topic: TopicId) -> Node {
        topic.index() as Node
    }

    pub(crate) fn member(&self, member: MemberId) -> Node {
        (self.topics + member.index()) as Node
    }

    pub(crate) fn level(&self, node: Node) -> u32 {
        self.level[node as usize]
    }

    pub(crate) fn price(&self, node: Node) -> i32 {
        self.price[node as usize]
    }

    /// How many units are to be sent from a node onward, or to be brought back to it.
    pub(crate) fn due(&self, direction: Direction, node: Node) -> u32 {
        (direction.sign() * self.imbalance[node as usize]).max(0).unsigned_abs()
    }

    /// Adds to what is to be placed of a topic, or what a member must give up; less than 0, what it
    /// needs.
    pub(crate) fn add_due(&mut self, node: Node, amount: i32) {
        let imbalance = &mut self.imbalance[node as usize];
        if *imbalance == 0 && amount != 0 {
            self.unsettled.push(node);
        }
        *imbalance += amount;
    }

    /// A member is to have so many more, or fewer where units are brought back.
    pub(crate) fn promise(&mut self, direction: Direction, member: MemberId, amount: u32) {
        let promised = &mut self.promised[member.index()];
        match direction {
            Direction::Onward => *promised += amount,
            Direction::Back => *promised -= amount,
        }
    }

    /// Whether units are to be sent from any node, or brought to any.
    pub(crate) fn is_any_due(&self, direction: Direction) -> bool {
        self.unsettled.iter().any(|&node| self.due(direction, node) > 0)
    }

    /// The nodes that units are to be sent from, or brought to.
    pub(crate) fn roots(&self, direction: Direction) -> Vec<Node> {
        self.unsettled.iter().copied().filter(|&node| self.due(direction, node) > 0).collect()
    }

    /// The end right behind a member, if there is one: what the step to it costs, and how many
    /// units it takes. What a member needs is such an end onward, what it must give up one back, at
    /// no cost.
    #[inline]
    pub(crate) fn end(&self, direction: Direction, node: Node) -> Option<(i32, u32)> {
        let Side::Member(member) = self.side(node) else { return None };
        let (promised, level, price) = (self.promised[member.index()], self.level(node), self.price(node));
        match self.due(direction.opposite(), node) {
            0 => (promised == direction.load_at_end(level)).then_some((-direction.sign() * price, 1)),
            due => Some((0, due)),
        }
    }

    /// Whether a node is an end that is so much further away than the node.
    pub(crate) fn is_end(&self, direction: Direction, node: Node, further: i32) -> bool {
        self.end(direction, node).is_some_and(|(distance, _)| distance == further)
    }

    /// Makes a node dearer, or cheaper.
    pub(crate) fn add_to_price(&mut self, node: Node, more: i32) {
        if more == 0 {
            return;
        }
        self.price[node as usize] += more;
        let (price, bounds) = (self.price[node as usize], &mut self.price_bounds);
        match (node as usize) < self.topics {
            true => {
                bounds.cheapest_topic = bounds.cheapest_topic.min(price);
                bounds.dearest_topic = bounds.dearest_topic.max(price);
            }
            false => {
                bounds.dearest_member = bounds.dearest_member.max(price);
                self.dear = None;
            }
        }
    }
}
