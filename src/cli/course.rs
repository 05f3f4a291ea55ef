//! The course of a log: its history, timed, that of the strategies beside it, and what other
//! settings would have saved.

use std::hint::black_box;
use std::io;
use std::num::NonZeroUsize;
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};
use sticky_assignor::replay::{
    ChangedDocument, EventBatch, EventLog, History, RebalanceWindow, SavingDocument, Totals, totals, with_static_members,
};
use sticky_assignor::report::{Report, ReportSeries};
use sticky_assignor::{ChangeError, Goals, Plan, Strategy};

use super::comparison::{Comparison, StrategySeries};
use super::failure::Failure;
use super::timing::timed;

/// How a log is replayed.
pub(crate) struct Replaying {
    pub(crate) goals: Goals,
    pub(crate) window: RebalanceWindow,
    /// How many checkpoints the history has.
    pub(crate) keep: NonZeroUsize,
    /// The strategies to compare with.
    pub(crate) compare: Vec<Strategy>,
    /// Whether each rebalance is compared with a plan made afresh.
    pub(crate) check: bool,
}

/// A log, replayed.
pub(crate) struct Course {
    pub(crate) history: History,
    /// What each rebalance took.
    pub(crate) elapsed_ns: Vec<u64>,
    /// Who and what each rebalance was about.
    pub(crate) changed: Vec<ChangedDocument>,
    /// Partitions that moved beyond what each rebalance needed, if that is checked.
    pub(crate) moved_needlessly: Option<u64>,
    /// The strategies side by side, if that is asked for.
    comparison: Option<Comparison>,
}

/// One rebalance, just done.
pub(crate) struct Rebalanced<'a> {
    pub(crate) batch: &'a EventBatch,
    pub(crate) course: &'a Course,
}

impl Course {
    /// Replays a log; `each` rebalance is shown as soon as it is done.
    pub(crate) fn run(
        how: &Replaying,
        log: &EventLog,
        mut each: impl FnMut(&Rebalanced<'_>) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let batches: Vec<EventBatch> = how.window.batches(log).collect();
        let progress = progress(batches.len());
        let mut course = Self::start(how, log);
        each(&Rebalanced { batch: &EventBatch::default(), course: &course })?;
        for batch in batches {
            course = course.after(batch.clone()).map_err(|error| impossible(&batch, &error))?;
            each(&Rebalanced { batch: &batch, course: &course })?;
            progress.inc(1);
        }
        progress.finish_and_clear();
        Ok(course)
    }

    /// What rebalances 1 to N come to together.
    pub(crate) fn totals(&self) -> Totals {
        self.history.figures().skip(1).collect()
    }

    /// Replays a log without a word.
    pub(crate) fn silent(how: &Replaying, log: &EventLog) -> Result<Self, Failure> {
        Self::run(how, log, |_| Ok(()))
    }

    /// What became of the log under each strategy that is compared, ours first; none where none is.
    pub(crate) fn series(&self) -> impl Iterator<Item = &StrategySeries> {
        self.comparison.iter().flat_map(Comparison::series)
    }

    /// Its page.
    pub(crate) fn page(&self) -> Result<String, Failure> {
        let series: Vec<ReportSeries<'_>> = self.series().map(reported).collect();
        let report = Report { history: &self.history, elapsed_ns: &self.elapsed_ns, series: &series };
        Ok(report.page().map_err(io::Error::from)?)
    }

    fn start(how: &Replaying, log: &EventLog) -> Self {
        let (plan, elapsed) = timed(|| how.goals.balance(black_box(&log.group)));
        let comparison = (!how.compare.is_empty()).then(|| Comparison::start(&how.compare, &plan, elapsed));
        let history = History::starting(plan).keeping(how.keep);
        Self {
            history,
            elapsed_ns: vec![elapsed],
            changed: vec![ChangedDocument::default()],
            moved_needlessly: how.check.then_some(0),
            comparison,
        }
    }

    fn after(mut self, batch: EventBatch) -> Result<Self, ChangeError> {
        let (plan, elapsed) = timed(|| self.history.last().rebalance(black_box(&batch.change)));
        let plan: Plan = plan?;
        self.comparison = self.comparison.map(|comparison| comparison.after(&batch.change, &plan, elapsed)).transpose()?;
        self.moved_needlessly = self.moved_needlessly.map(|moved| moved + needless(&plan));
        self.elapsed_ns.push(elapsed);
        self.changed.push(ChangedDocument::new(&batch, self.history.last().group(), plan.group()));
        Ok(Self { history: self.history.with_plan(batch, plan), ..self })
    }
}

fn reported(series: &StrategySeries) -> ReportSeries<'_> {
    ReportSeries { name: series.strategy.name(), outcomes: &series.outcomes, elapsed_ns: &series.elapsed_ns }
}

/// How many partitions more than needed a plan moves.
fn needless(plan: &Plan) -> u64 {
    plan.goals().balance(plan.group()).summary().retained.saturating_sub(plan.summary().retained)
}

fn impossible(batch: &EventBatch, error: &ChangeError) -> Failure {
    Failure::Impossible { place: format!("at {} s", batch.at), reason: error.to_string() }
}

/// Logs with fewer rebalances are over before a bar could be read.
const LONG: usize = 200;

/// A bar on standard error while a long log is replayed; only where that is a terminal.
fn progress(rebalances: usize) -> ProgressBar {
    if rebalances < LONG {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(rebalances as u64);
    match ProgressStyle::with_template("{bar:40} {pos}/{len} rebalances, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The window to try, in seconds, where the one given is shorter.
const WINDOW: f64 = 60.0;
/// The session timeout to try, in seconds, where none is given: Kafka's default.
const SESSION_TIMEOUT: f64 = 45.0;

/// What the log would have cost with a longer window, and with static members.
pub(crate) fn savings(log: &EventLog, window: RebalanceWindow, goals: Goals) -> Vec<SavingDocument> {
    let longer = window.length.filter(|window| *window >= WINDOW).map_or(WINDOW, |window| window * 2.0);
    let timeout = if window.session_timeout > 0.0 { window.session_timeout } else { SESSION_TIMEOUT };
    thread::scope(|scope| {
        let longest = scope.spawn(|| saving(log, RebalanceWindow { length: Some(longer), ..window }, goals));
        let fixed = saving(&with_static_members(log, timeout), RebalanceWindow { session_timeout: timeout, ..window }, goals);
        let longest = longest.join().ok().flatten().map(|saving| SavingDocument { window: Some(longer), ..saving });
        let fixed = fixed.map(|saving| SavingDocument { static_session_timeout: Some(timeout), ..saving });
        longest.into_iter().chain(fixed).collect()
    })
}

fn saving(log: &EventLog, window: RebalanceWindow, goals: Goals) -> Option<SavingDocument> {
    let totals = totals(log, window, goals).ok()?;
    Some(SavingDocument { window: None, static_session_timeout: None, rebalances: totals.rebalances, moved: totals.moved, new: totals.new })
}
