//! What a group's own assignor did, as text.

use std::io::{self, Write};

use sticky_assignor::document::printable;
use sticky_assignor::replay::recording::{Gap, RecordedRebalance, RecordedTotals};

use super::table::{Cell, Column, Table, rows_shown};
use super::words::{grouped, grouped_count, names};
use crate::cli::course::{Course, spoken};
use crate::cli::options::Length;
use crate::cli::output::{BAD, GOOD};

/// Writes what is recorded, if that is compared.
pub(super) fn write(out: &mut dyn Write, course: &Course, length: Length) -> io::Result<()> {
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
