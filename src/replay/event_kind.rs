//! The kinds of the events in a log.

use serde::{Deserialize, Serialize};

use crate::document::EventContent;
use crate::model::Event;

/// The kind of an event.
///
/// ```
/// use sticky_assignor::{Event, replay::EventKind};
/// assert_eq!(EventKind::from(&Event::Leave("c1".into())).name(), "leave");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// A member joins.
    Join,
    /// A member leaves.
    Leave,
    /// A member subscribes to other topics.
    Subscribe,
    /// Topics are created, grow or go.
    Topics,
    /// The whole group was seen.
    Group,
    /// A rebalance without a change.
    Rebalance,
}

impl EventKind {
    /// Its name in an event log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Subscribe => "subscribe",
            Self::Topics => "topics",
            Self::Group => "group",
            Self::Rebalance => "rebalance",
        }
    }
}

impl EventContent {
    /// Its kind.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Join(_) => EventKind::Join,
            Self::Leave(_) => EventKind::Leave,
            Self::Subscribe(_) => EventKind::Subscribe,
            Self::Topics(_) => EventKind::Topics,
            Self::Group(_) => EventKind::Group,
            Self::Rebalance(_) => EventKind::Rebalance,
        }
    }
}

impl From<&Event> for EventKind {
    fn from(event: &Event) -> Self {
        match event {
            Event::Join(_) => Self::Join,
            Event::Leave(_) => Self::Leave,
            Event::Subscribe { .. } | Event::Rejoin(_) => Self::Subscribe,
            Event::Topic(_) | Event::DeleteTopic(_) => Self::Topics,
        }
    }
}

/// These kinds, each once, in the order they are first met.
pub(super) fn distinct(kinds: impl Iterator<Item = EventKind>) -> Vec<EventKind> {
    kinds.fold(Vec::new(), |mut met, kind| {
        if !met.contains(&kind) {
            met.push(kind);
        }
        met
    })
}
