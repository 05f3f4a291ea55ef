//! A plan as text: heading, tables, summary.

use std::io::{self, Write};
use std::time::Duration;

use sticky_assignor::replay::Distribution;
use sticky_assignor::{Group, Summary};

use super::members::BeforeAndAfter;
use super::{GOOD, HEADING, printable};
use crate::cli::answer::Answer;
use crate::cli::options::Length;

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
pub(super) fn moved(out: &mut dyn Write, summary: &Summary, inherited: u64, moved_unchanged: Option<u64>) -> io::Result<()> {
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
        counts += &format!(" {} of topics that nobody follows.", counted(summary.unassigned, "partition"));
    }
    counts
}

/// Writes how even the loads of a plan of ours are, and that there is none better.
pub(super) fn best(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    writeln!(out, "{} {GOOD}Nothing is more even, and nothing as even moves less.{GOOD:#}", loads(summary))
}

/// How many stay, in words.
pub(super) fn stay(partitions: u64) -> String {
    let owner = if partitions == 1 { "its owner" } else { "their owner" };
    format!("{} {} with {owner}", counted(partitions, "partition"), if partitions == 1 { "stays" } else { "stay" })
}

/// So many, and what one or several of them do.
pub(super) fn agreed(number: u64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// How even the loads are, in words.
pub(super) fn loads(summary: &Summary) -> String {
    let Summary { min, max, sum_of_squares, .. } = *summary;
    match min == max {
        true if max == 0 => "Nobody has any.".into(),
        true => format!("Every member has {min} (sum of squares {sum_of_squares})."),
        false => format!("Members have {min} to {max} (sum of squares {sum_of_squares})."),
    }
}

/// Writes which group this is.
pub(super) fn heading(out: &mut dyn Write, group: &Group) -> io::Result<()> {
    let (partitions, topics) = (group.partition_count(), group.topics().count() as u64);
    writeln!(
        out,
        "{HEADING}{}{HEADING:#}: {} of {}, {}\n",
        name(group),
        counted(partitions, "partition"),
        counted(topics, "topic"),
        counted(group.member_count() as u64, "member"),
    )
}

/// What a group is called.
pub(super) fn name(group: &Group) -> String {
    group.name().map_or_else(|| "(unnamed group)".into(), printable)
}

/// So many of something.
pub(super) fn counted(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// The median of the times taken.
pub(super) fn elapsed(nanoseconds: &[u64]) -> String {
    let median = duration(Distribution::of(nanoseconds.iter().copied()).median);
    match nanoseconds.len() {
        1 => median,
        times => format!("{median} (median of {times})"),
    }
}

/// A time.
pub(super) fn duration(nanoseconds: u64) -> String {
    format!("{:.1?}", Duration::from_nanos(nanoseconds))
}
