//! Trials on all cores, which the strategies allow by being pure functions.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ParallelProgressIterator, ProgressBar, ProgressStyle};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use sticky_assignor::replay::churn::{Churn, Scenario, Sizes, churn};
use sticky_assignor::replay::{EventLog, Faults, Gathering, LogFault, Moment};
use sticky_assignor::{ChangeError, Group, Strategy, balance};

use crate::cli::failure::Failure;
use crate::cli::options::Limit;
use crate::cli::replay::Contest;
use crate::cli::timing::timed;

/// What is tried, and how often.
pub(super) struct Trials<'a> {
    pub(super) scenario: Scenario,
    pub(super) sizes: Sizes,
    pub(super) seed: u64,
    pub(super) count: u64,
    pub(super) gathering: Gathering,
    pub(super) strategies: Vec<Strategy>,
    pub(super) limit: &'a Limit,
}

impl Trials<'_> {
    /// What happens in a trial.
    pub(super) fn churn(&self, trial: u64) -> Churn {
        churn(self.scenario, &self.sizes, self.seed, trial)
    }

    /// The trials that were finished before it was told to stop, in their order.
    pub(super) fn run(&self, threads: Option<u16>, stop: &AtomicBool) -> Result<Vec<Contest>, Failure> {
        // None, by the pool's words, is as many as there are cores. More than there are trials would have nothing to do.
        let threads = threads.map_or(0, |threads| usize::from(threads).min(self.count as usize));
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| failure("threads", error))?;
        let trials = (0..self.count).into_par_iter().progress_with(progress(self.count));
        let finished: Vec<Option<Contest>> = pool.install(|| trials.map(|trial| self.trial(trial, stop)).collect::<Result<_, _>>())?;
        Ok(finished.into_iter().flatten().collect())
    }

    fn trial(&self, trial: u64, stop: &AtomicBool) -> Result<Option<Contest>, Failure> {
        // A trial not yet begun is not even made up: with many of them that alone takes a while.
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let log = self.log(trial)?;
        let moments: Vec<Moment> = self.gathering.moments(&log).collect();
        self.contest(&log.group, &moments, stop).map_err(|error| failure(&format!("trial {trial}"), error))
    }

    /// What happens in a trial, as a log that was read.
    pub(super) fn log(&self, trial: u64) -> Result<EventLog, Failure> {
        let impossible = |error: &dyn std::fmt::Display| failure(&format!("trial {trial}"), error);
        let churn = self.churn(trial);
        let group = Group::try_from(&churn.group).map_err(|error| impossible(&error))?;
        let events = (1..).zip(churn.events.into_iter().map(Ok));
        let log = EventLog::new(group, events, Faults::Refuse).map_err(|error| impossible(&error))?;
        if log.most_partitions > self.limit.partitions() {
            let (partitions, limit) = (log.most_partitions, self.limit.partitions());
            return Err(impossible(&LogFault::TooManyPartitions { partitions, limit }));
        }
        Ok(log)
    }

    /// The strategies on these rebalances; nothing if it is told to stop before the end.
    fn contest(&self, group: &Group, moments: &[Moment], stop: &AtomicBool) -> Result<Option<Contest>, ChangeError> {
        let (mut plan, elapsed) = timed(|| balance(black_box(group)));
        let mut contest = Contest::start(&self.strategies, &plan, elapsed);
        for Moment { change, .. } in moments {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let (next, elapsed) = timed(|| plan.rebalance(black_box(change)));
            plan = next?;
            contest = contest.after(change, &plan, elapsed)?;
        }
        Ok(Some(contest))
    }
}

fn failure(place: &str, reason: impl std::fmt::Display) -> Failure {
    Failure::Input { place: place.into(), reason: reason.to_string() }
}

/// A bar on standard error, if that is a terminal.
fn progress(trials: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} trials, {eta} left");
    ProgressBar::new(trials).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
