//! Recorded groups whose best plans are known: what another exact solver found for each, and what
//! Kafka's own assignor answered.
//!
//! One JSON object a line. `group` is a group document; `optimum` the least sum of squares and,
//! among those plans, the most partitions that stay with the owner their claims name; `java_plan`
//! what Kafka's `StickyAssignor` (October 2024) answered, where it was asked, and
//! `java_plan_optimal` whether that reaches both figures; `source` and `complaint` where a group
//! was reported and what was wrong with what its reporter saw.
//!
//! In `goals.jsonl` the `optimum` is a list: several orders of `goals`, each with the least cost of
//! each of its goals, those before it being at theirs; `P` is the number of partitions with a
//! subscriber.

mod balance;
mod goals;
mod large_shapes;
mod verify;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Goal, Goals};

use crate::oracle::{Given, Optimum};
use crate::strategy::uniform::UniformPlan;

/// A line of a file of cases.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) group: GroupDocument,
    pub(crate) optimum: Optimum,
    pub(crate) java_plan: Option<Given>,
    pub(crate) java_plan_optimal: Option<bool>,
}

impl Case {
    pub(crate) fn name(&self) -> &str {
        self.group.name.as_deref().unwrap_or("a case without a name")
    }
}

/// A line of the file of cases for goals.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct GoalsCase {
    pub(crate) group: GroupDocument,
    pub(crate) optimum: Vec<GoalsOptimum>,
}

/// What the best plans of a group cost in some goals.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct GoalsOptimum {
    goals: Vec<String>,
    #[serde(rename = "P")]
    pub(crate) partitions: u64,
    #[serde(flatten)]
    costs: BTreeMap<String, u64>,
}

impl GoalsOptimum {
    pub(crate) fn goals(&self) -> Goals {
        Goals::new(self.goals.iter().map(|name| goal(name))).expect("an order of goals")
    }

    /// The costs of the goals in their order.
    pub(crate) fn costs(&self) -> Vec<u64> {
        self.goals.iter().map(|goal| self.costs[goal]).collect()
    }
}

/// The goal that goes by this name in the file.
fn goal(name: &str) -> Goal {
    let name = if name == "sticky" { "stickiness" } else { name };
    name.parse().expect("a goal")
}

/// Random groups of up to six topics and eight members.
pub(crate) fn small() -> impl Iterator<Item = Case> {
    read(include_str!("small.jsonl"))
}

/// Random groups of dozens of topics and members with unequal subscriptions, most of them after
/// churn.
pub(crate) fn medium() -> impl Iterator<Item = Case> {
    read(include_str!("medium.jsonl"))
}

/// The scenarios of Kafka's own sticky assignor tests, step by step.
pub(crate) fn kafka_sticky_scenarios() -> impl Iterator<Item = Case> {
    read(include_str!("kafka-sticky-scenarios.jsonl"))
}

/// Random groups that Kafka's sticky assignor was asked.
pub(crate) fn java_sticky_random() -> impl Iterator<Item = Case> {
    read(include_str!("java-sticky-random.jsonl"))
}

/// Groups from public bug reports and improvement proposals.
pub(crate) fn reported() -> impl Iterator<Item = Case> {
    read(include_str!("reported.jsonl"))
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = Case> {
    small().chain(medium()).chain(kafka_sticky_scenarios()).chain(java_sticky_random()).chain(reported())
}

/// What Kafka's broker-side `uniform` assignor answered for the groups of the same name in
/// [`java_sticky_random`].
pub(crate) fn kafka_uniform_random() -> impl Iterator<Item = UniformPlan> {
    let lines = include_str!("kafka-uniform-random.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).expect("a plan"))
}

/// Random groups with racks, or of members that subscribe alike to topics of unequal counts, after
/// joins and leaves: what their best plans cost in six orders of goals.
pub(crate) fn goals() -> impl Iterator<Item = GoalsCase> {
    read(include_str!("goals.jsonl"))
}

fn read<C: DeserializeOwned>(lines: &'static str) -> impl Iterator<Item = C> {
    lines.lines().map(|line| serde_json::from_str(line).expect("a case"))
}
