//! Movements, written by name, and the paths of moves that say why what moves has to.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::model::{Goal, Group, Movement, TopicPartition};
use crate::plan::Plan;
use crate::steps::{Action, Path, Stop};

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
pub(super) struct PathDocument<'a> {
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
pub(super) fn paths(plan: &Plan) -> Vec<PathDocument<'_>> {
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
