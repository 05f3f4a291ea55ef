//! `simulate`: churn that operators know, made up from a seed, under several strategies; the first
//! trial is written to files where that is asked for, as an event log and as a page.
//!
//! Trials run on all cores, which the strategies allow by being pure functions, until Ctrl-C says
//! that it is enough; the second ends the program.

use std::hint::black_box;
use std::io::Write;
use std::num::{NonZeroU32, NonZeroUsize};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, value_parser};
use indicatif::{ParallelProgressIterator, ProgressBar, ProgressDrawTarget};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::replay::churn::{Membership, Scenario, Sizes, churn};
use sticky_assignor::replay::documents::{SimulationDocument, StrategyDocument};
use sticky_assignor::replay::statistics::{Distribution, Statistics};
use sticky_assignor::replay::{EventBatch, EventLog, Faults, LogFault, Outcome, RebalanceWindow};
use sticky_assignor::{ChangeError, Goals, Group};

use super::comparison::{Assignor, Comparison, Kept, StrategySeries, distinct, timed};
use super::course::{BesideCourse, Course, Recording, Replaying, savings};
use super::limit::Limit;
use super::options::{Format, GoalOptions, Shown, WindowOptions, file_to_write, positive};
use super::output::Failure;
use super::{output, text};

/// Simulate what a group goes through, and what that costs under each strategy
///
/// Makes up churn from a seed: the same seed gives the same figures, but for times, on every
/// machine and with any number of threads. Each strategy is measured from its own assignment
/// before, and beside the most even loads there could be.
#[derive(Debug, Args)]
#[command(after_help = "\
Scenarios, and what one of their rounds is:
  rolling-restart  every member restarts, one after another: once through all
  scale-up         members join, one after another: one joins
  scale-down       members leave for good: one leaves
  crash-loop       one member crashes and comes back, again and again: one crash
  flapping         one to three members drop out and come back: one such time
  deploy           members are replaced, and get one topic more: one deployment
  topic-growth     topics grow, now and then one is created: one growth
  zone-loss        all members of a zone (a rack) are lost and come back later:
                   one loss

Example:
  sticky-assignor simulate rolling-restart --members 12 --topics 8 \\
    --partitions 24 --trials 200 --seed 7

Exit status: 0; 2 if the group cannot be or the output not be written; 130 if it was interrupted, after printing what was done so far (a page not finished by then is not written, a log perhaps only in part, which a note says; a second Ctrl-C ends it at once).")]
pub(crate) struct SimulateArguments {
    /// What happens
    #[arg(value_parser = scenario(), hide_possible_values = true)]
    scenario: Scenario,
    #[command(flatten)]
    sizes: SizeOptions,
    /// What the random numbers start from
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// How many times, each time with other random numbers
    #[arg(short = 'n', long, value_name = "N", default_value = "100", value_parser = positive::<NonZeroU32>)]
    trials: NonZeroU32,
    /// The strategies to compare: sticky, range, roundrobin, kip54, uniform, or sticky in another
    /// order of goals, as in sticky:spread+balance
    #[arg(short, long, value_name = "NAME,…", value_delimiter = ',', default_value = "sticky,range,roundrobin,kip54")]
    strategies: Vec<Assignor>,
    #[command(flatten)]
    goals: GoalOptions,
    #[command(flatten)]
    window: WindowOptions,
    #[command(flatten)]
    files: FirstTrialFiles,
    /// How many threads work on it, at most 1024; all cores without it
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// How many replicas partitions have where nobody says.
const USUAL_REPLICAS: u32 = 3;

/// How large the group is, and how long its churn.
#[derive(Debug, Args)]
struct SizeOptions {
    /// Members at first
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = value_parser!(u32).range(1..=100_000))]
    members: u32,
    /// Topics at first
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value_parser!(u32).range(1..=100_000))]
    topics: u32,
    /// Partitions of a topic on average: each has at least 1 and less than twice as many
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = value_parser!(u32).range(1..=1_000_000))]
    partitions: u32,
    /// Topics that each member subscribes to, drawn for each; all without it
    #[arg(long, value_name = "N")]
    topics_each: Option<u32>,
    /// Zones that the members are spread over
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = value_parser!(u32).range(1..=1000))]
    zones: u32,
    /// Zones whose racks the partitions have replicas in, too: --zones N, and it is known where
    /// replicas are
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1000), conflicts_with = "zones")]
    racks: Option<u32>,
    /// Racks that each partition has a replica in; 3 without it, or all if there are fewer
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1000), requires = "racks")]
    replication_factor: Option<u32>,
    /// How often it happens; the scenario's usual number without it
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(..=1_000_000))]
    rounds: Option<u32>,
    /// Members are static (KIP-345): who restarts comes back as the same instance, and does not
    /// leave
    #[arg(long)]
    static_members: bool,
}

impl SizeOptions {
    /// Refuses sizes that say nothing, or what there cannot be.
    fn check(&self, scenario: Scenario, window: WindowOptions) -> Result<(), Failure> {
        let reason = match (self.topics_each, self.rounds, scenario) {
            _ if window.has_session_timeout() && !self.static_members => {
                "--session-timeout: it is for static members, and without --static-members there are none".into()
            }
            (Some(each), ..) if each > self.topics => format!("--topics-each {each}: there are only {} topics (--topics N)", self.topics),
            (_, Some(rounds), Scenario::ScaleDown) if rounds >= self.members => {
                format!("--rounds {rounds}: a member leaves in each, and the last of {} stays", self.members)
            }
            _ => return self.check_racks(),
        };
        Err(Failure::Usage(reason))
    }

    /// Refuses more replicas than there are racks.
    fn check_racks(&self) -> Result<(), Failure> {
        match (self.racks, self.replication_factor) {
            (Some(racks), Some(factor)) if factor > racks => {
                Err(Failure::Usage(format!("--replication-factor {factor}: there are only {racks} racks (--racks N)")))
            }
            _ => Ok(()),
        }
    }

    fn sizes(&self) -> Sizes {
        let Self { members, topics, partitions, topics_each, zones, racks, replication_factor, rounds, static_members } = *self;
        let replication_factor = racks.map(|racks| replication_factor.unwrap_or(USUAL_REPLICAS).min(racks));
        let zones = racks.unwrap_or(zones);
        let membership = if static_members { Membership::Static } else { Membership::Dynamic };
        Sizes { members, topics, partitions, topics_each, zones, replication_factor, membership, rounds }
    }
}

fn scenario() -> impl TypedValueParser<Value = Scenario> {
    PossibleValuesParser::new(Scenario::ALL.iter().map(|scenario| scenario.name())).try_map(|name| name.parse::<Scenario>())
}

pub(crate) fn run(arguments: &SimulateArguments) -> Result<ExitCode, Failure> {
    arguments.sizes.check(arguments.scenario, arguments.window)?;
    arguments.files.check()?;
    let stop = Interrupt::listen();
    let trials = Arc::new(arguments.trials());
    arguments.files.write(&trials, &stop)?;
    let compared = trials.run(arguments.threads, &stop)?;
    let document = arguments.document(&trials.strategies, &compared);
    let mut out = output::open(&arguments.shown);
    match arguments.shown.format {
        Format::Json => output::line(&mut out, &document)?,
        Format::Text => text::simulation(&mut out, &document, trials.why_nothing(document.finished), arguments.shown.length())?,
    }
    out.flush()?;
    Ok(if document.finished < document.trials { INTERRUPTED.into() } else { ExitCode::SUCCESS })
}

impl SimulateArguments {
    fn trials(&self) -> Trials {
        Trials {
            scenario: self.scenario,
            sizes: self.sizes.sizes(),
            seed: self.seed,
            count: self.trials.get().into(),
            goals: self.goals.goals,
            window: self.window.into(),
            strategies: distinct(self.strategies.iter().copied()),
            max_partitions: self.limit.partitions(),
        }
    }

    fn document(&self, strategies: &[Assignor], trials: &[Comparison]) -> SimulationDocument {
        SimulationDocument {
            scenario: self.scenario.to_string(),
            seed: self.seed,
            trials: self.trials.get().into(),
            finished: trials.len() as u64,
            strategies: strategies.iter().map(|assignor| strategy_document(*assignor, trials)).collect(),
        }
    }
}

fn strategy_document(assignor: Assignor, trials: &[Comparison]) -> StrategyDocument {
    let series: Vec<&StrategySeries> = trials.iter().flat_map(Comparison::series).filter(|series| series.assignor == assignor).collect();
    let elapsed_ns = series.iter().flat_map(|series| series.elapsed_ns.iter().skip(1).copied());
    let elapsed_ns = Distribution::of(elapsed_ns);
    let outcomes: Vec<&[Outcome]> = series.iter().map(|series| &series.outcomes[..]).collect();
    StrategyDocument::new(&assignor.to_string(), outcomes.len(), &Statistics::of(&outcomes), elapsed_ns)
}

/// How many checkpoints the history of the trial has for its page.
const CHECKPOINTS: NonZeroUsize = NonZeroUsize::new(256).expect("is not zero");

/// The files to write the first trial to.
#[derive(Debug, Args)]
struct FirstTrialFiles {
    /// Write the first trial as an event log, which replay takes
    #[arg(long, value_name = "FILE", value_parser = file_to_write())]
    write_log: Option<PathBuf>,
    /// Write a page with charts of the first trial to FILE (HTML, needs nothing else)
    #[arg(long, value_name = "FILE", value_parser = file_to_write())]
    html: Option<PathBuf>,
}

impl FirstTrialFiles {
    /// Refuses files that could not be written, before the work.
    fn check(&self) -> Result<(), Failure> {
        if let (Some(log), Some(page)) = (&self.write_log, &self.html)
            && output::is_same_file(log, page)
        {
            return Err(Failure::Usage(format!("--html {}: the log is written there", page.display())));
        }
        self.paths().try_for_each(output::check_writable)
    }

    /// Writes the first trial to the files asked for, until it is told to stop.
    fn write(&self, trials: &Arc<Trials>, stop: &Interrupt) -> Result<(), Failure> {
        if self.paths().next().is_none() {
            return Ok(());
        }
        let made = Arc::clone(trials);
        let Some(made) = stop.unless(move || made.made_up(0)) else {
            self.paths().for_each(not_written);
            return Ok(());
        };
        let (group, log) = made?;
        if let Some(file) = &self.write_log {
            write_log(file, &group, &log, stop)?;
        }
        match &self.html {
            Some(file) => write_page(file, trials, &group, log, stop),
            None => Ok(()),
        }
    }

    fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.write_log, &self.html].into_iter().flatten().map(PathBuf::as_path)
    }
}

fn write_page(file: &Path, trials: &Trials, group: &GroupDocument, log: EventLog, stop: &Interrupt) -> Result<(), Failure> {
    let (goals, window, compare, seed) = (trials.goals, trials.window, trials.strategies.clone(), Some(trials.seed));
    let (recorded, kept) = (Recording::PassedOver, Kept::Transfers);
    let how = Replaying { goals, window, keep: CHECKPOINTS, compare, recorded, check: false, kept };
    let mut text = Vec::new();
    output::try_line(&mut text, group)?;
    log.events.iter().try_for_each(|logged| output::try_line(&mut text, &logged.event))?;
    let page = move || {
        let course = Course::silent(&how, &log)?;
        Ok::<_, Failure>(course.page(&BesideCourse { log: &text, savings: &savings(&log, window, goals), seed }))
    };
    match stop.unless(page) {
        Some(page) => {
            let page = page?;
            output::write_file(file, |out| out.write_all(page.as_bytes()))
        }
        None => {
            not_written(file);
            Ok(())
        }
    }
}

fn not_written(file: &Path) {
    output::say(format_args!("note: interrupted: {} is not written", file.display()));
}

/// Writes the group, and an event a line, until it is told to stop.
fn write_log(file: &Path, group: &GroupDocument, log: &EventLog, stop: &Interrupt) -> Result<(), Failure> {
    let written = output::write_file(file, |out| {
        output::try_line(out, group)?;
        let mut written = 0;
        for logged in log.events.iter().take_while(|_| !stop.is_told()) {
            output::try_line(out, &logged.event)?;
            written += 1;
        }
        Ok(written)
    })?;
    if written < log.events.len() {
        output::say(format_args!("note: interrupted: {} has only the first {written} of {} events", file.display(), log.events.len()));
    }
    Ok(())
}

/// What is tried, and how often.
struct Trials {
    scenario: Scenario,
    sizes: Sizes,
    seed: u64,
    count: u64,
    goals: Goals,
    window: RebalanceWindow,
    strategies: Vec<Assignor>,
    max_partitions: u64,
}

/// What became of a trial that was not told to stop before its end.
type TrialResult = Result<Comparison, Failure>;

impl Trials {
    /// The trials that were finished before it was told to stop, in their order.
    fn run(self: &Arc<Self>, threads: Option<u16>, stop: &Interrupt) -> Result<Vec<Comparison>, Failure> {
        // None, by the pool's words, is as many as there are cores. More than there are trials
        // would have nothing to do.
        let threads = threads.map_or(0, |threads| usize::from(threads).min(self.count as usize));
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| failure("threads", error))?;
        let progress = output::bar(Some(self.count), "{bar:40} {pos} of {len} trials, {eta} left");
        let (trials, told, bar) = (Arc::clone(self), stop.clone(), progress.clone());
        let mut ended = stop.gather(move |ended| pool.install(|| trials.run_all(&told, bar, &ended)));
        if stop.is_told() {
            progress.finish_and_clear();
            // Trials that are left to themselves have no more to show.
            progress.set_draw_target(ProgressDrawTarget::hidden());
        }
        ended.sort_by_key(|(trial, _)| *trial);
        ended.into_iter().map(|(_, ended)| ended).collect()
    }

    /// Runs all trials, up to the first that fails or is told to stop, and sends what became of
    /// each.
    fn run_all(&self, stop: &Interrupt, progress: ProgressBar, sender: &Sender<(u64, TrialResult)>) {
        let _: Option<()> = (0..self.count).into_par_iter().progress_with(progress).try_for_each(|trial| {
            let ended = self.trial(trial, stop).transpose()?;
            let goes_on = ended.is_ok().then_some(());
            sender.send((trial, ended)).ok().and(goes_on)
        });
    }

    /// The strategies in a trial; nothing if it is told to stop before the end.
    fn trial(&self, trial: u64, stop: &Interrupt) -> Result<Option<Comparison>, Failure> {
        // A trial not yet begun is not even made up: with many of them that alone takes a while.
        if stop.is_told() {
            return Ok(None);
        }
        let (_, log) = self.made_up(trial)?;
        let batches: Vec<EventBatch> = self.window.batches(&log).collect();
        self.comparison(&log.group, &batches, stop).map_err(|error| failure(&format!("trial {trial}"), error))
    }

    /// What happens in a trial: its group as it is written, and both as a log that was read.
    fn made_up(&self, trial: u64) -> Result<(GroupDocument, EventLog), Failure> {
        let impossible = |error: &dyn std::fmt::Display| failure(&format!("trial {trial}"), error);
        let churn = churn(self.scenario, &self.sizes, self.seed, trial);
        let group = Group::try_from(&churn.group).map_err(|error| impossible(&error))?;
        let events = (1..).zip(churn.events.into_iter().map(Ok));
        let log = EventLog::new(group, events, Faults::Refuse).map_err(|error| impossible(&error))?;
        if log.most_partitions > self.max_partitions {
            let (partitions, limit) = (log.most_partitions, self.max_partitions);
            return Err(impossible(&LogFault::TooManyPartitions { partitions, limit }));
        }
        Ok((churn.group, log))
    }

    /// Why there may have been nothing to measure.
    fn why_nothing(&self, finished: u64) -> &'static str {
        let is_still = |trial| self.made_up(trial).is_ok_and(|(_, log)| log.events.is_empty());
        match finished {
            0 => "it was interrupted before the end of a trial",
            _ if is_still(0) => "with these members, topics and rounds nothing happens to the group",
            _ if self.window.session_timeout.number() > 0.0 && self.sizes.membership == Membership::Static => {
                "every member was back before the session timeout was over, so no rebalance was needed, which is the best there is"
            }
            _ => "what happened left nothing to rebalance",
        }
    }

    /// The strategies on these rebalances; nothing if it is told to stop before the end.
    fn comparison(&self, group: &Group, batches: &[EventBatch], stop: &Interrupt) -> Result<Option<Comparison>, ChangeError> {
        let (mut plan, elapsed) = timed(|| self.goals.balance(black_box(group)));
        let mut comparison = Comparison::start(&self.strategies, Kept::Figures, &plan, elapsed);
        for EventBatch { change, .. } in batches {
            if stop.is_told() {
                return Ok(None);
            }
            let (next, elapsed) = timed(|| plan.rebalance(black_box(change)));
            plan = next?;
            comparison = comparison.after(change, &plan, elapsed)?;
        }
        Ok(Some(comparison))
    }
}

fn failure(place: &str, reason: impl std::fmt::Display) -> Failure {
    Failure::Input { place: place.into(), reason: reason.to_string() }
}

/// The exit status of what was interrupted, as shells have it.
const INTERRUPTED: u8 = 130;

/// How often whoever waits for work looks whether to go on waiting.
const GLANCE: Duration = Duration::from_millis(50);

/// Whether to stop.
#[derive(Clone)]
struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Told by Ctrl-C from now on. Where that cannot be listened for, Ctrl-C ends the program as it
    /// always does.
    fn listen() -> Self {
        let stop = Self(Arc::new(AtomicBool::new(false)));
        let told = stop.clone();
        let _ = ctrlc::set_handler(move || {
            if told.0.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED.into());
            }
        });
        stop
    }

    fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// What some work comes to, unless it is told to stop before.
    fn unless<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        self.gather(move |done| drop(done.send(work()))).pop()
    }

    /// What some work sends until it ends, or until it is told to stop. Then the work, which may
    /// have no place to look at this for a long time, is left to itself and ends with the program.
    fn gather<T: Send + 'static>(&self, work: impl FnOnce(Sender<T>) + Send + 'static) -> Vec<T> {
        let (sender, receiver) = mpsc::channel();
        let worker = thread::spawn(move || work(sender));
        let mut received = Vec::new();
        loop {
            match receiver.recv_timeout(GLANCE) {
                Ok(item) => received.push(item),
                Err(RecvTimeoutError::Timeout) if self.is_told() => return received,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        received
    }
}
