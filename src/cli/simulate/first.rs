//! The first trial, written to files: as an event log, as a page.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use sticky_assignor::replay::EventLog;

use super::interrupt::Stop;
use super::trials::Trials;
use super::{SimulateArguments, log};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::replay::{Course, Replaying, page_of, write_page};

/// How many versions of the trial are kept whole for its page.
const KEPT_WHOLE: NonZeroUsize = NonZeroUsize::new(256).expect("is not zero");

/// Writes the first trial to the files asked for, until it is told to stop.
pub(super) fn write(arguments: &SimulateArguments, trials: &Arc<Trials>, stop: &Stop) -> Result<(), Failure> {
    if arguments.files().next().is_none() {
        return Ok(());
    }
    let made = Arc::clone(trials);
    let Some(made) = stop.unless(move || made.made_up(0)) else {
        arguments.files().for_each(not_written);
        return Ok(());
    };
    let (group, log) = made?;
    if let Some(file) = &arguments.write_log {
        log::write(file, &group, &log, stop)?;
    }
    match &arguments.html {
        Some(file) => page(file, trials, log, stop),
        None => Ok(()),
    }
}

fn page(file: &Path, trials: &Trials, log: EventLog, stop: &Stop) -> Result<(), Failure> {
    let how = Replaying { window: trials.window, keep: KEPT_WHOLE, compare: trials.strategies.clone(), check: false };
    match stop.unless(move || Course::silent(&how, &log).and_then(|course| page_of(&course))) {
        Some(page) => write_page(file, &page?),
        None => {
            not_written(file);
            Ok(())
        }
    }
}

fn not_written(file: &Path) {
    output::say(format_args!("note: interrupted: {} is not written", file.display()));
}
