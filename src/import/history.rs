//! What an input shows of a group, moment after moment: every format is read into this, before
//! anything is inferred.
//!
//! What is `None` here was not said. Nothing here was guessed.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use crate::document::{Date, TopicDocument};
use crate::model::Subscription;

/// Topic → partitions, in any order; a partition may stand there twice, as hostile records may have
/// it.
pub(super) type PartitionsByTopic = BTreeMap<String, Vec<i32>>;

/// All that an input shows of one group, in the order in which it happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ObservedHistory {
    /// The group's name; some tables have none.
    pub(super) group: Option<String>,
    /// What was seen: each moment becomes one line of an event log.
    pub(super) observations: Vec<Observation>,
}

/// What was seen of a group at one time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Observation {
    /// When.
    pub(super) at: Option<Date>,
    /// What.
    pub(super) seen: Seen,
}

/// Something seen of a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    /// All of it: every member that there was.
    Group(SeenGroup),
    /// A member that joined.
    Joined(SeenMember),
    /// A member, by its id, that left.
    Left(String),
    /// A rebalance of which nothing is known but its reason.
    Rebalance(String),
}

/// A whole group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SeenGroup {
    /// The generation; of a consumer group the epoch of its target assignment.
    pub(super) generation: Option<i64>,
    /// Its members, in any order, ids once each. One that is as it was is the same value.
    pub(super) members: Vec<Arc<SeenMember>>,
    /// Topics of which the number of partitions is said, not inferred.
    pub(super) topics: Arc<BTreeMap<String, TopicDocument>>,
    /// Partitions that were seen without an owner.
    pub(super) unowned: PartitionsByTopic,
    /// Partitions that somebody named: they count those of their topics, and no more.
    pub(super) counted: PartitionsByTopic,
}

/// A member.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SeenMember {
    /// The member id.
    pub(super) id: String,
    /// Its `group.instance.id`.
    pub(super) instance: Option<String>,
    /// Its `client.id`.
    pub(super) client: Option<String>,
    /// Its rack.
    pub(super) rack: Option<String>,
    /// What it subscribed to.
    pub(super) subscription: Option<Subscription>,
    /// What the assignor decided that it has: the assignment, or the target of a rebalance under
    /// way.
    pub(super) decided: Option<PartitionsByTopic>,
    /// What it held then. Where that is known to be what was decided, both are given.
    pub(super) held: Option<PartitionsByTopic>,
}

impl SeenMember {
    /// What was decided and what it held, as far as that was said.
    pub(super) fn lists(&self) -> impl Iterator<Item = &PartitionsByTopic> + Clone {
        [&self.decided, &self.held].into_iter().flatten()
    }
}

/// What became of the members of the last moment: one that is the same value a moment later is not
/// looked at again.
#[derive(Debug, Default)]
pub(super) struct MembersSoFar {
    /// Each as it was seen, and what it became.
    last: Vec<(Arc<SeenMember>, Arc<SeenMember>)>,
}

impl MembersSoFar {
    /// What becomes of the members of the next moment.
    pub(super) fn next(
        &mut self,
        mut members: Vec<Arc<SeenMember>>,
        mut into: impl FnMut(&Arc<SeenMember>) -> Arc<SeenMember>,
    ) -> Vec<Arc<SeenMember>> {
        self.last.truncate(members.len());
        for (place, member) in members.iter_mut().enumerate() {
            match self.last.get_mut(place) {
                Some((last, became)) if Arc::ptr_eq(last, member) => *member = became.clone(),
                last => {
                    let became = into(member);
                    let next = (mem::replace(member, became.clone()), became);
                    match last {
                        Some(last) => *last = next,
                        None => self.last.push(next),
                    }
                }
            }
        }
        members
    }
}
