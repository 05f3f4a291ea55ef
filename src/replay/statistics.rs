//! What one strategy costs over many trials, and many numbers in three.

use serde::Serialize;

use super::figures::Outcome;

/// The statistics of a strategy over trials, each a row of rebalances. The first of a row, from
/// which the others start, is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// Of a whole trial: partitions that moved.
    pub moved: Distribution,
    /// Of a whole trial: those of them that had to, because their owner left or gave up the topic.
    pub forced: Distribution,
    /// Of a whole trial: those that cost a second round in cooperative mode.
    pub second_round: Distribution,
    /// Of one rebalance: partitions that moved.
    pub moved_at_once: Distribution,
    /// Of one rebalance: the most partitions of a member less the least.
    pub imbalance: Distribution,
    /// Of one rebalance: how far the loads are from the most even ones, in sums of squares.
    pub excess: Distribution,
    /// Of one rebalance: the most partitions of one topic that a subscriber has more than another
    /// subscriber of it.
    pub topic_skew: Distribution,
    /// Of one rebalance: partitions whose owner is in a rack that no replica is in.
    pub rack_mismatches: Distribution,
    /// How many rebalances were counted.
    pub rebalances: u64,
    /// How many of them left the loads less even than possible.
    pub uneven: u64,
}

impl Statistics {
    /// The statistics of these trials. O(n log n) in rebalances.
    pub fn of(trials: &[&[Outcome]]) -> Self {
        let of_trials = |figure: fn(&Outcome) -> u64| Distribution::of(trials.iter().map(|trial| counted(trial).iter().map(figure).sum()));
        let of_rebalances = |figure: fn(&Outcome) -> u64| Distribution::of(rebalances(trials).map(figure));
        Self {
            moved: of_trials(|outcome| outcome.figures.moved),
            forced: of_trials(|outcome| outcome.figures.forced),
            second_round: of_trials(|outcome| outcome.figures.second_round()),
            moved_at_once: of_rebalances(|outcome| outcome.figures.moved),
            imbalance: of_rebalances(|outcome| outcome.figures.imbalance().into()),
            excess: of_rebalances(Outcome::excess),
            topic_skew: of_rebalances(|outcome| outcome.topic_skew.into()),
            rack_mismatches: of_rebalances(|outcome| outcome.rack_mismatches),
            rebalances: rebalances(trials).count() as u64,
            uneven: rebalances(trials).filter(|outcome| outcome.excess() > 0).count() as u64,
        }
    }
}

fn rebalances<'a>(trials: &'a [&'a [Outcome]]) -> impl Iterator<Item = &'a Outcome> {
    trials.iter().flat_map(|trial| counted(trial))
}

/// The rebalances of a trial but the first.
fn counted(trial: &[Outcome]) -> &[Outcome] {
    trial.get(1..).unwrap_or(&[])
}

/// How numbers are distributed: each figure is one of the numbers, or 0 where there are none.
///
/// ```
/// use sticky_assignor::replay::statistics::Distribution;
/// let numbers = Distribution::of([5, 1, 3]);
/// assert_eq!((numbers.median, numbers.max), (3, 5));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Distribution {
    /// Half of the numbers are no greater.
    pub median: u64,
    /// 95 of 100 are no greater.
    pub p95: u64,
    /// The greatest.
    pub max: u64,
}

impl Distribution {
    /// The distribution of these numbers, in any order. O(n log n).
    pub fn of(numbers: impl IntoIterator<Item = u64>) -> Self {
        let mut numbers: Vec<u64> = numbers.into_iter().collect();
        numbers.sort_unstable();
        let at = |percent: usize| numbers.get((numbers.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0);
        Self { median: at(50), p95: at(95), max: at(100) }
    }
}
