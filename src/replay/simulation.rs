//! The simulation document: what `simulate` answers.

use serde::Serialize;

use super::statistics::{Distribution, Statistics};

/// What many trials of a scenario came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
