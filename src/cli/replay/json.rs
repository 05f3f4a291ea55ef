//! The answers of `replay` as JSON lines.

use std::io::Write;

use serde::Serialize;
use sticky_assignor::document::{AssignmentDocument, PlanDocument};
use sticky_assignor::replay::{
    EventLog, OutcomeDocument, RebalanceLine, SavingDocument, StrategyTotalDocument, TotalDocument, TotalLine, Totals, event_label,
};
use sticky_assignor::{Plan, Transfer};

use crate::cli::comparison::StrategySeries;
use crate::cli::course::{Course, Rebalanced};
use crate::cli::failure::Failure;
use crate::cli::output;

/// What stands in the line of a rebalance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LineContent {
    Figures,
    /// The figures, and who owns what.
    WithAssignment,
}

/// The line of one rebalance.
pub(super) fn rebalance(out: &mut dyn Write, content: LineContent, rebalanced: &Rebalanced<'_>) -> Result<(), Failure> {
    let Course { history, elapsed_ns, .. } = rebalanced.course;
    let (number, plan) = (history.len() - 1, history.last());
    let outcome = |series: &StrategySeries| OutcomeDocument::new(series.outcomes[number], series.elapsed_ns[number]);
    let line = RebalanceLine {
        rebalance: number,
        at: (number > 0).then_some(rebalanced.batch.at),
        event: event_label(rebalanced.batch),
        figures: history.last_figures().into(),
        elapsed_ns: elapsed_ns[number],
        assignment: (content == LineContent::WithAssignment).then(|| AssignmentDocument::new(plan.group(), plan.assignment())),
        strategies: rebalanced.course.series().map(|series| (series.strategy.name(), outcome(series))).collect(),
    };
    output::line(out, &line)
}

/// The line of all rebalances.
pub(super) fn total(out: &mut dyn Write, log: &EventLog, course: &Course, savings: Vec<SavingDocument>) -> Result<(), Failure> {
    let totals: Totals = course.history.figures().collect();
    let strategy_total = |series: &StrategySeries| StrategyTotalDocument::new(series.totals(), series.elapsed());
    let total = TotalDocument {
        sums: totals.into(),
        moved_needlessly: course.moved_needlessly,
        best_worst_imbalance: totals.worst.imbalance,
        elapsed_ns: course.elapsed_ns.iter().sum(),
        skipped: log.skipped.len(),
        breaks_off: log.breaks_off,
        savings,
        strategies: course.series().map(|series| (series.strategy.name(), strategy_total(series))).collect(),
    };
    output::line(out, &TotalLine { total })
}

/// One version, as the plan it is.
pub(super) fn version(out: &mut dyn Write, plan: &Plan, elapsed_ns: &[u64]) -> Result<(), Failure> {
    output::line(out, &PlanDocument::whole(plan, elapsed_ns))
}

/// What differs between two versions.
#[derive(Serialize)]
struct ChangesDocument<'a> {
    between: [usize; 2],
    changes: Vec<ChangedDocument<'a>>,
}

/// A partition that has another owner; null where it has, or had, none.
#[derive(Serialize)]
struct ChangedDocument<'a> {
    topic: &'a str,
    partition: u32,
    from: Option<&'a str>,
    to: Option<&'a str>,
}

/// What differs between two versions.
pub(super) fn changes(out: &mut dyn Write, (a, before): (usize, &Plan), (b, after): (usize, &Plan)) -> Result<(), Failure> {
    let changed = before.assignment().differences(after.assignment()).map(|Transfer { partition, from, to }| ChangedDocument {
        topic: after.group().topic(partition.topic).name(),
        partition: partition.partition,
        from: from.and_then(|member| Some(&**before.group().member(member)?.id())),
        to: to.and_then(|member| Some(&**after.group().member(member)?.id())),
    });
    output::line(out, &ChangesDocument { between: [a, b], changes: changed.collect() })
}
