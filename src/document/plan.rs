//! The plan document: what `plan` writes.

use serde::Serialize;

use super::movement::MovementsDocument;
use super::owned::AssignmentDocument;
use super::path::{PathDocument, paths};
use super::proof::ProofDocument;
use crate::plan::{Plan, Summary};

/// A plan, to be written down.
///
/// The lists are taken from the plan while they are written: a million partitions need no second
/// copy.
///
/// ```
/// use sticky_assignor::document::{GroupDocument, PlanDocument};
/// use sticky_assignor::{Group, balance};
/// let document: GroupDocument = serde_json::from_str(r#"{"topics": {"t": 2}, "members": [{"id": "a", "topics": "*"}]}"#)?;
/// let plan = balance(&Group::try_from(&document)?);
/// let written = serde_json::to_string(&PlanDocument::whole(&plan, &[]))?;
/// assert!(written.starts_with(r#"{"assignment":{"a":{"t":[0,1]}}"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct PlanDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<AssignmentDocument<'a>>,
    summary: SummaryDocument,
    #[serde(skip_serializing_if = "Option::is_none")]
    movements: Option<MovementsDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inherited: Option<MovementsDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<ProofDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paths: Option<Vec<PathDocument<'a>>>,
    elapsed_ns: &'a [u64],
}

impl<'a> PlanDocument<'a> {
    /// All of a plan, and how many nanoseconds each timed call took to make it.
    pub fn whole(plan: &'a Plan, elapsed_ns: &'a [u64]) -> Self {
        Self {
            assignment: Some(AssignmentDocument::new(plan.group(), plan.assignment())),
            movements: Some(MovementsDocument::new(plan.group(), plan.movements())),
            proof: Some(ProofDocument::new(plan.group(), plan.proof())),
            ..Self::figures(plan, elapsed_ns)
        }
    }

    /// A plan's figures only, without assignment, movements and proof.
    pub fn figures(plan: &'a Plan, elapsed_ns: &'a [u64]) -> Self {
        Self {
            name: plan.group().name(),
            assignment: None,
            summary: plan.summary().into(),
            movements: None,
            inherited: None,
            proof: None,
            paths: None,
            elapsed_ns,
        }
    }

    /// The document, with the paths of moves that say why each partition that moves has to.
    #[must_use]
    pub fn explained(self, plan: &'a Plan) -> Self {
        Self { paths: Some(paths(plan)), ..self }
    }

    /// The document, with what members that left before the plan hand on to others. The plan itself
    /// counts it as `new`.
    #[must_use]
    pub fn inheriting(self, inherited: MovementsDocument<'a>) -> Self {
        Self { inherited: Some(inherited), ..self }
    }
}

/// The form of [`Summary`].
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct SummaryDocument {
    partitions: u64,
    assigned: u64,
    unassigned: u64,
    retained: u64,
    moved: u64,
    new: u64,
    min: u32,
    max: u32,
    sum_of_squares: u64,
}

impl From<Summary> for SummaryDocument {
    fn from(summary: Summary) -> Self {
        let Summary { partitions, assigned, unassigned, retained, moved, new, min, max, sum_of_squares } = summary;
        Self { partitions, assigned, unassigned, retained, moved, new, min, max, sum_of_squares }
    }
}
