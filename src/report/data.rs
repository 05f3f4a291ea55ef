//! The data of a page, kept small: versions as what changed, partitions as slots, slots as
//! distances.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::document::{At, printable};
use crate::model::{Assignment, Claims, Group, MemberId, MemberKey, TopicPartition, Transfer};
use crate::plan::Plan;
use crate::replay::{
    ChangedDocument, FiguresDocument, History, Outcome, RecordedRebalance, RecordedTotals, RecordedTotalsDocument, event_label,
};

/// What a page shows.
#[derive(Clone, Copy, Debug)]
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
}

/// The data as the script of the page reads it.
#[derive(Serialize)]
pub(super) struct ReportData {
    name: Option<String>,
    /// By number.
    topics: Vec<TopicData>,
    /// What each member is known by over time, by number.
    members: Vec<String>,
    /// Who owned what before rebalance 0, written as the changes are.
    claimed: Vec<i64>,
    versions: Vec<VersionData>,
    strategies: Vec<StrategyData>,
    recorded: Vec<Option<RecordedData>>,
    recorded_totals: Option<RecordedTotalsDocument>,
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
    /// By place among the names, as are those that departed.
    joined: Vec<usize>,
    departed: Vec<usize>,
    /// By reason the partitions that changed hands: the distance of each from the one before, in
    /// slots, then its owner; −1 is nobody.
    #[serde(flatten)]
    changes: BTreeMap<Reason, Vec<i64>>,
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
}

impl From<&Report<'_>> for ReportData {
    fn from(report: &Report<'_>) -> Self {
        let names = report.history.plans().fold(Names::default(), |names, plan| names.with(plan.group()));
        let slots = Slots::new(&names.topics);
        let claimed = report.history.claimed();
        Self {
            name: report.history.group().name().map(printable),
            claimed: slots.encoded(claimed.iter().map(|(partition, owner)| (partition, names.of(report.history.group(), owner)))),
            versions: versions(report, &slots, &names, claimed),
            strategies: report.series.iter().map(StrategyData::from).collect(),
            recorded: report.recorded.iter().map(|recorded| recorded.as_ref().map(RecordedData::from)).collect(),
            recorded_totals: report.recorded_totals.cloned().map(shown_totals),
            topics: names.topics,
            members: names.members,
        }
    }
}

/// The versions, each told from the one before.
fn versions(report: &Report<'_>, slots: &Slots, names: &Names, claimed: Assignment) -> Vec<VersionData> {
    let mut before = (claimed, BTreeSet::new());
    let mut group_before = report.history.group().clone();
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
            joined: present.difference(&before.1).copied().collect(),
            departed: before.1.difference(&present).copied().collect(),
            changes: changes(&before.0, &plan, slots, names),
        });
        before = (plan.assignment().clone(), present);
        group_before = plan.group().clone();
    }
    versions
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
fn changes(before: &Assignment, plan: &Plan, slots: &Slots, names: &Names) -> BTreeMap<Reason, Vec<i64>> {
    let mut changes: BTreeMap<Reason, Vec<(TopicPartition, Option<usize>)>> = BTreeMap::new();
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

/// Partitions of all topics in one row, topic after topic.
struct Slots {
    firsts: Vec<i64>,
}

impl Slots {
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
enum Reason {
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
fn reason(group: &Group, partition: TopicPartition, from: Option<MemberId>, to: Option<MemberId>) -> Reason {
    match (from, to) {
        (_, None) => Reason::Gone,
        (None, _) => Reason::New,
        _ if is_created_again(group, partition) => Reason::New,
        (Some(owner), _) if group.member(owner).is_none() => Reason::Left,
        (Some(owner), _) if !group.subscribes(owner, partition.topic) => Reason::GaveUp,
        _ => Reason::Even,
    }
}

/// Whether the topic went and came back in one rebalance, which leaves no claims to it.
fn is_created_again(group: &Group, partition: TopicPartition) -> bool {
    match group.claims() {
        Claims::Previous(before) => before.owner(partition).is_none(),
        Claims::Stated(_) => false,
    }
}
