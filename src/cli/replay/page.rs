//! The page of a replayed log, written to a file.

use std::fs;
use std::io;
use std::path::Path;

use sticky_assignor::report;

use super::Course;
use super::rivals::Track;
use crate::cli::failure::Failure;

/// The page.
pub(crate) fn of(course: &Course) -> Result<String, Failure> {
    let tracks: Vec<report::Track<'_>> = course.tracks().map(Track::reported).collect();
    let report = report::Report { history: &course.history, elapsed_ns: &course.elapsed_ns, tracks: &tracks };
    Ok(report.page().map_err(io::Error::from)?)
}

/// Writes the page.
pub(crate) fn write(file: &Path, page: &str) -> Result<(), Failure> {
    fs::write(file, page).map_err(|error| Failure::Unwritable { file: file.display().to_string(), error })
}

impl Track {
    fn reported(&self) -> report::Track<'_> {
        report::Track { name: self.strategy.name(), outcomes: &self.outcomes, elapsed_ns: &self.elapsed_ns }
    }
}
