//! Churn written as an event log.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use sticky_assignor::replay::churn::Churn;

use crate::cli::failure::Failure;
use crate::cli::output;

/// Writes the group, and an event a line.
pub(super) fn write(file: &Path, churn: &Churn) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(file)?);
    output::line(&mut out, &churn.group)?;
    for event in &churn.events {
        output::line(&mut out, event)?;
    }
    Ok(out.flush()?)
}
