//! Numbers, times and names in words.

use std::io::{self, Write};
use std::time::Duration;

use sticky_assignor::document::printable;
use sticky_assignor::replay::statistics::Distribution;
use sticky_assignor::{Group, Summary};

use crate::cli::options::Length;
use crate::cli::output::HEADING;

/// How many stay, in words.
pub(super) fn stay(partitions: u64) -> String {
    let owner = if partitions == 1 { "its owner" } else { "their owner" };
    format!("{} {} with {owner}", counted(partitions, "partition"), if partitions == 1 { "stays" } else { "stay" })
}

/// A number, and what one or several of them do.
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

/// Names of members or topics, no more of them than a person reads.
pub(super) fn names(names: &[String], length: Length) -> String {
    let readable = if length == Length::Whole { names.len() } else { names.len().min(3) };
    let more = if readable < names.len() { format!(" and {} more", names.len() - readable) } else { String::new() };
    let shown: Vec<String> = names[..readable].iter().map(|name| printable(name)).collect();
    shown.join(", ") + &more
}

/// A number of something.
pub(super) fn counted(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// A number of something, with a comma before each three digits.
pub(super) fn grouped_count(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(number))
}

/// A number with a comma before each three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let comma = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits.chars().enumerate().flat_map(|(place, digit)| comma(place).then_some(',').into_iter().chain([digit])).collect()
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
