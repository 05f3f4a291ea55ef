//! `replay`: an event log, rebalance after rebalance.

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use sticky_assignor::document::{AssignmentDocument, At, EventContent, MovementsDocument, PlanDocument, PlanInput};
use sticky_assignor::replay::documents::{
    ChangedDocument, OutcomeDocument, RebalanceLine, RecordedDocument, RecordedTotalsDocument, SavingDocument, StrategyTotalDocument,
    TotalDocument, TotalLine, event_label,
};
use sticky_assignor::replay::{EventLog, Faults, GenerationGap, LogError, LogFault, LoggedEvent, RebalanceWindow, TextError};
use sticky_assignor::{ChangeError, Plan, Transfer};

use super::answer::Answer;
use super::comparison::{Compared, Kept, StrategySeries, distinct, has_most_even_loads};
use super::course::{BesideCourse, Course, Rebalanced, Recording, Replaying, savings};
use super::input::{Input, NO_DOCUMENT};
use super::kind::{Wanted, hint};
use super::limit::{Limit, broken_rule, doubt};
use super::options::{Format, GoalOptions, Length, Shown, WindowOptions, file_to_write, positive};
use super::output::Failure;
use super::{output, text};

/// Replay an event log, rebalance after rebalance
///
/// Reads a group and what happened to it, one event a line, and says for each rebalance what moved,
/// and in the end what an operator asks: how much moved in all, how much of it had to, how uneven
/// the loads ever were, and what a longer window or static members would have saved. For static
/// members it guesses who came back, as a dynamic member does so under a new id. A log whose last
/// line breaks off, as where it is still being written, is replayed without that line, and a note
/// says so.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  printf '%s\\n' \\
    '{\"topics\": {\"orders\": 12}, \"members\": [{\"id\": \"c1\", \"topics\": \"*\"}]}' \\
    '{\"at\": 10, \"join\": {\"id\": \"c2\", \"topics\": \"*\"}}' \\
    '{\"at\": 30, \"leave\": \"c1\"}' | sticky-assignor replay

Exit status: 0; 2 if the log cannot be read or the output not be written; 3 at an event that cannot have happened (without --lenient).")]
pub(crate) struct ReplayArguments {
    /// A file with an event log (JSON lines); - is standard input
    #[arg(default_value = "-")]
    log: PathBuf,
    #[command(flatten)]
    goals: GoalOptions,
    #[command(flatten)]
    window: WindowOptions,
    /// Skip lines that cannot be, and count them
    #[arg(long)]
    lenient: bool,
    /// Show the group after the Nth rebalance instead
    #[arg(long, value_name = "N")]
    at: Option<usize>,
    /// Show what changed from rebalance A to rebalance B instead
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with = "at")]
    between: Option<Vec<usize>>,
    /// Replay under other strategies too, and compare: range, roundrobin, kip54, uniform, or sticky
    /// in another order of goals, as in sticky:spread+balance+rack+stickiness; recorded is what the
    /// group's own assignor did, where the log has that
    #[arg(short, long, value_name = "NAME,…", value_delimiter = ',', conflicts_with_all = ["at", "between"])]
    compare: Vec<Compared>,
    /// Write a page with charts to FILE (HTML, needs nothing else)
    #[arg(long, value_name = "FILE", value_parser = file_to_write(), conflicts_with_all = ["at", "between"])]
    html: Option<PathBuf>,
    /// Write the assignment after each rebalance too (with --format json only)
    #[arg(long, conflicts_with_all = ["at", "between"])]
    with_assignment: bool,
    /// Keep at most N versions of the group in memory beside the first and the last, and restore
    /// the others from them
    #[arg(long, value_name = "N", default_value = "1", value_parser = positive::<NonZeroUsize>)]
    keep: NonZeroUsize,
    /// Compare each rebalance with a plan made afresh, and count what moved needlessly
    #[arg(long, conflicts_with_all = ["at", "between"])]
    check: bool,
    /// Do not work out what a longer window or static members would have saved
    #[arg(long)]
    no_savings: bool,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

impl ReplayArguments {
    fn window(&self) -> RebalanceWindow {
        self.window.into()
    }

    fn replaying(&self) -> Replaying {
        let compare = distinct(self.compare.iter().filter_map(|compared| match compared {
            Compared::Recorded => None,
            Compared::Assignor(assignor) => Some(*assignor),
        }));
        let recorded = if self.compares_recorded() { Recording::Compared } else { Recording::PassedOver };
        let kept = if self.html.is_some() { Kept::Transfers } else { Kept::Figures };
        Replaying { goals: self.goals.goals, window: self.window(), keep: self.keep, compare, recorded, check: self.check, kept }
    }

    fn compares_recorded(&self) -> bool {
        self.compare.contains(&Compared::Recorded)
    }

    /// Refuses what could not be done, before anything is read.
    fn check(&self) -> Result<(), Failure> {
        if self.with_assignment && self.shown.format == Format::Text {
            return Err(Failure::Usage(
                "--with-assignment: only --format json has assignments in its lines; text shows one with --at N".into(),
            ));
        }
        match self.html.as_deref() {
            Some(page) if self.is_log(page) => Err(Failure::Usage(format!("--html {}: that is the log itself", page.display()))),
            Some(page) => output::check_writable(page),
            None => Ok(()),
        }
    }

    fn is_log(&self, page: &Path) -> bool {
        match self.log.to_str() {
            Some("-") => output::is_standard_input(page),
            _ => output::is_same_file(page, &self.log),
        }
    }

    fn lines(&self) -> LineContent {
        if self.with_assignment { LineContent::WithAssignment } else { LineContent::Figures }
    }

    fn faults(&self) -> Faults {
        if self.lenient { Faults::Skip } else { Faults::Refuse }
    }
}

pub(crate) fn run(arguments: &ReplayArguments) -> Result<ExitCode, Failure> {
    arguments.check()?;
    let input = Input::read(&arguments.log)?;
    let log = EventLog::from_json_lines(input.text(), arguments.faults(), arguments.limit.partitions())
        .map_err(|error| refusal(&input, &error))?;
    if let Some(line) = log.breaks_off {
        output::say(format_args!("note: {}:{line}: the log breaks off here; replaying what comes before", input.name()));
    }
    doubts(arguments, &input, &log);
    let mut out = output::open(&arguments.shown);
    let answered = answer(&mut out, arguments, &input, &log);
    out.flush()?;
    answered.map(|()| ExitCode::SUCCESS)
}

/// Says what has no effect, and what is likely to be meant otherwise.
fn doubts(arguments: &ReplayArguments, input: &Input, log: &EventLog) {
    if let Some(Ok((place, document))) = input.documents::<PlanInput>(Wanted::Log).next() {
        doubt(&place, &document.into());
    }
    if arguments.window.has_session_timeout() && !has_static_members(log) {
        output::say("note: --session-timeout is for static members, and no member of this log has an `instance`");
    }
    if arguments.compares_recorded() && !log.first.iter().chain(&log.events).any(says_what_was_decided) {
        output::say("note: --compare recorded: no `group` line of this log has an `assignment`, so nothing is recorded");
    }
    say_generation_gaps(input, log);
}

fn says_what_was_decided(logged: &LoggedEvent) -> bool {
    matches!(&logged.event.content, EventContent::Group(seen) if seen.assignment.is_some())
}

/// As many gaps are named; of the others it is said how many there are.
const GAPS_NAMED: usize = 3;

fn say_generation_gaps(input: &Input, log: &EventLog) {
    for GenerationGap { line, before, after, .. } in log.generation_gaps().take(GAPS_NAMED) {
        let name = input.name();
        output::say(format_args!("note: {name}:{line}: generation {after} comes after {before}; what was between is not in the log"));
    }
    match log.generation_gaps().skip(GAPS_NAMED).count() {
        0 => {}
        more => output::say(format_args!("note: and {more} more such gaps")),
    }
}

fn has_static_members(log: &EventLog) -> bool {
    let joins = |logged: &LoggedEvent| match &logged.event.content {
        EventContent::Join(join) => join.instance.is_some(),
        EventContent::Group(seen) => seen.members.iter().any(|member| member.instance.is_some()),
        _ => false,
    };
    log.group.members().any(|(_, member)| member.instance().is_some()) || log.events.iter().any(joins)
}

fn refusal(input: &Input, error: &TextError) -> Failure {
    if let TextError::Group { reason, .. } = error
        && let Some(Ok((place, document))) = input.documents::<PlanInput>(Wanted::Log).next()
    {
        return broken_rule(&place, &document.into(), reason);
    }
    let place = match (error.line(), error.column()) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", input.name()),
        (Some(line), None) => format!("{}:{line}", input.name()),
        _ => input.name().to_string(),
    };
    let reason = match (error, hint_for(input, error)) {
        (TextError::Empty, _) => NO_DOCUMENT.into(),
        (_, Some(hint)) => format!("{}; {hint}", error.reason()),
        _ => error.reason(),
    };
    match error {
        TextError::Log(LogError { fault, .. }) if cannot_have_happened(fault) => Failure::Impossible { place, reason },
        _ => Failure::Input { place, reason },
    }
}

/// What a line looks like that could not be read.
fn hint_for(input: &Input, error: &TextError) -> Option<&'static str> {
    match error {
        TextError::NoGroup { .. } => hint(input.text(), Wanted::Log),
        TextError::Log(LogError { line, fault: LogFault::Unreadable(_), .. }) => {
            let before = usize::try_from(*line).ok()?.checked_sub(1)?;
            hint(input.text().split(|byte| *byte == b'\n').nth(before)?, Wanted::Event)
        }
        _ => None,
    }
}

/// Whether an event can be read, but not have happened when it is said to have. A topic that no
/// group could have is misread, here as in a group.
fn cannot_have_happened(fault: &LogFault) -> bool {
    match fault {
        LogFault::Impossible(ChangeError::Group(_)) => false,
        LogFault::TimeFalls { .. } | LogFault::Impossible(_) => true,
        _ => false,
    }
}

fn answer(out: &mut dyn Write, arguments: &ReplayArguments, input: &Input, log: &EventLog) -> Result<(), Failure> {
    match (&arguments.at, arguments.between.as_deref()) {
        (Some(number), _) => show_version(out, arguments, &Course::silent(&arguments.replaying(), log)?, *number),
        (_, Some(&[a, b])) => show_changes(out, arguments, &Course::silent(&arguments.replaying(), log)?, (a, b)),
        _ => show_all(out, arguments, input, log),
    }
}

fn show_all(out: &mut dyn Write, arguments: &ReplayArguments, input: &Input, log: &EventLog) -> Result<(), Failure> {
    let course = match arguments.shown.format {
        Format::Json => Course::run(&arguments.replaying(), log, |rebalanced| rebalance_line(out, arguments.lines(), rebalanced))?,
        Format::Text => Course::silent(&arguments.replaying(), log)?,
    };
    let savings = if arguments.no_savings { Vec::new() } else { savings(log, arguments.window(), arguments.goals.goals) };
    if let Some(file) = &arguments.html {
        let page = course.page(&BesideCourse { log: input.text(), savings: &savings, seed: None });
        output::write_file(file, |out| out.write_all(page.as_bytes()))?;
    }
    match arguments.shown.format {
        Format::Json => total_line(out, log, &course, savings),
        Format::Text => Ok(text::replay(out, &text::Replayed { log, course: &course, savings: &savings }, arguments.shown.length())?),
    }
}

fn show_version(out: &mut dyn Write, arguments: &ReplayArguments, course: &Course, number: usize) -> Result<(), Failure> {
    let plan = course.history.at(number).ok_or_else(|| no_such(course, number))?;
    let before = number.checked_sub(1).and_then(|before| course.history.at(before));
    let length = arguments.shown.length();
    match (arguments.shown.format, before) {
        (Format::Json, before) => version_line(out, course, number, before.as_ref(), &plan),
        (Format::Text, Some(before)) => {
            Ok(text::version(out, &text::ShownVersion { before: &before, plan: &plan, course, number }, length)?)
        }
        (Format::Text, None) => {
            writeln!(out, "{}\n", text::when(course, number, length))?;
            show_first(out, length, &Answer { unchanged: None, plan, elapsed_ns: vec![course.elapsed_ns[number]] })
        }
    }
}

fn show_first(out: &mut dyn Write, length: Length, answer: &Answer) -> Result<(), Failure> {
    answer.heading(out)?;
    answer.tables(out, length)?;
    Ok(answer.summary(out)?)
}

fn show_changes(out: &mut dyn Write, arguments: &ReplayArguments, course: &Course, (a, b): (usize, usize)) -> Result<(), Failure> {
    if a > b {
        return Err(Failure::Usage(format!("--between {a} {b}: the earlier rebalance comes first")));
    }
    let before = course.history.at(a).ok_or_else(|| no_such(course, a))?;
    let after = course.history.at(b).ok_or_else(|| no_such(course, b))?;
    match arguments.shown.format {
        Format::Json => changes_line(out, course, (a, &before), (b, &after)),
        Format::Text => Ok(text::changes(out, course, [a, b], [&before, &after], arguments.shown.length())?),
    }
}

fn no_such(course: &Course, number: usize) -> Failure {
    Failure::Usage(format!("there is no rebalance {number}; the last is {}", course.history.len() - 1))
}

/// What stands in the line of a rebalance.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineContent {
    Figures,
    /// The figures, and who owns what.
    WithAssignment,
}

/// The line of one rebalance.
fn rebalance_line(out: &mut dyn Write, content: LineContent, rebalanced: &Rebalanced<'_>) -> Result<(), Failure> {
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
fn total_line(out: &mut dyn Write, log: &EventLog, course: &Course, savings: Vec<SavingDocument>) -> Result<(), Failure> {
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
fn version_line(out: &mut dyn Write, course: &Course, number: usize, before: Option<&Plan>, plan: &Plan) -> Result<(), Failure> {
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
fn changes_line(out: &mut dyn Write, course: &Course, (a, before): (usize, &Plan), (b, after): (usize, &Plan)) -> Result<(), Failure> {
    let changed = before.assignment().differences(after.assignment()).map(|Transfer { partition, from, to }| ChangedOwnerDocument {
        topic: after.group().topic(partition.topic).map_or("", |topic| topic.name()),
        partition: partition.partition,
        from: from.and_then(|member| Some(&**before.group().member(member)?.id())),
        to: to.and_then(|member| Some(&**after.group().member(member)?.id())),
    });
    output::line(out, &ChangesDocument { between: [a, b], at: [a, b].map(|number| course.time(number)), changes: changed.collect() })
}
