//! A history written down: its group and what happened. The plans follow from these, byte for byte.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::history::History;
use super::log::{EventKind, LogFault, checked_time};
use super::window::EventBatch;
use crate::document::{At, EventContent, GroupDocument, JoinDocument, SubscribeDocument, SubscriptionDocument, TopicDocument, UniqueMap};
use crate::model::{Change, ChangeError, Event, Group, GroupError};

/// The version of the documents that are written, and the only one that is read.
const VERSION: u32 = 1;

/// A history, written down.
///
/// ```
/// # use sticky_assignor::replay::{EventBatch, History};
/// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
/// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
/// use sticky_assignor::replay::documents::HistoryDocument;
/// let written = serde_json::to_string(&HistoryDocument::from(&history))?;
/// let again = History::try_from(&serde_json::from_str::<HistoryDocument>(&written)?)?;
/// assert_eq!(again.last(), history.last());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct HistoryDocument {
    /// The version of its form.
    pub version: u32,
    /// The group it began with.
    pub group: GroupDocument,
    /// Its rebalances, in their order.
    pub rebalances: Vec<RebalanceDocument>,
}

/// What happened up to one rebalance, written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct RebalanceDocument {
    /// The time of the rebalance.
    pub at: At,
    /// The kinds of the events that caused it.
    pub kinds: Vec<EventKind>,
    /// What happened, in order.
    pub events: Vec<HistoryEvent>,
    /// Why there was a rebalance, where that was said of one without a change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// Something that happened to a group, written as an object with one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum HistoryEvent {
    /// A member joined.
    Join(JoinDocument),
    /// The member with this id left.
    Leave(String),
    /// A member subscribed to other topics.
    Subscribe(SubscribeDocument),
    /// A member that was present described itself anew, and kept its claims.
    Rejoin(JoinDocument),
    /// Topics were created, grew, or (null) went.
    Topics(UniqueMap<Option<TopicDocument>>),
}

/// Why a document is not a history.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// It is of another version.
    #[error("version: {version} is not known, only {VERSION}")]
    Version {
        /// The version it says.
        version: u32,
    },
    /// Its group cannot be.
    #[error("group: {0}")]
    Group(GroupError),
    /// A rebalance has a time that cannot be after the one before.
    #[error("rebalance {rebalance}: {fault}")]
    Time {
        /// The number of the rebalance, from 1.
        rebalance: usize,
        /// What is wrong with it.
        fault: LogFault,
    },
    /// The kinds of a rebalance are not those of its events.
    #[error("rebalance {rebalance}: its kinds do not fit its events: `{}`", .kind.name())]
    Kinds {
        /// The number of the rebalance, from 1.
        rebalance: usize,
        /// The kind that nothing in it has, or that is not said.
        kind: EventKind,
    },
    /// An event of a rebalance cannot happen to the group as the rebalance before left it.
    #[error("rebalance {rebalance}: {reason}")]
    Rebalance {
        /// The number of the rebalance, from 1.
        rebalance: usize,
        /// Why not.
        reason: ChangeError,
    },
}

impl From<GroupError> for HistoryError {
    fn from(reason: GroupError) -> Self {
        Self::Group(reason)
    }
}

impl From<&History> for HistoryDocument {
    fn from(history: &History) -> Self {
        let rebalances = history.batches().map(RebalanceDocument::from).collect();
        Self { version: VERSION, group: GroupDocument::from(history.group()), rebalances }
    }
}

impl From<&EventBatch> for RebalanceDocument {
    fn from(batch: &EventBatch) -> Self {
        let events = batch.change.events().iter().map(HistoryEvent::from).collect();
        Self { at: batch.at, kinds: batch.kinds.clone(), events, reasons: batch.reasons.clone() }
    }
}

impl From<&RebalanceDocument> for EventBatch {
    fn from(document: &RebalanceDocument) -> Self {
        let events: Vec<Event> = document.events.iter().flat_map(HistoryEvent::events).collect();
        let (kinds, reasons) = (document.kinds.clone(), document.reasons.clone());
        Self { at: document.at, kinds, change: Change::from(events), reasons, seen: None }
    }
}

impl TryFrom<&HistoryDocument> for History {
    type Error = HistoryError;

    fn try_from(document: &HistoryDocument) -> Result<Self, HistoryError> {
        if document.version != VERSION {
            return Err(HistoryError::Version { version: document.version });
        }
        let mut history = Self::new(&Group::try_from(&document.group)?)?;
        let mut last = None;
        for (rebalance, described) in (1..).zip(&document.rebalances) {
            checked_time(last, described.at).map_err(|fault| HistoryError::Time { rebalance, fault })?;
            last = Some(described.at);
            let batch = EventBatch::from(described);
            if let Some(kind) = misfit(&batch) {
                return Err(HistoryError::Kinds { rebalance, kind });
            }
            history = history.rebalance(batch).map_err(|reason| HistoryError::Rebalance { rebalance, reason })?;
        }
        Ok(history)
    }
}

/// A kind that a batch says and none of its events has, or that one has and the batch does not say.
/// What was seen of a whole group may be of any kind, or nothing; and a static member that is back
/// in time has left and joined without a word.
fn misfit(batch: &EventBatch) -> Option<EventKind> {
    let of_events: Vec<EventKind> = batch.change.events().iter().map(EventKind::from).collect();
    let shows_all = batch.kinds.contains(&EventKind::Group);
    let is_founded = |kind: EventKind| shows_all || kind == EventKind::Rebalance || of_events.contains(&kind);
    let is_back = batch.change.events().iter().any(|event| matches!(event, Event::Join(member) if member.instance.is_some()));
    let is_said = |kind: EventKind| {
        let silent = is_back && matches!(kind, EventKind::Join | EventKind::Leave);
        shows_all || silent || batch.kinds.contains(&kind)
    };
    let unfounded = batch.kinds.iter().copied().find(|&kind| !is_founded(kind));
    unfounded.or_else(|| of_events.iter().copied().find(|&kind| !is_said(kind)))
}

impl HistoryEvent {
    /// The events it stands for: one, or one for each topic in the order of their names.
    fn events(&self) -> Vec<Event> {
        match self {
            Self::Join(join) => vec![Event::Join(join.member())],
            Self::Rejoin(rejoin) => vec![Event::Rejoin(rejoin.member())],
            Self::Leave(id) => vec![Event::Leave(id.clone())],
            Self::Subscribe(subscribe) => EventContent::Subscribe(subscribe.clone()).events(),
            Self::Topics(topics) => EventContent::Topics(topics.clone()).events(),
        }
    }
}

impl From<&Event> for HistoryEvent {
    fn from(event: &Event) -> Self {
        let topic = |name: &str, topic: Option<TopicDocument>| Self::Topics([(name.to_string(), topic)].into_iter().collect());
        match event {
            Event::Join(member) => Self::Join(JoinDocument::from(member)),
            Event::Rejoin(member) => Self::Rejoin(JoinDocument::from(member)),
            Event::Leave(id) => Self::Leave(id.clone()),
            Event::Subscribe { member, subscription } => {
                Self::Subscribe(SubscribeDocument { id: member.clone(), topics: SubscriptionDocument(subscription.clone()) })
            }
            Event::Topic(described) => topic(&described.name, Some(TopicDocument::from(described))),
            Event::DeleteTopic(name) => topic(name, None),
        }
    }
}
