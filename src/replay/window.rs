//! Which events make one rebalance: gathered within a window.

use std::iter::Peekable;

use super::event_kind::{EventKind, distinct};
use super::log::EventLog;
use super::session::{EffectiveEvent, effective_events};
use crate::model::Change;

/// How events become rebalances. By default each is one of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RebalanceWindow {
    /// A window opens at its first event and closes before this many seconds later; its events make
    /// one rebalance. 0 joins events of equal times.
    pub length: Option<f64>,
    /// The leaving of a static member counts only after this many seconds without its instance's
    /// return.
    pub session_timeout: f64,
}

/// What happened to a group up to one rebalance, and when that was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventBatch {
    /// The time of the last event, in seconds.
    pub at: f64,
    /// The kinds of the events that caused the rebalance, each once, in the order they are first
    /// met.
    pub kinds: Vec<EventKind>,
    /// What happened, in order; also static members that came back in time, which causes no
    /// rebalance.
    pub change: Change,
}

impl EventBatch {
    /// What happened at this time.
    pub fn new(at: f64, change: Change) -> Self {
        let kinds = distinct(change.events().iter().map(EventKind::from));
        Self { at, kinds, change }
    }
}

impl RebalanceWindow {
    /// The rebalances that the events of a log make.
    pub fn batches(self, log: &EventLog) -> impl Iterator<Item = EventBatch> + '_ {
        let mut effective = effective_events(log, self.session_timeout).into_iter().peekable();
        std::iter::from_fn(move || next_batch(&mut effective, self.length))
    }
}

/// The next rebalance: what happens next, and all that falls into its window.
fn next_batch(effective: &mut Peekable<impl Iterator<Item = EffectiveEvent>>, window: Option<f64>) -> Option<EventBatch> {
    let EffectiveEvent { mut at, kind, mut events } = effective.next()?;
    let (start, mut kinds) = (at, vec![kind]);
    while let Some(next) = effective.next_if(|next| within(window, start, next.at)) {
        at = next.at;
        kinds.push(next.kind);
        events.extend(next.events);
    }
    Some(EventBatch { at, kinds: distinct(kinds.into_iter()), change: Change::from(events) })
}

fn within(window: Option<f64>, start: f64, at: f64) -> bool {
    window.is_some_and(|window| at < start + window || at == start)
}
