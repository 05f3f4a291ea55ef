//! What a plan costs in each goal.

use sticky_assignor::{Goal, Goals};

/// A cost for each goal there is, whether or not somebody asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Costs {
    /// The sum over members of the square of their loads.
    pub(crate) balance: u64,
    /// The partitions that no replica of is in the rack of their owner.
    pub(crate) rack: u64,
    /// The partitions that are not with the owner their claims name.
    pub(crate) stickiness: u64,
    /// The sum over topics and members of the square of how many partitions of the topic the member
    /// has.
    pub(crate) spread: u64,
}

impl Costs {
    pub(crate) fn of(self, goal: Goal) -> u64 {
        match goal {
            Goal::Balance => self.balance,
            Goal::Rack => self.rack,
            Goal::Stickiness => self.stickiness,
            Goal::Spread => self.spread,
        }
    }

    /// The costs of these goals in their order: of two plans the one with the lesser list is
    /// better.
    pub(crate) fn in_order(self, goals: &Goals) -> Vec<u64> {
        goals.iter().map(|goal| self.of(goal)).collect()
    }
}
