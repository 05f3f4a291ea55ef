//! What `verify` answers.

use std::fmt;

use crate::model::{Clamped, Movement, Name};

/// What makes an assignment invalid. Names, not numbers: what is named may not exist. What is in
/// the group shares its name with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Violation {
    /// A partition is given to a second member, or twice to one.
    Duplicate {
        /// The topic's name.
        topic: Name,
        /// The partition.
        partition: i64,
        /// The id of the member that has it beside an earlier one (in the order of member ids).
        member: Name,
        /// The id of the first member that has it; the same where one member has it twice.
        first: Name,
    },
    /// A partition of a followed topic is given to nobody.
    Unassigned {
        /// The topic's name.
        topic: Name,
        /// The partition.
        partition: i64,
    },
    /// A partition is given to a member that does not follow the topic.
    NotSubscribed {
        /// The topic's name.
        topic: Name,
        /// The partition.
        partition: i64,
        /// The member's id.
        member: Name,
    },
    /// A topic does not exist.
    UnknownTopic {
        /// The topic's name.
        topic: Name,
        /// The id of the member it is given to.
        member: Name,
    },
    /// A topic has no such partition.
    UnknownPartition {
        /// The topic's name.
        topic: Name,
        /// The partition; beyond what an `i64` holds the nearest it can hold.
        partition: i64,
        /// The id of the member it is given to.
        member: Name,
    },
    /// No member has this id.
    UnknownMember {
        /// The id.
        member: Name,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate { topic, partition, member, first } if member == first => {
                write!(f, "{topic} {partition} is given to {member} more than once")
            }
            Self::Duplicate { topic, partition, member, first } => write!(f, "{topic} {partition} is given to {first} and to {member}"),
            Self::Unassigned { topic, partition } => write!(f, "{topic} {partition} is given to nobody"),
            Self::NotSubscribed { topic, partition, member } => {
                write!(f, "{topic} {partition} is given to {member}, which does not follow the topic")
            }
            Self::UnknownTopic { topic, member } => write!(f, "{topic}, given to {member}, is not a topic of the group"),
            Self::UnknownPartition { topic, partition, member } => {
                write!(f, "{topic} {}, given to {member}, does not exist", Clamped(*partition))
            }
            Self::UnknownMember { member } => write!(f, "{member} is not a member of the group"),
        }
    }
}

/// Whether a proof that came with an assignment proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofStanding {
    /// None came.
    Absent,
    /// Its bound meets the assignment: nothing is better.
    Holds,
    /// Its bound does not. That says nothing about the assignment.
    Short,
}

/// The judgement of an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What makes it invalid; empty for a valid one.
    pub violations: Vec<Violation>,
    /// Whether its loads are as even as those of any valid assignment. Never so when it is invalid.
    pub balanced: bool,
    /// The loads of all members, squared and added.
    pub sum_of_squares: u64,
    /// The least that can be reached.
    pub optimal_sum_of_squares: u64,
    /// Partitions that stay with the owner their claims name.
    pub retained: u64,
    /// The most that can stay in a balanced assignment.
    pub optimal_retained: u64,
    /// Moves that improve it, empty where it is optimal or invalid: they lower the sum of squares
    /// or, where it is balanced, have more partitions stay. No part of them does that alone.
    pub witness: Vec<Movement>,
    /// What became of the proof that came with it.
    pub proof: ProofStanding,
}

impl Verdict {
    /// Whether it is valid.
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }

    /// Whether it is valid and nothing is better.
    pub fn is_optimal(&self) -> bool {
        self.is_valid() && self.balanced && self.retained == self.optimal_retained
    }
}
