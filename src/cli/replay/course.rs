//! The course of a log: its history, timed, and that of the strategies beside it.

use std::hint::black_box;
use std::num::NonZeroUsize;

use sticky_assignor::replay::{EventBatch, EventLog, History, RebalanceWindow};
use sticky_assignor::{ChangeError, Plan, Strategy, balance};

use super::comparison::{Comparison, StrategySeries};
use super::progress::progress;
use crate::cli::failure::Failure;
use crate::cli::timing::timed;

/// How a log is replayed.
pub(crate) struct Replaying {
    pub(crate) window: RebalanceWindow,
    /// How many versions are kept whole.
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
    /// Partitions that moved beyond what each rebalance needed, if that is checked.
    pub(crate) moved_needlessly: Option<u64>,
    /// The strategies side by side, if that is asked for.
    comparison: Option<Comparison>,
}

/// One rebalance, just done.
pub(super) struct Rebalanced<'a> {
    pub(super) batch: &'a EventBatch,
    pub(super) course: &'a Course,
}

impl Course {
    /// Replays a log; `each` rebalance is shown as soon as it is done.
    pub(super) fn run(
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

    /// Replays a log without a word.
    pub(crate) fn silent(how: &Replaying, log: &EventLog) -> Result<Self, Failure> {
        Self::run(how, log, |_| Ok(()))
    }

    /// What became of the log under each strategy that is compared, ours first; none where none is.
    pub(crate) fn series(&self) -> impl Iterator<Item = &StrategySeries> {
        self.comparison.iter().flat_map(Comparison::series)
    }

    fn start(how: &Replaying, log: &EventLog) -> Self {
        let (plan, elapsed) = timed(|| balance(black_box(&log.group)));
        let comparison = (!how.compare.is_empty()).then(|| Comparison::start(&how.compare, &plan, elapsed));
        let history = History::starting(plan).keeping(how.keep);
        Self { history, elapsed_ns: vec![elapsed], moved_needlessly: how.check.then_some(0), comparison }
    }

    fn after(mut self, batch: EventBatch) -> Result<Self, ChangeError> {
        let (plan, elapsed) = timed(|| self.history.last().rebalance(black_box(&batch.change)));
        let plan: Plan = plan?;
        self.comparison = self.comparison.map(|comparison| comparison.after(&batch.change, &plan, elapsed)).transpose()?;
        self.moved_needlessly = self.moved_needlessly.map(|moved| moved + needless(&plan));
        self.elapsed_ns.push(elapsed);
        Ok(Self { history: self.history.following(batch, plan), ..self })
    }
}

/// How many partitions more than needed a plan moves.
fn needless(plan: &Plan) -> u64 {
    balance(plan.group()).summary().retained.saturating_sub(plan.summary().retained)
}

fn impossible(batch: &EventBatch, error: &ChangeError) -> Failure {
    Failure::Impossible { place: format!("at {} s", batch.at), reason: error.to_string() }
}
