//! Strategies side by side on the same log, each going on from its own assignment.

use std::hint::black_box;

use sticky_assignor::replay::{Figures, Outcome, OutcomeTotals, rack_mismatches, topic_skew};
use sticky_assignor::{Assignment, Change, ChangeError, Goal, Goals, Group, Plan, Strategy};

use super::timing::timed;

/// What became of a log under one strategy.
pub(crate) struct StrategySeries {
    pub(crate) strategy: Strategy,
    /// The outcome of each rebalance.
    pub(crate) outcomes: Vec<Outcome>,
    /// What each took.
    pub(crate) elapsed_ns: Vec<u64>,
}

impl StrategySeries {
    fn new(strategy: Strategy) -> Self {
        Self { strategy, outcomes: Vec::new(), elapsed_ns: Vec::new() }
    }

    /// Its outcomes together, but for the first: that of the group itself.
    pub(crate) fn totals(&self) -> OutcomeTotals {
        self.outcomes.iter().skip(1).copied().collect()
    }

    /// What these rebalances took.
    pub(crate) fn elapsed(&self) -> u64 {
        self.elapsed_ns.iter().skip(1).sum()
    }
}

/// The least sum of squared loads that any plan for the group of this one has.
pub(crate) fn least_sum_of_squares(plan: &Plan) -> u64 {
    match has_most_even_loads(plan.goals()) {
        true => plan.summary().sum_of_squares,
        false => Goals::BALANCE_STICKINESS.balance(plan.group()).summary().sum_of_squares,
    }
}

/// Whether plans with these goals have the most even loads there are.
pub(crate) fn has_most_even_loads(goals: Goals) -> bool {
    goals.position(Goal::Balance) == Some(0)
}

fn outcome(group: &Group, assignment: &Assignment, figures: Figures, best_sum_of_squares: u64) -> Outcome {
    let (topic_skew, rack_mismatches) = (topic_skew(group, assignment), rack_mismatches(group, assignment));
    Outcome { figures, best_sum_of_squares, topic_skew, rack_mismatches }
}

/// The strategies that are compared: ours, on the plans of the history, and the others.
pub(crate) struct Comparison {
    ours: StrategySeries,
    compared: Vec<ComparedStrategy>,
}

/// A strategy, and where it has come to.
struct ComparedStrategy {
    series: StrategySeries,
    group: Group,
    assignment: Assignment,
}

impl Comparison {
    /// Ours and these strategies, on the group of our first plan.
    pub(crate) fn start(strategies: &[Strategy], plan: &Plan, elapsed_ns: u64) -> Self {
        let best = least_sum_of_squares(plan);
        let others = strategies.iter().filter(|strategy| **strategy != Strategy::Sticky);
        let compared = others.map(|&strategy| ComparedStrategy::start(strategy, plan.group().clone(), best)).collect();
        Self { ours: StrategySeries::new(Strategy::Sticky), compared }.with_ours(plan, elapsed_ns)
    }

    /// The comparison after one more change, which gave us this plan.
    pub(crate) fn after(self, change: &Change, plan: &Plan, elapsed_ns: u64) -> Result<Self, ChangeError> {
        let best = least_sum_of_squares(plan);
        let compared = self.compared.into_iter().map(|compared| compared.after(change, best)).collect::<Result<_, _>>()?;
        Ok(Self { ours: self.ours, compared }.with_ours(plan, elapsed_ns))
    }

    fn with_ours(mut self, plan: &Plan, elapsed_ns: u64) -> Self {
        let outcome = outcome(plan.group(), plan.assignment(), Figures::of(plan), least_sum_of_squares(plan));
        self.ours.outcomes.push(outcome);
        self.ours.elapsed_ns.push(elapsed_ns);
        self
    }

    /// The series of all strategies, ours first.
    pub(crate) fn series(&self) -> impl Iterator<Item = &StrategySeries> {
        std::iter::once(&self.ours).chain(self.compared.iter().map(|compared| &compared.series))
    }
}

impl ComparedStrategy {
    fn start(strategy: Strategy, group: Group, best_sum_of_squares: u64) -> Self {
        let compared = Self { series: StrategySeries::new(strategy), group: group.clone(), assignment: Assignment::new() };
        compared.assigning(group, best_sum_of_squares)
    }

    fn after(self, change: &Change, best_sum_of_squares: u64) -> Result<Self, ChangeError> {
        let group = self.group.clone().claiming(self.assignment.clone()).apply(change)?;
        Ok(self.assigning(group, best_sum_of_squares))
    }

    fn assigning(self, group: Group, best_sum_of_squares: u64) -> Self {
        let mut series = self.series;
        let (assignment, elapsed) = timed(|| series.strategy.assign(black_box(&group)));
        let figures = Figures::measure(&group, &assignment);
        series.outcomes.push(outcome(&group, &assignment, figures, best_sum_of_squares));
        series.elapsed_ns.push(elapsed);
        Self { series, group, assignment }
    }
}
