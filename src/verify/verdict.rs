//! What `verify` answers.

use serde::Serialize;

use super::violations::Violations;
use crate::model::{Goal, Goals, Movement};
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
