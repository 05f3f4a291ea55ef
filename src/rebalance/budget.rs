//! The work budget of a rebalance: once it is spent, the group is balanced anew instead.
//!
//! Work is counted where it is done, so that the same change of the same plan always ends the same
//! way, on every machine.

use crate::model::Group;
use crate::network::subscribers::Subscribers;

/// A kind of work, in units: one unit is reading the owner of one partition in a row of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work(i64);

/// Reading one of many numbers in a row: the owner of a partition, what is known of a member.
pub(super) const READ: Work = Work(1);

/// Looking at one arc, or one member, wherever it lies.
pub(super) const ARC: Work = Work(16);

/// Looking up what one member claims of each topic, besides reading what it claims.
pub(super) const LOOK_UP: Work = Work(64);

/// What a balance takes for each member,
const BALANCE_MEMBER: Work = Work(6 * ARC.0);

/// for each topic that a shape subscribes to,
const BALANCE_TOPIC_OF_SHAPE: Work = Work(5 * ARC.0);

/// and for each partition.
const BALANCE_PARTITION: Work = Work(12);

/// How much more may be done.
#[derive(Debug)]
pub(super) struct Budget {
    left: i64,
}

/// The budget is spent, the search met prices that do not hold, or spread asks for too much: the
/// group is to be balanced anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exhausted;

impl Budget {
    /// As much as a balance of the group takes.
    pub(super) fn of_balance(group: &Group, subscribers: &Subscribers) -> Self {
        let mut budget = Self { left: 0 };
        budget.spend(group.member_count(), BALANCE_MEMBER);
        budget.spend(subscribers.topics_of_shapes(), BALANCE_TOPIC_OF_SHAPE);
        budget.spend(group.partition_count() as usize, BALANCE_PARTITION);
        Self { left: -budget.left }
    }

    /// Takes note of work that was done this many times.
    pub(super) fn spend(&mut self, times: usize, work: Work) {
        self.left -= times as i64 * work.0;
    }

    /// Whether there is any left.
    pub(super) fn check(&self) -> Result<(), Exhausted> {
        if self.left > 0 { Ok(()) } else { Err(Exhausted) }
    }
}
