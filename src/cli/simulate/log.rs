//! Churn written as an event log.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;
use sticky_assignor::replay::churn::Churn;

use crate::cli::failure::Failure;

/// Writes the group, and an event a line.
pub(super) fn write(file: &Path, churn: &Churn) -> Result<(), Failure> {
    try_write(file, churn).map_err(|error| Failure::Unwritable { file: file.display().to_string(), error })
}

fn try_write(file: &Path, churn: &Churn) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    line(&mut out, &churn.group)?;
    churn.events.iter().try_for_each(|event| line(&mut out, event))?;
    out.flush()
}

fn line(out: &mut impl Write, document: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, document)?;
    writeln!(out)
}
