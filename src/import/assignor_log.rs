//! The debug log of librdkafka's assignor, at the group's leader: who subscribed to what, and what
//! was assigned.

use std::collections::BTreeMap;

use super::error::ImportError;
use super::history::{PartitionsByTopic, SeenGroup, SeenMember};
use super::partitions;
use crate::model::Subscription;

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
    },
    /// Its result begins.
    Finished,
    Member {
        id: &'a str,
        owned: u64,
    },
    Assigned {
        id: &'a str,
    },
    Partition {
        topic: &'a str,
        partition: &'a str,
    },
}

/// What this line says, if it is one of the assignor's.
pub(super) fn line(text: &str) -> Option<Said<'_>> {
    let (_, said) = text.split_once("|ASSIGN|").or_else(|| text.split_once(" ASSIGN ["))?;
    let (_, said) = said.split_once("]: ").or_else(|| said.split_once("| "))?;
    let said = said.trim();
    if let Some(rest) = said.strip_prefix("Group \"") {
        // A group's name may hold quotes; what stands behind it has none.
        let (group, rest) = rest.rsplit_once('"')?;
        return match rest {
            rest if rest.contains(" running ") => Some(Said::Running { group }),
            rest if rest.contains(" assignment for ") => Some(Said::Finished),
            _ => None,
        };
    }
    if let Some(rest) = said.strip_prefix("Member \"") {
        let (id, rest) = rest.rsplit_once('"')?;
        let rest = rest.strip_prefix(" (me)").unwrap_or(rest);
        if rest.trim_start().starts_with("assigned ") {
            return Some(Said::Assigned { id });
        }
        let owned = rest.strip_prefix(" with ")?.split_whitespace().next()?.parse().ok()?;
        return Some(Said::Member { id, owned });
    }
    let (topic, partition) = said.strip_suffix(']')?.rsplit_once(" [")?;
    (!topic.is_empty() && !topic.contains(char::is_whitespace)).then_some(Said::Partition { topic, partition })
}

impl LoggedAssignment {
    pub(super) fn new(group: &str) -> Self {
        Self { group: group.into(), members: BTreeMap::new(), current: None, owned: 0, assigned: false }
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
            Said::Member { id, owned } => {
                let (id, subscription) = (id.to_string(), Some(Subscription::Named(Vec::new())));
                self.owned = self.owned.saturating_add(owned);
                self.current = Some((id.clone(), Listing::Subscribed));
                self.members.insert(id.clone(), SeenMember { id, subscription, ..SeenMember::default() });
            }
            Said::Assigned { id } => {
                self.assigned = true;
                self.current = Some((id.to_string(), Listing::Assigned));
                let named = SeenMember { id: id.into(), ..SeenMember::default() };
                self.members.entry(id.to_string()).or_insert(named).decided = Some(PartitionsByTopic::new());
            }
            Said::Partition { topic, partition } => {
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

    /// The group with what was assigned; none where the log does not come so far.
    pub(super) fn finished(self) -> Option<SeenGroup> {
        let members = self.members.into_values().collect();
        self.assigned.then(|| SeenGroup { members, ..SeenGroup::default() })
    }
}
