//! What `verify` answers, and what makes an assignment invalid.

use std::fmt;

use serde::Serialize;

use crate::model::{Clamped, Goal, Goals, Movement, Name};
use crate::proof::Cost;

/// Whether a proof that came with an assignment proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProofStanding {
    /// None came.
    Absent,
    /// Its bound meets the assignment: nothing is better.
    Holds,
    /// Its bound does not, or it is a proof of other goals. That says nothing about the assignment.
    Short,
}

/// The judgement of an assignment.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
/// # let orders = group.topic_id("orders").expect("a topic");
/// use sticky_assignor::{Assignment, TopicPartition, verify};
/// let all: Assignment = (0..4).map(|partition| (TopicPartition::new(orders, partition), c1)).collect();
/// let verdict = verify(&group, &all);
/// assert_eq!((verdict.is_valid(), verdict.is_optimal(), verdict.sum_of_squares), (true, false, 16));
/// assert_eq!(verdict.witness.len(), 1, "one move already improves it");
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// What makes it invalid; empty for a valid one.
    pub violations: Violations,
    /// Partitions of topics that have a subscriber: all that costs run over.
    pub partitions: u64,
    /// The loads of all members, squared and added.
    pub sum_of_squares: u64,
    /// Partitions that stay with the owner their claims name.
    pub retained: u64,
    /// What the assignment costs in each goal. (Of an invalid one, as far as it has owners.)
    pub cost: Cost,
    /// The least that can be had of each goal where all goals before it are at their least.
    pub least: Cost,
    /// Moves that improve it, empty where it is optimal or invalid: they lower the cost of the
    /// first goal that is not at its least and raise none before it. No part of them does that
    /// alone.
    pub witness: Vec<Movement>,
    /// What became of the proof that came with it.
    pub proof: ProofStanding,
}

/// How far an assignment comes in one goal.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::{Goal, verify};
/// let balance = verify(&group, plan.assignment()).of_goals().next().expect("a goal");
/// assert_eq!((balance.goal, balance.cost, balance.optimal), (Goal::Balance, 8, 8));
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GoalVerdict {
    /// The goal.
    pub goal: Goal,
    /// What the assignment costs in it.
    pub cost: u64,
    /// The least that can be had where all goals before it are at their least. (The cost may be
    /// lower, if a goal before it is not at its least.)
    pub optimal: u64,
}

impl Verdict {
    /// The goals it is judged by.
    pub fn goals(&self) -> Goals {
        self.least.goals()
    }

    /// Whether it is valid.
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }

    /// Whether it is valid and nothing is better.
    pub fn is_optimal(&self) -> bool {
        self.is_valid() && self.cost == self.least
    }

    /// How far it comes in each goal, in their order; nothing of an invalid one.
    pub fn of_goals(&self) -> impl Iterator<Item = GoalVerdict> + '_ {
        let both = self.cost.iter().zip(self.least.iter()).filter(|_| self.is_valid());
        both.map(|((goal, cost), (_, optimal))| GoalVerdict { goal, cost: figure(cost), optimal: figure(optimal) })
    }

    /// The first goal that is not at its least; none where it is optimal or invalid.
    pub fn falls_short_in(&self) -> Option<GoalVerdict> {
        self.of_goals().find(|verdict| verdict.cost != verdict.optimal)
    }

    /// Whether its loads are as even as the goals before balance allow, where balance is a goal.
    /// Never so when it is invalid.
    pub fn balanced(&self) -> Option<bool> {
        let optimal = self.least.get(Goal::Balance)?;
        Some(self.is_valid() && self.cost.get(Goal::Balance) == Some(optimal))
    }

    /// The least sum of squares that can be reached, where balance is a goal.
    pub fn optimal_sum_of_squares(&self) -> Option<u64> {
        self.least.get(Goal::Balance).map(figure)
    }

    /// The most partitions that can stay in an assignment that is as good in all goals before
    /// stickiness, where that is a goal.
    pub fn optimal_retained(&self) -> Option<u64> {
        self.least.get(Goal::Stickiness).map(|moves| self.partitions.saturating_sub(figure(moves)))
    }
}

/// A cost as a figure: no assignment of at most 2³¹ partitions costs more than 64 bits hold.
fn figure(cost: i128) -> u64 {
    u64::try_from(cost).unwrap_or(0)
}

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
