//! Trials on all cores, which the strategies allow by being pure functions, until Ctrl-C says that
//! it is enough; the second ends the program.

use std::hint::black_box;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use indicatif::{ParallelProgressIterator, ProgressBar, ProgressDrawTarget};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::replay::churn::{Membership, Scenario, Sizes, churn};
use sticky_assignor::replay::{EventBatch, EventLog, Faults, LogFault, RebalanceWindow};
use sticky_assignor::{ChangeError, Goals, Group};

use crate::cli::comparison::{Assignor, Comparison, Kept, timed};
use crate::cli::output::{self, Failure};

/// What is tried, and how often.
pub(super) struct Trials {
    pub(super) scenario: Scenario,
    pub(super) sizes: Sizes,
    pub(super) seed: u64,
    pub(super) count: u64,
    pub(super) goals: Goals,
    pub(super) window: RebalanceWindow,
    pub(super) strategies: Vec<Assignor>,
    pub(super) max_partitions: u64,
}

/// What became of a trial that was not told to stop before its end.
type TrialResult = Result<Comparison, Failure>;

impl Trials {
    /// The trials that were finished before it was told to stop, in their order.
    pub(super) fn run(self: &Arc<Self>, threads: Option<u16>, stop: &Interrupt) -> Result<Vec<Comparison>, Failure> {
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
    pub(super) fn made_up(&self, trial: u64) -> Result<(GroupDocument, EventLog), Failure> {
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
    pub(super) fn why_nothing(&self, finished: u64) -> &'static str {
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
pub(super) const INTERRUPTED: u8 = 130;

/// How often whoever waits for work looks whether to go on waiting.
const GLANCE: Duration = Duration::from_millis(50);

/// Whether to stop.
#[derive(Clone)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Told by Ctrl-C from now on. Where that cannot be listened for, Ctrl-C ends the program as it
    /// always does.
    pub(super) fn listen() -> Self {
        let stop = Self(Arc::new(AtomicBool::new(false)));
        let told = stop.clone();
        let _ = ctrlc::set_handler(move || {
            if told.0.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED.into());
            }
        });
        stop
    }

    pub(super) fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// What some work comes to, unless it is told to stop before.
    pub(super) fn unless<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
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
