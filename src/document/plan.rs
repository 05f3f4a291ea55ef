//! The plan document, what `plan` writes: of our plan, of another assignor's answer; and the
//! assignment in it, as member → topic → partitions.

use serde::Serialize;

use super::movement::{MovementsDocument, PathDocument, paths};
use super::proof::ProofDocument;
use crate::model::{Assignment, ByName, Group};
use crate::plan::{Plan, Summary};
use crate::proof::Cost;

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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<AssignmentDocument<'a>>,
    summary: SummaryDocument,
    goals: GoalCostsDocument,
    #[serde(skip_serializing_if = "Option::is_none")]
    movements: Option<MovementsDocument<'a>>,
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
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// use sticky_assignor::document::PlanDocument;
    /// let written = serde_json::to_value(PlanDocument::figures(&plan, &[]))?;
    /// assert_eq!((&written["summary"]["assigned"], written.get("assignment")), (&4.into(), None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn figures(plan: &'a Plan, elapsed_ns: &'a [u64]) -> Self {
        Self {
            name: plan.group().name(),
            assignment: None,
            summary: plan.summary().into(),
            goals: plan.costs().into(),
            movements: None,
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

    /// The document of a plan after a change, with these figures and movements: of a group that was
    /// changed before it was planned the plan itself knows nothing of members that left, and counts
    /// as
    /// `new` what they had.
    #[must_use]
    pub fn after_change(self, summary: Summary, movements: Option<MovementsDocument<'a>>) -> Self {
        Self { summary: summary.into(), movements, ..self }
    }
}

/// What a plan costs in each of its goals, in their order, to be written down.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct GoalCostsDocument(Vec<GoalCostDocument>);

#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct GoalCostDocument {
    goal: &'static str,
    cost: i128,
}

impl From<Cost> for GoalCostsDocument {
    fn from(costs: Cost) -> Self {
        Self(costs.iter().map(|(goal, cost)| GoalCostDocument { goal: goal.name(), cost }).collect())
    }
}

/// The form of [`Summary`].
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SummaryDocument {
    partitions: u64,
    assigned: u64,
    unassigned: u64,
    retained: u64,
    moved: u64,
    forced: u64,
    new: u64,
    min: u32,
    max: u32,
    sum_of_squares: u64,
}

impl From<Summary> for SummaryDocument {
    fn from(summary: Summary) -> Self {
        let Summary { partitions, assigned, unassigned, retained, moved, forced, new, min, max, sum_of_squares } = summary;
        Self { partitions, assigned, unassigned, retained, moved, forced, new, min, max, sum_of_squares }
    }
}

/// What another assignor answers for a group, to be written down: a plan without a proof.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::{Strategy, document::StrategyPlanDocument, replay::Figures};
/// let summary = Figures::measure(&group, &Strategy::Range.assign(&group)).summary(&group);
/// let written = serde_json::to_string(&StrategyPlanDocument::figures(&group, "range", summary, &[]))?;
/// assert!(written.starts_with(r#"{"strategy":"range","summary":{"partitions":4,"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StrategyPlanDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    strategy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<AssignmentDocument<'a>>,
    summary: SummaryDocument,
    #[serde(skip_serializing_if = "Option::is_none")]
    movements: Option<MovementsDocument<'a>>,
    elapsed_ns: &'a [u64],
}

impl<'a> StrategyPlanDocument<'a> {
    /// The figures of what a strategy answers for a group, and how many nanoseconds each timed call
    /// took.
    pub fn figures(group: &'a Group, strategy: &'a str, summary: Summary, elapsed_ns: &'a [u64]) -> Self {
        Self { name: group.name(), strategy, assignment: None, summary: summary.into(), movements: None, elapsed_ns }
    }

    /// The document, with who owns what and what moves.
    #[must_use]
    pub fn whole(self, group: &'a Group, assignment: &'a Assignment, movements: MovementsDocument<'a>) -> Self {
        Self { assignment: Some(AssignmentDocument::new(group, assignment)), movements: Some(movements), ..self }
    }
}

/// An assignment of a group, to be written down: every member, also one with nothing; topics and
/// partitions ascending. What the group does not know is left out: the ids are those of this group
/// or of one it came from, as [`MemberId`](crate::MemberId) says.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::document::AssignmentDocument;
/// let written = serde_json::to_string(&AssignmentDocument::new(&group, plan.assignment()))?;
/// assert_eq!(written, r#"{"c1":{"orders":[0,1]},"c2":{"orders":[2,3]}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct AssignmentDocument<'a>(ByName<'a>);

impl<'a> AssignmentDocument<'a> {
    /// This assignment of that group.
    pub fn new(group: &'a Group, assignment: &'a Assignment) -> Self {
        Self(assignment.by_name(group))
    }
}
