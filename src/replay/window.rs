//! Which events make one rebalance: gathered within a window.

use std::iter::Peekable;

use serde::{Deserialize, Serialize};

use super::log::EventLog;
use super::session::{Occurrence, held_back};
use crate::document::HappeningDocument;
use crate::model::{Change, Event};

/// How events become rebalances. By default each is one of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gathering {
    /// A window opens at its first event and closes before this many seconds later; its events make
    /// one rebalance. 0 gathers equal times.
    pub window: Option<f64>,
    /// The leaving of a static member counts only after this many seconds without its instance's
    /// return.
    pub session_timeout: f64,
}

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A member joins.
    Join,
    /// A member leaves.
    Leave,
    /// A member follows other topics.
    Subscribe,
    /// Topics are created, grow or go.
    Topics,
}

impl Kind {
    /// Its name in an event log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Subscribe => "subscribe",
            Self::Topics => "topics",
        }
    }
}

impl HappeningDocument {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Join(_) => Kind::Join,
            Self::Leave(_) => Kind::Leave,
            Self::Subscribe(_) => Kind::Subscribe,
            Self::Topics(_) => Kind::Topics,
        }
    }
}

impl From<&Event> for Kind {
    fn from(event: &Event) -> Self {
        match event {
            Event::Join(_) => Self::Join,
            Event::Leave(_) => Self::Leave,
            Event::Subscribe { .. } => Self::Subscribe,
            Event::Topic(_) | Event::DeleteTopic(_) => Self::Topics,
        }
    }
}

/// What happened to a group up to one rebalance, and when that was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// The time of the last event, in seconds.
    pub at: f64,
    /// The kinds of the events that caused the rebalance, each once, in the order they are first
    /// met.
    pub kinds: Vec<Kind>,
    /// What happened, in order; also static members that came back in time, which causes no
    /// rebalance.
    pub change: Change,
}

impl Moment {
    /// What happened at this time.
    pub fn new(at: f64, change: Change) -> Self {
        let kinds = distinct(change.events().iter().map(Kind::from));
        Self { at, kinds, change }
    }
}

/// These kinds, each once, in the order they are first met.
fn distinct(kinds: impl Iterator<Item = Kind>) -> Vec<Kind> {
    kinds.fold(Vec::new(), |mut met, kind| {
        if !met.contains(&kind) {
            met.push(kind);
        }
        met
    })
}

impl Gathering {
    /// The rebalances that the events of a log make.
    pub fn moments(self, log: &EventLog) -> impl Iterator<Item = Moment> + '_ {
        let mut occurrences = held_back(log, self.session_timeout).into_iter().peekable();
        std::iter::from_fn(move || gather(&mut occurrences, self.window))
    }
}

/// The next rebalance: what happens next, and all that falls into its window.
fn gather(occurrences: &mut Peekable<impl Iterator<Item = Occurrence>>, window: Option<f64>) -> Option<Moment> {
    let Occurrence { mut at, kind, mut events } = occurrences.next()?;
    let (start, mut kinds) = (at, vec![kind]);
    while let Some(next) = occurrences.next_if(|next| within(window, start, next.at)) {
        at = next.at;
        kinds.push(next.kind);
        events.extend(next.events);
    }
    Some(Moment { at, kinds: distinct(kinds.into_iter()), change: Change::from(events) })
}

fn within(window: Option<f64>, start: f64, at: f64) -> bool {
    window.is_some_and(|window| at < start + window || at == start)
}
