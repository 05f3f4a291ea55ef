//! Tables of text, cut where nobody would read on.

use std::cmp::Reverse;
use std::io::{self, Write};

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, presets};

use super::FAINT;
use crate::cli::options::Length;

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
