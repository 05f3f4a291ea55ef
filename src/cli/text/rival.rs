//! What another assignor answers, as text.

use std::io::{self, Write};

use super::answer::{elapsed, heading, loads, moved};
use super::members::BeforeAndAfter;
use super::{BAD, GOOD};
use crate::cli::options::Length;
use crate::cli::rival::Rival;

/// Writes a strategy's answer; without tables where only figures are asked for.
pub(crate) fn rival(out: &mut dyn Write, rival: &Rival, tables: Option<Length>) -> io::Result<()> {
    heading(out, rival.group())?;
    if let Some(length) = tables {
        let owners = rival.ours.owners_before();
        BeforeAndAfter { before: (rival.ours.before(), &owners), after: (rival.group(), &rival.assignment) }.write(out, length)?;
    }
    let (summary, least) = (rival.summary, rival.ours.plan.summary().sum_of_squares);
    moved(out, &summary, rival.inherited().len() as u64, rival.moved_unchanged)?;
    match summary.sum_of_squares - least {
        0 => writeln!(out, "{} {GOOD}Nothing is more even.{GOOD:#}", loads(&summary))?,
        _ => writeln!(out, "{} {BAD}The least possible is {least}.{BAD:#}", loads(&summary))?,
    }
    writeln!(out, "Planned by {} in {}.", rival.strategy, elapsed(&rival.elapsed_ns))
}
