//! The data of a page, kept small: versions as what changed, partitions as slots, slots as
//! distances.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::document::{At, printable};
use crate::model::{Assignment, Claims, Goal, Group, MemberId, MemberKey, Name, Racks, TopicPartition, Transfer};
use crate::plan::Plan;
use crate::replay::{
    History, Outcome,
    documents::{ChangedDocument, FiguresDocument, RecordedTotalsDocument, SavingDocument, event_label},
    rack_mismatches,
    recording::{RecordedRebalance, RecordedTotals},
    subscriber_counts,
};

/// What a page shows.
///
/// ```
/// use sticky_assignor::replay::{EventLog, Faults, History};
/// use sticky_assignor::report::Report;
/// let log = EventLog::from_json_lines(br#"{"topics": {"t": 2}, "members": [{"id": "a", "topics": "*"}]}"#, Faults::Refuse, 1_000)?;
/// let history = History::new(&log.group)?;
/// let page = Report::of(&history).page();
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Report<'a> {
    /// The versions.
    pub history: &'a History,
    /// When the group itself was seen, if that is known.
    pub start: Option<At>,
    /// The nanoseconds each took.
    pub elapsed_ns: &'a [u64],
    /// What became of the log under each strategy, ours first; empty where none is compared.
    pub series: &'a [ReportSeries<'a>],
    /// What the group's own assignor did in each rebalance, where that is recorded; empty where it
    /// is not compared.
    pub recorded: &'a [Option<RecordedRebalance>],
    /// What it did in all, where that is compared.
    pub recorded_totals: Option<&'a RecordedTotals>,
    /// What the log would have cost with other settings.
    pub savings: &'a [SavingDocument],
    /// The log itself, to be had from the page; nothing where it is not.
    pub log: &'a str,
    /// How the page came to be, for its foot: what each thing is called, and what it is.
    pub made_by: &'a [(&'a str, String)],
}

impl<'a> Report<'a> {
    /// The versions alone.
    pub fn of(history: &'a History) -> Self {
        Self {
            history,
            start: None,
            elapsed_ns: &[],
            series: &[],
            recorded: &[],
            recorded_totals: None,
            savings: &[],
            log: "",
            made_by: &[],
        }
    }
}

/// What became of a log under one strategy.
#[derive(Clone, Copy, Debug)]
pub struct ReportSeries<'a> {
    /// The strategy's name.
    pub name: &'a str,
    /// The outcome of each rebalance.
    pub outcomes: &'a [Outcome],
    /// The nanoseconds each took.
    pub elapsed_ns: &'a [u64],
    /// What it would have moved in each from the state that is recorded before it; empty where that
    /// is not compared.
    pub from_recorded: &'a [Option<u64>],
    /// What changed hands in each; empty where that is not kept.
    pub transfers: &'a [Vec<Transfer>],
}

/// The data as the script of the page reads it.
#[derive(Serialize)]
pub(super) struct ReportData {
    name: Option<String>,
    version: &'static str,
    made_by: Vec<(String, String)>,
    log: String,
    /// In their order.
    goals: Vec<&'static str>,
    /// By number.
    topics: Vec<TopicData>,
    /// Where members and replicas are, if that was ever said.
    racks: Option<RackData>,
    /// What each member is known by over time, by number.
    members: Vec<String>,
    /// Who owned what before rebalance 0, written as the changes are.
    claimed: Vec<i64>,
    versions: Vec<VersionData>,
    strategies: Vec<StrategyData>,
    recorded: Vec<Option<RecordedData>>,
    recorded_totals: Option<RecordedTotalsDocument>,
    savings: Vec<SavingDocument>,
}

/// Racks as they were last known.
#[derive(Serialize)]
struct RackData {
    names: Vec<String>,
    /// The rack of each member, by number.
    members: Vec<Option<usize>>,
    /// Different sets of racks that have replicas of a partition.
    sets: Vec<Vec<usize>>,
    /// The set of each partition, by topic; nothing for a topic of which it is not known.
    topics: Vec<Vec<usize>>,
}

/// What the group's own assignor did.
#[derive(Serialize)]
struct RecordedData {
    moved: u64,
    needed: u64,
    excess: u64,
    new: u64,
    violations: u64,
    gap: Option<u64>,
}

#[derive(Serialize)]
struct TopicData {
    name: String,
    /// The most it ever has.
    partitions: u32,
}

#[derive(Serialize)]
struct VersionData {
    at: Option<At>,
    event: String,
    changed: ChangedDocument,
    reasons: Vec<String>,
    elapsed_ns: Option<u64>,
    figures: FiguresDocument,
    /// In each goal.
    costs: Vec<i128>,
    /// Partitions whose owner is in a rack that no replica is in.
    mismatches: u64,
    /// The numbers of subscribers that changed: of so many topics, how far from those before, by
    /// how much.
    subscribers: Vec<i64>,
    /// By place among the names, as are those that departed.
    joined: Vec<usize>,
    departed: Vec<usize>,
    /// By reason the partitions that changed hands: the distance of each from the one before, in
    /// slots, then its owner; −1 is nobody.
    #[serde(flatten)]
    changes: BTreeMap<MoveReason, Vec<i64>>,
}

#[derive(Serialize)]
struct StrategyData {
    name: String,
    moved: Vec<u64>,
    forced: Vec<u64>,
    imbalance: Vec<u32>,
    excess: Vec<u64>,
    skew: Vec<u32>,
    elapsed_ns: Vec<u64>,
    from_recorded: Vec<Option<u64>>,
    /// Of each rebalance what changed hands, written as the changes of versions are.
    changes: Vec<Vec<i64>>,
}

impl From<&Report<'_>> for ReportData {
    fn from(report: &Report<'_>) -> Self {
        // Plans of a history are made anew while they are asked for, so only twice.
        let known = report.history.plans().fold((Names::default(), LastRacks::default()), |(names, racks), plan| {
            let names = names.with(plan.group());
            let racks = racks.with(plan.group(), &names);
            (names, racks)
        });
        let (names, racks) = (known.0, RackData::from(known.1));
        let slots = PageSlots::new(&names.topics);
        let claimed = report.history.claimed();
        let owned = claimed.iter().map(|(partition, owner)| (partition, names.of(report.history.group(), owner)));
        let claimed_slots = slots.encoded(owned);
        let (versions, strategies) = versions(report, &slots, &names, claimed);
        Self {
            name: report.history.group().name().map(printable),
            version: env!("CARGO_PKG_VERSION"),
            made_by: report.made_by.iter().map(|(what, how)| (what.to_string(), printable(how))).collect(),
            log: report.log.into(),
            goals: report.history.first().goals().iter().map(Goal::name).collect(),
            racks: (!racks.names.is_empty()).then_some(racks),
            claimed: claimed_slots,
            versions,
            strategies,
            recorded: report.recorded.iter().map(|recorded| recorded.as_ref().map(RecordedData::from)).collect(),
            recorded_totals: report.recorded_totals.cloned().map(shown_totals),
            savings: report.savings.to_vec(),
            topics: names.topics,
            members: names.members,
        }
    }
}

/// The versions, each told from the one before, and the strategies.
fn versions(report: &Report<'_>, slots: &PageSlots, names: &Names, claimed: Assignment) -> (Vec<VersionData>, Vec<StrategyData>) {
    let mut strategies: Vec<StrategyData> = report.series.iter().map(StrategyData::from).collect();
    let mut before = (claimed, BTreeSet::new());
    let mut group_before = report.history.group().clone();
    let mut subscribers = Vec::new();
    let mut versions = Vec::with_capacity(report.history.len());
    for (number, (plan, figures)) in report.history.plans().zip(report.history.figures()).enumerate() {
        let batch = report.history.batch(number);
        let present: BTreeSet<usize> = plan.group().members().filter_map(|(member, _)| names.of(plan.group(), member)).collect();
        versions.push(VersionData {
            at: if number > 0 { batch.map(|batch| batch.at) } else { report.start },
            event: batch.map(event_label).unwrap_or_default(),
            changed: batch.map(|batch| shown(ChangedDocument::new(batch, &group_before, plan.group()))).unwrap_or_default(),
            reasons: batch.map(|batch| batch.reasons.iter().map(|reason| printable(reason)).collect()).unwrap_or_default(),
            elapsed_ns: report.elapsed_ns.get(number).copied(),
            figures: figures.into(),
            costs: plan.costs().iter().map(|(_, cost)| cost).collect(),
            mismatches: rack_mismatches(plan.group(), plan.assignment()),
            subscribers: subscriber_changes(&mut subscribers, plan.group()),
            joined: present.difference(&before.1).copied().collect(),
            departed: before.1.difference(&present).copied().collect(),
            changes: changes(&before.0, &plan, slots, names),
        });
        // Members have the same numbers in the groups of all assignors.
        for (strategy, series) in strategies.iter_mut().zip(report.series) {
            let place = |owner: Option<MemberId>| names.of(plan.group(), owner?);
            let encoded =
                |transfers: &Vec<Transfer>| slots.encoded(transfers.iter().map(|transfer| (transfer.partition, place(transfer.to))));
            strategy.changes.extend(series.transfers.get(number).map(encoded));
        }
        before = (plan.assignment().clone(), present);
        group_before = plan.group().clone();
    }
    (versions, strategies)
}

/// How the numbers of subscribers differ from those before, which are made those of this group:
/// runs of topics that differ alike, each as its distance from the end of the run before, its
/// length, and the difference.
fn subscriber_changes(before: &mut Vec<i64>, group: &Group) -> Vec<i64> {
    let mut now = vec![0; before.len()];
    for (topic, count) in subscriber_counts(group) {
        now.resize(now.len().max(topic.index() + 1), 0);
        now[topic.index()] = count as i64;
    }
    before.resize(now.len(), 0);
    let differences: Vec<i64> = now.iter().zip(before.iter()).map(|(now, before)| now - before).collect();
    let (mut runs, mut end, mut start) = (Vec::new(), 0, 0);
    for run in differences.chunk_by(|one, next| one == next) {
        if run[0] != 0 {
            runs.extend([(start - end) as i64, run.len() as i64, run[0]]);
            end = start + run.len();
        }
        start += run.len();
    }
    *before = now;
    runs
}

/// The same, with names as a page may show them.
fn shown_totals(mut totals: RecordedTotals) -> RecordedTotalsDocument {
    for back in &mut totals.flapping {
        back.member = printable(&back.member);
    }
    totals.into()
}

/// The same, with names as a page may show them.
fn shown(changed: ChangedDocument) -> ChangedDocument {
    let shown = |names: Vec<String>| names.iter().map(|name| printable(name)).collect();
    let ChangedDocument { joined, left, subscribed, topics } = changed;
    ChangedDocument { joined: shown(joined), left: shown(left), subscribed: shown(subscribed), topics: shown(topics) }
}

/// The partitions that changed hands, by reason.
fn changes(before: &Assignment, plan: &Plan, slots: &PageSlots, names: &Names) -> BTreeMap<MoveReason, Vec<i64>> {
    let mut changes: BTreeMap<MoveReason, Vec<(TopicPartition, Option<usize>)>> = BTreeMap::new();
    for Transfer { partition, from, to } in before.differences(plan.assignment()) {
        let place = to.and_then(|to| names.of(plan.group(), to));
        changes.entry(reason(plan.group(), partition, from, to)).or_default().push((partition, place));
    }
    changes.into_iter().map(|(reason, changed)| (reason, slots.encoded(changed.into_iter()))).collect()
}

/// What topics are called, by number, and what members are: each name once, as numbers of members
/// that left are given again.
#[derive(Default)]
struct Names {
    topics: Vec<TopicData>,
    members: Vec<String>,
    places: BTreeMap<MemberKey, usize>,
}

impl Names {
    /// The names, with those of one more version.
    fn with(mut self, group: &Group) -> Self {
        for (id, topic) in group.all_topics().in_id_order() {
            match self.topics.get_mut(id.index()) {
                Some(known) => known.partitions = known.partitions.max(topic.partitions()),
                None => self.topics.push(TopicData { name: printable(topic.name()), partitions: topic.partitions() }),
            }
        }
        for (_, member) in group.members() {
            self.places.entry(member.key()).or_insert_with_key(|key| {
                self.members.push(printable(&key.to_string()));
                self.members.len() - 1
            });
        }
        self
    }

    /// The place of a member of this group among the names.
    fn of(&self, group: &Group, member: MemberId) -> Option<usize> {
        self.places.get(&group.member(member)?.key()).copied()
    }
}

/// The racks of members, by place among the names, and of topics' replicas, by number, as they were
/// last known.
#[derive(Default)]
struct LastRacks {
    members: Vec<Option<Name>>,
    topics: Vec<Option<Racks>>,
}

impl LastRacks {
    /// The racks, with those of one more version.
    fn with(mut self, group: &Group, names: &Names) -> Self {
        self.members.resize(names.members.len(), None);
        for (id, member) in group.members() {
            if let Some(place) = names.of(group, id) {
                self.members[place] = member.rack().filter(|rack| !rack.is_empty()).cloned();
            }
        }
        for (id, topic) in group.topics().filter(|(_, topic)| topic.racks().is_some()) {
            self.topics.resize(self.topics.len().max(id.index() + 1), None);
            self.topics[id.index()] = topic.racks().cloned();
        }
        self
    }
}

impl From<LastRacks> for RackData {
    fn from(racks: LastRacks) -> Self {
        let (mut names, mut sets) = (Vec::new(), Vec::new());
        let mut number = |rack: &Name| number_in(&mut names, printable(rack));
        let members = racks.members.iter().map(|rack| rack.as_ref().map(&mut number)).collect();
        let mut set = |replicas: &[Name]| {
            let racks: BTreeSet<usize> = replicas.iter().filter(|rack| !rack.is_empty()).map(&mut number).collect();
            number_in(&mut sets, racks.into_iter().collect())
        };
        let topics = racks.topics.iter().map(|racks| racks.iter().flat_map(|racks| racks.iter()).map(|replicas| set(replicas)).collect());
        let topics = topics.collect();
        Self { names, members, sets, topics }
    }
}

/// The place of a value in a list, in which it is put if it is not there. There are few.
fn number_in<T: PartialEq>(list: &mut Vec<T>, value: T) -> usize {
    list.iter().position(|known| *known == value).unwrap_or_else(|| {
        list.push(value);
        list.len() - 1
    })
}

/// Partitions of all topics in one row, topic after topic.
struct PageSlots {
    firsts: Vec<i64>,
}

impl PageSlots {
    fn new(topics: &[TopicData]) -> Self {
        let firsts = topics.iter().scan(0, |next, topic| {
            let first = *next;
            *next += i64::from(topic.partitions);
            Some(first)
        });
        Self { firsts: firsts.collect() }
    }

    /// Ascending partitions and their owners: the distance of each from the one before, then its
    /// owner; −1 is nobody.
    fn encoded(&self, owned: impl Iterator<Item = (TopicPartition, Option<usize>)>) -> Vec<i64> {
        let mut last = 0;
        let mut encoded = Vec::new();
        for (partition, owner) in owned {
            let slot = self.firsts[partition.topic.index()] + i64::from(partition.partition);
            encoded.extend([slot - last, owner.map_or(-1, |owner| owner as i64)]);
            last = slot;
        }
        encoded
    }
}

impl From<&ReportSeries<'_>> for StrategyData {
    /// The figures; what changed hands is told with the versions.
    fn from(series: &ReportSeries<'_>) -> Self {
        let outcomes = series.outcomes;
        Self {
            name: series.name.into(),
            moved: outcomes.iter().map(|outcome| outcome.figures.moved).collect(),
            forced: outcomes.iter().map(|outcome| outcome.figures.forced).collect(),
            imbalance: outcomes.iter().map(|outcome| outcome.figures.imbalance()).collect(),
            excess: outcomes.iter().map(Outcome::excess).collect(),
            skew: outcomes.iter().map(|outcome| outcome.topic_skew).collect(),
            elapsed_ns: series.elapsed_ns.to_vec(),
            from_recorded: series.from_recorded.to_vec(),
            changes: Vec::new(),
        }
    }
}

impl From<&RecordedRebalance> for RecordedData {
    fn from(recorded: &RecordedRebalance) -> Self {
        let RecordedRebalance { figures, needed, violations, gap, .. } = *recorded;
        Self { moved: figures.moved, needed, excess: recorded.excess(), new: figures.new, violations, gap }
    }
}

/// Why a partition has another owner than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum MoveReason {
    /// Its owner has more than it need have.
    Even,
    /// Its owner left.
    Left,
    /// Its owner no longer subscribes to the topic.
    GaveUp,
    /// It had no owner.
    New,
    /// Nobody subscribes to the topic, or it is gone.
    Gone,
}

/// Why this partition went from one owner to another when the group came to be this one.
fn reason(group: &Group, partition: TopicPartition, from: Option<MemberId>, to: Option<MemberId>) -> MoveReason {
    match (from, to) {
        (_, None) => MoveReason::Gone,
        (None, _) => MoveReason::New,
        _ if is_created_again(group, partition) => MoveReason::New,
        (Some(owner), _) if group.member(owner).is_none() => MoveReason::Left,
        (Some(owner), _) if !group.subscribes(owner, partition.topic) => MoveReason::GaveUp,
        _ => MoveReason::Even,
    }
}

/// Whether the topic went and came back in one rebalance, which leaves no claims to it.
fn is_created_again(group: &Group, partition: TopicPartition) -> bool {
    match group.claims() {
        Claims::Previous(before) => before.owner(partition).is_none(),
        Claims::Stated(_) => false,
    }
}
