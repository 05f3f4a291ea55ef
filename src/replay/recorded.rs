//! What a group's own assignor did, as a log records it: each rebalance judged from the state
//! recorded before it.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::Figures;
use super::log::{EventLog, LoggedEvent};
use super::window::EventBatch;
use crate::balance::claims::claimed_owners;
use crate::document::{AnyInteger, EventContent, SeenGroupDocument, UniqueMap};
use crate::model::{Assignment, ChangeError, Goals, Group, MemberId, TopicPartition};
use crate::verify::{GivenAssignment, GoalVerdict, verdict_beside};

/// What the group's own assignor did in one rebalance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRebalance {
    /// Its figures, measured from the assignment recorded before. Partitions that it gave to nobody
    /// or to several members are not counted.
    pub figures: Figures,
    /// How many partitions had to move: as many as the best plan from the same state moves.
    pub needed: u64,
    /// How many partitions had no owner and had to get one, in that plan.
    pub needed_new: u64,
    /// What makes the assignment invalid: how many violations, as
    /// [`verify_given`](crate::verify_given) counts them.
    pub violations: u64,
    /// What it costs in each goal beside the least; nothing where it is invalid.
    pub goals: Vec<GoalVerdict>,
    /// How many partitions were not yet held as was decided, where the log says what was held.
    pub gap: Option<u64>,
}

impl RecordedRebalance {
    /// Partitions that moved and need not have.
    pub fn excess(&self) -> u64 {
        self.figures.moved.saturating_sub(self.needed)
    }

    /// Whether any partition had to get another owner.
    pub fn was_needed(&self) -> bool {
        self.needed + self.needed_new > 0
    }
}

/// The state that a log records: the group, its members claiming what the group's own assignor gave
/// them last. Where an event leaves that unsaid, it is what is left of the state before.
///
/// ```
/// use sticky_assignor::Goals;
/// use sticky_assignor::document::EventDocument;
/// use sticky_assignor::replay::{EventLog, Faults, RebalanceWindow, SeenLine, recording::Recorded};
/// let log = r#"{"at": 0, "group": {"topics": {"t": 2}, "members": [{"id": "a", "topics": "*"}], "assignment": {"a": {"t": [0, 1]}}}}
/// {"at": 9, "group": {"topics": {"t": 2}, "members": [{"id": "a", "topics": "*"}, {"id": "b", "topics": "*"}],
///     "assignment": {"a": {"t": [1]}, "b": {"t": [0]}}}}"#;
/// # #[cfg(feature = "json")] {
/// let log = EventLog::from_json_lines(log.replace(",\n", ",").as_bytes(), Faults::Refuse, 1_000)?;
/// let recorded = Recorded::start(&log, Goals::default());
/// let batch = RebalanceWindow::default().batches(&log).next().unwrap();
/// let step = recorded.next.after(&log, &batch, Goals::default())?;
/// let rebalance = step.rebalance.unwrap();
/// assert_eq!((rebalance.figures.moved, rebalance.needed, rebalance.excess()), (1, 1, 0));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Recorded {
    group: Group,
}

/// One rebalance of a recorded life.
#[derive(Clone, Debug)]
pub struct RecordedStep {
    /// The group that the assignor had to decide for: changed, its members claiming what was
    /// recorded before.
    pub group: Group,
    /// What it did, where the log says that.
    pub rebalance: Option<RecordedRebalance>,
    /// The state after it.
    pub next: Recorded,
}

impl Recorded {
    /// Rebalance 0: what the first line of a log records of the group itself.
    pub fn start(log: &EventLog, goals: Goals) -> RecordedStep {
        step(log.group.clone(), log.first.as_ref().and_then(seen), goals)
    }

    /// What this rebalance of the log records. A [`balance`](crate::balance()) where it records
    /// anything, beside reading that.
    ///
    /// # Errors
    ///
    /// Where an event cannot happen to the group as it was.
    pub fn after(self, log: &EventLog, batch: &EventBatch, goals: Goals) -> Result<RecordedStep, ChangeError> {
        let group = self.group.changed(&batch.change)?;
        Ok(step(group, batch.seen_in(log), goals))
    }
}

fn seen(logged: &LoggedEvent) -> Option<&SeenGroupDocument> {
    match &logged.event.content {
        EventContent::Group(seen) => Some(seen),
        _ => None,
    }
}

fn step(group: Group, seen: Option<&SeenGroupDocument>, goals: Goals) -> RecordedStep {
    let decided = seen.and_then(|seen| Some((seen, seen.assignment.as_ref()?)));
    match decided {
        None => {
            let left = claimed_owners(&group);
            RecordedStep { next: Recorded { group: group.clone().claiming(left) }, group, rebalance: None }
        }
        Some((seen, decided)) => {
            let owners = owners(&group, decided);
            let rebalance = judged(&group, seen, decided, &owners, goals);
            RecordedStep { next: Recorded { group: group.clone().claiming(owners) }, group, rebalance: Some(rebalance) }
        }
    }
}

type Decided = UniqueMap<UniqueMap<Vec<AnyInteger>>>;

fn judged(group: &Group, seen: &SeenGroupDocument, decided: &Decided, owners: &Assignment, goals: Goals) -> RecordedRebalance {
    let best = goals.balance(group);
    let verdict = verdict_beside(&best, &given(decided));
    let Figures { moved, new, .. } = Figures::of(&best);
    RecordedRebalance {
        figures: Figures::measure(group, owners),
        needed: moved,
        needed_new: new,
        violations: verdict.violations.len(),
        goals: verdict.of_goals().collect(),
        gap: gap(group, seen, owners),
    }
}

fn given(decided: &Decided) -> GivenAssignment {
    let lists = |topics: &UniqueMap<Vec<AnyInteger>>| topics.0.iter().map(|(topic, list)| (topic.clone(), numbers(list))).collect();
    GivenAssignment(decided.0.iter().map(|(member, topics)| (member.clone(), lists(topics))).collect())
}

fn numbers(list: &[AnyInteger]) -> Vec<i64> {
    list.iter().map(|number| number.0).collect()
}

/// Who owns what by an assignment of any kind: a partition that is given twice has no owner, and
/// what does not exist is nobody's.
fn owners(group: &Group, decided: &Decided) -> Assignment {
    let mut given: Vec<(TopicPartition, MemberId)> = Vec::new();
    for (member, topics) in &decided.0 {
        let Some(member) = group.member_id(member) else { continue };
        given.extend(partitions(group, topics).map(|partition| (partition, member)));
    }
    given.sort_unstable();
    given.chunk_by(|one, next| one.0 == next.0).filter(|given| given.len() == 1).map(|given| given[0]).collect()
}

/// Those of these partitions that exist.
fn partitions(group: &Group, topics: &UniqueMap<Vec<AnyInteger>>) -> impl Iterator<Item = TopicPartition> {
    let known = topics.0.iter().filter_map(|(name, list)| Some((group.topic_id(name)?, list)));
    let of_topic = |(topic, list): (_, &Vec<AnyInteger>)| {
        let numbers: Vec<u32> = list.iter().filter_map(|number| u32::try_from(number.0).ok()).collect();
        numbers.into_iter().map(move |partition| TopicPartition { topic, partition })
    };
    known.flat_map(of_topic).filter(|&partition| group.has_partition(partition))
}

/// How many partitions are held otherwise than decided, as far as members say what they hold.
fn gap(group: &Group, seen: &SeenGroupDocument, owners: &Assignment) -> Option<u64> {
    let said = seen.members.iter().filter_map(|member| Some((group.member_id(&member.id)?, member.owned.as_ref()?)));
    let held: BTreeMap<MemberId, BTreeSet<TopicPartition>> =
        said.map(|(member, owned)| (member, partitions(group, owned).collect())).collect();
    let otherwise = held.iter().flat_map(|(&member, held)| {
        let to_be_given_up = held.iter().copied().filter(move |&partition| owners.owner(partition) != Some(member));
        let to_be_had = owners.partitions_of(member).filter(|partition| !held.contains(partition));
        to_be_given_up.chain(to_be_had)
    });
    (!held.is_empty()).then(|| otherwise.collect::<BTreeSet<_>>().len() as u64)
}
