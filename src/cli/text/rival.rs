//! What another assignor answers, as text.

use std::io::{self, Write};

use super::answer::{agreed, elapsed, heading, loads, stay};
use super::members::BeforeAndAfter;
use super::{BAD, GOOD};
use crate::cli::options::Length;
use crate::cli::rival::Rival;

/// Writes a strategy's answer; without tables where only figures are asked for.
pub(crate) fn rival(out: &mut dyn Write, rival: &Rival<'_>, tables: Option<Length>) -> io::Result<()> {
    heading(out, rival.group)?;
    if let Some(length) = tables {
        BeforeAndAfter { before: (rival.group, &rival.before), after: (rival.group, &rival.assignment) }.write(out, length)?;
    }
    let summary = rival.summary;
    let (moves, new) = (agreed(summary.moved, "moves", "move"), agreed(summary.new, "is new", "are new"));
    writeln!(out, "{}, {moves}, {new}.", stay(summary.retained))?;
    match summary.sum_of_squares - rival.best_sum_of_squares {
        0 => writeln!(out, "{} {GOOD}Nothing is more even.{GOOD:#}", loads(&summary))?,
        _ => writeln!(out, "{} {BAD}The least possible is {}.{BAD:#}", loads(&summary), rival.best_sum_of_squares)?,
    }
    writeln!(out, "Planned by {} in {}.", rival.strategy, elapsed(&rival.elapsed_ns))
}
