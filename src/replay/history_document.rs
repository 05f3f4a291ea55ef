//! A history written down: its group and what happened. The plans follow from these, byte for byte.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::event_kind::EventKind;
use super::history::History;
use super::window::EventBatch;
use crate::document::{EventContent, GroupDocument};
use crate::model::{Change, ChangeError, Event, Group, GroupError};

/// A history, written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct HistoryDocument {
    /// The group it began with.
    pub group: GroupDocument,
    /// Its rebalances, in their order.
    pub rebalances: Vec<RebalanceDocument>,
}

/// What happened up to one rebalance, written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct RebalanceDocument {
    /// The time of the rebalance, in seconds.
    pub at: f64,
    /// The kinds of the events that caused it.
    pub kinds: Vec<EventKind>,
    /// What happened, in order.
    pub events: Vec<EventContent>,
}

/// Why a document is not a history.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Its group cannot be.
    #[error("group: {0}")]
    Group(GroupError),
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
        Self { group: GroupDocument::from(history.group()), rebalances: history.batches().map(RebalanceDocument::from).collect() }
    }
}

impl From<&EventBatch> for RebalanceDocument {
    fn from(batch: &EventBatch) -> Self {
        Self { at: batch.at, kinds: batch.kinds.clone(), events: batch.change.events().iter().map(EventContent::from).collect() }
    }
}

impl From<&RebalanceDocument> for EventBatch {
    fn from(document: &RebalanceDocument) -> Self {
        let events: Vec<Event> = document.events.iter().flat_map(EventContent::events).collect();
        Self { at: document.at, kinds: document.kinds.clone(), change: Change::from(events) }
    }
}

impl TryFrom<&HistoryDocument> for History {
    type Error = HistoryError;

    fn try_from(document: &HistoryDocument) -> Result<Self, HistoryError> {
        let start = Self::new(&Group::try_from(&document.group)?)?;
        document.rebalances.iter().map(EventBatch::from).enumerate().try_fold(start, |history, (before, batch)| {
            history.rebalance(batch).map_err(|reason| HistoryError::Rebalance { rebalance: before + 1, reason })
        })
    }
}
