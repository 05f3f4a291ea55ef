//! What makes an assignment invalid.

use std::fmt;

use crate::model::{Clamped, Name};

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
    /// A partition of a topic with a subscriber is given to nobody.
    Unassigned {
        /// The topic's name.
        topic: Name,
        /// The partition.
        partition: i64,
    },
    /// A partition is given to a member that does not subscribe to the topic.
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

impl Violation {
    /// The partition, if it is one of a partition.
    pub fn partition(&self) -> Option<i64> {
        match self {
            Self::Duplicate { partition, .. }
            | Self::Unassigned { partition, .. }
            | Self::NotSubscribed { partition, .. }
            | Self::UnknownPartition { partition, .. } => Some(*partition),
            Self::UnknownTopic { .. } | Self::UnknownMember { .. } => None,
        }
    }

    /// The same of a partition this many numbers further on.
    fn further(&self, by: u64) -> Self {
        let mut further = self.clone();
        if let Self::Duplicate { partition, .. }
        | Self::Unassigned { partition, .. }
        | Self::NotSubscribed { partition, .. }
        | Self::UnknownPartition { partition, .. } = &mut further
        {
            *partition = partition.saturating_add_unsigned(by);
        }
        further
    }

    /// Whether this is the same of a partition this many numbers further on.
    fn is_further(&self, first: &Self, by: u64) -> bool {
        let numbers = first.partition().zip(self.partition());
        // Beyond what an integer holds, a number stands for many.
        let follows = numbers.is_some_and(|(first, this)| this != i64::MAX && first.checked_add_unsigned(by) == Some(this));
        follows && *self == first.further(by)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.partition().unwrap_or(0);
        self.write(f, &Clamped(number), "is", "does")
    }
}

impl Violation {
    /// Writes the violation of these partitions.
    fn write(&self, f: &mut fmt::Formatter<'_>, partitions: &dyn fmt::Display, is: &str, does: &str) -> fmt::Result {
        match self {
            Self::Duplicate { topic, member, first, .. } if member == first => {
                write!(f, "{topic} {partitions} {is} given to {member} more than once")
            }
            Self::Duplicate { topic, member, first, .. } => write!(f, "{topic} {partitions} {is} given to {first} and to {member}"),
            Self::Unassigned { topic, .. } => write!(f, "{topic} {partitions} {is} given to nobody"),
            Self::NotSubscribed { topic, member, .. } => {
                write!(f, "{topic} {partitions} {is} given to {member}, which does not subscribe to the topic")
            }
            Self::UnknownTopic { topic, member } => write!(f, "{topic}, given to {member}, is not a topic of the group"),
            Self::UnknownPartition { topic, member, .. } => write!(f, "{topic} {partitions}, given to {member}, {does} not exist"),
            Self::UnknownMember { member } => write!(f, "{member} is not a member of the group"),
        }
    }
}

/// Violations, possibly one for every partition: those that differ only in consecutive partitions
/// are kept as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    runs: Vec<ViolationRun>,
}

/// The same violation of consecutive partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViolationRun {
    first: Violation,
    count: u64,
}

impl ViolationRun {
    /// The first of them.
    pub fn first(&self) -> &Violation {
        &self.first
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Violation> + '_ {
        (0..self.count).map(|by| self.first.further(by))
    }
}

impl fmt::Display for ViolationRun {
    /// All in one sentence: of more than one partition the first and the last number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.count, self.first.partition()) {
            (2.., Some(first)) => {
                let last = first.saturating_add_unsigned(self.count - 1);
                self.first.write(f, &format_args!("{first} to {last}"), "are", "do")
            }
            _ => self.first.fmt(f),
        }
    }
}

impl Violations {
    pub(super) fn push(&mut self, violation: Violation) {
        match self.runs.last_mut() {
            Some(run) if violation.is_further(&run.first, run.count) => run.count += 1,
            _ => self.runs.push(ViolationRun { first: violation, count: 1 }),
        }
    }

    /// Whether there are none: the assignment is valid.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.runs.iter().map(|run| run.count).sum()
    }

    /// Each on its own.
    pub fn iter(&self) -> impl Iterator<Item = Violation> + '_ {
        self.runs.iter().flat_map(ViolationRun::iter)
    }

    /// One entry for violations that differ only in consecutive partitions.
    pub fn runs(&self) -> &[ViolationRun] {
        &self.runs
    }
}
