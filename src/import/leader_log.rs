//! The logs of clients that lead their group: of Java's (`Finished assignment for group at
//! generation 2: {c1=Assignment(partitions=[t-0])}`), and of librdkafka's assignor in its debug
//! output: who subscribed to what, and what was assigned.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::ImportError;
use super::history::{PartitionsByTopic, SeenGroup, SeenMember};
use super::partitions;
use super::text::is_logged;
use crate::model::Subscription;

const FINISHED: &str = "Finished assignment for group";
const PARTITIONS: &str = "=Assignment(partitions=[";
/// The most lines that a long one may have been broken into.
const MOST_LINES: usize = 1000;

/// An assignment that a leader made.
pub(super) struct Finished {
    pub(super) group: Option<String>,
    pub(super) seen: SeenGroup,
}

/// An assignment that may go on in the next line.
#[derive(Clone, Debug)]
pub(super) struct Unfinished {
    /// Where it begins.
    line: usize,
    lines: usize,
    text: String,
}

/// Whether a line of such a log says what was assigned.
pub(super) fn is_finished_line(text: &str) -> bool {
    text.contains(FINISHED)
}

impl Unfinished {
    pub(super) fn new(line: usize) -> Self {
        Self { line, lines: 0, text: String::new() }
    }

    /// The assignment with what one more line says, whole or not yet.
    ///
    /// # Errors
    ///
    /// Where it does not end, or a member or partition of it cannot be read.
    pub(super) fn with(mut self, part: &str) -> Result<Result<Finished, Self>, ImportError> {
        if self.lines > 0 && (self.lines == MOST_LINES || is_finished_line(part) || is_logged(part)) {
            return Err(self.endless());
        }
        self.lines += 1;
        self.text.push_str(if self.lines == 1 { part } else { part.trim() });
        let finished = if part.contains('}') { self.finished()? } else { None };
        Ok(finished.ok_or(self))
    }

    /// The assignment, if it is whole.
    fn finished(&self) -> Result<Option<Finished>, ImportError> {
        let Some((head, rest)) = self.text.split_once(FINISHED) else { return Err(self.endless()) };
        let Some((before, map)) = rest.split_once('{') else { return Ok(None) };
        let Some(members) = members(map).map_err(|reason| ImportError::Log { line: self.line, reason })? else { return Ok(None) };
        // Before Kafka 2.4 no generation stands there, and before 2.0 the group's name.
        let before = before.trim().trim_end_matches(':');
        let generation = before.strip_prefix("at generation ").and_then(|number| number.parse().ok());
        let named = Some(before).filter(|name| generation.is_none() && !name.is_empty()).map(String::from);
        Ok(Some(Finished { group: group(head).or(named), seen: SeenGroup { generation, members, ..SeenGroup::default() } }))
    }

    /// What is wrong where nothing follows.
    pub(super) fn endless(&self) -> ImportError {
        ImportError::Log { line: self.line, reason: "the assignment does not end".into() }
    }
}

/// `[Consumer clientId=c1, groupId=orders]`.
fn group(head: &str) -> Option<String> {
    let (_, name) = head.rsplit_once("groupId=")?;
    let (name, _) = name.rsplit_once(']')?;
    Some(name.to_string()).filter(|name| !name.is_empty())
}

/// The members of a map, up to its closing brace; none where it is not all there.
fn members(map: &str) -> Result<Option<Vec<Arc<SeenMember>>>, String> {
    let mut members = Vec::new();
    let mut rest = map.trim_start();
    while !rest.starts_with('}') {
        let Some((id, behind)) = rest.split_once(PARTITIONS) else {
            return if rest.contains('}') { Err(format!("{:?} is not a member with its assignment", short(rest))) } else { Ok(None) };
        };
        let Some((list, behind)) = behind.split_once(']') else { return Ok(None) };
        let Some((user_data, behind)) = behind.split_once(')') else { return Ok(None) };
        if !(user_data.is_empty() || user_data.starts_with(", userDataSize=")) {
            return Err(format!("{:?} stands behind the partitions of {:?}", short(user_data), short(id)));
        }
        let decided = partitions::all_joined(list).map_err(|text| format!("{:?} is not a partition", short(text)))?;
        members.push(Arc::new(SeenMember { id: id.into(), decided: Some(decided), ..SeenMember::default() }));
        rest = behind.strip_prefix(',').unwrap_or(behind).trim_start();
        if rest.is_empty() {
            return Ok(None);
        }
    }
    Ok(Some(members))
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// An assignment on its way through the log.
#[derive(Clone, Debug)]
pub(super) struct LoggedAssignment {
    pub(super) group: String,
    members: BTreeMap<String, SeenMember>,
    /// The member that the last lines were about, and what they list of it.
    current: Option<(String, Listing)>,
    /// How many partitions the members said they owned, which are not named.
    owned: u64,
    assigned: bool,
    /// How many members there are to be, as far as that is said.
    members_said: Option<usize>,
    /// How many lines are to list topics that members subscribe to, and partitions that are
    /// assigned, where that is said; and how many there are.
    listed_said: Option<usize>,
    listed: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listing {
    Subscribed,
    Assigned,
}

/// What a line of the log says.
pub(super) enum Said<'a> {
    /// An assignment begins.
    Running {
        group: &'a str,
        members: Option<usize>,
    },
    /// Its result begins.
    Finished,
    Member {
        id: &'a str,
        owned: usize,
        topics: Option<usize>,
    },
    Assigned {
        id: &'a str,
        partitions: usize,
    },
    Partition {
        topic: &'a str,
        partition: &'a str,
    },
}

/// What this line says, if it is one of the assignor's.
pub(super) fn assignor_line(text: &str) -> Option<Said<'_>> {
    let (_, said) = text.split_once("|ASSIGN|").or_else(|| text.split_once(" ASSIGN ["))?;
    let (_, said) = said.split_once("]: ").or_else(|| said.split_once("| "))?;
    let said = said.trim();
    if let Some(rest) = said.strip_prefix("Group \"") {
        // A group's name may hold quotes; what stands behind it has none.
        let (group, rest) = rest.rsplit_once('"')?;
        return match rest {
            rest if rest.contains(" running ") => Some(Said::Running { group, members: counted(rest, " for ", " member(s)") }),
            rest if rest.contains(" assignment for ") => Some(Said::Finished),
            _ => None,
        };
    }
    if let Some(rest) = said.strip_prefix("Member \"") {
        let (id, rest) = rest.rsplit_once('"')?;
        let rest = rest.strip_prefix(" (me)").unwrap_or(rest);
        if rest.trim_start().starts_with("assigned ") {
            return Some(Said::Assigned { id, partitions: counted(rest, "assigned ", " partition(s)")? });
        }
        let (owned, topics) = (counted(rest, " with ", " owned partition(s)"), counted(rest, " and ", " subscribed topic(s)"));
        // Older versions do not say what members owned.
        let topics = topics.or_else(|| counted(rest, " with ", " subscription(s)"));
        return rest.starts_with(" with ").then_some(Said::Member { id, owned: owned.unwrap_or(0), topics });
    }
    let (topic, partition) = said.strip_suffix(']')?.rsplit_once(" [")?;
    (!topic.is_empty() && !topic.contains(char::is_whitespace)).then_some(Said::Partition { topic, partition })
}

/// The number between two parts of a text.
fn counted(text: &str, before: &str, behind: &str) -> Option<usize> {
    text.split_once(before)?.1.split_once(behind)?.0.trim().parse().ok()
}

impl LoggedAssignment {
    pub(super) fn new(group: &str, members_said: Option<usize>) -> Self {
        let (group, members) = (group.into(), BTreeMap::new());
        Self { group, members, current: None, owned: 0, assigned: false, members_said, listed_said: Some(0), listed: 0 }
    }

    /// The assignment with what one more line says.
    ///
    /// # Errors
    ///
    /// Where the line says something of a member that was not named before, or a partition is none.
    pub(super) fn with(mut self, line: usize, said: &Said<'_>) -> Result<Self, ImportError> {
        let misplaced = |reason: &str| ImportError::Log { line, reason: reason.into() };
        match *said {
            Said::Running { .. } | Said::Finished => self.current = None,
            Said::Member { id, owned, topics } => {
                self.listed_said = self.listed_said.zip(topics).map(|(said, topics)| said.saturating_add(topics));
                let (id, subscription) = (id.to_string(), Some(Subscription::Named(Vec::new())));
                self.owned = self.owned.saturating_add(owned as u64);
                self.current = Some((id.clone(), Listing::Subscribed));
                self.members.insert(id.clone(), SeenMember { id, subscription, ..SeenMember::default() });
            }
            Said::Assigned { id, partitions } => {
                self.assigned = true;
                self.listed_said = self.listed_said.map(|said| said.saturating_add(partitions));
                self.current = Some((id.to_string(), Listing::Assigned));
                let named = SeenMember { id: id.into(), ..SeenMember::default() };
                self.members.entry(id.to_string()).or_insert(named).decided = Some(PartitionsByTopic::new());
            }
            Said::Partition { topic, partition } => {
                self.listed += 1;
                let current = self.current.as_ref().and_then(|(id, listing)| Some((self.members.get_mut(id)?, *listing)));
                match current.ok_or_else(|| misplaced("a partition of no member"))? {
                    (SeenMember { decided: Some(decided), .. }, Listing::Assigned) => {
                        let partition = partitions::number(partition).ok_or_else(|| misplaced("a partition without a number"))?;
                        decided.entry(topic.to_string()).or_default().push(partition);
                    }
                    (SeenMember { subscription: Some(Subscription::Named(topics)), .. }, Listing::Subscribed) => topics.push(topic.into()),
                    _ => return Err(misplaced("a partition of no member")),
                }
            }
        }
        Ok(self)
    }

    /// How many partitions the members said they owned.
    pub(super) fn owned(&self) -> u64 {
        self.owned
    }

    /// The group with what was assigned; none where the log does not come so far, or lacks lines of
    /// it.
    pub(super) fn finished(self) -> Option<SeenGroup> {
        let is_whole = self.members_said.is_none_or(|said| said == self.members.len())
            && self.listed_said.is_none_or(|said| said == self.listed)
            && self.members.values().all(|member| member.decided.is_some());
        let members = self.members.into_values().map(Arc::new).collect();
        (self.assigned && is_whole).then(|| SeenGroup { members, ..SeenGroup::default() })
    }
}
