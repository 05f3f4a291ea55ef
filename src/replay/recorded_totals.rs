//! What a group's own assignor did in all, beside what was needed; and both written down.

use serde::Serialize;

use super::recorded::RecordedRebalance;
use super::returns::{Returned, Returns};
use super::window::EventBatch;
use crate::verify::GoalVerdict;

/// Rebalances at most this many seconds apart are close together.
const CLOSE: f64 = 30.0;
/// A member that came back this often or more flaps.
const FLAPPING: u64 = 2;

/// What was recorded of rebalances 1 to N, together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// say what was decided the ones in which nothing changed.
    pub not_needed: Vec<usize>,
    /// Rebalances that came within 30 seconds of another.
    pub close: u64,
    /// Members that came back twice or more.
    pub flapping: Vec<Returned>,
    /// The most partitions that were held otherwise than decided.
    pub widest_gap: Option<Gap>,
}

/// How far what was held was from what was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
            times.push(batch.at.seconds());
            let was_needed = match recorded {
                Some(recorded) => recorded.was_needed(),
                None => !batch.change.events().is_empty(),
            };
            if !was_needed {
                totals.not_needed.push(number);
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

/// The form of [`RecordedRebalance`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordedDocument {
    moved: u64,
    forced: u64,
    new: u64,
    needed: u64,
    excess: u64,
    goals: Vec<GoalDocument>,
    /// What makes the assignment invalid: how many violations.
    #[serde(skip_serializing_if = "is_none")]
    violations: u64,
    /// Partitions held otherwise than decided, where what was held is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct GoalDocument {
    goal: &'static str,
    cost: u64,
    optimal: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

impl From<&RecordedRebalance> for RecordedDocument {
    fn from(recorded: &RecordedRebalance) -> Self {
        let goal = |&GoalVerdict { goal, cost, optimal }: &GoalVerdict| GoalDocument { goal: goal.name(), cost, optimal };
        Self {
            moved: recorded.figures.moved,
            forced: recorded.figures.forced,
            new: recorded.figures.new,
            needed: recorded.needed,
            excess: recorded.excess(),
            goals: recorded.goals.iter().map(goal).collect(),
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
