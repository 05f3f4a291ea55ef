//! Event logs as JSON lines.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use thiserror::Error;

use super::log::{EventLog, Faults, LogError, LogFault, LoggedEvent, SeenLine, events_of, group_of};
use crate::document::{EventContent, EventDocument, GroupDocument, Misread, PlanInput, saturated};
use crate::model::{Assignment, Change, Group, GroupError};

/// Why a text is not an event log.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TextError {
    /// The first line is not a group.
    #[error("line {line}: {reason}")]
    NoGroup {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: Misread,
    },
    /// There is no line.
    #[error("no group: the log is empty")]
    Empty,
    /// The first line describes a group that cannot be.
    #[error("line {line}: {reason}")]
    Group {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: GroupError,
    },
    /// An event cannot be, or there are too many partitions.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl TextError {
    /// The line at fault, from 1, if it is one.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::NoGroup { line, .. } | Self::Group { line, .. } => Some(*line),
            Self::Log(error) => Some(error.line),
            Self::Empty => None,
        }
    }

    /// The column in that line, from 1, where it cannot be read, if it is one place.
    pub fn column(&self) -> Option<usize> {
        match self {
            Self::NoGroup { reason, .. } | Self::Log(LogError { fault: LogFault::Unreadable(reason), .. }) => {
                reason.place.map(|place| place.column)
            }
            _ => None,
        }
    }

    /// What is wrong, without the line.
    pub fn reason(&self) -> String {
        match self {
            Self::NoGroup { reason, .. } => reason.to_string(),
            Self::Group { reason, .. } => reason.to_string(),
            Self::Log(error) => error.fault.to_string(),
            other => other.to_string(),
        }
    }
}

impl EventLog {
    /// The log written in this text, of a group with at most `max_partitions` partitions. Lines
    /// that are blank count, but say nothing.
    ///
    /// A last line that breaks off in the middle is no fault: the log ends before it, and
    /// [`breaks_off`](Self::breaks_off) says so.
    ///
    /// # Errors
    ///
    /// Where the first line is not a group, where there are too many partitions, and at lines that
    /// cannot be unless they are to be skipped.
    pub fn from_json_lines(text: &[u8], faults: Faults, max_partitions: u64) -> Result<Self, TextError> {
        let mut lines = numbered_lines(text);
        let (line, first) = lines.next().ok_or(TextError::Empty)?;
        let start = read_start(line, first, max_partitions)?;
        let mut breaks_off = None;
        let events = lines.map_while(|(line, text)| match read(text.content) {
            Err(Broken::Off(_)) if text.end == LineEnd::OfText => {
                breaks_off = Some(line);
                None
            }
            event => Some((line, event.map_err(Misread::from).or_else(|misread| read_again(text.content, misread)))),
        });
        let log = match start {
            Start::Group(group) => Self::new(*group, events, faults)?,
            Start::Seen(first) => Self::beginning_with(first, events, faults)?,
        };
        if log.most_partitions > max_partitions
            && let Some((line, partitions)) = log.first_beyond(max_partitions)
        {
            at_most(line, partitions, max_partitions)?;
        }
        Ok(Self { breaks_off, ..log })
    }

    /// The first line after which the topics have more partitions than this, and how many they have
    /// then. O(log n) for each event before it.
    fn first_beyond(&self, partitions: u64) -> Option<(u64, u64)> {
        let mut group = self.group.clone().claiming(Assignment::new());
        self.events.iter().find_map(|LoggedEvent { line, event }| {
            group = group.apply(Change::from(events_of(&event.content, &group).ok()?)).ok()?;
            let count = group.partition_count();
            (count > partitions).then_some((*line, count))
        })
    }
}

/// What a log begins with.
enum Start {
    Group(Box<Group>),
    Seen(SeenLine),
}

fn read_start(line: u64, text: RawLine<'_>, max_partitions: u64) -> Result<Start, TextError> {
    if !shows_a_group(text.content) {
        return read_group(line, text, max_partitions).map(Box::new).map(Start::Group);
    }
    let read = read(text.content).map_err(Misread::from).or_else(|misread| read_again(text.content, misread));
    let EventDocument { at, content } = read.map_err(|reason| TextError::NoGroup { line, reason })?;
    // An event has one content, and this one has a field of that name.
    let EventContent::Group(seen) = content else { return read_group(line, text, max_partitions).map(Box::new).map(Start::Group) };
    let group = group_of(&seen).map_err(|reason| TextError::Group { line, reason })?;
    at_most(line, group.partition_count(), max_partitions)?;
    Ok(Start::Seen(SeenLine { line, at, seen }))
}

/// Whether a line is an event that shows the whole group.
fn shows_a_group(line: &[u8]) -> bool {
    let fields: Result<BTreeMap<String, IgnoredAny>, _> = serde_json::from_slice(line);
    fields.is_ok_and(|fields| fields.contains_key("group"))
}

fn read_group(line: u64, text: RawLine<'_>, max_partitions: u64) -> Result<Group, TextError> {
    let read = read(text.content).map_err(Misread::from).or_else(|misread| read_saturated(text.content, misread));
    let document: PlanInput = read.map_err(|reason| TextError::NoGroup { line, reason })?;
    let document = GroupDocument::from(document);
    let group = Group::try_from(&document).map_err(|reason| TextError::Group { line, reason })?;
    at_most(line, group.partition_count(), max_partitions)?;
    Ok(group)
}

/// Reads an event again, for which the same may be true. A count is refused later, for what it is;
/// a time beyond all numbers is none.
fn read_again(line: &[u8], misread: Misread) -> Result<EventDocument, Misread> {
    let is_time = misread.field.as_deref() == Some("at");
    match read_saturated(line, misread.clone()) {
        Ok(_) if is_time => Err(misread),
        read => read,
    }
}

/// Reads a document again that could not be read, perhaps because some of its numbers are too large
/// for the reader.
fn read_saturated<T: DeserializeOwned>(line: &[u8], misread: Misread) -> Result<T, Misread> {
    match saturated(line) {
        None => Err(misread),
        Some(line) => read(&line).map_err(|again| misread.or(again.into())),
    }
}

fn at_most(line: u64, partitions: u64, limit: u64) -> Result<(), LogError> {
    match partitions > limit {
        true => Err(LogError { line, fault: LogFault::TooManyPartitions { partitions, limit } }),
        false => Ok(()),
    }
}

/// The one document of a line.
fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, Broken> {
    let blank = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    if line[blank..].first() != Some(&b'{') {
        return Err(Broken::Within(Misread::no_document(blank + 1)));
    }
    let mut reader = serde_json::Deserializer::from_slice(line);
    let document = serde_path_to_error::deserialize(&mut reader).map_err(|error| match error.inner().is_eof() {
        true => Broken::Off(Misread::in_field(error)),
        false => Broken::Within(Misread::in_field(error)),
    })?;
    reader.end().map_err(|error| Broken::Within(Misread::of_json(&error)))?;
    Ok(document)
}

/// A line that is no document.
enum Broken {
    /// What there is could be the beginning of one.
    Off(Misread),
    Within(Misread),
}

impl From<Broken> for Misread {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Off(misread) => Misread { reason: format!("{}; in a log each document is on one line", misread.reason), ..misread },
            Broken::Within(misread) => misread,
        }
    }
}

/// What a line ends with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    OfLine,
    OfText,
}

/// A line of a text, without the character that ends it.
#[derive(Clone, Copy)]
struct RawLine<'a> {
    content: &'a [u8],
    end: LineEnd,
}

/// The lines that are not blank, numbered from 1.
fn numbered_lines(text: &[u8]) -> impl Iterator<Item = (u64, RawLine<'_>)> {
    let lines = text.split_inclusive(|&byte| byte == b'\n').map(|line| match line.strip_suffix(b"\n") {
        Some(content) => RawLine { content, end: LineEnd::OfLine },
        None => RawLine { content: line, end: LineEnd::OfText },
    });
    (1..).zip(lines).filter(|(_, line)| !line.content.trim_ascii().is_empty())
}
