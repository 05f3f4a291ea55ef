//! Tables of text, cut where nobody would read on.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, presets};

use super::FAINT;
use crate::cli::options::Length;

/// How many rows a person reads.
const READABLE_ROWS: usize = 20;

/// How many rows are shown of so many.
pub(super) fn rows_shown(length: Length, rows: usize) -> usize {
    match length {
        Length::Readable if rows > READABLE_ROWS => READABLE_ROWS,
        _ => rows,
    }
}

/// A table with these headings; those that start with `#` stand over numbers.
pub(super) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).enforce_styling();
    table.set_header(headings.iter().map(|heading| Cell::new(heading.trim_start_matches('#')).add_attribute(Attribute::Bold)));
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
        writeln!(out, "  {}", line.trim_end())?;
    }
    more(out, rows - table.row_iter().count(), what)?;
    writeln!(out)
}

/// Writes how many more of what there are, if any.
pub(super) fn more(out: &mut dyn Write, hidden: usize, what: &str) -> io::Result<()> {
    match hidden {
        0 => Ok(()),
        _ => writeln!(out, "  {FAINT}… and {hidden} more {what} (--all shows them){FAINT:#}"),
    }
}
