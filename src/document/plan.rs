//! The plan document, what `plan` writes: of our plan, of another assignor's answer; the
//! assignment in it, as member → topic → partitions; the movements, and the paths of moves that say
//! why what moves has to.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::proof::ProofDocument;
use crate::model::{Assignment, ByName, Goal, Group, Movement, TopicPartition};
use crate::plan::{Plan, Summary};
use crate::proof::Cost;
use crate::steps::{Action, Path, Stop};

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
/// # use sticky_assignor::{Group, NewMember, NewTopic};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
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

/// Movements, to be written down one after another; those of which the groups do not know the topic
/// or a member are left out.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::{Event, document::MovementsDocument};
/// let next = plan.rebalance(Event::Leave("c1".into()))?;
/// let movements = MovementsDocument::between(plan.group(), next.group(), next.movements());
/// assert!(serde_json::to_string(&movements)?.starts_with(r#"[{"topic":"orders","partition":0,"from":"c1","to":"c2"}"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MovementsDocument<'a> {
    before: &'a Group,
    after: &'a Group,
    movements: &'a [Movement],
}

/// One movement by the names of what moves.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct MovementDocument<'a> {
    topic: &'a str,
    partition: u32,
    from: &'a str,
    to: &'a str,
}

impl<'a> MovementsDocument<'a> {
    /// These movements within a group.
    pub fn new(group: &'a Group, movements: &'a [Movement]) -> Self {
        Self::between(group, group, movements)
    }

    /// These movements from the members of a group to those of a later version of it.
    pub fn between(before: &'a Group, after: &'a Group, movements: &'a [Movement]) -> Self {
        Self { before, after, movements }
    }
}

impl<'a> MovementDocument<'a> {
    /// This movement from a member of one group to a member of the other, if they know both, and
    /// the topic.
    fn between(before: &'a Group, after: &'a Group, movement: &Movement) -> Option<Self> {
        Some(Self {
            topic: after.topic(movement.partition.topic)?.name(),
            partition: movement.partition.partition,
            from: before.member(movement.from)?.id(),
            to: after.member(movement.to)?.id(),
        })
    }
}

impl Serialize for MovementsDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = |movement| MovementDocument::between(self.before, self.after, movement);
        serializer.collect_seq(self.movements.iter().filter_map(named))
    }
}

/// A path of moves: the loads of its members before it, and what goes from each to the next.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PathDocument<'a> {
    /// The goal that wants the path; none where a tie was broken this way.
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<&'static str>,
    stops: Vec<StopDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filled: Option<PartitionDocument<'a>>,
    moves: Vec<MovementDocument<'a>>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct StopDocument<'a> {
    member: &'a str,
    load: u32,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PartitionDocument<'a> {
    topic: &'a str,
    partition: u32,
}

/// The paths of a plan, in the order in which they are carried out.
fn paths(plan: &Plan) -> Vec<PathDocument<'_>> {
    let mut paths = Vec::new();
    let mut stops: Option<Arc<[Stop]>> = None;
    for action in plan.actions() {
        let Action::Reassign { movement, path } = action else { continue };
        if !stops.as_ref().is_some_and(|before| Arc::ptr_eq(before, &path.stops)) {
            paths.push(PathDocument::new(plan.group(), &path));
        }
        stops = Some(path.stops);
        paths.last_mut().into_iter().for_each(|path: &mut PathDocument<'_>| path.add(plan.group(), &movement));
    }
    paths
}

impl<'a> PathDocument<'a> {
    fn new(group: &'a Group, path: &Path) -> Self {
        let stop = |stop: &Stop| StopDocument { member: group.member(stop.member).map_or("", |member| member.id()), load: stop.load };
        let name = |topic| group.all_topics().get(topic).name();
        let filled = |filled: TopicPartition| PartitionDocument { topic: name(filled.topic), partition: filled.partition };
        let goal = path.goal.map(Goal::name);
        Self { goal, stops: path.stops.iter().map(stop).collect(), filled: path.filled.map(filled), moves: Vec::new() }
    }

    fn add(&mut self, group: &'a Group, movement: &Movement) {
        self.moves.extend(MovementDocument::between(group, group, movement));
    }
}
