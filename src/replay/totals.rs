//! What many rebalances come to together, and beside the best there could have been.

use serde::Serialize;

use super::figures::Figures;
use super::log::EventLog;
use super::window::RebalanceWindow;
use crate::model::{ChangeError, Goals};

/// The figures of rebalances 1 to N, added up; that of the group itself, rebalance 0, is not one
/// of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Totals {
    /// How many rebalances.
    pub rebalances: u64,
    /// Partitions given out, over all of them.
    pub assigned: u64,
    /// Partitions whose owner stayed.
    pub retained: u64,
    /// Partitions that moved.
    pub moved: u64,
    /// Those of them whose owner left or gave up the topic.
    pub forced: u64,
    /// Partitions that had no owner before.
    pub new: u64,
    /// The farthest that loads were ever apart, and where.
    pub worst: Worst,
}

/// The farthest that the loads of two members were ever apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Worst {
    /// The most partitions of a member less the least.
    pub imbalance: u32,
    /// The number of the first rebalance that left them so; 0 if none left them apart.
    pub rebalance: u64,
}

impl Totals {
    /// Partitions that cost a second round in cooperative mode.
    pub fn second_round(&self) -> u64 {
        self.moved - self.forced
    }

    /// These totals and one more rebalance.
    pub(super) fn with(self, figures: Figures) -> Self {
        let worst = match figures.imbalance() > self.worst.imbalance {
            true => Worst { imbalance: figures.imbalance(), rebalance: self.rebalances + 1 },
            false => self.worst,
        };
        Self {
            rebalances: self.rebalances + 1,
            assigned: self.assigned + figures.partitions,
            retained: self.retained + figures.retained,
            moved: self.moved + figures.moved,
            forced: self.forced + figures.forced,
            new: self.new + figures.new,
            worst,
        }
    }
}

impl FromIterator<Figures> for Totals {
    fn from_iter<I: IntoIterator<Item = Figures>>(figures: I) -> Self {
        figures.into_iter().fold(Self::default(), Self::with)
    }
}

/// A rebalance under any assignor, beside the best there could have been for those subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Its figures, measured from that assignor's own assignment before.
    pub figures: Figures,
    /// The least sum of squared loads that any assignment of the group has.
    pub best_sum_of_squares: u64,
    /// The most partitions of one topic that a subscriber has more than another subscriber of it.
    pub topic_skew: u32,
    /// Partitions whose owner is in a rack that no replica is in (KIP-881).
    pub rack_mismatches: u64,
}

impl Outcome {
    /// How far the loads are from the most even ones, in sums of squares.
    pub fn excess(&self) -> u64 {
        self.figures.sum_of_squares.saturating_sub(self.best_sum_of_squares)
    }
}

/// The outcomes of rebalances 1 to N, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutcomeTotals {
    /// The sums of the figures.
    pub totals: Totals,
    /// Rebalances that left the loads less even than possible.
    pub uneven: u64,
    /// The farthest from the most even loads, in sums of squares.
    pub worst_excess: u64,
    /// The widest skew within a topic.
    pub worst_topic_skew: u32,
    /// Partitions whose owner was in a rack that no replica was in, summed over the rebalances.
    pub rack_mismatches: u64,
}

impl FromIterator<Outcome> for OutcomeTotals {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        outcomes.into_iter().fold(Self::default(), Self::with)
    }
}

impl OutcomeTotals {
    fn with(self, outcome: Outcome) -> Self {
        Self {
            totals: self.totals.with(outcome.figures),
            uneven: self.uneven + u64::from(outcome.excess() > 0),
            worst_excess: self.worst_excess.max(outcome.excess()),
            worst_topic_skew: self.worst_topic_skew.max(outcome.topic_skew),
            rack_mismatches: self.rack_mismatches.saturating_add(outcome.rack_mismatches),
        }
    }
}

/// The totals of a log whose events are gathered this way; what [`History`](super::History) would
/// say, without keeping one.
///
/// # Errors
///
/// None for a log that was checked.
///
/// ```
/// # #[cfg(feature = "json")] {
/// # use sticky_assignor::replay::{EventLog, Faults, RebalanceWindow, totals};
/// # use sticky_assignor::Goals;
/// let text = br#"{"topics": {"orders": 4}, "members": [{"id": "c1", "topics": "*"}, {"id": "c2", "topics": "*"}]}
/// {"at": 0, "leave": "c1"}
/// {"at": 5, "join": {"id": "c3", "topics": "*"}}"#;
/// let log = EventLog::from_json_lines(text, Faults::Refuse, 1_000)?;
/// let at_once = RebalanceWindow { length: Some(10.into()), ..RebalanceWindow::default() };
/// let moved = |window| totals(&log, window, Goals::BALANCE_STICKINESS).map(|totals| totals.moved);
/// assert_eq!((moved(RebalanceWindow::default())?, moved(at_once)?), (4, 2));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn totals(log: &EventLog, window: RebalanceWindow, goals: Goals) -> Result<Totals, ChangeError> {
    let mut plan = goals.balance(&log.group);
    let mut totals = Totals::default();
    for batch in window.batches(log) {
        plan = plan.rebalance(&batch.change)?;
        totals = totals.with(Figures::of(&plan));
    }
    Ok(totals)
}
