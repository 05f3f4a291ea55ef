//! An event log: a group and what happened to it, each event checked against those before it.

use thiserror::Error;

use super::event_kind::EventKind;
use crate::document::{EventDocument, Misread};
use crate::model::{Assignment, Change, ChangeError, Group};

/// A group, and the events that happened to it.
#[derive(Clone, Debug)]
pub struct EventLog {
    /// The group as it was before the first event.
    pub group: Group,
    /// The events, each possible after those before it, in the order of their times.
    pub events: Vec<LoggedEvent>,
    /// The lines left out because they cannot be: none, unless [`Faults::Skip`] was asked for.
    pub skipped: Vec<LogError>,
    /// The line at which the log breaks off, if it does not end with a whole line.
    pub breaks_off: Option<u64>,
    /// The most partitions that the group's topics ever have.
    pub most_partitions: u64,
}

/// An event and the line it stands on.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedEvent {
    /// The line, from 1.
    pub line: u64,
    /// The event.
    pub event: EventDocument,
}

/// What to do with a line that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faults {
    /// Refuse the log.
    Refuse,
    /// Leave the line out, and count it.
    Skip,
}

/// A line of a log that cannot be.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("line {line}: {fault}")]
pub struct LogError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: LogFault,
}

/// What is wrong with a line of a log.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum LogFault {
    /// It is not an event.
    #[error(transparent)]
    Unreadable(#[from] Misread),
    /// It is dated before the event that precedes it.
    #[error("time runs backwards, from {last} to {at}")]
    TimeFalls {
        /// The time of the event before.
        last: f64,
        /// The time of this one.
        at: f64,
    },
    /// It says what was seen of a group, which is not replayed yet.
    #[error("`{}` lines are not replayed yet", .kind.name())]
    NotReplayed {
        /// The kind of line.
        kind: EventKind,
    },
    /// With it the group has more partitions than the reader will have.
    #[error("topics: {partitions} partitions in all, more than {limit} (--max-partitions N allows more)")]
    TooManyPartitions {
        /// The partitions of all topics, once they are more than that.
        partitions: u64,
        /// The limit given.
        limit: u64,
    },
    /// It cannot happen to the group as the events before left it.
    #[error(transparent)]
    Impossible(#[from] ChangeError),
}

impl EventLog {
    /// The log of a group and the lines that follow it, each with its number and as an event, or
    /// with the reason why it is none.
    ///
    /// O(log n) for each event, but for the deletion of a topic.
    ///
    /// # Errors
    ///
    /// The first line that cannot be, unless such lines are to be skipped.
    pub fn new(
        group: Group,
        lines: impl IntoIterator<Item = (u64, Result<EventDocument, Misread>)>,
        faults: Faults,
    ) -> Result<Self, LogError> {
        let mut so_far = SoFar { group: group.clone().claiming(Assignment::new()), last: f64::NEG_INFINITY };
        let most_partitions = group.partition_count();
        let (events, skipped) = (Vec::new(), Vec::new());
        let mut log = Self { group, events, skipped, breaks_off: None, most_partitions };
        for (line, read) in lines {
            match so_far.clone().line(read) {
                Ok((next, event)) => {
                    so_far = next;
                    log = log.with(line, event, so_far.group.partition_count());
                }
                Err(fault) if faults == Faults::Skip => log.skipped.push(LogError { line, fault }),
                Err(fault) => return Err(LogError { line, fault }),
            }
        }
        Ok(log)
    }

    /// The log with one more event, after which the topics have so many partitions.
    fn with(mut self, line: u64, event: EventDocument, partitions: u64) -> Self {
        self.events.push(LoggedEvent { line, event });
        Self { most_partitions: self.most_partitions.max(partitions), ..self }
    }
}

/// The group as the events so far left it, and the time of the last.
#[derive(Clone)]
struct SoFar {
    group: Group,
    last: f64,
}

impl SoFar {
    fn line(self, read: Result<EventDocument, Misread>) -> Result<(Self, EventDocument), LogFault> {
        let event = read?;
        let at = event.at.seconds();
        if at < self.last {
            return Err(LogFault::TimeFalls { last: self.last, at });
        }
        if let kind @ (EventKind::Group | EventKind::Rebalance) = event.content.kind() {
            return Err(LogFault::NotReplayed { kind });
        }
        let group = self.group.apply(&Change::from(event.content.events()))?;
        Ok((Self { group, last: at }, event))
    }
}
