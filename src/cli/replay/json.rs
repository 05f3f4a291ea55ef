//! The answers of `replay` as JSON lines.

use std::io::Write;

use serde::Serialize;
use sticky_assignor::document::{AssignmentDocument, At, MovementsDocument, PlanDocument};
use sticky_assignor::replay::{
    EventLog,
    documents::{
        ChangedDocument, OutcomeDocument, RebalanceLine, RecordedDocument, RecordedTotalsDocument, SavingDocument, StrategyTotalDocument,
        TotalDocument, TotalLine, event_label,
    },
};
use sticky_assignor::{Plan, Transfer};

use crate::cli::comparison::{StrategySeries, has_most_even_loads};
use crate::cli::course::{Course, Rebalanced};
use crate::cli::output::{self, Failure};

/// What stands in the line of a rebalance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LineContent {
    Figures,
    /// The figures, and who owns what.
    WithAssignment,
}

/// The line of one rebalance.
pub(super) fn rebalance(out: &mut dyn Write, content: LineContent, rebalanced: &Rebalanced<'_>) -> Result<(), Failure> {
    let Course { history, elapsed_ns, changed, .. } = rebalanced.course;
    let (number, plan) = (history.len() - 1, history.last());
    let outcome = |series: &StrategySeries| {
        let from_recorded = series.from_recorded.get(number).copied().flatten();
        OutcomeDocument::new(series.outcomes[number], series.elapsed_ns[number], from_recorded)
    };
    let line = RebalanceLine {
        rebalance: number,
        at: rebalanced.course.time(number),
        event: event_label(rebalanced.batch),
        changed: &changed[number],
        reasons: &rebalanced.batch.reasons,
        figures: history.last_figures().into(),
        goals: plan.costs().into(),
        elapsed_ns: elapsed_ns[number],
        assignment: (content == LineContent::WithAssignment).then(|| AssignmentDocument::new(plan.group(), plan.assignment())),
        strategies: rebalanced.course.series().map(|series| (series.name(), outcome(series))).collect(),
        recorded: rebalanced.course.recorded(number).map(RecordedDocument::from),
    };
    output::line(out, &line)
}

/// The line of all rebalances.
pub(super) fn total(out: &mut dyn Write, log: &EventLog, course: &Course, savings: Vec<SavingDocument>) -> Result<(), Failure> {
    let totals = course.totals();
    let strategy_total =
        |series: &StrategySeries| StrategyTotalDocument::new(series.totals(), series.elapsed(), series.moved_from_recorded());
    let total = TotalDocument {
        sums: totals.into(),
        moved_needlessly: course.moved_needlessly,
        best_worst_imbalance: has_most_even_loads(course.history.last().goals()).then_some(totals.worst.imbalance),
        elapsed_ns: course.elapsed_ns.iter().skip(1).sum(),
        skipped: log.skipped.len(),
        breaks_off: log.breaks_off,
        savings,
        strategies: course.series().map(|series| (series.name(), strategy_total(series))).collect(),
        recorded: course.recorded_totals().map(RecordedTotalsDocument::from),
    };
    output::line(out, &TotalLine { total })
}

/// One version: which it is, and its plan.
#[derive(Serialize)]
struct VersionLine<'a> {
    rebalance: usize,
    at: Option<At>,
    event: String,
    #[serde(skip_serializing_if = "ChangedDocument::is_empty")]
    changed: &'a ChangedDocument,
    #[serde(flatten)]
    plan: PlanDocument<'a>,
}

/// One version, as the plan it is, measured from the version before.
pub(super) fn version(out: &mut dyn Write, course: &Course, number: usize, before: Option<&Plan>, plan: &Plan) -> Result<(), Failure> {
    let document = PlanDocument::whole(plan, &course.elapsed_ns[number..=number]);
    let movements = before.map(|before| MovementsDocument::between(before.group(), plan.group(), plan.movements()));
    let document = match movements {
        None => document,
        Some(movements) => document.after_change(plan.summary(), Some(movements)),
    };
    output::line(
        out,
        &VersionLine {
            rebalance: number,
            at: course.time(number),
            event: course.history.batch(number).map(event_label).unwrap_or_default(),
            changed: &course.changed[number],
            plan: document,
        },
    )
}

/// What differs between two versions, and when they were.
#[derive(Serialize)]
struct ChangesDocument<'a> {
    between: [usize; 2],
    at: [Option<At>; 2],
    changes: Vec<ChangedOwnerDocument<'a>>,
}

/// A partition that has another owner; null where it has, or had, none.
#[derive(Serialize)]
struct ChangedOwnerDocument<'a> {
    topic: &'a str,
    partition: u32,
    from: Option<&'a str>,
    to: Option<&'a str>,
}

/// What differs between two versions.
pub(super) fn changes(
    out: &mut dyn Write,
    course: &Course,
    (a, before): (usize, &Plan),
    (b, after): (usize, &Plan),
) -> Result<(), Failure> {
    let changed = before.assignment().differences(after.assignment()).map(|Transfer { partition, from, to }| ChangedOwnerDocument {
        topic: after.group().topic(partition.topic).map_or("", |topic| topic.name()),
        partition: partition.partition,
        from: from.and_then(|member| Some(&**before.group().member(member)?.id())),
        to: to.and_then(|member| Some(&**after.group().member(member)?.id())),
    });
    output::line(out, &ChangesDocument { between: [a, b], at: [a, b].map(|number| course.time(number)), changes: changed.collect() })
}
