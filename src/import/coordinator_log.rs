//! The broker's log of the coordinator of classic groups: who joins, who leaves, and which
//! rebalances had other reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::history::{Observation, PartitionsByTopic, Seen, SeenGroup, SeenMember};
use super::note::About;
use crate::document::Date;

/// What the log says of one group.
#[derive(Clone, Debug, Default)]
pub(super) struct Life {
    entries: Vec<LogEntry>,
}

#[derive(Clone, Debug)]
struct LogEntry {
    at: Option<Date>,
    what: What,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Joined {
        id: String,
        instance: Option<String>,
    },
    /// A static member comes back under a new id.
    Replaced {
        id: String,
        instance: String,
    },
    Left {
        id: String,
    },
    /// A rebalance for another reason.
    Rebalance {
        reason: String,
    },
    /// A generation has this many members.
    Stabilized {
        members: usize,
    },
    /// This member is there.
    Leader {
        id: String,
    },
    Emptied,
}

/// What becomes of a life.
pub(super) struct ToldLife {
    pub(super) observations: Vec<Observation>,
    pub(super) notes: Vec<About>,
}

/// The group that a line is about, and what it says of it.
pub(super) fn line(text: &str) -> Option<(String, What)> {
    let (_, said) = text.split_once("[GroupCoordinator ")?;
    let (_, said) = said.split_once(']')?;
    let said = said.trim_start_matches(':').trim();
    let said = said.rsplit_once(" (").filter(|(_, class)| class.contains("coordinator.group")).map_or(said, |(said, _)| said);
    let said = said.strip_suffix('.').unwrap_or(said);
    if let Some((group, said)) = of_a_named_group(said) {
        return Some((group.into(), left_by_itself(said).or_else(|| of_the_consumer_protocol(said))?));
    }
    preparing(said).or_else(|| stabilized(said)).or_else(|| replaced(said)).or_else(|| left(said))
}

/// Whether a line of a coordinator says nothing that another does not say as well: a member asked
/// to come back with the id it was given, the epochs of a group.
pub(super) fn is_told_elsewhere(text: &str) -> bool {
    const TOLD: [&str; 5] = [
        "Dynamic member with unknown member id joins group ",
        "Dynamic Member with unknown member id joins group ",
        "Bumped group epoch to ",
        "Computed a new target assignment for epoch ",
        "temporarily left the consumer group",
    ];
    TOLD.iter().any(|told| text.contains(told))
}

/// Since Kafka 4 the name of the group may stand in front: `[GroupId orders] Member m-1 …`.
fn of_a_named_group(said: &str) -> Option<(&str, &str)> {
    let named = said.strip_prefix("[GroupId ").or_else(|| said.strip_prefix("[Group "))?;
    named.split_once("] ").map(|(group, said)| (group, said.trim_start()))
}

/// `Member m-1 has left group through explicit `LeaveGroup` request; …`.
fn left_by_itself(said: &str) -> Option<What> {
    let (id, _) = said.strip_prefix("Member ").or_else(|| said.strip_prefix("Static member "))?.split_once(" has left group")?;
    let (id, _) = id.split_once(' ').unwrap_or((id, ""));
    Some(What::Left { id: id.into() })
}

/// What the coordinator says of a member of a group of the consumer protocol.
fn of_the_consumer_protocol(said: &str) -> Option<What> {
    if let Some(instance) = between(said, "with instance id ", " re-joins ") {
        return Some(What::Replaced { id: between(said, "Created a new member ", " ")?.into(), instance: instance.into() });
    }
    let named = ["Member ", "Static member ", "Static Member "].iter().find_map(|named| said.strip_prefix(named))?;
    let (id, what) = named.split_once(' ')?;
    let (id, instance) = (id.to_string(), between(what, "with instance id ", " ").map(String::from));
    match what {
        joins if joins.contains("joins the consumer group") => Some(What::Joined { id, instance }),
        gone if gone.contains(" left the consumer group") && !gone.contains("temporarily") => Some(What::Left { id }),
        gone if gone.starts_with("left the consumer group") || gone.contains("fenced from the group") => Some(What::Left { id }),
        other if other.contains("updated its subscribed") => Some(What::Rebalance { reason: said.into() }),
        _ => None,
    }
}

/// Whether this is a line of a coordinator, if perhaps not of a group.
pub(super) fn is_line(text: &str) -> bool {
    text.contains("[GroupCoordinator ") || text.contains("[GroupMetadataManager ")
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

/// `Preparing to rebalance group orders in state … (reason: Adding new member c1 with group
/// instance id None; …)`.
fn preparing(said: &str) -> Option<(String, What)> {
    let group = between(said, "Preparing to rebalance group ", " in state ")?.to_string();
    let reason = said.split_once("(reason: ").map_or("", |(_, reason)| reason.strip_suffix(')').unwrap_or(reason));
    let reason = reason.strip_suffix('.').unwrap_or(reason);
    let what = if let Some(rest) = reason.strip_prefix("Adding new member ") {
        let (id, rest) = rest.split_once(" with group instance id ").unwrap_or((rest.split(';').next().unwrap_or(rest), "None"));
        What::Joined { id: id.into(), instance: optional(rest.split(';').next().unwrap_or(rest)) }
    } else if let Some(id) = removed(reason).or_else(|| between(reason, "explicit `LeaveGroup` request for (", ")").map(first)) {
        What::Left { id }
    } else {
        What::Rebalance { reason: reason.into() }
    };
    Some((group, what))
}

/// Of several that leave at once each has a line of its own.
fn first(list: &str) -> String {
    list.split(',').next().unwrap_or(list).trim().into()
}

/// `removing member c1 on heartbeat expiration`, `Removing member c1 on LeaveGroup`.
fn removed(reason: &str) -> Option<String> {
    let rest = reason.strip_prefix("removing member ").or_else(|| reason.strip_prefix("Removing member "))?;
    let (id, _) = rest.split_once(" on ").unwrap_or((rest.split(';').next().unwrap_or(rest), ""));
    Some(id.trim().to_string()).filter(|id| !id.is_empty())
}

fn stabilized(said: &str) -> Option<(String, What)> {
    if let Some(group) = between(said, "Stabilized group ", " generation ") {
        let members = between(said, " with ", " members")?.parse().ok()?;
        return Some((group.into(), What::Stabilized { members }));
    }
    if let Some(group) = between(said, " for group ", " for generation ")
        && let Some(leader) = between(said, "Assignment received from leader ", " for group ")
    {
        return Some((group.into(), What::Leader { id: leader.into() }));
    }
    let group = between(said, "Group ", " with generation ").filter(|_| said.contains(" is now empty"))?;
    Some((group.into(), What::Emptied))
}

/// `Static member Some(pod-1) of group orders with unknown member id rejoins, assigning new member
/// id c2, while old member id c1 will be removed.`
fn replaced(said: &str) -> Option<(String, What)> {
    let id = between(said, "assigning new member id ", ",")?.trim();
    let instance = said.strip_prefix("Static member ").and_then(|rest| rest.split_whitespace().next())?;
    let instance = optional(instance)?;
    let group = between(said, " of group ", " with unknown member id").or_else(|| between(said, " group ", " "))?;
    Some((group.into(), What::Replaced { id: id.into(), instance }))
}

/// `Member c1 in group orders has failed, removing it from the group`, and the ways in which one
/// leaves by itself.
fn left(said: &str) -> Option<(String, What)> {
    if let Some((id, rest)) = said.strip_prefix("Member ").and_then(|rest| rest.split_once(" in group "))
        && let Some((group, _)) = rest.split_once(" has failed").or_else(|| rest.split_once(" has left"))
    {
        return Some((group.into(), What::Left { id: id.into() }));
    }
    let leaves = said.contains(" has left ") || said.contains(" has left, removing");
    let (who, behind) = leaves.then(|| said.split_once(" has left"))??;
    let id = between(who, "memberId=", ",").or_else(|| between(who, "member.id ", "]")).or_else(|| {
        let (_, rest) = who.split_once("ember ")?;
        rest.split_whitespace().next()
    })?;
    let group = between(who, " in group ", " ").or_else(|| who.split_once(" in group ").map(|(_, group)| group));
    let group = group.or_else(|| between(behind, " group ", " through ")).or_else(|| between(who, "[GroupId ", "]"));
    Some((group?.into(), What::Left { id: id.into() }))
}

/// `Some(pod-1)`, `Optional[pod-1]`, `pod-1`; `None` is nothing.
fn optional(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = text.strip_prefix("Some(").and_then(|inner| inner.strip_suffix(')'));
    let inner = inner.or_else(|| text.strip_prefix("Optional[").and_then(|inner| inner.strip_suffix(']'))).unwrap_or(text);
    Some(inner.to_string()).filter(|_| !matches!(text, "" | "None" | "null" | "Optional.empty"))
}

impl Life {
    pub(super) fn push(&mut self, at: Option<Date>, what: What) {
        self.entries.push(LogEntry { at, what });
    }

    /// What happened, each event possible after those before it.
    ///
    /// A member whose joining the log does not name is one of those that a generation counts and
    /// nobody named, or was there before the log.
    pub(super) fn told(self) -> ToldLife {
        let mut telling = Telling::new(&self.entries);
        self.entries.into_iter().for_each(|entry| telling.entry(entry));
        telling.told()
    }
}

/// The story as far as it is told.
struct Telling {
    start: Option<Date>,
    observations: Vec<Observation>,
    /// Who is there, and under which instance.
    present: BTreeMap<String, Option<String>>,
    /// Members of whom the log says that they leave or lead, and not yet that they joined.
    unexplained: Vec<String>,
    before: Vec<String>,
    guessed: Vec<String>,
    unnamed: usize,
}

impl Telling {
    fn new(entries: &[LogEntry]) -> Self {
        let mut joined: BTreeSet<&str> = BTreeSet::new();
        let mut unexplained: Vec<String> = Vec::new();
        for LogEntry { what, .. } in entries {
            match what {
                What::Joined { id, .. } | What::Replaced { id, .. } => drop(joined.insert(id)),
                What::Left { id } | What::Leader { id } if joined.insert(id) => unexplained.push(id.clone()),
                _ => {}
            }
        }
        let start = entries.iter().find_map(|entry| entry.at);
        let (observations, present) = (Vec::new(), BTreeMap::new());
        Self { start, observations, present, unexplained, before: Vec::new(), guessed: Vec::new(), unnamed: 0 }
    }

    fn entry(&mut self, LogEntry { at, what }: LogEntry) {
        match what {
            What::Joined { id, instance } => self.join(at, id, instance),
            What::Replaced { id, instance } => self.replace(at, id, instance),
            What::Left { id } => self.leave(at, id),
            What::Rebalance { reason } => self.observations.push(Observation { at, seen: Seen::Rebalance(reason) }),
            What::Stabilized { members } => self.count(at, members),
            What::Leader { id } => self.was_there(&id),
            What::Emptied => self.present.clone().into_keys().for_each(|id| self.leave(at, id)),
        }
    }

    fn join(&mut self, at: Option<Date>, id: String, instance: Option<String>) {
        if self.present.insert(id.clone(), instance.clone()).is_none() {
            self.observations.push(Observation { at, seen: Seen::Joined(SeenMember { id, instance, ..SeenMember::default() }) });
        }
    }

    fn replace(&mut self, at: Option<Date>, id: String, instance: String) {
        self.present.retain(|_, held| held.as_deref() != Some(&instance));
        self.join(at, id, Some(instance));
    }

    fn leave(&mut self, at: Option<Date>, id: String) {
        self.was_there(&id);
        if self.present.remove(&id).is_some() {
            self.observations.push(Observation { at, seen: Seen::Left(id) });
        }
    }

    /// A member that the log says is there and never said joined was there before it.
    fn was_there(&mut self, id: &str) {
        if let Some(place) = self.unexplained.iter().position(|unexplained| unexplained == id) {
            let id = self.unexplained.remove(place);
            self.present.insert(id.clone(), None);
            self.before.push(id);
        }
    }

    /// Of the members that a generation counts and nobody named, some are named when they leave.
    fn count(&mut self, at: Option<Date>, members: usize) {
        while self.present.len() < members && !self.unexplained.is_empty() && !self.observations.is_empty() {
            let id = self.unexplained.remove(0);
            self.guessed.push(id.clone());
            self.join(at, id, None);
        }
        self.unnamed = self.unnamed.max(members.saturating_sub(self.present.len()));
    }

    fn told(self) -> ToldLife {
        let members = |id: &String| Arc::new(SeenMember { id: id.clone(), held: Some(PartitionsByTopic::new()), ..SeenMember::default() });
        let group = SeenGroup { members: self.before.iter().map(members).collect(), ..SeenGroup::default() };
        let start = Observation { at: self.start, seen: Seen::Group(group) };
        let notes = [
            (!self.before.is_empty()).then_some(About::BeforeTheLog { members: self.before }),
            (!self.guessed.is_empty()).then_some(About::JoiningNotNamed { members: self.guessed }),
            (self.unnamed > 0).then_some(About::MembersNotNamed { members: self.unnamed }),
        ];
        ToldLife { observations: [start].into_iter().chain(self.observations).collect(), notes: notes.into_iter().flatten().collect() }
    }
}
