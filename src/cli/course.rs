//! The course of a log: its history, timed, that of the strategies beside it, and what other
//! settings would have saved.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::thread;

use indicatif::ProgressBar;
use sticky_assignor::document::{At, EventContent, Seconds};
use sticky_assignor::replay::documents::{ChangedDocument, SavingDocument};
use sticky_assignor::replay::recording::{Recorded, RecordedRebalance, RecordedStep, RecordedTotals, Returns};
use sticky_assignor::replay::{EventBatch, EventLog, History, LoggedEvent, RebalanceWindow, Totals, totals, with_static_members};
use sticky_assignor::report::{Report, ReportSeries};
use sticky_assignor::{ChangeError, Goals, Plan};

use super::comparison::{Assignor, Comparison, Kept, StrategySeries, timed};
use super::output::{self, Failure};

/// How a log is replayed.
pub(crate) struct Replaying {
    pub(crate) goals: Goals,
    pub(crate) window: RebalanceWindow,
    /// How many checkpoints the history has.
    pub(crate) keep: NonZeroUsize,
    /// The assignors to compare with.
    pub(crate) compare: Vec<Assignor>,
    /// What becomes of what the log records of the group's own assignor.
    pub(crate) recorded: Recording,
    /// Whether each rebalance is compared with a plan made afresh.
    pub(crate) check: bool,
    /// What is kept of the assignors that are compared.
    pub(crate) kept: Kept,
}

/// What becomes of the assignments that a log records.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recording {
    Compared,
    PassedOver,
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
    /// When the group itself was seen, where the log says so.
    pub(crate) start: Option<At>,
    /// The strategies side by side, if that is asked for.
    comparison: Option<Comparison>,
    /// What the group's own assignor did, if that is asked for.
    recorded: Option<RecordedCourse>,
}

/// What the group's own assignor did.
struct RecordedCourse {
    state: Recorded,
    rebalances: Vec<Option<RecordedRebalance>>,
    returns: Returns,
}

/// What a page says that is not of the course itself.
pub(crate) struct BesideCourse<'a> {
    pub(crate) log: &'a [u8],
    pub(crate) savings: &'a [SavingDocument],
    /// What random numbers started from, where the log is made up.
    pub(crate) seed: Option<u64>,
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
        let mut course = Self::starting(how, log);
        each(&Rebalanced { batch: &EventBatch::default(), course: &course })?;
        for batch in batches {
            course = course.after(log, batch.clone()).map_err(|error| impossible(&batch, &error))?;
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

    /// Its page, with what else is known.
    pub(crate) fn page(&self, known: &BesideCourse<'_>) -> String {
        let names: Vec<String> = self.series().map(StrategySeries::name).collect();
        let series: Vec<ReportSeries<'_>> = self.series().zip(&names).map(|(series, name)| reported(series, name)).collect();
        let (recorded, totals) = (self.recorded.as_ref().map(|recorded| &recorded.rebalances[..]), self.recorded_totals());
        let made_by: Vec<(&str, String)> =
            known.seed.iter().map(|seed| ("seed", seed.to_string())).chain([("command", command())]).collect();
        let mut report = Report::of(&self.history);
        (report.start, report.elapsed_ns, report.series) = (self.start, &self.elapsed_ns, &series);
        (report.recorded, report.recorded_totals) = (recorded.unwrap_or_default(), totals.as_ref());
        (report.savings, report.log, report.made_by) = (known.savings, embeddable(known.log), &made_by);
        report.page()
    }

    /// What is recorded of the group's own assignor in one rebalance, if that is compared.
    pub(crate) fn recorded(&self, number: usize) -> Option<&RecordedRebalance> {
        self.recorded.as_ref()?.rebalances.get(number)?.as_ref()
    }

    /// What is recorded of the group's own assignor in all, if that is compared.
    pub(crate) fn recorded_totals(&self) -> Option<RecordedTotals> {
        let RecordedCourse { rebalances, returns, .. } = self.recorded.as_ref()?;
        let recorded = rebalances.iter().skip(1).map(Option::as_ref);
        Some(RecordedTotals::of(self.history.batches().zip(recorded), returns))
    }

    /// When a rebalance was; of rebalance 0 when the group was seen, where that is said.
    pub(crate) fn time(&self, number: usize) -> Option<At> {
        match number {
            0 => self.start,
            number => self.history.batch(number).map(|batch| batch.at),
        }
    }

    fn starting(how: &Replaying, log: &EventLog) -> Self {
        let (plan, elapsed) = timed(|| how.goals.balance(black_box(&log.group)));
        let is_compared = !how.compare.is_empty() || how.recorded == Recording::Compared;
        let comparison = is_compared.then(|| Comparison::start(&how.compare, how.kept, &plan, elapsed));
        let course = Self {
            history: History::starting(plan).keeping(how.keep),
            elapsed_ns: vec![elapsed],
            changed: vec![ChangedDocument::default()],
            moved_needlessly: how.check.then_some(0),
            start: log.first.as_ref().map(|first| first.event.at),
            comparison,
            recorded: None,
        };
        match how.recorded {
            Recording::PassedOver => course,
            Recording::Compared => {
                let returns = Returns::start(&log.group);
                course.recording(Recorded::start(log, how.goals), Vec::new(), returns)
            }
        }
    }

    fn after(mut self, log: &EventLog, batch: EventBatch) -> Result<Self, ChangeError> {
        let (plan, elapsed) = timed(|| self.history.last().rebalance(black_box(&batch.change)));
        let plan: Plan = plan?;
        let before = self.history.last().group();
        self.comparison = self.comparison.map(|comparison| comparison.after(&batch.change, &plan, elapsed)).transpose()?;
        self.moved_needlessly = self.moved_needlessly.map(|moved| moved + needless(&plan));
        self.elapsed_ns.push(elapsed);
        self.changed.push(ChangedDocument::new(&batch, before, plan.group()));
        if let Some(RecordedCourse { state, rebalances, returns }) = self.recorded.take() {
            let returns = returns.after(&batch, before, plan.group());
            let step = state.after(log, &batch, plan.goals())?;
            self = self.recording(step, rebalances, returns);
        }
        Ok(Self { history: self.history.with_plan(batch, plan), ..self })
    }

    /// The course with one more rebalance of what is recorded.
    fn recording(self, step: RecordedStep, mut rebalances: Vec<Option<RecordedRebalance>>, returns: Returns) -> Self {
        let RecordedStep { group, rebalance, next: state, .. } = step;
        let from_recorded = rebalance.as_ref().map(|rebalance| (&group, rebalance.needed));
        let comparison = self.comparison.map(|comparison| comparison.with_recorded(from_recorded));
        rebalances.push(rebalance);
        Self { comparison, recorded: Some(RecordedCourse { state, rebalances, returns }), ..self }
    }
}

fn reported<'a>(series: &'a StrategySeries, name: &'a str) -> ReportSeries<'a> {
    let StrategySeries { outcomes, elapsed_ns, from_recorded, transfers, .. } = series;
    ReportSeries { name, outcomes, elapsed_ns, from_recorded, transfers: transfers.as_deref().unwrap_or_default() }
}

/// As much of a log is in its page, to be had from there.
const LONGEST_LOG: usize = 1 << 20;

/// The log, if it is text and not too long.
fn embeddable(log: &[u8]) -> &str {
    let short = Some(log).filter(|log| log.len() <= LONGEST_LOG);
    short.and_then(|log| std::str::from_utf8(log).ok()).unwrap_or_default()
}

/// The command as a shell would take it.
fn command() -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./,:=+@%".contains(c);
    let quoted = |argument: String| match !argument.is_empty() && argument.chars().all(is_plain) {
        true => argument,
        false => format!("'{}'", argument.replace('\'', r"'\''")),
    };
    let arguments = std::env::args_os().skip(1).map(|argument| quoted(argument.to_string_lossy().into_owned()));
    std::iter::once("sticky-assignor".into()).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// How many partitions more than needed a plan moves.
fn needless(plan: &Plan) -> u64 {
    plan.goals().balance(plan.group()).summary().retained.saturating_sub(plan.summary().retained)
}

fn impossible(batch: &EventBatch, error: &ChangeError) -> Failure {
    Failure::Impossible { place: format!("at {}", spoken(batch.at)), reason: error.to_string() }
}

/// A time with its unit: seconds, where it is no date.
pub(crate) fn spoken(at: At) -> String {
    match at {
        At::Seconds(seconds) => format!("{seconds} s"),
        date => date.to_string(),
    }
}

/// Logs with fewer rebalances are over before a bar could be read.
const LONG: usize = 200;

/// A bar on standard error while a long log is replayed; only where that is a terminal.
fn progress(rebalances: usize) -> ProgressBar {
    match rebalances < LONG {
        true => ProgressBar::hidden(),
        false => output::bar(Some(rebalances as u64), "{bar:40} {pos}/{len} rebalances, {eta} left"),
    }
}

/// The window to try, in seconds, where the one given is shorter.
const WINDOW: u32 = 60;
/// The session timeout to try, in seconds, where none is given: Kafka's default.
const SESSION_TIMEOUT: u32 = 45;

/// Of larger groups no two replays are held at a time.
const LARGE: u64 = 100_000;

/// What the log would have cost with a longer window, and with static members. A log that shows the
/// whole group shows who was there, whatever the session timeout.
pub(crate) fn savings(log: &EventLog, window: RebalanceWindow, goals: Goals) -> Vec<SavingDocument> {
    let fixed = || if log.events.iter().any(shows_all) { None } else { with_all_static(log, window, goals) };
    if log.most_partitions > LARGE {
        return with_longer_window(log, window, goals).into_iter().chain(fixed()).collect();
    }
    thread::scope(|scope| {
        let longest = scope.spawn(|| with_longer_window(log, window, goals));
        let fixed = fixed();
        longest.join().ok().flatten().into_iter().chain(fixed).collect()
    })
}

fn shows_all(logged: &LoggedEvent) -> bool {
    matches!(logged.event.content, EventContent::Group(_))
}

fn with_longer_window(log: &EventLog, window: RebalanceWindow, goals: Goals) -> Option<SavingDocument> {
    let short = Seconds::from(WINDOW);
    let doubled = window.length.filter(|length| *length >= short).and_then(|length| Seconds::new(length.number() * 2.0));
    let longer = doubled.unwrap_or(short);
    let saving = saving(log, RebalanceWindow { length: Some(longer), ..window }, goals)?;
    Some(SavingDocument { window: Some(longer.number()), ..saving })
}

fn with_all_static(log: &EventLog, window: RebalanceWindow, goals: Goals) -> Option<SavingDocument> {
    let given = window.session_timeout;
    let timeout = if given.number() > 0.0 { given } else { SESSION_TIMEOUT.into() };
    let saving = saving(&with_static_members(log, timeout), RebalanceWindow { session_timeout: timeout, ..window }, goals)?;
    Some(SavingDocument { static_session_timeout: Some(timeout.number()), ..saving })
}

fn saving(log: &EventLog, window: RebalanceWindow, goals: Goals) -> Option<SavingDocument> {
    let totals = totals(log, window, goals).ok()?;
    Some(SavingDocument { window: None, static_session_timeout: None, rebalances: totals.rebalances, moved: totals.moved, new: totals.new })
}
