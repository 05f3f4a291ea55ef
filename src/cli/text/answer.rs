//! A plan as text, ours or another assignor's: heading, tables, summary.

use std::io::{self, Write};

use sticky_assignor::Summary;

use super::members::BeforeAndAfter;
use super::words::{agreed, counted, elapsed, heading, loads, stay};
use crate::cli::answer::{Answer, StrategyAnswer};
use crate::cli::options::Length;
use crate::cli::style::{BAD, GOOD};

impl Answer {
    /// Writes which group this is.
    pub(crate) fn heading(&self, out: &mut dyn Write) -> io::Result<()> {
        heading(out, self.plan.group())
    }

    /// Writes the members, and what moves between them.
    pub(crate) fn tables(&self, out: &mut dyn Write, length: Length) -> io::Result<()> {
        let owners = self.owners_before();
        BeforeAndAfter { before: (self.before(), &owners), after: (self.plan.group(), self.plan.assignment()) }.write(out, length)
    }

    /// Writes what the plan comes to.
    pub(crate) fn summary(&self, out: &mut dyn Write) -> io::Result<()> {
        let summary = self.plan.summary();
        moved(out, &summary, self.inherited().len() as u64, self.unchanged.as_ref().map(|plan| plan.summary().moved))?;
        best(out, &summary)?;
        writeln!(out, "Planned in {}.", elapsed(&self.elapsed_ns))
    }
}

/// Writes what stays and what does not, how much of it members that leave hand on, and, if a change
/// was asked about, how much would move without it.
fn moved(out: &mut dyn Write, summary: &Summary, inherited: u64, moved_unchanged: Option<u64>) -> io::Result<()> {
    writeln!(out, "{}", counts(summary, inherited))?;
    match moved_unchanged {
        Some(moved) => writeln!(out, "Without the change, {} would move.", counted(moved, "partition")),
        None => Ok(()),
    }
}

fn counts(summary: &Summary, inherited: u64) -> String {
    let mut counts = format!("{}, {}", stay(summary.retained), agreed(summary.moved, "moves", "move"));
    if inherited > 0 {
        counts += &format!(", {} an owner", agreed(inherited, "of members that leave finds", "of members that leave find"));
    }
    counts += &format!(", {}.", agreed(summary.new - inherited, "is new", "are new"));
    if summary.unassigned > 0 {
        counts += &format!(" {} of topics that nobody subscribes to.", counted(summary.unassigned, "partition"));
    }
    counts
}

/// Writes how even the loads of a plan of ours are, and that there is none better.
pub(super) fn best(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    writeln!(out, "{} {GOOD}Nothing is more even, and nothing as even moves less.{GOOD:#}", loads(summary))
}

/// Writes a strategy's answer; without tables where only figures are asked for.
pub(crate) fn strategy_answer(out: &mut dyn Write, strategy_answer: &StrategyAnswer, tables: Option<Length>) -> io::Result<()> {
    heading(out, strategy_answer.group())?;
    if let Some(length) = tables {
        let owners = strategy_answer.ours.owners_before();
        BeforeAndAfter { before: (strategy_answer.ours.before(), &owners), after: (strategy_answer.group(), &strategy_answer.assignment) }
            .write(out, length)?;
    }
    let (summary, least) = (strategy_answer.summary, strategy_answer.ours.plan.summary().sum_of_squares);
    moved(out, &summary, strategy_answer.inherited().len() as u64, strategy_answer.moved_unchanged)?;
    match summary.sum_of_squares - least {
        0 => writeln!(out, "{} {GOOD}Nothing is more even.{GOOD:#}", loads(&summary))?,
        _ => writeln!(out, "{} {BAD}The least possible is {least}.{BAD:#}", loads(&summary))?,
    }
    writeln!(out, "Planned by {} in {}.", strategy_answer.strategy, elapsed(&strategy_answer.elapsed_ns))
}
