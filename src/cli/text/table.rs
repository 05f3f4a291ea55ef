//! Tables of text, cut where nobody would read on, and lists of partitions short enough for one
//! of their cells: `orders 0-8,11; clicks 3`.

use std::cmp::Reverse;
use std::fmt;
use std::io::{self, Write};

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, presets};
use sticky_assignor::document::printable;
use sticky_assignor::{Group, TopicPartition};

use super::words::counted;
use crate::cli::options::Length;
use crate::cli::style::FAINT;

/// How many rows a person reads.
const READABLE_ROWS: usize = 20;
/// What stands before each line of a table.
const INDENT: &str = "  ";

/// How many rows are shown of so many.
pub(super) fn rows_shown(length: Length, rows: usize) -> usize {
    match length {
        Length::Readable if rows > READABLE_ROWS => READABLE_ROWS,
        _ => rows,
    }
}

/// Rows in their order; where they are to be cut, those that matter most come first.
pub(super) fn foremost<T, K: Ord>(length: Length, mut rows: Vec<T>, weight: impl Fn(&T) -> K) -> Vec<T> {
    if rows_shown(length, rows.len()) < rows.len() {
        rows.sort_by_key(|row| Reverse(weight(row)));
    }
    rows
}

/// A table with these headings; those that start with `#` stand over numbers.
pub(super) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).enforce_styling();
    table.set_header(headings.iter().map(|heading| Cell::new(heading.trim_start_matches('#')).add_attribute(Attribute::Bold)));
    if let Some(width) = table.width() {
        table.set_width(width.saturating_sub(INDENT.len() as u16));
    }
    let last = headings.len().saturating_sub(1);
    for (number, (column, heading)) in table.column_iter_mut().zip(headings).enumerate() {
        column.set_padding((0, if number == last { 0 } else { 2 }));
        if heading.starts_with('#') {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Writes a table, and how many more rows of what it would have.
pub(super) fn write(out: &mut dyn Write, table: &Table, rows: usize, what: &str) -> io::Result<()> {
    for line in table.lines() {
        let (text, style) = without_trailing_blanks(&line);
        writeln!(out, "{INDENT}{text}{style}")?;
    }
    more(out, rows.saturating_sub(table.row_iter().count()), what)?;
    writeln!(out)
}

/// A line in two parts, less the blanks at its end, and the escape sequence that ends its last
/// style, if it has one.
fn without_trailing_blanks(line: &str) -> (&str, &str) {
    let line = line.trim_end();
    let style = line.rfind('\u{1b}').filter(|&start| line[start..].find('m') == Some(line.len() - start - 1));
    let (text, style) = line.split_at(style.unwrap_or(line.len()));
    (text.trim_end(), style)
}

/// Writes how many more of what there are, if any.
pub(super) fn more(out: &mut dyn Write, hidden: usize, what: &str) -> io::Result<()> {
    match hidden {
        0 => Ok(()),
        _ => writeln!(out, "{INDENT}{FAINT}… and {hidden} more {what} (--all shows them){FAINT:#}"),
    }
}

/// How many topics, and how many ranges of each, a person reads in one cell.
const READABLE_PARTITIONS: (usize, usize) = (3, 4);

/// Partitions of a group, ascending, as topics with ranges.
pub(super) fn compact(group: &Group, partitions: &[TopicPartition], length: Length) -> String {
    let (topics, ranges) = match length {
        Length::Readable => READABLE_PARTITIONS,
        Length::Whole => (usize::MAX, usize::MAX),
    };
    let runs: Vec<&[TopicPartition]> = partitions.chunk_by(|a, b| a.topic == b.topic).collect();
    let of_topic = |run: &&[TopicPartition]| format!("{} {}", printable(group.topic(run[0].topic).name()), numbers(run, ranges));
    let mut shown: Vec<String> = runs.iter().take(topics).map(of_topic).collect();
    match runs.len().saturating_sub(topics) {
        0 if shown.is_empty() => "–".into(),
        0 => shown.join("; "),
        more => {
            shown.push(format!("… {}", counted(more as u64, "more topic")));
            shown.join("; ")
        }
    }
}

/// The numbers of one topic's partitions: `0-8,11`, or `0,3,6,9… (28)` where there are more ranges
/// than these.
fn numbers(partitions: &[TopicPartition], ranges: usize) -> String {
    let found: Vec<Range<'_>> = partitions.chunk_by(|a, b| a.partition + 1 == b.partition).map(Range).collect();
    let shown: Vec<String> = found.iter().take(ranges).map(Range::to_string).collect();
    match found.len() > ranges {
        true => format!("{}… ({})", shown.join(","), partitions.len()),
        false => shown.join(","),
    }
}

/// Consecutive partitions of one topic.
struct Range<'a>(&'a [TopicPartition]);

impl fmt::Display for Range<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => Ok(()),
            [only] => write!(f, "{}", only.partition),
            [first, .., last] => write!(f, "{}-{}", first.partition, last.partition),
        }
    }
}
