//! Which events make one rebalance: gathered within a window.

use std::iter::Peekable;

use super::event_kind::{EventKind, distinct};
use super::log::EventLog;
use super::seen::differences;
use super::session::{EffectiveEvent, SeenEvent, effective_events};
use crate::document::{At, EventContent, Seconds, SeenGroupDocument};
use crate::model::{Change, Event};

/// How events become rebalances. By default each is one of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RebalanceWindow {
    /// A window opens at its first event and closes before this many seconds later; its events make
    /// one rebalance. 0 joins events of equal times.
    pub length: Option<Seconds>,
    /// The leaving of a static member counts only after this many seconds without its instance's
    /// return.
    pub session_timeout: Seconds,
}

/// What happened to a group up to one rebalance, and when that was.
///
/// ```
/// use sticky_assignor::{Event, replay::EventBatch};
/// let batch = EventBatch::new(12, Event::Leave("c1".into()).into());
/// assert_eq!((batch.at.seconds(), batch.kinds.len()), (12.0, 1));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventBatch {
    /// The time of the last event.
    pub at: At,
    /// The kinds of the events that caused the rebalance, each once, in the order they are first
    /// met.
    pub kinds: Vec<EventKind>,
    /// What happened, in order; also static members that came back in time, which causes no
    /// rebalance.
    pub change: Change,
    /// Why there was a rebalance, where the log says so of one without a change.
    pub reasons: Vec<String>,
    /// The last event of it that shows the whole group: its place among the events of the log.
    pub seen: Option<usize>,
}

impl EventBatch {
    /// What happened at this time.
    pub fn new(at: impl Into<At>, change: Change) -> Self {
        let kinds = distinct(change.events().iter().map(EventKind::from));
        Self { at: at.into(), kinds, change, ..Self::default() }
    }

    /// The group as it was seen in this batch of a log's events, if it was.
    pub fn seen_in<'a>(&self, log: &'a EventLog) -> Option<&'a SeenGroupDocument> {
        seen_at(log, self.seen?)
    }
}

impl RebalanceWindow {
    /// The rebalances that the events of a log make.
    pub fn batches(self, log: &EventLog) -> impl Iterator<Item = EventBatch> + '_ {
        let mut effective = effective_events(log, self.session_timeout).into_iter().peekable();
        std::iter::from_fn(move || next_batch(&mut effective, self.length).map(|gathered| gathered.batch(log)))
    }
}

/// The events of one rebalance.
struct Gathered {
    events: Vec<EffectiveEvent>,
    last: EffectiveEvent,
}

/// The next rebalance: what happens next, and all that falls into its window.
fn next_batch(effective: &mut Peekable<impl Iterator<Item = EffectiveEvent>>, window: Option<Seconds>) -> Option<Gathered> {
    let mut last = effective.next()?;
    let start = last.at.seconds();
    let mut events = Vec::new();
    while let Some(next) = effective.next_if(|next| within(window, start, next.at.seconds())) {
        events.push(std::mem::replace(&mut last, next));
    }
    Some(Gathered { events, last })
}

fn within(window: Option<Seconds>, start: f64, at: f64) -> bool {
    window.is_some_and(|window| at < start + window.number() || at == start)
}

impl Gathered {
    fn batch(self, log: &EventLog) -> EventBatch {
        let at = self.last.at;
        let events: Vec<EffectiveEvent> = self.events.into_iter().chain([self.last]).collect();
        let kinds = distinct(events.iter().map(|event| event.kind));
        let seen = events.iter().rev().find_map(|event| event.seen.as_ref()).map(|seen| seen.place);
        let change = Change::from(changes(&events, log));
        let reasons = events.into_iter().filter_map(|event| event.reason).collect();
        EventBatch { at, kinds, change, reasons, seen }
    }
}

/// What these events change. Of those that show the whole group the last counts: what is between
/// the first of them and it is passed over, as it shows what that came to.
fn changes(events: &[EffectiveEvent], log: &EventLog) -> Vec<Event> {
    let mut showing = events.iter().enumerate().filter_map(|(number, event)| Some((number, event.seen.as_ref()?)));
    let (first, last) = (showing.next(), showing.next_back());
    let whole = |events: &[EffectiveEvent]| events.iter().flat_map(|event| event.events.clone()).collect::<Vec<_>>();
    let (Some((first, SeenEvent { before, returns, .. })), Some((last, SeenEvent { place, .. }))) = (first, last) else {
        return whole(events);
    };
    let shown = seen_at(log, *place).map(|seen| differences(before, seen)).unwrap_or_default();
    whole(&events[..first]).into_iter().chain(returns.clone()).chain(shown).chain(whole(&events[last + 1..])).collect()
}

fn seen_at(log: &EventLog, place: usize) -> Option<&SeenGroupDocument> {
    match &log.events.get(place)?.event.content {
        EventContent::Group(seen) => Some(seen),
        _ => None,
    }
}
