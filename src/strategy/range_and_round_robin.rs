//! Java's assignors that are blind to claims (October 2024).
//!
//! `RangeAssignor` gives each subscriber a run of partitions, topic by topic; with racks (KIP-881)
//! first what can be read in one's own rack. `RoundRobinAssignor` goes round all members, over all
//! partitions.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::repeat_n;

use super::roster::{GroupRacks, Roster, SubscribedTopic};
use crate::model::{Assignment, Group, MemberId, TopicPartition};

/// Each topic in runs as even as can be, the longer ones to its first subscribers. Where racks
/// matter each first gets what it can read in its own; topics of equal partition counts and
/// subscribers then stay together, partition by partition, wherever one subscriber matches all.
///
/// Without racks linear in partitions and subscriptions, but for ordering the members; with racks
/// O(partitions × subscribers) for each topic.
pub(super) fn range(group: &Group) -> Assignment {
    let roster = Roster::by_key(group);
    let racks = GroupRacks::of(group, &roster);
    let member = |(partition, place): (TopicPartition, usize)| (partition, roster.members[place]);
    match roster.topics.iter().any(|topic| racks.matter([topic].into_iter())) {
        false => group.assignment(roster.topics.iter().flat_map(runs).map(member)),
        true => {
            let topics = co_partitioned(&roster.topics).into_iter().flat_map(|topics| with_matching_racks(topics, &racks));
            let owned = topics.flat_map(|topic| topic.with_runs(|_, _| true).owned);
            group.assignment(owned.map(member))
        }
    }
}

/// Partition after partition, in the order of topic names, to the next member in turn that
/// subscribes to the topic.
///
/// O(partitions · log members), beside reading subscriptions and ordering the members.
pub(super) fn round_robin(group: &Group) -> Assignment {
    let Roster { members, topics } = Roster::by_key(group);
    let partitions = topics.iter().flat_map(|topic| topic.each_partition().map(move |partition| (topic, partition)));
    group.assignment(deal(&members, partitions))
}

/// A topic's partitions with the places of their owners, run after run.
fn runs(topic: &SubscribedTopic) -> impl Iterator<Item = (TopicPartition, usize)> {
    let (partitions, subscribers) = (topic.partitions as usize, topic.subscribers.len());
    let length = move |number: usize| partitions / subscribers + usize::from(number < partitions % subscribers);
    let owners = topic.subscribers.iter().enumerate().flat_map(move |(number, place)| repeat_n(place, length(number)));
    topic.each_partition().zip(owners)
}

/// A topic that is being given out in runs; subscribers are named by their place in the roster.
struct TopicRuns<'a> {
    topic: &'a SubscribedTopic,
    unassigned: BTreeSet<TopicPartition>,
    owned: Vec<(TopicPartition, usize)>,
    /// How many each subscriber has that has any.
    loads: BTreeMap<usize, usize>,
    /// How many subscribers may still have one more than the others.
    longer: usize,
}

impl<'a> TopicRuns<'a> {
    fn of(topic: &'a SubscribedTopic) -> Self {
        let longer = topic.partitions as usize % topic.subscribers.len();
        Self { topic, unassigned: topic.each_partition().collect(), owned: Vec::new(), loads: BTreeMap::new(), longer }
    }

    /// Each subscriber gets the first partitions that it may have, as many as its share allows.
    fn with_runs(mut self, mut may_have: impl FnMut(usize, TopicPartition) -> bool) -> Self {
        for place in self.topic.subscribers.iter() {
            let share = self.share_left(place);
            let run: Vec<TopicPartition> =
                self.unassigned.iter().copied().filter(|&partition| may_have(place, partition)).take(share).collect();
            self = self.with_owner(place, &run);
            if self.unassigned.is_empty() {
                break;
            }
        }
        self
    }

    /// What every subscriber has in the end, but for those that have one more.
    fn short_run(&self) -> usize {
        self.topic.partitions as usize / self.topic.subscribers.len()
    }

    fn load(&self, place: usize) -> usize {
        self.loads.get(&place).copied().unwrap_or(0)
    }

    fn share_left(&self, place: usize) -> usize {
        (self.short_run() + usize::from(self.longer > 0)).saturating_sub(self.load(place))
    }

    fn with_owner(mut self, place: usize, run: &[TopicPartition]) -> Self {
        if run.is_empty() {
            return self;
        }
        self.owned.extend(run.iter().map(|&partition| (partition, place)));
        for partition in run {
            self.unassigned.remove(partition);
        }
        *self.loads.entry(place).or_insert(0) += run.len();
        if self.load(place) > self.short_run() {
            self.longer -= 1;
        }
        self
    }
}

/// Topics in sets of equal subscribers and equal partition counts.
fn co_partitioned(topics: &[SubscribedTopic]) -> Vec<Vec<&SubscribedTopic>> {
    let mut sets: BTreeMap<(&[usize], u32), Vec<&SubscribedTopic>> = BTreeMap::new();
    for topic in topics {
        sets.entry((topic.subscribers.named(), topic.partitions)).or_default().push(topic);
    }
    sets.into_values().collect()
}

/// What can be read in one's own rack is given out; a set of topics together.
fn with_matching_racks<'a>(topics: Vec<&'a SubscribedTopic>, racks: &GroupRacks<'_>) -> Vec<TopicRuns<'a>> {
    let runs = topics.into_iter().map(TopicRuns::of);
    match runs.len() {
        1 => runs.map(|runs| runs_in_racks(runs, racks)).collect(),
        _ => together_in_racks(runs.collect(), racks),
    }
}

fn runs_in_racks<'a>(runs: TopicRuns<'a>, racks: &GroupRacks<'_>) -> TopicRuns<'a> {
    match racks.matter([runs.topic].into_iter()) {
        true => runs.with_runs(|place, partition| !racks.is_mismatch(place, partition)),
        false => runs,
    }
}

/// The same partition of all topics of a set goes to the first subscriber that matches them all.
fn together_in_racks<'a>(mut topics: Vec<TopicRuns<'a>>, racks: &GroupRacks<'_>) -> Vec<TopicRuns<'a>> {
    let topic = topics[0].topic;
    for number in 0..topic.partitions {
        let partition = |runs: &TopicRuns| TopicPartition { topic: runs.topic.id, partition: number };
        let may_have = |place: &usize| topics.iter().all(|runs| !racks.is_mismatch(*place, partition(runs)) && runs.share_left(*place) > 0);
        let Some(place) = topic.subscribers.iter().find(may_have) else { continue };
        let given = |runs: TopicRuns<'a>| {
            let run = [partition(&runs)];
            runs.with_owner(place, &run)
        };
        topics = topics.into_iter().map(given).collect();
    }
    topics
}

fn deal<'a>(
    members: &'a [MemberId],
    partitions: impl Iterator<Item = (&'a SubscribedTopic, TopicPartition)> + 'a,
) -> impl Iterator<Item = (TopicPartition, MemberId)> + 'a {
    partitions.scan(0, |turn, (topic, partition)| {
        let place = topic.subscribers.next_from(*turn)?;
        *turn = (place + 1) % members.len();
        Some((partition, members[place]))
    })
}
