//! A replayed log as text, and what the group's own assignor did beside it.

use std::io::{self, Write};

use sticky_assignor::Plan;
use sticky_assignor::document::printable;
use sticky_assignor::replay::documents::{ChangedDocument, SavingDocument, event_label};
use sticky_assignor::replay::recording::{Gap, RecordedRebalance, RecordedTotals};
use sticky_assignor::replay::statistics::Distribution;
use sticky_assignor::replay::{EventLog, Figures, OutcomeTotals, Totals};

use super::plan::{BeforeAndAfter, best, counts};
use super::table::{Cell, Column, Table, counted, duration, heading, name, rows_shown};
use crate::cli::comparison::has_most_even_loads;
use crate::cli::course::{Course, spoken};
use crate::cli::options::Length;
use crate::cli::output::{BAD, GOOD, HEADING};

/// A replayed log, and what it could have saved.
pub(crate) struct Replayed<'a> {
    pub(crate) log: &'a EventLog,
    pub(crate) course: &'a Course,
    pub(crate) savings: &'a [SavingDocument],
}

/// Writes a replayed log.
pub(crate) fn replay(out: &mut dyn Write, replayed: &Replayed<'_>, length: Length) -> io::Result<()> {
    let Replayed { log, course, savings } = replayed;
    let totals = course.totals();
    writeln!(out, "{HEADING}{}{HEADING:#}: {}\n", name(&log.group), counted(log.events.len() as u64, "event"))?;
    rebalances(out, course, length)?;
    if course.series().next().is_some() {
        strategies(out, course, length)?;
    }
    write_recorded(out, course, length)?;
    moves(out, course, &totals)?;
    loads(out, course, &totals)?;
    times(out, &course.elapsed_ns[1..])?;
    savings.iter().try_for_each(|saving| saved(out, saving, &totals))?;
    skipped(out, log)?;
    match log.breaks_off {
        None => Ok(()),
        Some(line) => writeln!(out, "{BAD}The log breaks off in line {line}{BAD:#}, which is not part of this."),
    }
}

fn rebalances(out: &mut dyn Write, course: &Course, length: Length) -> io::Result<()> {
    let versions = course.history.len();
    let mut table = Table::new([
        Column::number("rebalance"),
        Column::number("at"),
        Column::list("event").at_least(24),
        Column::number("members").droppable(3),
        Column::number("stayed").droppable(4),
        Column::number("moved"),
        Column::number("forced"),
        Column::number("new"),
        Column::number("least").droppable(2),
        Column::number("most").droppable(1),
        Column::number("time").droppable(5),
    ]);
    for (number, figures) in course.history.figures().enumerate().take(rows_shown(length, versions)) {
        table.row(row(course, number, figures, length));
    }
    table.write(out, length, versions, "rebalances")
}

fn row(course: &Course, number: usize, figures: Figures, length: Length) -> Vec<Cell> {
    let Figures { members, retained, moved, forced, new, min, max, .. } = figures;
    let counts = [members as u64, retained, moved, forced, new, min.into(), max.into()].map(Cell::from);
    let what: [Cell; 3] =
        [number.into(), course.time(number).map_or_else(String::new, |at| at.to_string()).into(), event(course, number, length).into()];
    what.into_iter().chain(counts).chain([duration(course.elapsed_ns[number]).into()]).collect()
}

/// What a rebalance was about: the kinds of its events, with the names of who and what they name.
fn event(course: &Course, number: usize, length: Length) -> String {
    let ChangedDocument { joined, left, subscribed, topics } = &course.changed[number];
    let kinds = [("join", joined), ("leave", left), ("subscribe", subscribed), ("topics", topics)];
    let named: Vec<String> =
        kinds.iter().filter(|(_, who)| !who.is_empty()).map(|(kind, who)| format!("{kind} {}", names(who, length))).collect();
    let batch = course.history.batch(number);
    let told = match named.is_empty() {
        true => batch.map(event_label).unwrap_or_default(),
        false => named.join("; "),
    };
    match batch.map(|batch| &batch.reasons[..]).unwrap_or_default() {
        [] => told,
        reasons => format!("{told} ({})", names(reasons, length)),
    }
}

fn strategies(out: &mut dyn Write, course: &Course, length: Length) -> io::Result<()> {
    let from_recorded = course.recorded_totals().map(|_| Column::number("from recorded"));
    let columns = [
        Column::name("strategy"),
        Column::number("moved"),
        Column::number("forced"),
        Column::number("second round"),
        Column::number("imbalance"),
        Column::number("uneven").droppable(2),
        Column::number("squares above best").droppable(3),
        Column::number("topic skew").droppable(1),
        Column::number("time").droppable(4),
    ];
    let mut table = Table::new(columns.into_iter().chain(from_recorded));
    for series in course.series() {
        let OutcomeTotals { totals, uneven, worst_excess, worst_topic_skew, .. } = series.totals();
        let evenness = [totals.worst.imbalance.into(), uneven, worst_excess, worst_topic_skew.into()];
        let figures = [totals.moved, totals.forced, totals.second_round()].into_iter().chain(evenness);
        let name = [series.name()];
        table.row(
            name.into_iter()
                .chain(figures.map(|figure| figure.to_string()))
                .chain([duration(series.elapsed())])
                .chain(series.moved_from_recorded().map(|moved| moved.to_string())),
        );
    }
    table.write(out, length, course.series().count(), "strategies")
}

fn moves(out: &mut dyn Write, course: &Course, totals: &Totals) -> io::Result<()> {
    let rebalances = counted(totals.rebalances, "rebalance");
    let moved = counted(totals.moved, "partition");
    writeln!(out, "{rebalances}: {moved} moved, {} of them forced: their owner left or gave up the topic.", totals.forced)?;
    match course.moved_needlessly {
        None => writeln!(out, "{GOOD}No rebalance moved more than its goals needed{GOOD:#}: {}.", course.history.last().goals()),
        Some(0) => writeln!(out, "{GOOD}No rebalance moved more than it needed: each was compared with a plan made afresh.{GOOD:#}"),
        Some(more) => writeln!(out, "{BAD}{} moved needlessly.{BAD:#}", counted(more, "partition")),
    }
}

fn loads(out: &mut dyn Write, course: &Course, totals: &Totals) -> io::Result<()> {
    let number = totals.worst.rebalance as usize;
    let Figures { min, max, .. } = course.history.figures().nth(number).unwrap_or_default();
    match totals.worst.imbalance {
        0 => writeln!(out, "Worst imbalance: 0; after every rebalance all members had equal loads."),
        imbalance => {
            let best = match has_most_even_loads(course.history.last().goals()) {
                true => format!("; best possible there: {imbalance}"),
                false => String::new(),
            };
            writeln!(out, "Worst imbalance: {imbalance} (members with {min} to {max} after rebalance {number}){best}.")
        }
    }
}

fn times(out: &mut dyn Write, elapsed_ns: &[u64]) -> io::Result<()> {
    let Distribution { median, max, .. } = Distribution::of(elapsed_ns.iter().copied());
    let total = duration(elapsed_ns.iter().sum());
    writeln!(out, "Balanced in {total} altogether (median {}, longest {}).", duration(median), duration(max))
}

fn saved(out: &mut dyn Write, saving: &SavingDocument, totals: &Totals) -> io::Result<()> {
    let how = match (saving.window, saving.static_session_timeout) {
        (Some(window), _) => format!("With --window {window}"),
        (_, Some(timeout)) => format!(
            "With every member static and --session-timeout {timeout} (guessing that who joins that soon after a leave, for the same topics, is the same member)"
        ),
        _ => return Ok(()),
    };
    let (rebalances, moved) = (counted(saving.rebalances, "rebalance"), counted(saving.moved, "partition"));
    writeln!(out, "{how}: {rebalances}, {moved} moved ({}).", compared(saving, totals))
}

/// How many fewer change hands. Where nobody is left the partitions have no owner for a while, and
/// are new afterwards instead of moved: so both are compared.
fn compared(saving: &SavingDocument, totals: &Totals) -> String {
    let (saved, now) = (saving.moved + saving.new, totals.moved + totals.new);
    let difference = match now.checked_sub(saved) {
        Some(0) => "as many".to_string(),
        Some(fewer) => format!("{fewer} fewer"),
        None => format!("{} more", saved - now),
    };
    let counting = if saving.new == totals.new { "" } else { ", counting those that had no owner before" };
    difference + counting
}

fn skipped(out: &mut dyn Write, log: &EventLog) -> io::Result<()> {
    match log.skipped.first() {
        None => Ok(()),
        Some(first) => {
            let first = printable(&first.to_string());
            writeln!(out, "{BAD}{} skipped{BAD:#}, the first: {first}.", counted(log.skipped.len() as u64, "line"))
        }
    }
}

/// A version of a replayed log after the first, and the one before it.
pub(crate) struct ShownVersion<'a> {
    pub(crate) before: &'a Plan,
    pub(crate) plan: &'a Plan,
    pub(crate) course: &'a Course,
    pub(crate) number: usize,
}

/// Writes the group of a version, and what its rebalance moved.
pub(crate) fn version(out: &mut dyn Write, version: &ShownVersion<'_>, length: Length) -> io::Result<()> {
    let ShownVersion { before, plan, course, number } = *version;
    writeln!(out, "{}\n", when(course, number, length))?;
    heading(out, plan.group())?;
    write_changes(out, before, plan, length)?;
    let Figures { retained, moved, forced, new, .. } = course.history.figures().nth(number).unwrap_or_default();
    writeln!(out, "{}", counts(retained, moved, forced, new))?;
    best(out, plan)?;
    writeln!(out, "Balanced in {}.", duration(course.elapsed_ns[number]))
}

/// Writes what differs between two versions.
pub(crate) fn changes(out: &mut dyn Write, course: &Course, numbers: [usize; 2], plans: [&Plan; 2], length: Length) -> io::Result<()> {
    let [from, to] = numbers.map(|number| when(course, number, length));
    writeln!(out, "From: {from}\nTo:   {to}\n")?;
    write_changes(out, plans[0], plans[1], length)
}

/// Which rebalance this is, when it was, and what it was about.
pub(crate) fn when(course: &Course, number: usize, length: Length) -> String {
    let last = course.history.len() - 1;
    match course.history.batch(number).filter(|_| number > 0) {
        None => format!("Rebalance 0 of {last}: the group itself"),
        Some(batch) => format!("Rebalance {number} of {last}, at {}: {}", batch.at, event(course, number, length)),
    }
}

fn write_changes(out: &mut dyn Write, before: &Plan, after: &Plan, length: Length) -> io::Result<()> {
    BeforeAndAfter { before: (before.group(), before.assignment()), after: (after.group(), after.assignment()) }.write(out, length)
}

/// Writes what is recorded, if that is compared.
fn write_recorded(out: &mut dyn Write, course: &Course, length: Length) -> io::Result<()> {
    let Some(totals) = course.recorded_totals() else { return Ok(()) };
    if totals.known > 0 {
        worst(out, course, length)?;
    }
    summary(out, &totals)?;
    not_needed(out, &totals, length)?;
    flapping(out, &totals, length)?;
    gap(out, course, &totals)
}

/// The rebalances that moved more than was needed, those that moved most of that first.
fn worst(out: &mut dyn Write, course: &Course, length: Length) -> io::Result<()> {
    let recorded = (1..course.history.len()).filter_map(|number| Some((number, course.recorded(number)?)));
    let mut needless: Vec<(usize, &RecordedRebalance)> = recorded.filter(|(_, recorded)| recorded.excess() > 0).collect();
    if needless.is_empty() {
        return Ok(());
    }
    needless.sort_by_key(|(number, recorded)| (std::cmp::Reverse(recorded.excess()), *number));
    let columns = ["moved", "needed", "needlessly", "new"].map(Column::number);
    let head = [Column::number("rebalance"), Column::name("at")];
    let mut table = Table::new(head.into_iter().chain(columns));
    for (number, recorded) in needless.iter().take(rows_shown(length, needless.len())) {
        let at = course.time(*number).map(spoken).unwrap_or_default();
        let figures = [recorded.figures.moved, recorded.needed, recorded.excess(), recorded.figures.new];
        table.row([Cell::from(*number), at.into()].into_iter().chain(figures.map(Cell::from)));
    }
    table.write(out, length, needless.len(), "rebalances")
}

fn summary(out: &mut dyn Write, totals: &RecordedTotals) -> io::Result<()> {
    let RecordedTotals { rebalances, known, moved, needed, excess, invalid, close, .. } = *totals;
    let style = if excess > 0 { BAD } else { GOOD };
    let of = if known == rebalances { String::new() } else { format!(" (of {}) whose assignment is recorded", grouped(rebalances)) };
    let said = format!("the group moved {} in {}{of}", grouped_count(moved, "partition"), grouped_count(known, "rebalance"));
    let were = if needed == 1 { "was" } else { "were" };
    let near = match rebalances {
        0 | 1 => String::new(),
        _ => format!("; {} of the rebalances came within 30 s of another", grouped(close)),
    };
    writeln!(out, "Recorded: {style}{said}, {} {were} needed{style:#}{near}.", grouped(needed))?;
    match invalid {
        0 => Ok(()),
        invalid => writeln!(out, "{BAD}{} not valid{BAD:#} by what the members subscribed to.", agreed(invalid)),
    }
}

fn agreed(invalid: u64) -> String {
    match invalid {
        1 => "1 of the recorded assignments was".into(),
        several => format!("{} of the recorded assignments were", grouped(several)),
    }
}

fn not_needed(out: &mut dyn Write, totals: &RecordedTotals, length: Length) -> io::Result<()> {
    let numbers: Vec<String> = totals.not_needed.iter().map(usize::to_string).collect();
    match &numbers[..] {
        [] => Ok(()),
        [one] => writeln!(out, "Not needed at all, as no partition had to get another owner: rebalance {one}."),
        several => writeln!(
            out,
            "Not needed at all, as no partition had to get another owner: {} rebalances, {}.",
            grouped(several.len() as u64),
            names(several, length)
        ),
    }
}

fn flapping(out: &mut dyn Write, totals: &RecordedTotals, length: Length) -> io::Result<()> {
    let told: Vec<String> = totals.flapping.iter().map(|back| format!("{} ({} times)", printable(&back.member), back.times)).collect();
    match told.is_empty() {
        true => Ok(()),
        false => writeln!(out, "Left and came back again and again: {}.", names(&told, length)),
    }
}

fn gap(out: &mut dyn Write, course: &Course, totals: &RecordedTotals) -> io::Result<()> {
    let Some(Gap { rebalance, partitions, .. }) = totals.widest_gap else { return Ok(()) };
    let at = course.time(rebalance).map(spoken).unwrap_or_default();
    let held = grouped_count(partitions, "partition");
    writeln!(out, "Widest gap between decided and held: {held}, in rebalance {rebalance} at {at}.")
}

/// Names of members or topics, no more of them than a person reads.
fn names(names: &[String], length: Length) -> String {
    let readable = if length == Length::Whole { names.len() } else { names.len().min(3) };
    let more = if readable < names.len() { format!(" and {} more", names.len() - readable) } else { String::new() };
    let shown: Vec<String> = names[..readable].iter().map(|name| printable(name)).collect();
    shown.join(", ") + &more
}

/// A number of something, with a comma before each three digits.
fn grouped_count(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(number))
}

/// A number with a comma before each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let comma = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits.chars().enumerate().flat_map(|(place, digit)| comma(place).then_some(',').into_iter().chain([digit])).collect()
}
