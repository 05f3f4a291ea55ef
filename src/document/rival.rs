//! The plan of another assignor: what `plan --strategy` writes.

use serde::Serialize;

use super::movement::MovementsDocument;
use super::owned::AssignmentDocument;
use super::plan::SummaryDocument;
use crate::model::{Assignment, Group, Movement};
use crate::plan::Summary;

/// What another assignor answers for a group, to be written down: a plan without a proof.
#[derive(Clone, Debug, Serialize)]
pub struct StrategyPlanDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    strategy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<AssignmentDocument<'a>>,
    summary: SummaryDocument,
    #[serde(skip_serializing_if = "Option::is_none")]
    movements: Option<MovementsDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inherited: Option<MovementsDocument<'a>>,
    elapsed_ns: &'a [u64],
}

impl<'a> StrategyPlanDocument<'a> {
    /// The figures of what a strategy answers for a group, and how many nanoseconds each timed call
    /// took.
    pub fn figures(group: &'a Group, strategy: &'a str, summary: Summary, elapsed_ns: &'a [u64]) -> Self {
        Self { name: group.name(), strategy, assignment: None, summary: summary.into(), movements: None, inherited: None, elapsed_ns }
    }

    /// The document, with who owns what and what moves.
    #[must_use]
    pub fn whole(self, group: &'a Group, assignment: &'a Assignment, movements: &'a [Movement]) -> Self {
        let assignment = Some(AssignmentDocument::new(group, assignment));
        Self { assignment, movements: Some(MovementsDocument::new(group, movements)), ..self }
    }

    /// The document, with what members that left before the plan hand on to others. The summary
    /// counts it as `new`.
    #[must_use]
    pub fn inheriting(self, inherited: MovementsDocument<'a>) -> Self {
        Self { inherited: Some(inherited), ..self }
    }
}
