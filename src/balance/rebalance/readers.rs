//! Who follows a topic, kept from plan to plan.

use std::sync::Arc;

use super::effects::{Effects, reading};
use crate::balance::network::{NONE, Network};
use crate::model::{Group, MemberId, SubscriptionId, TopicId};

/// The followers of every topic: those of the last network made, and whole lists where they changed since. A persistent value.
#[derive(Clone, Debug)]
pub(in crate::balance) struct Readers {
    network: Arc<Network>,
    changed: im::OrdMap<TopicId, Arc<[MemberId]>>,
    /// The one subscription of all members that follow anything, where they are known to have but one.
    only_subscription: Option<SubscriptionId>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Current,
    /// Changes were not written down, as the closed form does not ask who follows what.
    Outdated,
}

/// Beyond so many followers of topics whose followers change, a network is made anew.
const MOST_REWRITTEN: usize = 1 << 15;

impl Readers {
    pub(in crate::balance) fn new(network: Network) -> Self {
        let only_subscription = network.only_subscription;
        Self { network: Arc::new(network), changed: im::OrdMap::new(), only_subscription, state: State::Current }
    }

    /// The one subscription of all members that follow anything, where they are known to have but one.
    pub(super) fn only_subscription(&self) -> Option<SubscriptionId> {
        self.only_subscription
    }

    /// The readers after a change that was not written down.
    pub(super) fn outdated(self) -> Self {
        Self { state: State::Outdated, ..self }
    }

    /// The readers of this group, which are known but for what was not written down.
    pub(super) fn current(self, group: &Group) -> Self {
        match self.state {
            State::Current => self,
            State::Outdated => Self::new(Network::of(group)),
        }
    }

    /// The members that follow a topic with partitions.
    pub(super) fn of_topic(&self, topic: TopicId) -> impl Iterator<Item = MemberId> + '_ {
        let changed = self.changed.get(&topic);
        let class = self.network.class_of.get(topic.index()).copied().unwrap_or(NONE);
        let shapes = match class {
            class if class != NONE && changed.is_none() => self.network.followers.row(class as usize),
            _ => &[],
        };
        let members = shapes.iter().flat_map(|&shape| self.network.members_of.row(shape as usize));
        let known = members.map(|&member| self.network.members[member as usize]);
        known.chain(changed.into_iter().flat_map(|members| members.iter().copied()))
    }

    /// The members that follow a topic, copied at once where they are listed already.
    fn list(&self, topic: TopicId) -> Vec<MemberId> {
        self.changed.get(&topic).map_or_else(|| self.of_topic(topic).collect(), |followers| followers.to_vec())
    }

    /// The readers after a change.
    pub(super) fn after(mut self, before: &Group, after: &Group, effects: &Effects) -> Self {
        let begins = !effects.subscribed.is_empty() || effects.grown.values().any(|&kept| kept == 0);
        self.only_subscription = self.only_subscription.filter(|_| !begins);
        let edits = edits(before, after, effects);
        let created = effects.grown.keys().copied().filter(|&topic| effects.is_new(topic));
        let created = created.map(|topic| (topic, after.subscribers(topic).collect()));
        let edited_topics = edits.chunk_by(|one, other| one.topic == other.topic).filter(|edits| !effects.is_new(edits[0].topic));
        let edited = edited_topics.map(|edits| (edits[0].topic, edited(self.list(edits[0].topic), edits)));
        let followers: Vec<(TopicId, Vec<MemberId>)> = created.chain(edited).collect();
        if followers.iter().map(|(_, followers)| followers.len()).sum::<usize>() > MOST_REWRITTEN {
            return Self::new(Network::of(after));
        }
        for (topic, followers) in followers {
            self.changed.insert(topic, followers.into());
        }
        self
    }
}

/// A member that begins or ends to follow a topic.
#[derive(Clone, Copy)]
struct Edit {
    topic: TopicId,
    member: MemberId,
    following: Following,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Following {
    Begins,
    Ends,
}

/// Who begins or ends to follow what, ascending by topic and member.
fn edits(before: &Group, after: &Group, effects: &Effects) -> Vec<Edit> {
    let mut edits = Vec::new();
    for &member in effects.left.iter().chain(&effects.subscribed) {
        let was: Vec<TopicId> = reading(before, member).collect();
        let is: Vec<TopicId> = reading(after, member).collect();
        let edit = |following| move |&topic: &TopicId| Edit { topic, member, following };
        edits.extend(was.iter().filter(|topic| is.binary_search(topic).is_err()).map(edit(Following::Ends)));
        edits.extend(is.iter().filter(|topic| was.binary_search(topic).is_err()).map(edit(Following::Begins)));
    }
    edits.sort_unstable_by_key(|edit| (edit.topic, edit.member));
    edits
}

/// The followers of a topic after these edits, of which no two are of one member.
fn edited(mut followers: Vec<MemberId>, edits: &[Edit]) -> Vec<MemberId> {
    followers.retain(|follower| edits.binary_search_by_key(follower, |edit| edit.member).is_err());
    followers.extend(edits.iter().filter(|edit| edit.following == Following::Begins).map(|edit| edit.member));
    followers
}
