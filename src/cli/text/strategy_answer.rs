//! What another assignor answers, as text.

use std::io::{self, Write};

use super::answer::{elapsed, heading, loads, moved};
use super::members::BeforeAndAfter;
use super::{BAD, GOOD};
use crate::cli::options::Length;
use crate::cli::strategy_answer::StrategyAnswer;

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
