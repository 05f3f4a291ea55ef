//! What answers are put together from: tables of text, fitted into the terminal and cut where
//! nobody would read on; lists of partitions short enough for one of their cells, as `orders
//! 0-8,11; clicks 3`; a group's heading, numbers and times.

use std::cmp::Reverse;
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::time::Duration;

use anstyle::Style;
use sticky_assignor::document::printable;
use sticky_assignor::{Group, TopicPartition};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::options::Length;
use crate::cli::output::{FAINT, HEADING};

/// How many rows a person reads.
const READABLE_ROWS: usize = 20;
/// What stands before each line of a table.
const INDENT: &str = "  ";

/// How many rows are shown of that many.
pub(super) fn rows_shown(length: Length, rows: usize) -> usize {
    match length {
        Length::Readable { .. } if rows > READABLE_ROWS => READABLE_ROWS,
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

/// What stands in a column, and so what may be done to it where a line has no room for all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    /// Right-aligned, never shortened.
    Number,
    /// Shortened in the middle: long ids differ at their ends.
    Name,
    /// Shortened at the end.
    List,
}

/// A column of a table.
pub(super) struct Column {
    heading: String,
    kind: ColumnKind,
    /// The higher, the sooner it is left out; 0 is never.
    droppable: u8,
    /// How wide it stays where a name or a list is shortened.
    least: usize,
}

impl Column {
    /// A column of numbers.
    pub(super) fn number(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), kind: ColumnKind::Number, droppable: 0, least: 0 }
    }

    /// A column of names.
    pub(super) fn name(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), kind: ColumnKind::Name, droppable: 0, least: LEAST_WIDTH }
    }

    /// A column of lists.
    pub(super) fn list(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), kind: ColumnKind::List, droppable: 0, least: LEAST_WIDTH }
    }

    /// The column, at least so wide where it is shortened.
    pub(super) fn at_least(self, least: usize) -> Self {
        Self { least, ..self }
    }

    /// The column, to be left out where there is no room; those of a higher number first.
    pub(super) fn droppable(self, order: u8) -> Self {
        Self { droppable: order, ..self }
    }
}

/// A text in a table, and how it looks.
pub(super) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// The cell in this style.
    pub(super) fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

impl<T: ToString> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.to_string(), style: Style::new() }
    }
}

/// A table of text.
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// How wide a name or a list stays, unless the column says otherwise.
const LEAST_WIDTH: usize = 12;
/// How far apart columns are.
const GAP: usize = 2;

impl Table {
    /// A table without rows.
    pub(super) fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<Cell>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether no column needs to be left out in that many columns of text.
    pub(super) fn fits(&self, length: Length) -> bool {
        length.columns().is_none_or(|columns| self.layout(columns).len() == self.columns.len())
    }

    /// Writes the table, and how many more rows of what it would have.
    pub(super) fn write(&self, out: &mut dyn Write, length: Length, rows: usize, what: &str) -> io::Result<()> {
        let layout = self.layout(length.columns().unwrap_or(usize::MAX));
        let headings: Vec<Cell> = self.columns.iter().map(|column| Cell::from(&column.heading).styled(HEADING)).collect();
        for row in std::iter::once(&headings).chain(&self.rows) {
            self.write_row(out, &layout, row)?;
        }
        self.left_out(out, &layout)?;
        more(out, rows.saturating_sub(self.rows.len()), what)?;
        writeln!(out)
    }

    fn write_row(&self, out: &mut dyn Write, layout: &[(usize, usize)], row: &[Cell]) -> io::Result<()> {
        // Blanks are written once something stands behind them: no line ends with any.
        let mut spaces = INDENT.len();
        for &(column, width) in layout {
            let Some(cell) = row.get(column) else { continue };
            let text = shortened(&cell.text, self.columns[column].kind, width);
            let padding = width.saturating_sub(text.width());
            let (before, behind) = if self.columns[column].kind == ColumnKind::Number { (padding, 0) } else { (0, padding) };
            if !text.is_empty() {
                let style = cell.style;
                write!(out, "{:spaces$}{style}{text}{style:#}", "", spaces = spaces + before)?;
                spaces = 0;
            } else {
                spaces += before;
            }
            spaces += behind + GAP;
        }
        writeln!(out)
    }

    fn left_out(&self, out: &mut dyn Write, layout: &[(usize, usize)]) -> io::Result<()> {
        let shown = |column: usize| layout.iter().any(|&(shown, _)| shown == column);
        let hidden: Vec<&str> =
            (0..self.columns.len()).filter(|&column| !shown(column)).map(|column| &*self.columns[column].heading).collect();
        match hidden.is_empty() {
            true => Ok(()),
            false => writeln!(out, "{INDENT}{FAINT}… and no room for: {} (--all shows them){FAINT:#}", hidden.join(", ")),
        }
    }

    /// The columns shown in that many columns of text, and how wide each is: names and lists are
    /// shortened first, the widest of them most; then columns are left out.
    fn layout(&self, room: usize) -> Vec<(usize, usize)> {
        let mut layout: Vec<(usize, usize)> = (0..self.columns.len()).map(|column| (column, self.natural_width(column))).collect();
        loop {
            let total = |layout: &[(usize, usize)]| INDENT.len() + layout.iter().map(|(_, width)| width + GAP).sum::<usize>() - GAP;
            let is_long = |&&mut (column, width): &&mut (usize, usize)| {
                self.columns[column].kind != ColumnKind::Number && width > self.columns[column].least
            };
            while total(&layout) > room {
                let Some((_, width)) = layout.iter_mut().filter(is_long).max_by_key(|(_, width)| *width) else { break };
                *width -= 1;
            }
            let last = layout.iter().enumerate().max_by_key(|(_, (column, _))| self.columns[*column].droppable);
            match last.map(|(place, &(column, _))| (place, self.columns[column].droppable)) {
                Some((place, 1..)) if total(&layout) > room => {
                    layout.remove(place);
                    layout.iter_mut().for_each(|(column, width)| *width = self.natural_width(*column));
                }
                _ => return layout,
            }
        }
    }

    fn natural_width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.width());
        cells.chain([self.columns[column].heading.width()]).max().unwrap_or(0)
    }
}

/// A text of at most that many columns: of a name the middle is left out, of anything else the end.
fn shortened(text: &str, kind: ColumnKind, width: usize) -> String {
    if text.width() <= width || kind == ColumnKind::Number {
        return text.into();
    }
    // What stands behind a name in brackets is not part of it.
    if let Some(bracket) = text.rfind(" (").filter(|_| kind == ColumnKind::Name) {
        let (name, remark) = text.split_at(bracket);
        return shortened(name, kind, width.saturating_sub(remark.width())) + remark;
    }
    let room = width.saturating_sub(1);
    let tail = if kind == ColumnKind::Name { room / 2 } else { 0 };
    let head: String = taken(text.chars(), room - tail);
    let tail: String = taken(text.chars().rev(), tail).chars().rev().collect();
    format!("{}…{tail}", head.trim_end())
}

/// As many of these characters as stand in that many columns.
fn taken(characters: impl Iterator<Item = char>, columns: usize) -> String {
    let mut taken = String::new();
    for character in characters {
        if taken.width() + character.width().unwrap_or(0) > columns {
            break;
        }
        taken.push(character);
    }
    taken
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
        Length::Readable { .. } => READABLE_PARTITIONS,
        Length::Whole => (usize::MAX, usize::MAX),
    };
    let runs: Vec<&[TopicPartition]> = partitions.chunk_by(|a, b| a.topic == b.topic).collect();
    let of_topic = |run: &&[TopicPartition]| format!("{} {}", printable(&run[0].topic.display(group).to_string()), numbers(run, ranges));
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
    let mut found = partitions.chunk_by(|a, b| a.partition + 1 == b.partition).map(Range);
    let mut numbers = String::new();
    for (place, range) in found.by_ref().take(ranges).enumerate() {
        let comma = if place == 0 { "" } else { "," };
        // To write to a string cannot fail.
        let _ = write!(numbers, "{comma}{range}");
    }
    match found.next() {
        Some(_) => format!("{numbers}… ({})", partitions.len()),
        None => numbers,
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

/// A number of something.
pub(super) fn counted(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// A time.
pub(super) fn duration(nanoseconds: u64) -> String {
    format!("{:.1?}", Duration::from_nanos(nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(table: &Table, columns: Option<u16>) -> String {
        let mut out = Vec::new();
        table.write(&mut out, Length::Readable { columns }, 1, "rows").expect("memory");
        String::from_utf8(out).expect("text").replace(&HEADING.to_string(), "").replace(&format!("{HEADING:#}"), "")
    }

    fn table() -> Table {
        let mut table =
            Table::new([Column::name("member"), Column::number("before"), Column::number("time").droppable(1), Column::list("keeps")]);
        table.row(["consumer-payments-service-production-0001".to_string(), "12".into(), "1.5ms".into(), "orders 0-8,11; clicks 3".into()]);
        table
    }

    #[test]
    fn a_table_without_a_limit_is_as_wide_as_it_is() {
        let wide = written(&table(), None);
        assert!(wide.contains("consumer-payments-service-production-0001      12  1.5ms  orders 0-8,11; clicks 3\n"), "{wide}");
    }

    #[test]
    fn names_keep_head_and_tail_and_lists_their_head() {
        let narrow = written(&table(), Some(60));
        assert!(narrow.lines().filter(|line| !line.contains("--all")).all(|line| line.width() <= 60), "{narrow}");
        assert!(narrow.contains("consumer-") && narrow.contains("0001  ") && narrow.contains("…"), "{narrow}");
    }

    #[test]
    fn columns_are_left_out_where_shortening_is_not_enough_and_that_is_said() {
        let narrow = written(&table(), Some(32));
        assert!(!narrow.contains("1.5ms") && narrow.contains("no room for: time (--all shows them)"), "{narrow}");
    }
}
