//! A plan as text, ours or another assignor's: heading, tables, summary.

use std::io::{self, Write};

use sticky_assignor::document::printable;
use sticky_assignor::replay::TopicShares;
use sticky_assignor::{Goal, Group, Plan, Summary};

use super::members::BeforeAndAfter;
use super::table::more;
use super::words::{agreed, counted, elapsed, heading, loads, stay};
use crate::cli::answer::{Answer, EvenPrice, LOOKED_INTO, Moves, StrategyAnswer, UnevenTopic, uneven_topics};
use crate::cli::comparison::least_sum_of_squares;
use crate::cli::options::Length;
use crate::cli::output::{BAD, GOOD};

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
        moved(out, &self.moves(), self.plan.summary(), self.unchanged.as_ref().map(|plan| plan.summary().moved))?;
        best(out, &self.plan)?;
        uneven(out, self.plan.group(), &uneven_topics(&self.plan))?;
        writeln!(out, "Planned in {}.", elapsed(&self.elapsed_ns))
    }
}

/// Writes which topics are uneven, and for the first few why they must be.
fn uneven(out: &mut dyn Write, group: &Group, topics: &[UnevenTopic]) -> io::Result<()> {
    for UnevenTopic { shares, price } in topics.iter().take(LOOKED_INTO) {
        let (name, TopicShares { most, least, .. }) = (printable(&shares.topic.display(group).to_string()), *shares);
        let numbers = match shares.subscribers {
            2 => format!("{most} and {least}"),
            subscribers => format!("{least} to {most} for each of {subscribers} subscribers"),
        };
        let why = price.as_ref().map_or_else(String::new, |price| format!("; {}", evenly(price)));
        writeln!(out, "{name}: {numbers}{why}.")?;
    }
    more(out, topics.len().saturating_sub(LOOKED_INTO), "uneven topics")
}

/// What the goal that would have to give way costs more where a topic is even.
fn evenly(EvenPrice { goal, more, goals }: &EvenPrice) -> String {
    let price = match goal {
        Goal::Balance => format!("it would make loads less even, by {more} in the sum of squares"),
        Goal::Rack => format!("it would take {} more read from another rack", counted(*more as u64, "partition")),
        Goal::Stickiness => format!("it would take {}", agreed(*more as u64, "more move", "more moves")),
        Goal::Spread => String::new(),
    };
    format!("evenly {price} (--goals {goals})")
}

/// Writes what stays and what does not, and, if a change was asked about, how much would move
/// without it.
fn moved(out: &mut dyn Write, moves: &Moves, summary: Summary, moved_unchanged: Option<u64>) -> io::Result<()> {
    let summary = moves.summary(summary);
    writeln!(out, "{}", counts(summary.retained, summary.moved, moves.forced, summary.new))?;
    if summary.unassigned > 0 {
        writeln!(
            out,
            "{} no owner, because nobody subscribes to their topics.",
            agreed(summary.unassigned, "partition has", "partitions have")
        )?;
    }
    match moved_unchanged {
        Some(moved) => writeln!(out, "Without the change, {} would move.", counted(moved, "partition")),
        None => Ok(()),
    }
}

/// How many partitions stay, move and are new, in words.
pub(super) fn counts(retained: u64, moved: u64, forced: u64, new: u64) -> String {
    let because = match forced {
        0 => String::new(),
        forced if forced == moved => " because their owner left or gave up the topic".into(),
        forced => format!(" ({forced} because their owner left or gave up the topic)"),
    };
    format!("{}, {}{because}, {}.", stay(retained), agreed(moved, "moves", "move"), agreed(new, "is new", "are new"))
}

/// Writes how even the loads of a plan of ours are, and that there is none better.
pub(super) fn best(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    let costs: Vec<String> = plan.costs().iter().map(|(goal, cost)| format!("{goal} {cost}")).collect();
    writeln!(out, "{}", loads(&plan.summary()))?;
    writeln!(out, "{GOOD}No plan is better{GOOD:#} in these goals, in this order: {}.", costs.join(", "))
}

/// Writes a strategy's answer; without tables where only figures are asked for.
pub(crate) fn strategy_answer(out: &mut dyn Write, strategy_answer: &StrategyAnswer, tables: Option<Length>) -> io::Result<()> {
    heading(out, strategy_answer.group())?;
    if let Some(length) = tables {
        let owners = strategy_answer.ours.owners_before();
        BeforeAndAfter { before: (strategy_answer.ours.before(), &owners), after: (strategy_answer.group(), &strategy_answer.assignment) }
            .write(out, length)?;
    }
    let (summary, least) = (strategy_answer.summary, least_sum_of_squares(&strategy_answer.ours.plan));
    moved(out, &strategy_answer.moves(), summary, strategy_answer.moved_unchanged)?;
    match summary.sum_of_squares - least {
        0 => writeln!(out, "{} {GOOD}No loads are more even.{GOOD:#}", loads(&summary))?,
        _ => writeln!(out, "{} {BAD}The least possible is {least}.{BAD:#}", loads(&summary))?,
    }
    writeln!(out, "Planned by {} in {}.", strategy_answer.strategy, elapsed(&strategy_answer.elapsed_ns))
}
