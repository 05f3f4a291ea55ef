//! What `balance` answers.

use std::sync::Arc;

use super::proof::Proof;
use crate::model::{Assignment, Group, Movement};

/// A plan for a group: who owns what from now on, what that moves, and the proof that nothing is better.
///
/// A persistent value: cloning is O(1), and a plan shares with the plan it was made from all that did not change.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) group: Group,
    pub(super) assignment: Assignment,
    pub(super) movements: Arc<[Movement]>,
    pub(super) summary: Summary,
    pub(super) proof: Proof,
}

/// The figures of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Partitions of all topics.
    pub partitions: u64,
    /// Partitions that have an owner now: `retained` + `moved` + `new`.
    pub assigned: u64,
    /// Partitions of topics nobody follows.
    pub unassigned: u64,
    /// Partitions that stay with the owner their claims name.
    pub retained: u64,
    /// Partitions that leave it for another.
    pub moved: u64,
    /// Partitions whose claims name no owner.
    pub new: u64,
    /// The least partitions any member has; 0 in a group without members.
    pub min: u32,
    /// The most partitions any member has.
    pub max: u32,
    /// The loads of all members, squared and added.
    pub sum_of_squares: u64,
}

impl Plan {
    /// The group the plan is for.
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// Who owns what.
    pub fn assignment(&self) -> &Assignment {
        &self.assignment
    }

    /// The partitions that leave the owner their claims name, ascending.
    pub fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// The plan's figures.
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Prices under which no plan of this group can be better.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }
}
