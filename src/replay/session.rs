//! When the leaving of a static member counts: after a session timeout without its instance's
//! return (KIP-345).

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use super::event_kind::EventKind;
use super::log::{EventLog, LoggedEvent};
use super::seen::differences;
use crate::document::{At, EventContent, Seconds, SeenGroupDocument};
use crate::model::{Assignment, Change, Event, Group, MemberId, Name, NewMember, Subscribed};

/// Something that causes a rebalance, at the time when it counts.
#[derive(Clone, Debug)]
pub(super) struct EffectiveEvent {
    pub(super) at: At,
    pub(super) kind: EventKind,
    /// What happens; before it the silent returns since the occurrence before.
    pub(super) events: Vec<Event>,
    /// Of a line that shows the whole group which one it is.
    pub(super) seen: Option<SeenEvent>,
    /// Of a rebalance without a change why there was one.
    pub(super) reason: Option<String>,
}

/// An event that shows the whole group.
#[derive(Clone, Debug)]
pub(super) struct SeenEvent {
    /// Its place among the events of the log.
    pub(super) place: usize,
    /// The group before it, as its coordinator saw it, and the silent returns that led to it.
    pub(super) before: Group,
    pub(super) returns: Vec<Event>,
}

/// What happens in a log, the departures of static members moved to where they count, or left out
/// where the instance returns before. A member still away when the log ends does not return.
pub(super) fn effective_events(log: &EventLog, session_timeout: Seconds) -> Vec<EffectiveEvent> {
    let group = log.group.clone().claiming(Assignment::new());
    let start = SessionTimeouts {
        group,
        session_timeout: session_timeout.number(),
        away: BTreeMap::new(),
        deadlines: VecDeque::new(),
        returns: Vec::new(),
        effective: Vec::new(),
    };
    log.events.iter().enumerate().fold(start, SessionTimeouts::event).expired(f64::INFINITY).effective
}

/// When a static member that left can no longer come back.
#[derive(Clone, Copy, Debug)]
struct Deadline {
    member: MemberId,
    until: f64,
    /// When it left.
    since: At,
}

/// The group as its coordinator sees it: members that are away are still in it.
struct SessionTimeouts {
    group: Group,
    session_timeout: f64,
    /// Static members that left and may come back, each until its deadline.
    away: BTreeMap<MemberId, f64>,
    /// Their deadlines in order, and those of members that are not away any more or left again
    /// since.
    deadlines: VecDeque<Deadline>,
    /// Members that came back in time, asking for what they had, since the last occurrence: only
    /// their member ids change.
    returns: Vec<Event>,
    effective: Vec<EffectiveEvent>,
}

impl SessionTimeouts {
    fn event(self, (place, logged): (usize, &LoggedEvent)) -> Self {
        let at = logged.event.at;
        let holding = self.expired(at.seconds());
        match &logged.event.content {
            EventContent::Leave(id) => holding.leave(at, id),
            EventContent::Join(join) => holding.join(at, join.member()),
            EventContent::Group(seen) => holding.seen(at, place, seen),
            EventContent::Rebalance(reason) => holding.without_change(at, reason),
            other => holding.occurring(at, other.kind(), other.events()),
        }
    }

    /// The group as it was seen: who is not in it does not come back in time, who is in it is back.
    fn seen(mut self, at: At, place: usize, seen: &SeenGroupDocument) -> Self {
        self.away.clear();
        let (before, returns) = (self.group.clone(), self.returns.clone());
        let events = differences(&before, seen);
        let mut after = self.occurring(at, EventKind::Group, events);
        if let Some(last) = after.effective.last_mut() {
            last.seen = Some(SeenEvent { place, before, returns });
        }
        after
    }

    fn without_change(self, at: At, reason: &str) -> Self {
        let mut after = self.occurring(at, EventKind::Rebalance, Vec::new());
        if let Some(last) = after.effective.last_mut() {
            last.reason = Some(reason.into());
        }
        after
    }

    /// The group once the sessions that end by now have ended.
    fn expired(mut self, now: f64) -> Self {
        let timeout = self.session_timeout;
        while let Some(Deadline { member, until, since }) = self.deadlines.front().copied().filter(|deadline| deadline.until <= now) {
            self.deadlines.pop_front();
            if self.away.get(&member) == Some(&until) {
                self.away.remove(&member);
                self = self.gone(since.later(timeout), member);
            }
        }
        self
    }

    fn leave(mut self, at: At, id: &str) -> Self {
        let fixed = self.group.member_id(id).filter(|&member| self.instance(member).is_some());
        match fixed {
            Some(member) if self.session_timeout > 0.0 => {
                let until = at.seconds() + self.session_timeout;
                self.away.insert(member, until);
                self.deadlines.push_back(Deadline { member, until, since: at });
                self
            }
            _ => self.occurring(at, EventKind::Leave, vec![Event::Leave(id.into())]),
        }
    }

    fn join(self, at: At, member: NewMember) -> Self {
        let known = member.instance.as_deref().and_then(|instance| self.group.member_of_instance(instance));
        let known = known.filter(|known| self.away.contains_key(known));
        match known {
            // Its own member id is what it left under, and no other's.
            Some(known) if self.group.member_id(&member.id) == Some(known) => self.back(at, known, member),
            Some(known) => self.freeing(at, &member.id).back(at, known, member),
            None => self.freeing(at, &member.id).occurring(at, EventKind::Join, vec![Event::Join(member)]),
        }
    }

    /// The group with a static member back before its session ended.
    fn back(mut self, at: At, known: MemberId, member: NewMember) -> Self {
        self.away.remove(&known);
        let left = self.id(known).map(Event::Leave);
        let events: Vec<Event> = left.into_iter().chain([Event::Join(member)]).collect();
        let after = self.after(&events);
        if interest(&after, known) != interest(&self.group, known) {
            return self.occurring(at, EventKind::Join, events);
        }
        self.group = after;
        self.returns.extend(events);
        self
    }

    /// The group without the member that is away and whose member id another one takes: its
    /// instance cannot come back under that.
    fn freeing(mut self, at: At, id: &str) -> Self {
        let holder = self.group.member_id(id);
        match holder.filter(|holder| self.away.remove(holder).is_some()) {
            Some(away) => self.gone(at, away),
            None => self,
        }
    }

    fn gone(self, at: At, member: MemberId) -> Self {
        match self.id(member) {
            Some(id) => self.occurring(at, EventKind::Leave, vec![Event::Leave(id)]),
            None => self,
        }
    }

    fn occurring(mut self, at: At, kind: EventKind, events: Vec<Event>) -> Self {
        self.group = self.after(&events);
        let events = mem::take(&mut self.returns).into_iter().chain(events).collect();
        self.effective.push(EffectiveEvent { at, kind, events, seen: None, reason: None });
        self
    }

    /// The group after these events. The log was checked; should they be impossible after all, the
    /// rebalance will refuse them.
    fn after(&self, events: &[Event]) -> Group {
        self.group.apply(Change::from(events.to_vec())).unwrap_or_else(|_| self.group.clone())
    }

    fn instance(&self, member: MemberId) -> Option<Name> {
        self.group.member(member)?.instance().cloned()
    }

    fn id(&self, member: MemberId) -> Option<String> {
        self.group.member(member).map(|member| member.id().to_string())
    }
}

/// What a member asks for: a static one that is back and asks for the same needs no rebalance.
fn interest(group: &Group, member: MemberId) -> Option<(Subscribed, Option<Name>)> {
    let rack = group.member(member)?.rack().cloned();
    Some((group.all_members().subscribed(member).clone(), rack))
}
