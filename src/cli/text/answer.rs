//! A plan as text: heading, tables, summary.

use std::io::{self, Write};
use std::time::Duration;

use sticky_assignor::{Assignment, Plan, Summary, TopicPartition};

use super::members::BeforeAndAfter;
use super::{GOOD, HEADING};
use crate::cli::options::Length;

/// A plan and what it answers.
pub(crate) struct Answer {
    /// The plan of the group as it was read, where a change was asked about.
    pub(crate) unchanged: Option<Plan>,
    /// The plan of the group, with the change if there is one.
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
        let before = claimed(self.before());
        let both = BeforeAndAfter { before: (self.before().group(), &before), after: (self.plan.group(), self.plan.assignment()) };
        both.write_members(out, length)?;
        both.write_moves(out, length)
    }

    /// The plan that knows who owned what before the change.
    fn before(&self) -> &Plan {
        self.unchanged.as_ref().unwrap_or(&self.plan)
    }

    /// Writes what the plan comes to.
    pub(crate) fn summary(&self, out: &mut dyn Write) -> io::Result<()> {
        let summary = self.plan.summary();
        writeln!(out, "{}", self.counts(&summary))?;
        if let Some(unchanged) = &self.unchanged {
            writeln!(out, "Without the change, {} would move.", counted(unchanged.summary().moved, "partition"))?;
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
        let Some(before) = &self.unchanged else { return 0 };
        let owners = claimed(before);
        let left = before.group().members().map(|(id, _)| id).filter(|&id| self.plan.group().member(id).is_none());
        let given = |partition: &TopicPartition| self.plan.assignment().owner(*partition).is_some();
        left.map(|id| owners.partitions_of(id).filter(given).count() as u64).sum()
    }
}

/// Who owned what by the claims that stand: where the steps of a plan begin.
fn claimed(plan: &Plan) -> Assignment {
    plan.steps().next().map_or_else(Assignment::new, |step| step.assignment)
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
