//! Who follows a topic, kept from plan to plan.
//!
//! A *reader* of a topic is a member that may own partitions of it: one that follows the topic, where the topic has partitions. A topic without any, or that does
//! not exist, may have followers but has no readers.
//!
//! What changes is written down as edits at first: a list of followers is written anew only once there are many, for many changes together.

use std::sync::Arc;

use super::effects::{Effects, in_one_only, reading};
use crate::balance::network::{NONE, Network};
use crate::model::{Group, MemberId, SubscriptionId, TopicId};

/// The followers of every topic: those of the last network made, whole lists where they changed since, and what changed last. A persistent value. Of a topic
/// that nobody followed when it was created again, the list is an old one: it is made anew before anybody asks for it.
#[derive(Clone, Debug)]
pub(in crate::balance) struct Readers {
    network: Arc<Network>,
    changed: im::OrdMap<TopicId, Arc<[MemberId]>>,
    /// What no list says yet, ascending by topic and member; one edit at most for both.
    edits: Arc<[Edit]>,
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

/// So many edits are looked through at most, before lists are written anew.
const MOST_EDITS: usize = 256;

/// Beyond so many followers of topics whose followers change, a network is made anew.
const MOST_REWRITTEN: usize = 1 << 15;

impl Readers {
    pub(in crate::balance) fn new(network: Network) -> Self {
        let only_subscription = network.only_subscription;
        Self { network: Arc::new(network), changed: im::OrdMap::new(), edits: [].into(), only_subscription, state: State::Current }
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
        let edits = of_topic(&self.edits, topic);
        let unedited = self.listed(topic).filter(|member| edits.is_empty() || find(edits, *member).is_err());
        unedited.chain(begun(edits))
    }

    /// The members that followed a topic before the edits.
    fn listed(&self, topic: TopicId) -> impl Iterator<Item = MemberId> + '_ {
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

    /// The readers after a change.
    pub(super) fn after(mut self, before: &Group, after: &Group, effects: &Effects) -> Self {
        let begins = !effects.subscribed.is_empty() || effects.grown.values().any(|&kept| kept == 0);
        self.only_subscription = self.only_subscription.filter(|_| !begins);
        let new: Vec<TopicId> = effects.grown.keys().copied().filter(|&topic| effects.is_new(topic)).collect();
        let edits = edits(before, after, effects);
        if edits.is_empty() && new.is_empty() {
            return self;
        }
        let Some(followers) = after.subscribers(&new, MOST_REWRITTEN) else { return Self::new(Network::of(after)) };
        let lists: Vec<(TopicId, Arc<[MemberId]>)> = new.into_iter().zip(followers.into_iter().map(Arc::from)).collect();
        let edits = merged(&self.edits, &edits);
        self.edits = edits.into_iter().filter(|edit| !effects.is_new(edit.topic)).collect();
        match self.edits.len() > MOST_EDITS {
            true => self.edited(after).listing(lists, after),
            false => self.listing(lists, after),
        }
    }

    /// The readers with all edits in lists.
    fn edited(self, group: &Group) -> Self {
        let edited = self.edits.chunk_by(|one, other| one.topic == other.topic).map(|edits| edits[0].topic);
        let lists = edited.map(|topic| (topic, self.of_topic(topic).collect())).collect();
        Self { edits: [].into(), ..self.listing(lists, group) }
    }

    /// The readers of this group, with these lists of who follows a topic.
    fn listing(mut self, lists: Vec<(TopicId, Arc<[MemberId]>)>, group: &Group) -> Self {
        if lists.iter().map(|(_, followers)| followers.len()).sum::<usize>() > MOST_REWRITTEN {
            return Self::new(Network::of(group));
        }
        self.changed.extend(lists);
        self
    }
}

/// A member that begins or ends to follow a topic.
#[derive(Clone, Copy, Debug)]
struct Edit {
    topic: TopicId,
    member: MemberId,
    following: Following,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        edits.extend(in_one_only(&was, &is).map(|topic| match is.binary_search(&topic) {
            Ok(_) => Edit { topic, member, following: Following::Begins },
            Err(_) => Edit { topic, member, following: Following::Ends },
        }));
    }
    edits.sort_unstable_by_key(|edit| (edit.topic, edit.member));
    edits
}

/// Two lists of edits as one; where both say something of a member and a topic, the later ones count.
fn merged(earlier: &[Edit], later: &[Edit]) -> Vec<Edit> {
    let key = |edit: &Edit| (edit.topic, edit.member);
    let mut merged = Vec::with_capacity(earlier.len() + later.len());
    let mut rest = earlier;
    for edit in later {
        let place = rest.partition_point(|other| key(other) < key(edit));
        merged.extend_from_slice(&rest[..place]);
        merged.push(*edit);
        let replaced = rest.get(place).is_some_and(|other| key(other) == key(edit));
        rest = &rest[place + usize::from(replaced)..];
    }
    merged.extend_from_slice(rest);
    merged
}

/// The edits of one topic.
fn of_topic(edits: &[Edit], topic: TopicId) -> &[Edit] {
    let rest = &edits[edits.partition_point(|edit| edit.topic < topic)..];
    &rest[..rest.iter().take_while(|edit| edit.topic == topic).count()]
}

/// Where a member is among the edits of a topic.
fn find(edits: &[Edit], member: MemberId) -> Result<usize, usize> {
    edits.binary_search_by_key(&member, |edit| edit.member)
}

/// The members that begin to follow a topic.
fn begun(edits: &[Edit]) -> impl Iterator<Item = MemberId> + '_ {
    edits.iter().filter(|edit| edit.following == Following::Begins).map(|edit| edit.member)
}
