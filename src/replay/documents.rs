//! Histories and what `replay` and `simulate` answer, to be written down.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figures::{Figures, Outcome, OutcomeTotals, Totals};
pub use super::history_document::{HistoryDocument, HistoryError, HistoryEvent, RebalanceDocument};
use super::recording::{Gap, RecordedRebalance, RecordedTotals, Returned};
use super::statistics::{Distribution, Statistics};
use super::window::EventBatch;
use crate::document::{AssignmentDocument, At, GoalCostsDocument, GoalVerdictDocument};
use crate::model::{Event, Group};

/// One rebalance, to be written down.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RebalanceLine<'a> {
    /// Its number; 0 is the group itself.
    pub rebalance: usize,
    /// Its time; rebalance 0 has none, unless the log begins with a line that shows the group.
    pub at: Option<At>,
    /// The kinds of the events that caused it.
    pub event: String,
    /// Who and what that was.
    #[serde(skip_serializing_if = "ChangedDocument::is_empty")]
    pub changed: &'a ChangedDocument,
    /// Why there was a rebalance, where the log says so of one without a change.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub reasons: &'a [String],
    /// Its figures.
    #[serde(flatten)]
    pub figures: FiguresDocument,
    /// What the plan costs in each of its goals.
    pub goals: GoalCostsDocument,
    /// The nanoseconds that the pure function took.
    pub elapsed_ns: u64,
    /// Who owns what now, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment: Option<AssignmentDocument<'a>>,
    /// The same rebalance under other strategies, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub strategies: BTreeMap<String, OutcomeDocument>,
    /// What the group's own assignor did, if that is compared and the log says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordedDocument>,
}

/// What caused a rebalance, in words: `join`, or `leave+join`; `group` where nothing did.
///
/// ```
/// use sticky_assignor::Event;
/// use sticky_assignor::replay::{EventBatch, documents::event_label};
/// assert_eq!(event_label(&EventBatch::new(12, Event::Leave("c1".into()).into())), "leave");
/// ```
pub fn event_label(batch: &EventBatch) -> String {
    match batch.kinds.as_slice() {
        [] => "group".into(),
        kinds => kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join("+"),
    }
}

/// Who and what an event batch changed, by name, in the order it happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangedDocument {
    /// Members that joined.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<String>,
    /// Members that left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// Members that subscribed to other topics, or are in another rack or another instance now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subscribed: Vec<String>,
    /// Topics that were created, grew or were deleted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
}

impl ChangedDocument {
    /// What this batch changed of a group, and made it. A static member that was back before its
    /// session ended has neither left nor joined.
    ///
    /// O(log n) for each event.
    pub fn new(batch: &EventBatch, before: &Group, after: &Group) -> Self {
        let mut changed = Self::default();
        for event in batch.change.events() {
            match event {
                Event::Join(member) if is_back(&member.id, after, before) => {}
                Event::Join(member) => add(&mut changed.joined, &member.id),
                Event::Leave(id) if is_back(id, before, after) => {}
                Event::Leave(id) => add(&mut changed.left, id),
                Event::Subscribe { member, .. } => add(&mut changed.subscribed, member),
                Event::Rejoin(member) => add(&mut changed.subscribed, &member.id),
                Event::Topic(topic) => add(&mut changed.topics, &topic.name),
                Event::DeleteTopic(name) => add(&mut changed.topics, name),
            }
        }
        changed
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether the static member with this id in one group is in the other, too, under whatever id.
fn is_back(id: &str, group: &Group, other: &Group) -> bool {
    let known = group.member_id(id).filter(|&known| other.member(known).is_some());
    known.and_then(|known| group.member(known)).is_some_and(|member| member.instance().is_some())
}

fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.into());
    }
}

/// The form of [`Figures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FiguresDocument {
    members: usize,
    partitions: u64,
    assigned: u64,
    retained: u64,
    moved: u64,
    forced: u64,
    new: u64,
    min: u32,
    max: u32,
    sum_of_squares: u64,
}

impl From<Figures> for FiguresDocument {
    fn from(figures: Figures) -> Self {
        let Figures { members, partitions, retained, moved, forced, new, min, max, sum_of_squares } = figures;
        Self { members, partitions, assigned: partitions, retained, moved, forced, new, min, max, sum_of_squares }
    }
}

/// The form of [`Outcome`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutcomeDocument {
    #[serde(flatten)]
    figures: FiguresDocument,
    /// Sum of squares above the least possible.
    excess: u64,
    topic_skew: u32,
    rack_mismatches: u64,
    second_round: u64,
    elapsed_ns: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_recorded: Option<FromRecordedDocument>,
}

/// What a strategy would have moved from the states that a log records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FromRecordedDocument {
    /// Partitions that it would have moved.
    pub moved: u64,
}

impl OutcomeDocument {
    /// An outcome, the nanoseconds that the strategy took, and what it would have moved from the
    /// state that is recorded, where that is compared.
    pub fn new(outcome: Outcome, elapsed_ns: u64, from_recorded: Option<u64>) -> Self {
        Self {
            figures: outcome.figures.into(),
            excess: outcome.excess(),
            topic_skew: outcome.topic_skew,
            rack_mismatches: outcome.rack_mismatches,
            second_round: outcome.figures.second_round(),
            elapsed_ns,
            from_recorded: from_recorded.map(|moved| FromRecordedDocument { moved }),
        }
    }
}

/// All rebalances together, to be written down.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TotalLine {
    /// The one field.
    pub total: TotalDocument,
}

/// The sums over a log.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TotalDocument {
    /// The sums of the lines.
    #[serde(flatten)]
    pub sums: SumsDocument,
    /// Partitions that moved beyond what each rebalance needed, if that was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_needlessly: Option<u64>,
    /// The least that the worst imbalance could have been for those subscriptions, where balance is
    /// the first goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_worst_imbalance: Option<u32>,
    /// The nanoseconds that the pure function took in all.
    pub elapsed_ns: u64,
    /// Lines left out because they cannot be.
    pub skipped: usize,
    /// The line in which the log breaks off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaks_off: Option<u64>,
    /// What the log would have cost had the group been run otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub savings: Vec<SavingDocument>,
    /// The sums under other strategies, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub strategies: BTreeMap<String, StrategyTotalDocument>,
    /// What the group's own assignor did, if that is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordedTotalsDocument>,
}

/// The form of [`Totals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SumsDocument {
    rebalances: u64,
    partitions: u64,
    assigned: u64,
    retained: u64,
    moved: u64,
    forced: u64,
    new: u64,
    worst_imbalance: u32,
    worst_rebalance: u64,
}

impl From<Totals> for SumsDocument {
    fn from(totals: Totals) -> Self {
        let Totals { rebalances, assigned, retained, moved, forced, new, worst } = totals;
        let (worst_imbalance, worst_rebalance) = (worst.imbalance, worst.rebalance);
        Self { rebalances, partitions: assigned, assigned, retained, moved, forced, new, worst_imbalance, worst_rebalance }
    }
}

/// What a log would have cost had its events been gathered in another way, or its members been
/// static.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SavingDocument {
    /// The window, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<f64>,
    /// The session timeout, in seconds, with every member a static one; who comes back is guessed
    /// as [`with_static_members`](super::with_static_members) does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub static_session_timeout: Option<f64>,
    /// How many rebalances there would have been.
    pub rebalances: u64,
    /// How many partitions would have moved.
    pub moved: u64,
    /// How many would have been given out that had no owner before. One whose
    /// owner left counts as moved only where another owner comes in the same rebalance: comparable
    /// with other gatherings is `moved` + `new`.
    pub new: u64,
}

/// The form of [`OutcomeTotals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StrategyTotalDocument {
    #[serde(flatten)]
    sums: SumsDocument,
    uneven: u64,
    worst_excess: u64,
    worst_topic_skew: u32,
    rack_mismatches: u64,
    second_round: u64,
    elapsed_ns: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_recorded: Option<FromRecordedDocument>,
}

impl StrategyTotalDocument {
    /// These totals, the nanoseconds that the strategy took in all, and what it would have moved
    /// from the states that are recorded, where that is compared.
    pub fn new(totals: OutcomeTotals, elapsed_ns: u64, from_recorded: Option<u64>) -> Self {
        let OutcomeTotals { totals, uneven, worst_excess, worst_topic_skew, rack_mismatches } = totals;
        let second_round = totals.second_round();
        let from_recorded = from_recorded.map(|moved| FromRecordedDocument { moved });
        Self { sums: totals.into(), uneven, worst_excess, worst_topic_skew, rack_mismatches, second_round, elapsed_ns, from_recorded }
    }
}

/// What many trials of a scenario came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SimulationDocument {
    /// The scenario's name.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// Trials asked for.
    pub trials: u64,
    /// Trials that were finished: all, unless it was interrupted.
    pub finished: u64,
    /// One entry for each strategy, in the order asked for.
    pub strategies: Vec<StrategyDocument>,
}

/// What one strategy cost in them. The first rebalance of each trial is not counted. What was not
/// measured even once is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StrategyDocument {
    /// The strategy's name.
    pub strategy: String,
    /// Rebalances that were counted.
    pub rebalances: u64,
    /// Those of them that left the loads less even than possible.
    pub uneven: u64,
    /// Figures of whole trials.
    pub trial: Option<TrialDocument>,
    /// Figures of single rebalances.
    pub rebalance: Option<RebalanceFiguresDocument>,
    /// Nanoseconds of single rebalances: of the strategy's pure function alone. Different every
    /// time.
    pub elapsed_ns: Option<DistributionDocument>,
}

/// Figures of whole trials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrialDocument {
    /// Partitions that moved.
    pub moved: DistributionDocument,
    /// Those of them whose owner left or gave up the topic.
    pub forced: DistributionDocument,
    /// Those that cost a second round in cooperative mode.
    pub second_round: DistributionDocument,
}

/// Figures of single rebalances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RebalanceFiguresDocument {
    /// Partitions that moved.
    pub moved: DistributionDocument,
    /// The most partitions of a member less the least.
    pub imbalance: DistributionDocument,
    /// How far the loads are from the most even ones, in sums of squares.
    pub excess: DistributionDocument,
    /// The most partitions of one topic that a subscriber has more than another subscriber of it.
    pub topic_skew: DistributionDocument,
    /// Partitions whose owner is in a rack that no replica is in.
    pub rack_mismatches: DistributionDocument,
}

/// A distribution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DistributionDocument {
    /// Half of the numbers are no greater.
    pub median: u64,
    /// 95 of 100 are no greater.
    pub p95: u64,
    /// The greatest.
    pub max: u64,
}

impl StrategyDocument {
    /// These statistics of that many trials, under a strategy's name.
    pub fn new(strategy: &str, trials: usize, statistics: &Statistics, elapsed_ns: Distribution) -> Self {
        let Statistics { rebalances, uneven, .. } = *statistics;
        Self {
            strategy: strategy.into(),
            rebalances,
            uneven,
            trial: (trials > 0).then(|| statistics.into()),
            rebalance: (rebalances > 0).then(|| statistics.into()),
            elapsed_ns: (rebalances > 0).then(|| elapsed_ns.into()),
        }
    }
}

impl From<&Statistics> for TrialDocument {
    fn from(statistics: &Statistics) -> Self {
        let Statistics { moved, forced, second_round, .. } = *statistics;
        Self { moved: moved.into(), forced: forced.into(), second_round: second_round.into() }
    }
}

impl From<&Statistics> for RebalanceFiguresDocument {
    fn from(statistics: &Statistics) -> Self {
        let Statistics { moved_at_once, imbalance, excess, topic_skew, rack_mismatches, .. } = *statistics;
        Self {
            moved: moved_at_once.into(),
            imbalance: imbalance.into(),
            excess: excess.into(),
            topic_skew: topic_skew.into(),
            rack_mismatches: rack_mismatches.into(),
        }
    }
}

impl From<Distribution> for DistributionDocument {
    fn from(distribution: Distribution) -> Self {
        let Distribution { median, p95, max } = distribution;
        Self { median, p95, max }
    }
}

/// The form of [`RecordedRebalance`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordedDocument {
    moved: u64,
    forced: u64,
    new: u64,
    needed: u64,
    excess: u64,
    goals: Vec<GoalVerdictDocument>,
    /// What makes the assignment invalid: how many violations.
    #[serde(skip_serializing_if = "is_none")]
    violations: u64,
    /// Partitions held otherwise than decided, where what was held is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<u64>,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

impl From<&RecordedRebalance> for RecordedDocument {
    fn from(recorded: &RecordedRebalance) -> Self {
        Self {
            moved: recorded.figures.moved,
            forced: recorded.figures.forced,
            new: recorded.figures.new,
            needed: recorded.needed,
            excess: recorded.excess(),
            goals: recorded.goals.iter().copied().map(GoalVerdictDocument::from).collect(),
            violations: recorded.violations,
            gap: recorded.gap,
        }
    }
}

/// The form of [`RecordedTotals`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordedTotalsDocument {
    rebalances: u64,
    known: u64,
    moved: u64,
    forced: u64,
    new: u64,
    needed: u64,
    excess: u64,
    invalid: u64,
    not_needed: Vec<usize>,
    within_30_s: u64,
    flapping: Vec<ReturnedDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    widest_gap: Option<Gap>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ReturnedDocument {
    member: String,
    returns: u64,
}

impl From<RecordedTotals> for RecordedTotalsDocument {
    fn from(totals: RecordedTotals) -> Self {
        let RecordedTotals { rebalances, known, moved, forced, new, needed, excess, invalid, not_needed, close, flapping, widest_gap } =
            totals;
        let returned = |Returned { member, times }| ReturnedDocument { member, returns: times };
        let flapping = flapping.into_iter().map(returned).collect();
        Self { rebalances, known, moved, forced, new, needed, excess, invalid, not_needed, within_30_s: close, flapping, widest_gap }
    }
}
