//! The broker's log of the coordinator of classic groups: who joins, who leaves, and which
//! rebalances had other reasons.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{Moment, Partitions, Seen, SeenGroup, SeenMember};
use super::note::About;
use crate::document::Date;

/// What the log says of one group.
#[derive(Clone, Debug, Default)]
pub(super) struct Life {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
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
    /// A generation has so many members.
    Stabilized {
        members: usize,
    },
    /// This member is there.
    Leader {
        id: String,
    },
    Emptied,
    /// Nothing that is not said elsewhere.
    Passed,
}

/// What becomes of a life.
pub(super) struct Told {
    pub(super) moments: Vec<Moment>,
    pub(super) notes: Vec<About>,
}

/// The group that a line is about, and what it says of it.
pub(super) fn line(text: &str) -> Option<(String, What)> {
    let (_, said) = text.split_once("[GroupCoordinator ")?;
    let (_, said) = said.split_once(']')?;
    let said = said.trim_start_matches(':').trim();
    let said = said.rsplit_once(" (").filter(|(_, class)| class.contains("coordinator.group")).map_or(said, |(said, _)| said);
    preparing(said).or_else(|| stabilized(said)).or_else(|| replaced(said)).or_else(|| left(said)).or_else(|| other(said))
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
    let what = if let Some(rest) = reason.strip_prefix("Adding new member ") {
        let (id, rest) = rest.split_once(" with group instance id ").unwrap_or((rest.split(';').next().unwrap_or(rest), "None"));
        What::Joined { id: id.into(), instance: optional(rest.split(';').next().unwrap_or(rest)) }
    } else if let Some(id) = removed(reason) {
        What::Left { id }
    } else {
        What::Rebalance { reason: reason.into() }
    };
    Some((group, what))
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
    let leaves = [" has left group ", " has left, removing"].iter().any(|leaves| said.contains(leaves));
    let leaves = leaves || said.contains(" has left ");
    let (who, behind) = leaves.then(|| said.split_once(" has left"))??;
    let id = between(who, "memberId=", ",").or_else(|| between(who, "member.id ", "]")).or_else(|| {
        let (_, rest) = who.split_once("ember ")?;
        rest.split_whitespace().next()
    })?;
    let group = between(who, " in group ", " ").or_else(|| who.split_once(" in group ").map(|(_, group)| group));
    let group = group.or_else(|| between(behind, " group ", " through ")).or_else(|| between(who, "[GroupId ", "]"));
    Some((group?.into(), What::Left { id: id.into() }))
}

/// What is said of a group and of no use: a member asked to come back with the id it was given,
/// say.
fn other(said: &str) -> Option<(String, What)> {
    let named = [("joins group ", " in "), ("rejoins group ", " in "), (" group ", " ")];
    let (before, after) = named.iter().find(|(before, _)| said.contains(before))?;
    let group = between(said, before, after).or_else(|| said.split_once(before).map(|(_, group)| group))?;
    Some((group.trim_end_matches(['.', ',', ';', ':']).into(), What::Passed))
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
        self.entries.push(Entry { at, what });
    }

    /// What happened, each event possible after those before it.
    ///
    /// A member whose joining the log does not name is one of those that a generation counts and
    /// nobody named, or was there before the log.
    pub(super) fn told(self) -> Told {
        let mut telling = Telling::new(&self.entries);
        self.entries.into_iter().for_each(|entry| telling.entry(entry));
        telling.told()
    }
}

/// The story as far as it is told.
struct Telling {
    start: Option<Date>,
    moments: Vec<Moment>,
    /// Who is there, and under which instance.
    present: BTreeMap<String, Option<String>>,
    /// Members of whom the log says that they leave or lead, and not yet that they joined.
    unexplained: Vec<String>,
    before: Vec<String>,
    guessed: Vec<String>,
    unnamed: usize,
}

impl Telling {
    fn new(entries: &[Entry]) -> Self {
        let mut joined: BTreeSet<&str> = BTreeSet::new();
        let mut unexplained: Vec<String> = Vec::new();
        for Entry { what, .. } in entries {
            match what {
                What::Joined { id, .. } | What::Replaced { id, .. } => drop(joined.insert(id)),
                What::Left { id } | What::Leader { id } if joined.insert(id) => unexplained.push(id.clone()),
                _ => {}
            }
        }
        let start = entries.iter().find_map(|entry| entry.at);
        let (moments, present) = (Vec::new(), BTreeMap::new());
        Self { start, moments, present, unexplained, before: Vec::new(), guessed: Vec::new(), unnamed: 0 }
    }

    fn entry(&mut self, Entry { at, what }: Entry) {
        match what {
            What::Joined { id, instance } => self.join(at, id, instance),
            What::Replaced { id, instance } => self.replace(at, id, instance),
            What::Left { id } => self.leave(at, id),
            What::Rebalance { reason } => self.moments.push(Moment { at, seen: Seen::Rebalance(reason) }),
            What::Stabilized { members } => self.count(at, members),
            What::Leader { id } => self.was_there(&id),
            What::Emptied => self.present.clone().into_keys().for_each(|id| self.leave(at, id)),
            What::Passed => {}
        }
    }

    fn join(&mut self, at: Option<Date>, id: String, instance: Option<String>) {
        if self.present.insert(id.clone(), instance.clone()).is_none() {
            self.moments.push(Moment { at, seen: Seen::Joined(SeenMember { id, instance, ..SeenMember::default() }) });
        }
    }

    fn replace(&mut self, at: Option<Date>, id: String, instance: String) {
        self.present.retain(|_, held| held.as_deref() != Some(&instance));
        self.join(at, id, Some(instance));
    }

    fn leave(&mut self, at: Option<Date>, id: String) {
        self.was_there(&id);
        if self.present.remove(&id).is_some() {
            self.moments.push(Moment { at, seen: Seen::Left(id) });
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
        while self.present.len() < members && !self.unexplained.is_empty() && !self.moments.is_empty() {
            let id = self.unexplained.remove(0);
            self.guessed.push(id.clone());
            self.join(at, id, None);
        }
        self.unnamed = self.unnamed.max(members.saturating_sub(self.present.len()));
    }

    fn told(self) -> Told {
        let members = |id: &String| SeenMember { id: id.clone(), held: Some(Partitions::new()), ..SeenMember::default() };
        let group = SeenGroup { members: self.before.iter().map(members).collect(), ..SeenGroup::default() };
        let start = Moment { at: self.start, seen: Seen::Group(group) };
        let notes = [
            (!self.before.is_empty()).then_some(About::BeforeTheLog { members: self.before }),
            (!self.guessed.is_empty()).then_some(About::JoiningNotNamed { members: self.guessed }),
            (self.unnamed > 0).then_some(About::MembersNotNamed { members: self.unnamed }),
        ];
        Told { moments: [start].into_iter().chain(self.moments).collect(), notes: notes.into_iter().flatten().collect() }
    }
}
