//! A trial written as an event log.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::replay::EventLog;

use super::interrupt::Stop;
use crate::cli::failure::Failure;
use crate::cli::output;

/// Writes the group, and an event a line, until it is told to stop.
pub(super) fn write(file: &Path, group: &GroupDocument, log: &EventLog, stop: &Stop) -> Result<(), Failure> {
    let written = try_write(file, group, log, stop).map_err(|error| Failure::Unwritable { file: file.display().to_string(), error })?;
    if written < log.events.len() {
        output::say(format_args!("note: interrupted: {} has only the first {written} of {} events", file.display(), log.events.len()));
    }
    Ok(())
}

/// How many events were written.
fn try_write(file: &Path, group: &GroupDocument, log: &EventLog, stop: &Stop) -> io::Result<usize> {
    let mut out = BufWriter::new(File::create(file)?);
    line(&mut out, group)?;
    let mut written = 0;
    for logged in log.events.iter().take_while(|_| !stop.is_told()) {
        line(&mut out, &logged.event)?;
        written += 1;
    }
    out.flush()?;
    Ok(written)
}

fn line(out: &mut impl Write, document: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, document)?;
    writeln!(out)
}
