//! The page of a replayed log, written to a file.

use std::fs;
use std::io;
use std::path::Path;

use sticky_assignor::report;

use super::Course;
use super::comparison::StrategySeries;
use crate::cli::failure::Failure;

/// The page.
pub(crate) fn of(course: &Course) -> Result<String, Failure> {
    let series: Vec<report::ReportSeries<'_>> = course.series().map(StrategySeries::reported).collect();
    let report = report::Report { history: &course.history, elapsed_ns: &course.elapsed_ns, series: &series };
    Ok(report.page().map_err(io::Error::from)?)
}

/// Writes the page.
pub(crate) fn write(file: &Path, page: &str) -> Result<(), Failure> {
    fs::write(file, page).map_err(|error| Failure::Unwritable { file: file.display().to_string(), error })
}

impl StrategySeries {
    fn reported(&self) -> report::ReportSeries<'_> {
        report::ReportSeries { name: self.strategy.name(), outcomes: &self.outcomes, elapsed_ns: &self.elapsed_ns }
    }
}
