//! A verdict as text: one sentence, what is wrong, what would be better.

use std::collections::BTreeMap;
use std::io::{self, Write};

use sticky_assignor::document::printable;
use sticky_assignor::{GivenAssignment, Group, MemberId, Movement, ProofStanding, Verdict, Violation};

use super::table::{Column, Table, more, rows_shown};
use super::words::counted;
use crate::cli::distance::Distance;
use crate::cli::input::Place;
use crate::cli::options::Length;
use crate::cli::style::{BAD, GOOD, HEADING};

/// An assignment and its verdict.
pub(crate) struct JudgedAssignment<'a> {
    pub(crate) place: &'a Place<'a>,
    pub(crate) group: &'a Group,
    pub(crate) given: &'a GivenAssignment,
    pub(crate) verdict: &'a Verdict,
}

/// Writes a verdict.
pub(crate) fn verdict(out: &mut dyn Write, judged: &JudgedAssignment<'_>, length: Length) -> io::Result<()> {
    let JudgedAssignment { place, group, verdict, .. } = judged;
    let name = group.name().map_or_else(|| place.to_string(), printable);
    writeln!(out, "{HEADING}{name}{HEADING:#}: {}", sentence(verdict))?;
    if !verdict.violations.is_empty() {
        violations(out, &verdict.violations, length)?;
    }
    if !verdict.witness.is_empty() {
        witness(out, judged, length)?;
    }
    match verdict.proof {
        ProofStanding::Absent => Ok(()),
        ProofStanding::Holds => writeln!(out, "  The proof that came with it holds."),
        ProofStanding::Short => writeln!(out, "  The proof that came with it does not prove it; that says nothing about the assignment."),
    }
}

/// Writes how far an assignment is from the best, and whether that is within the thresholds.
pub(crate) fn distance(out: &mut dyn Write, distance: &Distance, is_within: bool) -> io::Result<()> {
    let Distance { moves_to_best, imbalance, least_imbalance } = *distance;
    let within = if is_within { format!("{GOOD}within the thresholds{GOOD:#}") } else { format!("{BAD}beyond the thresholds{BAD:#}") };
    let moved = counted(moves_to_best, "partition");
    writeln!(out, "  The best plan from here moves {moved}; imbalance {imbalance}, where {least_imbalance} is possible: {within}.")
}

/// Writes how many of the assignments are as they should be, and the exit status.
pub(crate) fn tally(out: &mut dyn Write, judged: usize, good: usize, what: &str) -> io::Result<()> {
    let status = u8::from(good < judged);
    match judged {
        1 => writeln!(out, "\nExit status {status}."),
        _ => writeln!(out, "\n{good} of {judged} assignments {what}: exit status {status}."),
    }
}

fn sentence(verdict: &Verdict) -> String {
    let Verdict { sum_of_squares, optimal_sum_of_squares, retained, optimal_retained, .. } = verdict;
    if !verdict.is_valid() {
        return format!("{BAD}invalid{BAD:#}, {}.", counted(verdict.violations.len() as u64, "violation"));
    }
    if !verdict.balanced {
        return format!(
            "valid, but {BAD}not balanced{BAD:#}: sum of squares {sum_of_squares}, and {optimal_sum_of_squares} can be reached."
        );
    }
    match retained == optimal_retained {
        true => format!(
            "{GOOD}optimal{GOOD:#}: sum of squares {sum_of_squares}, {} retained. Nothing is better.",
            counted(*retained, "partition")
        ),
        false => format!(
            "valid and balanced, but it {BAD}moves more than it must{BAD:#}: {} retained, and {optimal_retained} can be.",
            counted(*retained, "partition")
        ),
    }
}

fn violations(out: &mut dyn Write, violations: &[Violation], length: Length) -> io::Result<()> {
    let shown = rows_shown(length, violations.len());
    for violation in &violations[..shown] {
        writeln!(out, "  {}", printable(&violation.to_string()))?;
    }
    more(out, violations.len() - shown, "violations")
}

/// Writes the moves that improve an assignment, and what they do.
fn witness(out: &mut dyn Write, judged: &JudgedAssignment<'_>, length: Length) -> io::Result<()> {
    let JudgedAssignment { group, verdict, .. } = judged;
    let name = |member: MemberId| group.member(member).map_or_else(String::new, |member| printable(member.id()));
    match verdict.witness.len() {
        1 => writeln!(out, "  This move makes it better:")?,
        _ => writeln!(out, "  These moves together make it better, and no part of them does:")?,
    }
    let mut table = Table::new([Column::name("from"), Column::name("to"), Column::name("partition")]);
    for Movement { partition, from, to } in &verdict.witness[..rows_shown(length, verdict.witness.len())] {
        let what = format!("{} {}", printable(group.topic(partition.topic).name()), partition.partition);
        table.row([name(*from), name(*to), what]);
    }
    table.write(out, length, verdict.witness.len(), "moves")?;
    match verdict.balanced {
        false => writeln!(out, "  {}", evened(judged)),
        true => writeln!(out, "  The loads stay as they are, and more partitions are with the owner that their claims name."),
    }
}

/// What a witness does to the loads of the members whose load it changes.
fn evened(judged: &JudgedAssignment<'_>) -> String {
    let mut gained: BTreeMap<MemberId, i64> = BTreeMap::new();
    for movement in &judged.verdict.witness {
        *gained.entry(movement.from).or_default() -= 1;
        *gained.entry(movement.to).or_default() += 1;
    }
    let changed = gained.into_iter().filter(|(_, gain)| *gain != 0);
    let loads: Vec<String> = changed.map(|(member, gain)| load(judged, member, gain)).collect();
    format!("Loads: {}.", loads.join(", "))
}

fn load(judged: &JudgedAssignment<'_>, member: MemberId, gain: i64) -> String {
    let id = judged.group.member(member).map_or("", |member| member.id());
    let before: i64 = judged.given.0.get(id).map_or(0, |topics| topics.values().map(|list| list.len() as i64).sum());
    format!("{} from {before} to {}", printable(id), before + gain)
}
