//! The tables of members in the text: their heads, and the fields of their lines.
//!
//! Columns came and went: GROUP with 2.4, GROUP-INSTANCE-ID where any member has one, epochs and
//! targets around the assignment with 4.0.

use std::collections::BTreeMap;

use super::ImportError;
use super::owned::{self, Owned};

/// A member's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) group: Option<String>,
    pub(super) member: String,
    pub(super) instance: Option<String>,
    /// How many partitions it says it has.
    pub(super) count: Option<usize>,
    pub(super) owned: Owned,
}

/// Every member's line of every table, in the order of the text. What stands outside of tables is
/// passed over.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, ImportError> {
    let mut rows = Vec::new();
    let mut head: Option<Head> = None;
    let mut seen = false;
    let mut interrupted = false;
    for (index, text) in text.lines().enumerate() {
        let line = index + 1;
        if let Some(next) = Head::of(text) {
            next.columns.iter().find(|column| column.is(&ASSIGNMENT)).ok_or(ImportError::NoAssignments { line })?;
            (seen, interrupted) = (true, false);
            head = Some(next);
        } else if text.trim().is_empty() {
            interrupted = true;
        } else if let Some(head) = head.as_ref().filter(|_| !is_logged(text)) {
            // Behind an empty line may come more of the table (pasted text has them between rows),
            // or what is none of it.
            match head.row(line, text) {
                Err(ImportError::Columns { .. }) if interrupted => {}
                row => rows.push(row?),
            }
        }
    }
    if seen { Ok(rows) } else { Err(ImportError::NoTable) }
}

/// Whether this is a line that the tool logged, `[2026-05-01 12:00:00,000] WARN …`: it may come
/// between where both outputs are one.
fn is_logged(line: &str) -> bool {
    line.strip_prefix('[').is_some_and(|logged| logged.starts_with(|first: char| first.is_ascii_digit()))
}

/// The rows of each group, groups in the order they first appear.
pub(super) fn by_group(rows: &[Row]) -> Vec<(Option<&str>, Vec<&Row>)> {
    let mut groups: Vec<(Option<&str>, Vec<&Row>)> = Vec::new();
    let mut places = BTreeMap::new();
    for row in rows {
        let name = row.group.as_deref();
        let place = *places.entry(name).or_insert(groups.len());
        if place == groups.len() {
            groups.push((name, Vec::new()));
        }
        groups[place].1.push(row);
    }
    groups
}

/// Refuses a group of which a member stands in two rows.
pub(super) fn each_once(rows: &[&Row]) -> Result<(), ImportError> {
    let mut lines = BTreeMap::new();
    for Row { line, member, .. } in rows {
        if let Some(before) = lines.insert(member, *line) {
            return Err(ImportError::Repeated { line: *line, before, member: member.clone() });
        }
    }
    Ok(())
}

const MEMBER: [&str; 1] = ["CONSUMER-ID"];
const INSTANCE: [&str; 1] = ["GROUP-INSTANCE-ID"];
const GROUP: [&str; 1] = ["GROUP"];
const COUNT: [&str; 1] = ["#PARTITIONS"];
const ASSIGNMENT: [&str; 2] = ["ASSIGNMENT", "CURRENT-ASSIGNMENT"];

/// What stands for an empty field.
const MISSING: &str = "-";

/// A column of a table: its name and where it begins, in characters.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    start: usize,
}

impl Column {
    fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }
}

/// The head of a table.
#[derive(Clone, Debug)]
struct Head {
    columns: Vec<Column>,
}

impl Head {
    /// The head in this line, if it is one.
    fn of(line: &str) -> Option<Self> {
        let mut columns: Vec<Column> = Vec::new();
        let mut inside = false;
        for (start, character) in line.chars().enumerate() {
            if !character.is_whitespace() && !inside {
                columns.push(Column { name: String::new(), start });
            }
            inside = !character.is_whitespace();
            if let Some(column) = columns.last_mut().filter(|_| inside) {
                column.name.push(character);
            }
        }
        let heads = |names: &[&str]| columns.iter().any(|column| column.is(names));
        (heads(&MEMBER) && heads(&COUNT)).then_some(Self { columns })
    }

    fn row(&self, line: usize, text: &str) -> Result<Row, ImportError> {
        let fields = self.aligned(text).or_else(|| self.counted(text)).ok_or(ImportError::Columns { line })?;
        let field = |names: &[&str]| {
            let named = self.columns.iter().position(|column| column.is(names)).and_then(|index| fields.get(index));
            named.map(|field| field.trim()).filter(|field| !field.is_empty() && *field != MISSING)
        };
        Ok(Row {
            line,
            group: field(&GROUP).map(String::from),
            member: field(&MEMBER).ok_or(ImportError::Columns { line })?.into(),
            instance: field(&INSTANCE).map(String::from),
            count: field(&COUNT).and_then(|count| count.parse().ok()),
            owned: field(&ASSIGNMENT).map_or(Ok(Owned::new()), |text| owned::parse(line, text))?,
        })
    }

    /// The fields of a line that stands under its head as it was printed: a field may be empty, or
    /// have spaces in it.
    fn aligned(&self, text: &str) -> Option<Vec<String>> {
        let characters: Vec<char> = text.trim_end().chars().collect();
        let ends = self.columns.iter().skip(1).map(|column| column.start).chain([usize::MAX]);
        let cut =
            |start: usize, end: usize| characters.get(start..end.min(characters.len())).unwrap_or_default().iter().collect::<String>();
        let separated = |start: usize| start == 0 || characters.get(start - 1).is_none_or(|character| character.is_whitespace());
        let fields: Vec<String> = self.columns.iter().zip(ends).map(|(column, end)| cut(column.start, end)).collect();
        let begins = fields.iter().all(|field| field.trim().is_empty() || !field.starts_with(char::is_whitespace));
        let fits = begins && self.counts(&fields) && self.columns.iter().all(|column| separated(column.start));
        fits.then_some(fields)
    }

    /// The fields of a line whose spaces were changed on its way: as many words as there are
    /// columns, the last field taking the rest.
    fn counted(&self, text: &str) -> Option<Vec<String>> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let last = self.columns.len().checked_sub(1)?;
        let (single, rest) = words.split_at_checked(last)?;
        let fields: Vec<String> = single.iter().map(|word| (*word).into()).chain([rest.join(" ")]).collect();
        (self.counts(&fields) && !rest.is_empty()).then_some(fields)
    }

    /// Whether the field that is to count partitions does: lines cut in the wrong places mostly
    /// have something else there.
    fn counts(&self, fields: &[String]) -> bool {
        let count = self.columns.iter().zip(fields).find(|(column, _)| column.is(&COUNT));
        count.is_some_and(|(_, field)| field.trim().parse::<usize>().is_ok())
    }
}
