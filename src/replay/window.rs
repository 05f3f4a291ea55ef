//! Which events make one rebalance: they are gathered within a window, and the leaving of a static
//! member counts only after a session timeout without its instance's return (KIP-345); and the log
//! as it would be if every member were a static one, by a guess at who came back.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::iter::Peekable;
use std::mem;

use super::log::{EventKind, EventLog, LoggedEvent, differences, distinct};
use crate::document::{At, EventContent, GroupDocument, Seconds, SeenGroupDocument};
use crate::model::{Assignment, Change, Event, Group, MemberId, Name, NewMember, Subscribed, Subscription};

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
        log.events.get(self.seen?)?.seen()
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
    let shown = log.events.get(*place).and_then(LoggedEvent::seen).map(|seen| differences(before, seen)).unwrap_or_default();
    whole(&events[..first]).into_iter().chain(returns.clone()).chain(shown).chain(whole(&events[last + 1..])).collect()
}

/// Something that causes a rebalance, at the time when it counts.
#[derive(Clone, Debug)]
struct EffectiveEvent {
    at: At,
    kind: EventKind,
    /// What happens; before it the silent returns since the occurrence before.
    events: Vec<Event>,
    /// Of a line that shows the whole group which one it is.
    seen: Option<SeenEvent>,
    /// Of a rebalance without a change why there was one.
    reason: Option<String>,
}

/// An event that shows the whole group.
#[derive(Clone, Debug)]
struct SeenEvent {
    /// Its place among the events of the log.
    place: usize,
    /// The group before it, as its coordinator saw it, and the silent returns that led to it.
    before: Group,
    returns: Vec<Event>,
}

/// What happens in a log, the departures of static members moved to where they count, or left out
/// where the instance returns before. A member still away when the log ends does not return.
fn effective_events(log: &EventLog, session_timeout: Seconds) -> Vec<EffectiveEvent> {
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

/// The log as it would be if every member were a static one: each without an instance gets one made
/// up.
///
/// A dynamic member comes back under a new member id, so who comes back is a guess. A join within
/// the session timeout after a leave is taken for the member that left, if it has the same member
/// id, or else asks for the same topics: preferably in the same rack, and of several the one that
/// left first. Lines that show the whole group stay as they are.
///
/// O(n log n) in what the log says.
///
/// ```
/// # #[cfg(feature = "json")] {
/// # use sticky_assignor::replay::{EventLog, Faults, RebalanceWindow, totals};
/// # use sticky_assignor::Goals;
/// let text = br#"{"topics": {"orders": 4}, "members": [{"id": "c1", "topics": "*"}, {"id": "c2", "topics": "*"}]}
/// {"at": 0, "leave": "c1"}
/// {"at": 5, "join": {"id": "c3", "topics": "*"}}"#;
/// let log = EventLog::from_json_lines(text, Faults::Refuse, 1_000)?;
/// let fixed = sticky_assignor::replay::with_static_members(&log, 45.into());
/// let window = RebalanceWindow { session_timeout: 45.into(), ..RebalanceWindow::default() };
/// assert_eq!(totals(&fixed, window, Goals::BALANCE_STICKINESS)?.moved, 0);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn with_static_members(log: &EventLog, session_timeout: Seconds) -> EventLog {
    let mut group = GroupDocument::from(&log.group);
    let mut guess = Guess::new(session_timeout.number(), instances(&group, log));
    for member in &mut group.members {
        let asks = Asks { id: &member.id, topics: &member.topics.0, rack: member.rack.as_deref() };
        guess.join(f64::NEG_INFINITY, &asks, &mut member.instance);
    }
    let mut changed = EventLog { group: Group::try_from(&group).unwrap_or_else(|_| log.group.clone()), ..log.clone() };
    for logged in &mut changed.events {
        guess.event(logged.event.at.seconds(), &mut logged.event.content);
    }
    changed
}

/// The instances that members have of their own.
fn instances(group: &GroupDocument, log: &EventLog) -> BTreeSet<String> {
    let joined = log.events.iter().filter_map(|logged| match &logged.event.content {
        EventContent::Join(join) => join.instance.clone(),
        _ => None,
    });
    group.members.iter().filter_map(|member| member.instance.clone()).chain(joined).collect()
}

/// What a member that joins asks for.
struct Asks<'a> {
    id: &'a str,
    topics: &'a Subscription,
    rack: Option<&'a str>,
}

/// A member that is there, with an instance that was made up.
struct Present {
    instance: String,
    topics: TopicsNumber,
    rack: Option<String>,
}

/// A member that left and may come back.
struct DepartedMember {
    instance: String,
    until: f64,
}

/// Which topics are asked for: equal numbers for equal topics.
type TopicsNumber = usize;

/// What a member that joins may have in common with one that left.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Id(String),
    TopicsAndRack(TopicsNumber, Option<String>),
    Topics(TopicsNumber),
}

impl Likeness {
    /// All that may be in common, the best first.
    fn all(id: &str, topics: TopicsNumber, rack: Option<&str>) -> [Self; 3] {
        [Self::Id(id.into()), Self::TopicsAndRack(topics, rack.map(String::from)), Self::Topics(topics)]
    }
}

/// Who is there, who may come back, and the names given so far.
struct Guess {
    session_timeout: f64,
    present: BTreeMap<String, Present>,
    /// In the order they left; nothing where one came back, or was found to be away too long.
    left: Vec<Option<DepartedMember>>,
    /// Numbers of those that left, by what they have in common with whoever joins.
    alike: BTreeMap<Likeness, VecDeque<usize>>,
    /// Lists of topics in order, each once, with their numbers; every topic is no list.
    topics: BTreeMap<Option<BTreeSet<String>>, TopicsNumber>,
    /// All instances there are.
    taken: BTreeSet<String>,
}

impl Guess {
    fn new(session_timeout: f64, taken: BTreeSet<String>) -> Self {
        let (present, left, alike, topics) = Default::default();
        Self { session_timeout, present, left, alike, topics, taken }
    }

    fn event(&mut self, at: f64, content: &mut EventContent) {
        match content {
            EventContent::Join(join) => {
                let asks = Asks { id: &join.id, topics: &join.topics.0, rack: join.rack.as_deref() };
                self.join(at, &asks, &mut join.instance);
            }
            EventContent::Leave(id) => self.leave(at, id),
            EventContent::Subscribe(subscribe) => {
                let topics = self.number(&subscribe.topics.0);
                if let Some(present) = self.present.get_mut(&subscribe.id) {
                    present.topics = topics;
                }
            }
            EventContent::Topics(_) | EventContent::Group(_) | EventContent::Rebalance(_) => {}
        }
    }

    /// A member joins: one without an instance gets one.
    fn join(&mut self, at: f64, asks: &Asks<'_>, instance: &mut Option<String>) {
        if instance.is_none() {
            let topics = self.number(asks.topics);
            let alike = Likeness::all(asks.id, topics, asks.rack);
            let known = alike.iter().find_map(|likeness| self.back(at, likeness)).unwrap_or_else(|| self.made_up(asks.id));
            *instance = Some(known.clone());
            self.present.insert(asks.id.into(), Present { instance: known, topics, rack: asks.rack.map(String::from) });
        }
    }

    fn leave(&mut self, at: f64, id: &str) {
        if let Some(Present { instance, topics, rack }) = self.present.remove(id) {
            for likeness in Likeness::all(id, topics, rack.as_deref()) {
                self.alike.entry(likeness).or_default().push_back(self.left.len());
            }
            self.left.push(Some(DepartedMember { instance, until: at + self.session_timeout }));
        }
    }

    /// The instance of the first member that left, is like that, and can still come back; now it is
    /// back.
    fn back(&mut self, at: f64, likeness: &Likeness) -> Option<String> {
        let numbers = self.alike.get_mut(likeness)?;
        while let Some(number) = numbers.pop_front() {
            if let Some(left) = self.left[number].take().filter(|left| left.until > at) {
                return Some(left.instance);
            }
        }
        None
    }

    /// An instance that nobody has: named after the member, as ties fall by names.
    fn made_up(&mut self, id: &str) -> String {
        let first = self.taken.len();
        let others = (first..).map(|number| format!("static:{id}:{number}"));
        let mut names = std::iter::once(format!("static:{id}")).chain(others);
        names.find(|name| self.taken.insert(name.clone())).unwrap_or_default()
    }

    fn number(&mut self, topics: &Subscription) -> TopicsNumber {
        let named = match topics {
            Subscription::Every => None,
            Subscription::Named(names) => Some(names.iter().cloned().collect()),
        };
        let next = self.topics.len();
        *self.topics.entry(named).or_insert(next)
    }
}
