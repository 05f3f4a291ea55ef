//! A plan as text: heading, tables, summary.

use std::io::{self, Write};
use std::time::Duration;

use sticky_assignor::{Group, Plan, Summary, TopicPartition, balance, claimed_owners};

use super::members::BeforeAndAfter;
use super::{GOOD, HEADING};
use crate::cli::options::Length;

/// A plan and what it answers.
pub(crate) struct Answer {
    /// The group as it was read.
    pub(crate) group: Group,
    /// The group with the change that was asked about.
    pub(crate) changed: Option<Group>,
    /// The plan of the changed group, or of the group itself.
    pub(crate) plan: Plan,
    /// What each timed call took.
    pub(crate) elapsed_ns: Vec<u64>,
}

impl Answer {
    /// Writes which group this is.
    pub(crate) fn heading(&self, out: &mut dyn Write) -> io::Result<()> {
        let group = self.plan.group();
        let (partitions, topics) = (group.partition_count(), group.topics().count() as u64);
        writeln!(
            out,
            "{HEADING}{}{HEADING:#}: {} of {}, {}\n",
            group.name().unwrap_or("(unnamed group)"),
            counted(partitions, "partition"),
            counted(topics, "topic"),
            counted(group.member_count() as u64, "member"),
        )
    }

    /// Writes the members, and what moves between them.
    pub(crate) fn tables(&self, out: &mut dyn Write, length: Length) -> io::Result<()> {
        let before = claimed_owners(&self.group);
        let both = BeforeAndAfter { before: (&self.group, &before), after: (self.plan.group(), self.plan.assignment()) };
        both.write_members(out, length)?;
        both.write_moves(out, length)
    }

    /// Writes what the plan comes to.
    pub(crate) fn summary(&self, out: &mut dyn Write) -> io::Result<()> {
        let summary = self.plan.summary();
        writeln!(out, "{}", self.counts(&summary))?;
        if self.changed.is_some() {
            let without = balance(&self.group).summary().moved;
            writeln!(out, "Without the change, {} would move.", counted(without, "partition"))?;
        }
        writeln!(out, "{} {GOOD}Nothing is more even, and nothing as even moves less.{GOOD:#}", loads(&summary))?;
        writeln!(out, "Planned in {}.", elapsed(&self.elapsed_ns))
    }

    fn counts(&self, summary: &Summary) -> String {
        let inherited = self.inherited();
        let mut counts = format!("{} stay with their owner, {} move", counted(summary.retained, "partition"), summary.moved);
        if inherited > 0 {
            counts += &format!(", {inherited} of members that leave find an owner");
        }
        counts += &format!(", {} are new.", summary.new - inherited);
        if summary.unassigned > 0 {
            counts += &format!(" {} of topics that nobody follows.", counted(summary.unassigned, "partition"));
        }
        counts
    }

    /// How many partitions come from members that the change removes.
    fn inherited(&self) -> u64 {
        let (Some(after), owners) = (&self.changed, claimed_owners(&self.group)) else { return 0 };
        let left = self.group.members().map(|(id, _)| id).filter(|&id| after.member(id).is_none());
        let given = |partition: &TopicPartition| self.plan.assignment().owner(*partition).is_some();
        left.map(|id| owners.partitions_of(id).filter(given).count() as u64).sum()
    }
}

fn loads(summary: &Summary) -> String {
    let Summary { min, max, sum_of_squares, .. } = *summary;
    match min == max {
        true => format!("Every member has {min} (sum of squares {sum_of_squares})."),
        false => format!("Members have {min} to {max} (sum of squares {sum_of_squares})."),
    }
}

/// So many of something.
pub(super) fn counted(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// The median of the times taken.
fn elapsed(nanoseconds: &[u64]) -> String {
    let mut sorted = nanoseconds.to_vec();
    sorted.sort_unstable();
    let median = Duration::from_nanos(sorted[sorted.len() / 2]);
    match sorted.len() {
        1 => format!("{median:.1?}"),
        times => format!("{median:.1?} (median of {times})"),
    }
}
