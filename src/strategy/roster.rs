//! What every assignor starts from: members in an order, for each topic that exists who of them
//! subscribes to it, and racks as Java's assignors have looked at them since KIP-881.
//!
//! A partition of which no rack is known mismatches every member that has one: Java's rule, not
//! that of [`Goal::Rack`](crate::Goal::Rack).

use std::collections::{BTreeMap, BTreeSet};
use std::iter::from_fn;
use std::sync::Arc;

use crate::model::{Group, MemberId, Name, Subscribed, TopicId, TopicPartition};

/// The members of a group in one order, and the topics they subscribe to in the order of names.
pub(super) struct Roster {
    /// The members; a member's place is its index here.
    pub(super) members: Vec<MemberId>,
    /// The topics that exist, have partitions and are subscribed to by anybody, in the order of
    /// their names.
    pub(super) topics: Vec<SubscribedTopic>,
}

/// A topic with its subscribers.
pub(super) struct SubscribedTopic {
    pub(super) id: TopicId,
    pub(super) partitions: u32,
    pub(super) subscribers: TopicSubscribers,
}

/// The members that subscribe to a topic, by their places, which ascend.
///
/// Those that say "all" are listed once for all topics: else there would be an entry for each topic
/// and member where the group has one word.
#[derive(Clone, Debug, Default)]
pub(super) struct TopicSubscribers {
    /// Those that name it.
    named: Vec<usize>,
    /// Those that say "all".
    every: Arc<[usize]>,
}

/// How many partitions members get where all subscribe alike: every one the least, some one more.
#[derive(Clone, Copy)]
pub(super) struct Quota {
    pub(super) least: usize,
    /// How many members get one more.
    pub(super) extras: usize,
}

impl TopicSubscribers {
    pub(super) fn len(&self) -> usize {
        self.named.len() + self.every.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        merged(self.named.iter().copied(), self.every.iter().copied())
    }

    pub(super) fn contains(&self, place: usize) -> bool {
        self.named.binary_search(&place).is_ok() || self.every.binary_search(&place).is_ok()
    }

    /// The first at this place or after it, going round.
    pub(super) fn next_from(&self, place: usize) -> Option<usize> {
        let next = |from: usize| {
            let of = |places: &[usize]| places.get(places.partition_point(|other| *other < from)).copied();
            of(&self.named).into_iter().chain(of(&self.every)).min()
        };
        next(place).or_else(|| next(0))
    }

    /// Those that name the topic: what tells the subscribers of two topics apart.
    pub(super) fn named(&self) -> &[usize] {
        &self.named
    }

    /// Those that say "all", of every topic the same.
    fn every(&self) -> &[usize] {
        &self.every
    }
}

/// Two ascending lists as one.
pub(super) fn merged<T: Ord>(one: impl Iterator<Item = T>, other: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    from_fn(move || match (one.peek(), other.peek()) {
        (Some(first), Some(second)) if second < first => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

/// Those who subscribe to any of some topics of one roster, in any order, repeated or not.
pub(super) fn subscribing<'t>(topics: impl Iterator<Item = &'t SubscribedTopic> + Clone) -> impl Iterator<Item = usize> {
    let every = topics.clone().next().into_iter().flat_map(|topic| topic.subscribers.every());
    every.chain(topics.flat_map(|topic| topic.subscribers.named())).copied()
}

impl Roster {
    /// The order of the range and round robin assignors: static members by instance id, then the
    /// others by member id.
    pub(super) fn by_key(group: &Group) -> Self {
        Self::of(group, group.members().map(|(id, _)| id).collect())
    }

    /// The order of the sticky assignor, which knows no instance ids: everybody by member id.
    pub(super) fn by_member_id(group: &Group) -> Self {
        let mut members: Vec<_> = group.members().map(|(number, member)| (member.id(), number)).collect();
        members.sort_unstable();
        Self::of(group, members.into_iter().map(|(_, number)| number).collect())
    }

    fn of(group: &Group, members: Vec<MemberId>) -> Self {
        let mut subscribers = subscribers(group, &members);
        let topics = group.topics().map(|(id, topic)| SubscribedTopic {
            id,
            partitions: topic.partitions(),
            subscribers: std::mem::take(&mut subscribers[id.index()]),
        });
        let topics = topics.filter(|topic| topic.partitions > 0 && !topic.subscribers.is_empty()).collect();
        Self { members, topics }
    }

    /// Whether every member subscribes to every one of the topics.
    pub(super) fn subscribed_alike(&self) -> bool {
        self.topics.iter().all(|topic| topic.subscribers.len() == self.members.len())
    }

    /// The members that say "all".
    pub(super) fn every(&self) -> &[usize] {
        self.topics.first().map_or(&[], |topic| topic.subscribers.every())
    }

    /// How many partitions have a subscriber.
    fn partition_count(&self) -> usize {
        self.topics.iter().map(|topic| topic.partitions as usize).sum()
    }
}

impl Quota {
    pub(super) fn of(roster: &Roster) -> Self {
        let (partitions, members) = (roster.partition_count(), roster.members.len());
        Self { least: partitions / members, extras: partitions % members }
    }
}

impl SubscribedTopic {
    /// Its partitions, ascending.
    pub(super) fn each_partition(&self) -> impl Iterator<Item = TopicPartition> + use<> {
        let topic = self.id;
        (0..self.partitions).map(move |partition| TopicPartition { topic, partition })
    }
}

/// The subscribers of each topic, by topic number.
fn subscribers(group: &Group, members: &[MemberId]) -> Vec<TopicSubscribers> {
    let subscribed = |member: &MemberId| group.all_members().subscribed(*member);
    let says_all = |(_, member): &(usize, &MemberId)| matches!(subscribed(member), Subscribed::Every);
    let every: Arc<[usize]> = members.iter().enumerate().filter(says_all).map(|(place, _)| place).collect();
    let mut subscribers = vec![TopicSubscribers { named: Vec::new(), every }; group.all_topics().len()];
    for (place, member) in members.iter().enumerate() {
        if let Subscribed::These(topics) = subscribed(member) {
            topics.iter().for_each(|topic| subscribers[topic.index()].named.push(place));
        }
    }
    subscribers
}

/// For each number its position among `numbers`, which are small.
pub(super) fn inverse(numbers: impl Iterator<Item = usize> + Clone) -> Vec<usize> {
    let mut positions = vec![0; numbers.clone().max().map_or(0, |number| number + 1)];
    for (position, number) in numbers.enumerate() {
        positions[number] = position;
    }
    positions
}

/// The racks of members and of the partitions they subscribe to.
pub(super) struct GroupRacks<'a> {
    group: &'a Group,
    /// The rack of each member, by its place in the roster.
    of_member: Vec<Option<&'a Name>>,
    /// The racks of the members that subscribe to all topics.
    of_every: BTreeSet<&'a Name>,
}

impl<'a> GroupRacks<'a> {
    pub(super) fn of(group: &'a Group, roster: &Roster) -> Self {
        let rack = |id| group.member(id).and_then(|member| member.rack()).filter(|rack| !rack.is_empty());
        let of_member: Vec<Option<&Name>> = roster.members.iter().map(|&id| rack(id)).collect();
        let every = roster.topics.first().into_iter().flat_map(|topic| topic.subscribers.every());
        let of_every = every.filter_map(|&place| of_member[place]).collect();
        Self { group, of_member, of_every }
    }

    /// Whether racks can make a difference to these topics (Java's `useRackAwareAssignment`): some
    /// subscriber is in a rack that has replicas, and not every partition has replicas in all.
    pub(super) fn matter<'t>(&self, topics: impl Iterator<Item = &'t SubscribedTopic> + Clone) -> bool {
        let partitions = topics.clone().flat_map(|topic| topic.each_partition());
        let sets: BTreeSet<BTreeSet<&Name>> = partitions.map(|partition| self.replicas(partition).iter().collect()).collect();
        let all: BTreeSet<&Name> = sets.iter().flatten().copied().collect();
        let is_named_there = || {
            let mut named = topics.flat_map(|topic| topic.subscribers.named());
            named.any(|&place| self.of_member[place].is_some_and(|rack| all.contains(rack)))
        };
        sets.iter().any(|set| *set != all) && (!all.is_disjoint(&self.of_every) || is_named_there())
    }

    /// The rack of the member at this place.
    pub(super) fn rack(&self, place: usize) -> Option<&'a Name> {
        self.of_member[place]
    }

    /// Whether the member is in a rack, and no known replica of the partition is.
    pub(super) fn is_mismatch(&self, place: usize, partition: TopicPartition) -> bool {
        self.of_member[place].is_some_and(|rack| !self.replicas(partition).contains(rack))
    }

    /// The partitions, those first that fewest members can read in their rack.
    pub(super) fn sorted_by_matching_members(&self, mut partitions: Vec<TopicPartition>) -> Vec<TopicPartition> {
        let mut in_rack: BTreeMap<&Name, usize> = BTreeMap::new();
        self.of_member.iter().flatten().for_each(|rack| *in_rack.entry(rack).or_default() += 1);
        partitions.sort_by_cached_key(|&partition| {
            let racks: BTreeSet<&Name> = self.replicas(partition).iter().collect();
            racks.into_iter().filter_map(|rack| in_rack.get(rack)).sum::<usize>()
        });
        partitions
    }

    /// The racks of the partition's replicas, as far as they are known.
    pub(super) fn replicas(&self, partition: TopicPartition) -> &'a [Name] {
        let racks = self.group.all_topics().get(partition.topic).racks();
        racks.and_then(|racks| racks.get(partition.partition as usize)).map_or(&[], |replicas| replicas)
    }
}
