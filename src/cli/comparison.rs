//! Strategies side by side on the same log, each going on from its own assignment; what is
//! compared, by name: strategies, orders of goals, what really happened; and the clock that all
//! calls of pure functions are timed by.

use std::fmt;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Instant;

use sticky_assignor::replay::{Figures, Outcome, OutcomeTotals, rack_mismatches, topic_skew};
use sticky_assignor::{Assignment, Change, ChangeError, Goal, Goals, Group, Plan, Strategy, Transfer};

/// What became of a log under one assignor.
pub(crate) struct StrategySeries {
    pub(crate) assignor: Assignor,
    /// The outcome of each rebalance.
    pub(crate) outcomes: Vec<Outcome>,
    /// What each took.
    pub(crate) elapsed_ns: Vec<u64>,
    /// What it would have moved in each from the state that is recorded before it, where that is
    /// compared.
    pub(crate) from_recorded: Vec<Option<u64>>,
    /// What changed hands in each, where that is kept and not too much.
    pub(crate) transfers: Option<Vec<Vec<Transfer>>>,
}

/// What is kept of each rebalance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    Figures,
    /// The figures, and what changed hands: for a page.
    Transfers,
}

/// The most that changes hands under one assignor and is kept: a page with more would be slow to
/// load.
const MOST_TRANSFERS: usize = 50_000;

impl StrategySeries {
    fn new(assignor: Assignor, kept: Kept) -> Self {
        let transfers = (kept == Kept::Transfers).then(Vec::new);
        Self { assignor, outcomes: Vec::new(), elapsed_ns: Vec::new(), from_recorded: Vec::new(), transfers }
    }

    /// The series with one more rebalance, from one assignment to the next.
    fn with(mut self, outcome: Outcome, elapsed_ns: u64, [before, after]: [&Assignment; 2]) -> Self {
        self.outcomes.push(outcome);
        self.elapsed_ns.push(elapsed_ns);
        if let Some(transfers) = &mut self.transfers {
            transfers.push(before.differences(after).collect());
        }
        let is_short = |transfers: &Vec<Vec<Transfer>>| transfers.iter().map(Vec::len).sum::<usize>() <= MOST_TRANSFERS;
        Self { transfers: self.transfers.filter(is_short), ..self }
    }

    /// Its name.
    pub(crate) fn name(&self) -> String {
        self.assignor.to_string()
    }

    /// Its outcomes together, but for the first: that of the group itself.
    pub(crate) fn totals(&self) -> OutcomeTotals {
        self.outcomes.iter().skip(1).copied().collect()
    }

    /// What these rebalances took.
    pub(crate) fn elapsed(&self) -> u64 {
        self.elapsed_ns.iter().skip(1).sum()
    }

    /// What it would have moved in these rebalances from the states that are recorded, where that
    /// is compared.
    pub(crate) fn moved_from_recorded(&self) -> Option<u64> {
        (!self.from_recorded.is_empty()).then(|| self.from_recorded.iter().skip(1).flatten().sum())
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

/// The assignors that are compared: ours, on the plans of the history, and the others.
pub(crate) struct Comparison {
    ours: StrategySeries,
    compared: Vec<ComparedAssignor>,
}

/// An assignor, and where it has come to.
struct ComparedAssignor {
    series: StrategySeries,
    reached: Reached,
}

enum Reached {
    Assigned { strategy: Strategy, group: Box<Group>, assignment: Assignment },
    Planned(Box<Plan>),
}

impl Comparison {
    /// Ours and these assignors, on the group of our first plan.
    pub(crate) fn start(assignors: &[Assignor], kept: Kept, plan: &Plan, elapsed_ns: u64) -> Self {
        let best = least_sum_of_squares(plan);
        let others = assignors.iter().filter(|assignor| **assignor != Assignor::Strategy(Strategy::Sticky));
        let compared = others.map(|&assignor| ComparedAssignor::start(StrategySeries::new(assignor, kept), plan, best)).collect();
        // The history has what changed hands under ours.
        let ours = StrategySeries::new(Assignor::Strategy(Strategy::Sticky), Kept::Figures);
        Self { ours, compared }.with_ours(plan, elapsed_ns, best)
    }

    /// The comparison after one more change, which gave us this plan.
    pub(crate) fn after(self, change: &Change, plan: &Plan, elapsed_ns: u64) -> Result<Self, ChangeError> {
        let best = least_sum_of_squares(plan);
        let compared = self.compared.into_iter().map(|compared| compared.after(change, best)).collect::<Result<_, _>>()?;
        Ok(Self { compared, ..self }.with_ours(plan, elapsed_ns, best))
    }

    /// The comparison with what each would have moved from the state that is recorded before the
    /// last rebalance: this group, if anything is recorded of it, and what ours moves there, which
    /// is what was needed.
    pub(crate) fn with_recorded(mut self, recorded: Option<(&Group, u64)>) -> Self {
        self.ours.from_recorded.push(recorded.map(|(_, needed)| needed));
        for compared in &mut self.compared {
            compared.series.from_recorded.push(recorded.map(|(group, _)| moved(compared.series.assignor, group)));
        }
        self
    }

    fn with_ours(mut self, plan: &Plan, elapsed_ns: u64, best: u64) -> Self {
        self.ours.outcomes.push(outcome_of(plan, best));
        self.ours.elapsed_ns.push(elapsed_ns);
        self
    }

    /// The series of all assignors, ours first.
    pub(crate) fn series(&self) -> impl Iterator<Item = &StrategySeries> {
        std::iter::once(&self.ours).chain(self.compared.iter().map(|compared| &compared.series))
    }
}

fn outcome_of(plan: &Plan, best_sum_of_squares: u64) -> Outcome {
    outcome(plan.group(), plan.assignment(), Figures::of(plan), best_sum_of_squares)
}

/// What an assignor moves of what the members of a group claim.
fn moved(assignor: Assignor, group: &Group) -> u64 {
    match assignor {
        Assignor::Strategy(strategy) => Figures::measure(group, &strategy.assign(group)).moved,
        Assignor::Goals(goals) => Figures::of(&goals.balance(group)).moved,
    }
}

impl ComparedAssignor {
    fn start(series: StrategySeries, first: &Plan, best: u64) -> Self {
        let (group, claimed) = (first.group(), first.claimed_owners());
        match series.assignor {
            Assignor::Strategy(strategy) => Self::assigning(series, &claimed, strategy, group.clone(), best),
            Assignor::Goals(goals) => {
                let (plan, elapsed) = timed(|| goals.balance(black_box(group)));
                Self::planned(series, &claimed, plan, elapsed, best)
            }
        }
    }

    fn after(self, change: &Change, best: u64) -> Result<Self, ChangeError> {
        match self.reached {
            Reached::Assigned { strategy, group, assignment } => {
                let group = group.claiming(assignment.clone()).apply(change)?;
                Ok(Self::assigning(self.series, &assignment, strategy, group, best))
            }
            Reached::Planned(plan) => {
                let (next, elapsed) = timed(|| plan.rebalance(black_box(change)));
                Ok(Self::planned(self.series, plan.assignment(), next?, elapsed, best))
            }
        }
    }

    fn assigning(series: StrategySeries, before: &Assignment, strategy: Strategy, group: Group, best: u64) -> Self {
        let (assignment, elapsed) = timed(|| strategy.assign(black_box(&group)));
        let outcome = outcome(&group, &assignment, Figures::measure(&group, &assignment), best);
        let series = series.with(outcome, elapsed, [before, &assignment]);
        Self { series, reached: Reached::Assigned { strategy, group: Box::new(group), assignment } }
    }

    fn planned(series: StrategySeries, before: &Assignment, plan: Plan, elapsed: u64, best: u64) -> Self {
        let series = series.with(outcome_of(&plan, best), elapsed, [before, plan.assignment()]);
        Self { series, reached: Reached::Planned(Box::new(plan)) }
    }
}

/// An assignor that a log is replayed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assignor {
    Strategy(Strategy),
    /// Ours, in an order of goals of its own.
    Goals(Goals),
}

/// What a log is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    /// What the group's own assignor did, as the log records it.
    Recorded,
    Assignor(Assignor),
}

/// What stands before the goals of an order; between them stands `+`.
const ORDER: &str = "sticky:";

/// How what was recorded is called.
const RECORDED: &str = "recorded";

impl fmt::Display for Assignor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strategy(strategy) => f.write_str(strategy.name()),
            Self::Goals(goals) => write!(f, "{ORDER}{}", goals.to_string().replace(',', "+")),
        }
    }
}

impl FromStr for Assignor {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.strip_prefix(ORDER) {
            Some(goals) if goals.contains(',') => Err(format!("between goals of an order stands +: {ORDER}spread+balance")),
            Some(goals) => goals.replace('+', ",").parse().map(Self::Goals).map_err(|error| format!("{ORDER} {error}")),
            None => name.parse().map(Self::Strategy).map_err(|_| format!("there are {}", names())),
        }
    }
}

impl FromStr for Compared {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            RECORDED => Ok(Self::Recorded),
            name => name.parse().map(Self::Assignor).map_err(|error: String| match name.starts_with(ORDER) {
                true => error,
                false => format!("{error}, and {RECORDED}"),
            }),
        }
    }
}

fn names() -> String {
    let strategies: Vec<&str> = Strategy::ALL.iter().map(|strategy| strategy.name()).collect();
    format!("{}, {ORDER}GOAL+GOAL…", strategies.join(", "))
}

/// These, each once, in the order they are first named.
pub(crate) fn distinct<T: Copy + PartialEq>(named: impl IntoIterator<Item = T>) -> Vec<T> {
    named.into_iter().fold(Vec::new(), |mut distinct, one| {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
        distinct
    })
}

/// What a call answers, and the nanoseconds it took.
pub(super) fn timed<T>(call: impl FnOnce() -> T) -> (T, u64) {
    let start = Instant::now();
    let answer = call();
    let elapsed = start.elapsed();
    (answer, u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX))
}

/// What a call answers that is made that many times, and the nanoseconds each took.
pub(super) fn timed_often<T>(repeat: NonZeroU32, call: impl Fn() -> T) -> (T, Vec<u64>) {
    settle_allocator();
    let (mut answer, first) = timed(&call);
    let mut elapsed_ns = vec![first];
    for _ in 1..repeat.get() {
        drop(answer);
        let (again, elapsed) = timed(&call);
        answer = again;
        elapsed_ns.push(elapsed);
    }
    (answer, elapsed_ns)
}

/// Has the allocator put together what reading gave back in small pieces. It does so at the next
/// large request, which would be the first call's: a tenth of a second after a million claims,
/// where the call itself takes a hundredth.
fn settle_allocator() {
    drop(black_box(Vec::<u8>::with_capacity(1 << 16)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_called_as_it_is_given() {
        for name in ["sticky", "uniform", "sticky:spread+balance+rack+stickiness", "sticky:rack"] {
            assert_eq!(name.parse::<Assignor>().map(|assignor| assignor.to_string()), Ok(name.to_string()));
        }
        for (name, part) in [
            ("sticky:", "goal"),
            ("sticky:spread+spread", "spread"),
            ("sticky:even", "even"),
            ("sticky:spread,balance", "+"),
            ("range:spread", "there are"),
        ] {
            assert!(name.parse::<Assignor>().is_err_and(|error| error.contains(part)), "{name}");
        }
        assert_eq!("recorded".parse(), Ok(Compared::Recorded));
        assert!("recorded".parse::<Assignor>().is_err());
    }
}
