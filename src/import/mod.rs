//! What operators have, as group documents and event logs: the tables that Kafka's own tools print,
//! the logs of clients and brokers, the JSON of admin clients.
//!
//! Several kinds may stand in one input. What it does not say (how many partitions a topic has,
//! what members subscribe to) is inferred, and every inference is noted; a line that looks like
//! data and cannot be read is an error.
//!
//! `reader` recognises what each line is; the formats read it into `history`; `merge` says what
//! belongs to one moment, `infer` adds what nobody said.

mod admin_json;
mod coordinator_log;
mod error;
mod history;
mod infer;
mod json_text;
mod leader_log;
mod merge;
mod note;
mod offsets_dump;
mod open_tables;
mod partitions;
mod reader;
#[cfg(feature = "kafka")]
mod records;
mod table;
mod text;
mod time;
mod topics;

use std::collections::BTreeSet;

use crate::document::{GroupDocument, VerifyInput};

use history::{KeptLine, Observation, ObservedHistory, Seen, SeenGroup};
use infer::{Company, Inference};
use merge::{MergedGroup, Source};

pub use error::ImportError;
pub use history::ImportedLines;
pub use infer::{ImportOptions, Unsaid};
pub use note::{About, ImportNote};

/// What an input holds.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Imported {
    /// Groups that are seen at one moment, each member claiming what it holds; the assignment is
    /// what was decided.
    pub groups: Vec<VerifyInput>,
    /// Groups that are seen at several.
    pub histories: Vec<ImportedHistory>,
    /// What was inferred, passed over, and found odd.
    pub notes: Vec<ImportNote>,
}

/// The event log of a group.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ImportedHistory {
    /// The group's name.
    pub name: Option<String>,
    /// The group that the log begins with, where it is one of joins and leaves; else its first line
    /// is the group as it was first seen.
    pub start: Option<GroupDocument>,
    /// Its lines.
    pub lines: ImportedLines,
}

/// Reads a text. Linear in it, but for looking names up.
///
/// ```
/// use sticky_assignor::import::{ImportOptions, read};
/// let text = "
/// GROUP  CONSUMER-ID HOST       CLIENT-ID #PARTITIONS ASSIGNMENT
/// orders c1          /127.0.0.1 app       2           clicks(0), orders(3)
/// ";
/// let imported = read(text, &ImportOptions::default())?;
/// assert_eq!(imported.groups[0].topics.0["orders"].partitions, 4);
/// assert_eq!(imported.notes.len(), 2, "four partitions, and that c1 subscribes to all topics, is not said there");
/// # Ok::<(), sticky_assignor::import::ImportError>(())
/// ```
///
/// # Errors
///
/// Where nothing in the text is known, something of it cannot be read, or what is needed to make
/// sense of it was not given.
pub fn read(text: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    read_pieces([text], options)
}

/// Reads a text that comes in pieces, wherever they are cut. What was read is not kept, so an input
/// takes memory for what it says of groups, not for its length.
///
/// ```
/// use sticky_assignor::import::{ImportOptions, read, read_pieces};
/// let text = "CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\nc1 /127.0.0.1 app 1 orders(0)\n";
/// let options = ImportOptions::default();
/// let (begin, end) = text.split_at(30);
/// assert_eq!(read_pieces([begin, end], &options), read(text, &options));
/// ```
///
/// # Errors
///
/// As `read`.
pub fn read_pieces(pieces: impl IntoIterator<Item: AsRef<str>>, options: &ImportOptions) -> Result<Imported, ImportError> {
    let contents = reader::read(pieces.into_iter())?;
    let (described, rackless) = contents.topics.documents(&options.broker_racks);
    let merged = of_interest(contents.groups, options)?;
    topics_for_joins(&merged, &contents.coordinated, options)?;
    let mut imported = Imported { notes: contents.notes, ..Imported::default() };
    imported.notes.retain(|note| concerns(note, options));
    if !rackless.is_empty() {
        imported.notes.push(ImportNote::on_all(About::BrokersWithoutRack { brokers: rackless.into_iter().collect() }));
    }
    let mut names = BTreeSet::new();
    if merged.is_empty() {
        imported.notes.push(ImportNote::on_all(About::NoGroup));
    }
    let company = if merged.len() == 1 { Company::Alone } else { Company::Others };
    for group in merged {
        let mut inference = Inference::new(options, &described, company);
        imported.add(group, &mut inference);
        names.extend(inference.names().iter().cloned());
    }
    if let Some(line) = contents.without_assignments.filter(|_| imported.groups.is_empty() && imported.histories.is_empty()) {
        return Err(ImportError::NoAssignments { line });
    }
    let unknown = options.subscriptions.keys().filter(|name| *name != "*" && !names.contains(*name));
    imported.notes.extend(unknown.map(|name| ImportNote::on_all(About::NoSuchMember { member: name.clone() })));
    Ok(imported)
}

fn concerns(note: &ImportNote, options: &ImportOptions) -> bool {
    options.group.is_none() || note.group.is_none() || note.group == options.group
}

fn of_interest(groups: Vec<MergedGroup>, options: &ImportOptions) -> Result<Vec<MergedGroup>, ImportError> {
    /// The most groups that an error names.
    const NAMED: usize = 8;
    let Some(wanted) = &options.group else { return Ok(groups) };
    let names = groups.iter().filter_map(|group| group.history.group.clone()).take(NAMED).collect();
    let found: Vec<MergedGroup> = groups.into_iter().filter(|group| group.history.group.as_ref() == Some(wanted)).collect();
    if found.is_empty() { Err(ImportError::NoSuchGroup { group: wanted.clone(), groups: names }) } else { Ok(found) }
}

/// A log of joins and leaves names no topics.
fn topics_for_joins(groups: &[MergedGroup], coordinated: &BTreeSet<String>, options: &ImportOptions) -> Result<(), ImportError> {
    let is_told_of = |group: &&MergedGroup| group.history.group.as_ref().is_some_and(|name| coordinated.contains(name));
    match groups.iter().find(is_told_of) {
        Some(group) if options.topics.is_empty() => {
            Err(ImportError::TopicsNeeded { group: group.history.group.clone().unwrap_or_default() })
        }
        _ => Ok(()),
    }
}

impl Imported {
    /// Adds a group, or what is said of one that has nothing to judge.
    fn add(&mut self, group: MergedGroup, inference: &mut Inference<'_>) {
        let MergedGroup { history: ObservedHistory { group, observations }, shown, source, mut notes } = group;
        let name = group.as_deref();
        let said: BTreeSet<&String> = observations.iter().flat_map(topics_said).collect();
        let said: BTreeSet<String> = said.into_iter().cloned().collect();
        match observations.as_slice() {
            [Observation { seen: Seen::Group(seen), .. }] if source == Source::Tables && nothing_to_judge(seen).is_some() => {
                notes.extend(nothing_to_judge(seen));
            }
            [Observation { seen: Seen::Group(seen), .. }] if source == Source::Tables && shown == 1 => {
                self.groups.push(inference.group(name, seen.clone()));
            }
            _ => {
                let (history, about) = event_log(group.clone(), observations, inference);
                self.histories.push(history);
                notes.extend(about);
            }
        }
        notes.extend(inference.notes(&said));
        self.notes.extend(notes.into_iter().map(|about| ImportNote::of(name, about)));
    }
}

/// The event log of these observations, each of which is let go when its line is made.
fn event_log(name: Option<String>, observations: Vec<Observation>, inference: &mut Inference<'_>) -> (ImportedHistory, Vec<About>) {
    let (times, notes) = infer::times(&observations);
    let of_joins = observations.iter().any(|observation| matches!(observation.seen, Seen::Joined(_) | Seen::Left(_)));
    let mut observed = observations.into_iter().zip(times).peekable();
    let first = observed.next_if(|(first, _)| of_joins && matches!(first.seen, Seen::Group(_)));
    let start = first.and_then(|(first, _)| match first.seen {
        Seen::Group(seen) => Some(inference.start(name.as_deref(), seen)),
        _ => None,
    });
    let lines = observed.map(|(observation, at)| KeptLine { at, content: inference.line(observation.seen) }).collect();
    (ImportedHistory { name: name.clone(), start, lines: ImportedLines::new(name, lines) }, notes)
}

fn topics_said(observation: &Observation) -> impl Iterator<Item = &String> {
    let topics = match &observation.seen {
        Seen::Group(group) => Some(group.topics.keys()),
        _ => None,
    };
    topics.into_iter().flatten()
}

/// Why a group gives no document, if it gives none: nobody is to call it optimal.
fn nothing_to_judge(seen: &SeenGroup) -> Option<About> {
    let listed = seen.members.iter().flat_map(|member| member.lists());
    let known = listed.clone().chain([&seen.unowned]).any(|list| list.values().any(|partitions| !partitions.is_empty()));
    match () {
        () if seen.members.is_empty() => Some(About::NoMembers),
        () if listed.count() == 0 => Some(About::NoAssignments),
        () if !known => Some(About::NoPartitions),
        () => None,
    }
}
