//! What is known while units are sent to the nearest ends.

use crate::rebalance::room::Room;
use crate::rebalance::search::{Node, Search};
use crate::rebalance::state::{Direction, LocalFlow};

/// A round of sending, after a search found how far the nearest ends are.
pub(crate) struct Round<'a> {
    pub(crate) direction: Direction,
    pub(crate) search: &'a mut Search,
    /// How far the nearest ends are from any root.
    pub(crate) nearest: i32,
    /// The ends that are of interest, one after the other, where they are right beside a root.
    pub(crate) ends: &'static [Ends],
    /// Who may still take some, where units are sent onward.
    pub(crate) room: Room,
    topics: usize,
    /// By ends and topic, once there are any: how many owners of its partitions were asked.
    asked: [Vec<u32>; 2],
}

/// Which ends are of interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Members that need some, or that must give some up: otherwise others have to be found for
    /// them.
    OnlyDue,
    Any,
}

impl<'a> Round<'a> {
    pub(crate) fn new(flow: &LocalFlow<'_>, direction: Direction, search: &'a mut Search, nearest: i32) -> Self {
        let ends: &[Ends] = if flow.is_any_due(direction.opposite()) { &[Ends::OnlyDue, Ends::Any] } else { &[Ends::Any] };
        Self { direction, search, nearest, ends, room: Room::default(), topics: flow.topics, asked: Default::default() }
    }

    /// How many owners of a topic's partitions were asked in this round for such ends, and are not
    /// asked again.
    pub(crate) fn asked(&mut self, topic: Node, ends: Ends) -> &mut u32 {
        let asked = &mut self.asked[ends as usize];
        if asked.is_empty() {
            asked.resize(self.topics, 0);
        }
        &mut asked[topic as usize]
    }

    /// How much further than a node the nearest ends are.
    pub(crate) fn further(&self, node: Node) -> i32 {
        self.nearest - self.search.distance(node)
    }
}
