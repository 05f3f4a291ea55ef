//! What a log records of the group's own assignor, judged: each rebalance from the state recorded
//! before it, all of them together, and the members that leave and come back, again and again.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::figures::Figures;
use super::log::{EventLog, LoggedEvent};
use super::window::EventBatch;
use crate::balance::claims::claimed_owners;
use crate::document::{AnyInteger, SeenGroupDocument, UniqueMap, given};
use crate::model::{Assignment, ChangeError, Event, Goals, Group, Member, MemberId, TopicPartition};
use crate::verify::{GoalVerdict, verdict_beside};

/// What the group's own assignor did in one rebalance.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    /// Whether the line before was of the same generation, or epoch: then nothing was decided, and
    /// members have only come further.
    pub is_further_on: bool,
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
    /// The generation, where it is said.
    generation: Option<i64>,
}

/// One rebalance of a recorded life.
#[derive(Clone, Debug)]
#[non_exhaustive]
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
        step(log.group.clone(), None, log.first.as_ref().and_then(LoggedEvent::seen), goals)
    }

    /// What this rebalance of the log records. A [`balance`](crate::balance()) where it records
    /// anything, beside reading that.
    ///
    /// # Errors
    ///
    /// Where an event cannot happen to the group as it was.
    pub fn after(self, log: &EventLog, batch: &EventBatch, goals: Goals) -> Result<RecordedStep, ChangeError> {
        let group = self.group.changed(&batch.change)?;
        Ok(step(group, self.generation, batch.seen_in(log), goals))
    }
}

fn step(group: Group, before: Option<i64>, seen: Option<&SeenGroupDocument>, goals: Goals) -> RecordedStep {
    let generation = seen.and_then(|seen| seen.generation);
    let decided = seen.and_then(|seen| Some((seen, seen.assignment.as_ref()?)));
    match decided {
        None => {
            let left = claimed_owners(&group);
            RecordedStep { next: Recorded { group: group.clone().claiming(left), generation }, group, rebalance: None }
        }
        Some((seen, decided)) => {
            let owners = owners(&group, decided);
            let is_further_on = generation.is_some() && generation == before;
            let rebalance = RecordedRebalance { is_further_on, ..judged(&group, seen, decided, &owners, goals) };
            RecordedStep { next: Recorded { group: group.clone().claiming(owners), generation }, group, rebalance: Some(rebalance) }
        }
    }
}

type Decided = UniqueMap<UniqueMap<Vec<AnyInteger>>>;

fn judged(group: &Group, seen: &SeenGroupDocument, decided: &Decided, owners: &Assignment, goals: Goals) -> RecordedRebalance {
    let best = goals.balance(group);
    let verdict = verdict_beside(&best, &given(decided.clone()));
    let Figures { moved, new, .. } = Figures::of(&best);
    RecordedRebalance {
        figures: Figures::measure(group, owners),
        needed: moved,
        needed_new: new,
        violations: verdict.violations.len(),
        goals: verdict.of_goals().collect(),
        gap: gap(group, seen, owners),
        is_further_on: false,
    }
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

/// Rebalances at most this many seconds apart are close together.
const CLOSE: f64 = 30.0;
/// A member that came back this often or more flaps.
const FLAPPING: u64 = 2;

/// What was recorded of rebalances 1 to N, together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedTotals {
    /// How many rebalances there were.
    pub rebalances: u64,
    /// Of how many of them the log says what was decided; the sums are over these.
    pub known: u64,
    /// Partitions that moved.
    pub moved: u64,
    /// Those of them whose owner left or gave up the topic.
    pub forced: u64,
    /// Partitions that had no owner before.
    pub new: u64,
    /// Partitions that had to move.
    pub needed: u64,
    /// Partitions that moved and need not have, rebalance by rebalance.
    pub excess: u64,
    /// Decisions that were not valid.
    pub invalid: u64,
    /// Rebalances in which no partition had to get another owner, by number; of those that do not
    /// say what was decided the ones in which nothing changed. A line in which members have only
    /// come further is none.
    pub not_needed: Vec<usize>,
    /// Rebalances that came within 30 seconds of another, but for lines in which members have only
    /// come further.
    pub close: u64,
    /// Members that came back twice or more.
    pub flapping: Vec<Returned>,
    /// The most partitions that were held otherwise than decided.
    pub widest_gap: Option<Gap>,
}

/// How far what was held was from what was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Gap {
    /// The number of the rebalance.
    pub rebalance: usize,
    /// Partitions that were held otherwise than decided.
    pub partitions: u64,
}

impl RecordedTotals {
    /// The totals of these rebalances, from the first on, each with what was recorded of it; and
    /// of who came back in them. O(n).
    pub fn of<'a>(rebalances: impl Iterator<Item = (&'a EventBatch, Option<&'a RecordedRebalance>)>, returns: &Returns) -> Self {
        let mut totals = Self { flapping: returns.at_least(FLAPPING), ..Self::default() };
        let mut times = Vec::new();
        for (number, (batch, recorded)) in (1..).zip(rebalances) {
            totals.rebalances += 1;
            let is_further_on = recorded.is_some_and(|recorded| recorded.is_further_on);
            let was_needed = match recorded {
                Some(recorded) => recorded.was_needed(),
                None => !batch.change.events().is_empty(),
            };
            if !was_needed && !is_further_on {
                totals.not_needed.push(number);
            }
            if !is_further_on {
                times.push(batch.at.seconds());
            }
            totals = recorded.into_iter().fold(totals, |totals, recorded| totals.with(number, recorded));
        }
        Self { close: close(&times), ..totals }
    }

    fn with(self, number: usize, recorded: &RecordedRebalance) -> Self {
        let gap = recorded.gap.filter(|&gap| gap > self.widest_gap.map_or(0, |widest| widest.partitions));
        Self {
            known: self.known + 1,
            moved: self.moved + recorded.figures.moved,
            forced: self.forced + recorded.figures.forced,
            new: self.new + recorded.figures.new,
            needed: self.needed + recorded.needed,
            excess: self.excess + recorded.excess(),
            invalid: self.invalid + u64::from(recorded.violations > 0),
            widest_gap: gap.map(|partitions| Gap { rebalance: number, partitions }).or(self.widest_gap),
            ..self
        }
    }
}

/// How many of these times, which do not fall, are close to the one before or after.
fn close(times: &[f64]) -> u64 {
    let is_close = |one: usize, other: usize| times.get(one).zip(times.get(other)).is_some_and(|(one, other)| other - one <= CLOSE);
    (0..times.len()).filter(|&place| is_close(place, place + 1) || place > 0 && is_close(place - 1, place)).count() as u64
}

/// Who came back how often, as far as names tell: static members by their instance; others by
/// their member id or, as a client that restarts has a new one, by what stands before the UUID at
/// its end, unless several members at a time are called so.
#[derive(Clone, Debug, Default)]
pub struct Returns {
    by_client: NamePresence,
    by_key: NamePresence,
}

/// How many members of each name are there, away, and came back.
#[derive(Clone, Debug, Default)]
struct NamePresence {
    present: BTreeMap<String, i64>,
    away: BTreeMap<String, i64>,
    returns: BTreeMap<String, u64>,
    /// Names that several members had at a time.
    shared: BTreeSet<String>,
}

/// A member that left and came back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Returned {
    /// Its instance, its member id, or the beginning of all its member ids.
    pub member: String,
    /// How often it came back.
    pub times: u64,
}

impl Returns {
    /// Nobody has come back to this group yet.
    pub fn start(group: &Group) -> Self {
        let members = || group.members().map(|(_, member)| member);
        Self { by_client: NamePresence::of(members().map(client)), by_key: NamePresence::of(members().map(key)) }
    }

    /// The returns with those of one more rebalance, which made one group of the other.
    /// O(log n) for each event.
    #[must_use]
    pub fn after(self, batch: &EventBatch, before: &Group, after: &Group) -> Self {
        let (mut gone, mut come) = (BTreeSet::new(), BTreeSet::new());
        for event in batch.change.events() {
            let (id, instance) = match event {
                Event::Join(member) | Event::Rejoin(member) => (&member.id, member.instance.as_deref()),
                Event::Leave(id) => (id, None),
                _ => continue,
            };
            gone.extend(before.member_id(id));
            gone.extend(instance.and_then(|instance| before.member_of_instance(instance)));
            come.extend(after.member_id(id));
        }
        let (gone, come) = (named(before, &gone), named(after, &come));
        let changed = |presence: NamePresence, name: fn(&Member) -> String| {
            presence.changed(gone.iter().map(|member| name(member)), come.iter().map(|member| name(member)))
        };
        Self { by_client: changed(self.by_client, client), by_key: changed(self.by_key, key) }
    }

    /// Members that came back at least so often; those that did so most often first.
    pub fn at_least(&self, times: u64) -> Vec<Returned> {
        let clients = self.by_client.returns.iter().filter(|(name, _)| !self.by_client.shared.contains(*name));
        let keys = self.by_key.returns.iter().filter(|(name, _)| self.by_client.shared.contains(without_uuid(name)));
        let mut returned: Vec<Returned> = clients
            .chain(keys)
            .filter(|(_, returns)| **returns >= times)
            .map(|(member, &times)| Returned { member: member.clone(), times })
            .collect();
        returned.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.member.cmp(&b.member)));
        returned
    }
}

fn named<'a>(group: &'a Group, members: &BTreeSet<MemberId>) -> Vec<&'a Member> {
    members.iter().filter_map(|&member| group.member(member)).collect()
}

fn key(member: &Member) -> String {
    member.key().to_string()
}

fn client(member: &Member) -> String {
    without_uuid(&member.key().to_string()).into()
}

impl NamePresence {
    fn of(names: impl Iterator<Item = String>) -> Self {
        Self::default().changed(std::iter::empty(), names)
    }

    fn changed(mut self, gone: impl Iterator<Item = String>, come: impl Iterator<Item = String>) -> Self {
        let mut changes: BTreeMap<String, i64> = BTreeMap::new();
        gone.for_each(|name| *changes.entry(name).or_default() -= 1);
        come.for_each(|name| *changes.entry(name).or_default() += 1);
        for (name, change) in changes {
            let present = self.present.entry(name.clone()).or_default();
            *present += change;
            if *present > 1 {
                self.shared.insert(name.clone());
            }
            let away = self.away.entry(name.clone()).or_default();
            let back = change.clamp(0, *away);
            *away += (-change).max(0) - back;
            if back > 0 {
                *self.returns.entry(name).or_default() += back.unsigned_abs();
            }
        }
        self
    }
}

/// A name without the UUID that it ends with, if it does.
fn without_uuid(name: &str) -> &str {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = name.rsplitn(6, '-').collect();
    let is_hex = |(part, length): (&&str, usize)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    match parts.len() == 6 && !parts[5].is_empty() && parts.iter().zip(LENGTHS.into_iter().rev()).all(is_hex) {
        true => parts[5],
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::without_uuid;

    #[test]
    fn a_uuid_at_the_end_is_no_part_of_a_name() {
        assert_eq!(without_uuid("orders-1-2f4e1c3a-0b1d-4c5e-8f90-123456789abc"), "orders-1");
        for name in ["orders-1", "2f4e1c3a-0b1d-4c5e-8f90-123456789abc", "a-b-c-d-e-f", ""] {
            assert_eq!(without_uuid(name), name);
        }
    }
}
