//! The first trial, written to files: as an event log, as a page.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::replay::EventLog;

use super::interrupt::Interrupt;
use super::trials::Trials;
use crate::cli::comparison::Kept;
use crate::cli::course::{BesideCourse, Course, Recording, Replaying, savings};
use crate::cli::failure::Failure;
use crate::cli::options::file_to_write;
use crate::cli::output;

/// How many checkpoints the history of the trial has for its page.
const CHECKPOINTS: NonZeroUsize = NonZeroUsize::new(256).expect("is not zero");

/// The files to write the first trial to.
#[derive(Debug, Args)]
pub(super) struct FirstTrialFiles {
    /// Write the first trial as an event log, which replay takes
    #[arg(long, value_name = "FILE", value_parser = file_to_write())]
    write_log: Option<PathBuf>,
    /// Write a page with charts of the first trial to FILE (HTML, needs nothing else)
    #[arg(long, value_name = "FILE", value_parser = file_to_write())]
    html: Option<PathBuf>,
}

impl FirstTrialFiles {
    /// Refuses files that could not be written, before the work.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if let (Some(log), Some(page)) = (&self.write_log, &self.html)
            && output::is_same_file(log, page)
        {
            return Err(Failure::Usage(format!("--html {}: the log is written there", page.display())));
        }
        self.paths().try_for_each(output::check_writable)
    }

    /// Writes the first trial to the files asked for, until it is told to stop.
    pub(super) fn write(&self, trials: &Arc<Trials>, stop: &Interrupt) -> Result<(), Failure> {
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
