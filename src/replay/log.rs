//! An event log: a group and what happened to it, each event checked against those before it; the
//! kinds of events; and what a whole group, as it was seen, says of what happened since it was
//! known before.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::document::{
    At, EventContent, EventDocument, GroupDocument, MemberDocument, Misread, SeenGroupDocument, SeenMemberDocument, TopicDocument,
};
use crate::model::{
    Assignment, Change, ChangeError, Event, Group, GroupError, Member, NewMember, NewTopic, Subscribed, Subscription, Topic, TopicId,
};

/// A group, and the events that happened to it.
///
/// ```
/// # #[cfg(feature = "json")] {
/// # use sticky_assignor::replay::{EventLog, Faults, RebalanceWindow, totals};
/// # use sticky_assignor::Goals;
/// let text = br#"{"topics": {"orders": 4}, "members": [{"id": "c1", "topics": "*"}, {"id": "c2", "topics": "*"}]}
/// {"at": 0, "leave": "c1"}
/// {"at": 5, "join": {"id": "c3", "topics": "*"}}"#;
/// let log = EventLog::from_json_lines(text, Faults::Refuse, 1_000)?;
/// assert_eq!((log.group.member_count(), log.events.len(), log.events[1].line), (2, 2, 3));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EventLog {
    /// The group as it was before the first event.
    pub group: Group,
    /// The `group` line that the log begins with, if it begins with one: what it shows is `group`,
    /// its members claiming what they held.
    pub first: Option<LoggedEvent>,
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
#[non_exhaustive]
pub struct LoggedEvent {
    /// The line, from 1.
    pub line: u64,
    /// The event.
    pub event: EventDocument,
}

/// The line of an event log that shows the whole group.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SeenLine {
    /// The line, from 1.
    pub line: u64,
    /// When it was seen.
    pub at: At,
    /// The group as it was.
    pub seen: SeenGroupDocument,
}

/// Generations that a log does not show: those between two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GenerationGap {
    /// The line after the gap, from 1.
    pub line: u64,
    /// The last generation before it.
    pub before: i64,
    /// The first generation after it.
    pub after: i64,
}

/// What to do with a line that cannot be.
///
/// ```
/// # #[cfg(feature = "json")] {
/// use sticky_assignor::replay::{EventLog, Faults};
/// let text = br#"{"topics": {"orders": 4}, "members": []}
/// {"at": 0, "leave": "nobody"}"#;
/// assert!(EventLog::from_json_lines(text, Faults::Refuse, 1_000).is_err());
/// assert_eq!(EventLog::from_json_lines(text, Faults::Skip, 1_000)?.skipped.len(), 1);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
#[non_exhaustive]
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
        last: At,
        /// The time of this one.
        at: At,
    },
    /// It has a date where the event before has seconds, or seconds where that has a date.
    #[error("the line before has the time {last}, this one {at}; a log has either seconds or dates")]
    TimesDiffer {
        /// The time of the event before.
        last: At,
        /// The time of this one.
        at: At,
    },
    /// It is dated before all time.
    #[error("{at} s is before the time at which a log can begin, 0")]
    NegativeTime {
        /// The time.
        at: At,
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
        Self::of(group, None, lines, faults)
    }

    /// The log that begins with this line, which shows the whole group; else as [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// Where the group as the first line shows it cannot be, whatever is to be skipped; else as
    /// [`new`](Self::new).
    pub fn beginning_with(
        first: SeenLine,
        lines: impl IntoIterator<Item = (u64, Result<EventDocument, Misread>)>,
        faults: Faults,
    ) -> Result<Self, LogError> {
        let SeenLine { line, at, seen } = first;
        let refused = |fault| LogError { line, fault };
        let group = group_of(&seen).map_err(|error| refused(ChangeError::from(error).into()))?;
        checked_time(None, at).map_err(refused)?;
        let event = EventDocument { at, content: EventContent::Group(seen) };
        Self::of(group, Some(LoggedEvent { line, event }), lines, faults)
    }

    fn of(
        group: Group,
        first: Option<LoggedEvent>,
        lines: impl IntoIterator<Item = (u64, Result<EventDocument, Misread>)>,
        faults: Faults,
    ) -> Result<Self, LogError> {
        let last = first.as_ref().map(|first| first.event.at);
        let mut so_far = SoFar { group: group.clone().claiming(Assignment::new()), last };
        let most_partitions = group.partition_count();
        let (events, skipped) = (Vec::new(), Vec::new());
        let mut log = Self { group, first, events, skipped, breaks_off: None, most_partitions };
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

    /// Where generations are left out that were not seen: the lines say others than follow each
    /// other.
    pub fn generation_gaps(&self) -> impl Iterator<Item = GenerationGap> + '_ {
        let said = self.first.iter().chain(&self.events).filter_map(|logged| Some((logged.line, logged.seen()?.generation?)));
        let gap = |last: &mut Option<i64>, (line, after): (u64, i64)| {
            let before = last.replace(after);
            Some(before.filter(|before| after > before.saturating_add(1)).map(|before| GenerationGap { line, before, after }))
        };
        said.scan(None, gap).flatten()
    }

    /// The log with one more event, after which the topics have that many partitions.
    fn with(mut self, line: u64, event: EventDocument, partitions: u64) -> Self {
        self.events.push(LoggedEvent { line, event });
        Self { most_partitions: self.most_partitions.max(partitions), ..self }
    }
}

impl LoggedEvent {
    /// The group as it was seen, where the line shows the whole of it.
    pub(super) fn seen(&self) -> Option<&SeenGroupDocument> {
        match &self.event.content {
            EventContent::Group(seen) => Some(seen),
            _ => None,
        }
    }
}

/// The group as the events so far left it, and the time of the last.
#[derive(Clone)]
struct SoFar {
    group: Group,
    last: Option<At>,
}

impl SoFar {
    fn line(self, read: Result<EventDocument, Misread>) -> Result<(Self, EventDocument), LogFault> {
        let event = read?;
        checked_time(self.last, event.at)?;
        let group = self.group.apply(Change::from(events_of(&event.content, &self.group)?))?;
        Ok((Self { group, last: Some(event.at) }, event))
    }
}

/// Refuses a time that cannot be that of what happens after the last.
pub(super) fn checked_time(last: Option<At>, at: At) -> Result<(), LogFault> {
    match last {
        _ if matches!(at, At::Seconds(seconds) if seconds.number() < 0.0) => Err(LogFault::NegativeTime { at }),
        Some(last) if !at.is_alike(last) => Err(LogFault::TimesDiffer { last, at }),
        Some(last) if at.seconds() < last.seconds() => Err(LogFault::TimeFalls { last, at }),
        _ => Ok(()),
    }
}

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

/// The events that this content stands for in a group: of a `group` line what differs from before.
///
/// # Errors
///
/// Where the group as it was seen cannot be.
pub(super) fn events_of(content: &EventContent, group: &Group) -> Result<Vec<Event>, ChangeError> {
    match content {
        EventContent::Group(seen) => {
            group_of(seen)?;
            Ok(differences(group, seen))
        }
        other => Ok(other.events()),
    }
}

/// The group as it was seen, its members claiming what they held.
pub(super) fn group_of(seen: &SeenGroupDocument) -> Result<Group, GroupError> {
    let member = |member: &SeenMemberDocument| MemberDocument { owned: member.owned.clone().unwrap_or_default(), ..document_of(member) };
    let document =
        GroupDocument { name: seen.name.clone(), topics: seen.topics.clone(), members: seen.members.iter().map(member).collect() };
    Group::try_from(&document)
}

fn document_of(member: &SeenMemberDocument) -> MemberDocument {
    let described = NewMember::new(member.id.clone(), member.topics.0.clone());
    MemberDocument::from(&NewMember { rack: member.rack.clone(), instance: member.instance.clone(), ..described })
}

/// What makes a group the one that was seen, which can be: members leave, topics go and come, and
/// then members join and rejoin. The order of these does not depend on how the group was written.
///
/// O(n log n) in what was seen and what was known.
pub(super) fn differences(before: &Group, seen: &SeenGroupDocument) -> Vec<Event> {
    let members = SeenMembers::of(before, seen);
    let mut events = members.leaving();
    let deleted = before.topics().map(|(_, topic)| topic.name().to_string()).filter(|name| !seen.topics.0.contains_key(name));
    events.extend(deleted.map(Event::DeleteTopic));
    events.extend(seen.topics.0.iter().filter_map(|(name, topic)| described_anew(before, name, topic)).map(Event::Topic));
    events.extend(members.freeing_instances());
    events.extend(members.rejoining());
    events.extend(members.joining());
    events
}

/// The topic, if it is not what it was.
fn described_anew(before: &Group, name: &str, seen: &TopicDocument) -> Option<NewTopic> {
    let known = before.topic_id(name).and_then(|id| before.topic(id));
    let is_known = known.is_some_and(|known| i64::from(known.partitions()) == seen.partitions && has_racks(known, seen));
    (!is_known).then(|| seen.described(name))
}

/// Whether the replicas of a topic with as many partitions are where they were: nothing said is as
/// before; order and repeats mean nothing, and a rack without a name is none.
fn has_racks(known: &Topic, seen: &TopicDocument) -> bool {
    let Some(racks) = &seen.racks else { return true };
    let known = known.racks().map(|racks| &racks[..]).unwrap_or_default();
    let is_same = |place: usize, racks: &Vec<String>| {
        let known: BTreeSet<&str> = known.get(place).into_iter().flatten().map(|rack| &**rack).filter(|rack| !rack.is_empty()).collect();
        known == racks.iter().map(String::as_str).filter(|rack| !rack.is_empty()).collect()
    };
    i64::try_from(racks.len()) == Ok(seen.partitions) && racks.iter().enumerate().all(|(place, racks)| is_same(place, racks))
}

/// The members of a group before, and as they were seen.
struct SeenMembers<'a> {
    before: &'a Group,
    /// In the order of keys: static members by instance, then the others by id.
    seen: Vec<&'a SeenMemberDocument>,
    by_id: BTreeMap<&'a str, &'a SeenMemberDocument>,
    by_instance: BTreeMap<&'a str, &'a SeenMemberDocument>,
}

impl<'a> SeenMembers<'a> {
    fn of(before: &'a Group, group: &'a SeenGroupDocument) -> Self {
        let mut seen: Vec<&SeenMemberDocument> = group.members.iter().collect();
        seen.sort_unstable_by_key(|member| (member.instance.is_none(), member.instance.as_deref().unwrap_or(&member.id)));
        let by_id = seen.iter().map(|member| (member.id.as_str(), *member)).collect();
        let by_instance = seen.iter().filter_map(|member| Some((member.instance.as_deref()?, *member))).collect();
        Self { before, seen, by_id, by_instance }
    }

    /// Those that were not seen again, but for static ones that are back under a new id: whoever
    /// joins with their instance replaces them.
    fn leaving(&self) -> Vec<Event> {
        let is_gone = |member: &Member| {
            let back = member.instance().and_then(|instance| self.by_instance.get(&**instance));
            !self.by_id.contains_key(&**member.id()) && back.is_none_or(|back| self.known(back).is_some())
        };
        self.before.members().filter(|(_, member)| is_gone(member)).map(|(_, member)| Event::Leave(member.id().to_string())).collect()
    }

    /// Members that stay under their id give up the instance that another one has now: else that
    /// one would replace them, or could not be.
    fn freeing_instances(&self) -> impl Iterator<Item = Event> {
        let taken = |known: &Member| known.instance().is_some_and(|instance| self.by_instance.contains_key(&**instance));
        let staying = self.seen.iter().filter_map(|member| Some((*member, self.known(member)?)));
        staying
            .filter(move |(member, known)| member.instance.as_deref() != instance_of(known) && taken(known))
            .map(|(member, _)| Event::Rejoin(NewMember { instance: None, ..described(member) }))
    }

    /// Members that stay under their id and say something else than before.
    fn rejoining(&self) -> impl Iterator<Item = Event> {
        self.seen.iter().filter_map(|member| {
            let known = self.known(member)?;
            let is_alike = member.instance.as_deref() == instance_of(known) && rack(member) == known.rack().map(|rack| &**rack);
            match is_alike {
                false => Some(Event::Rejoin(described(member))),
                true if self.subscribes_as_before(member) => None,
                true => Some(Event::Subscribe { member: member.id.clone(), subscription: member.topics.0.clone() }),
            }
        })
    }

    fn joining(&self) -> impl Iterator<Item = Event> {
        self.seen.iter().filter(|member| self.known(member).is_none()).map(|member| Event::Join(described(member)))
    }

    fn known(&self, member: &SeenMemberDocument) -> Option<&'a Member> {
        self.before.member(self.before.member_id(&member.id)?)
    }

    fn subscribes_as_before(&self, member: &SeenMemberDocument) -> bool {
        let known = self.before.member_id(&member.id).map(|id| self.before.all_members().subscribed(id));
        match (known, &member.topics.0) {
            (Some(Subscribed::Every), Subscription::Every) => true,
            (Some(Subscribed::These(topics)), Subscription::Named(names)) => {
                let named: Option<BTreeSet<TopicId>> = names.iter().map(|name| self.before.all_topics().id(name)).collect();
                named.is_some_and(|named| named.iter().eq(topics.iter()))
            }
            _ => false,
        }
    }
}

fn instance_of(member: &Member) -> Option<&str> {
    member.instance().map(|instance| &**instance)
}

fn rack(member: &SeenMemberDocument) -> Option<&str> {
    member.rack.as_deref()
}

fn described(member: &SeenMemberDocument) -> NewMember {
    NewMember::from(&document_of(member))
}
