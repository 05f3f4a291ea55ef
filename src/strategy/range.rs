//! Java's `RangeAssignor` (October 2024): topic by topic, each subscriber a run of partitions; with
//! racks (KIP-881), first what can be read in one's own rack.

use std::collections::{BTreeMap, BTreeSet};

use super::racks::Racks;
use super::roster::{self, Roster, SubscribedTopic};
use crate::model::{Assignment, Group, TopicPartition};

/// Each topic in runs as even as can be, the longer ones to its first subscribers. Where racks
/// matter each first gets what it can read in its own; topics of equal partition counts and
/// subscribers then stay together, partition by partition, wherever one subscriber matches all.
///
/// Without racks linear in partitions and subscriptions, but for ordering the members; with racks
/// O(partitions × subscribers) for each topic.
pub(super) fn assign(group: &Group) -> Assignment {
    let roster = Roster::by_key(group);
    let racks = Racks::of(group, &roster);
    let mut topics: Vec<TopicRuns> = roster.topics.iter().map(TopicRuns::of).collect();
    if roster.topics.iter().any(|topic| racks.matter([topic].into_iter())) {
        topics = co_partitioned(topics).into_iter().flat_map(|topics| with_matching_racks(topics, &racks)).collect();
    }
    let owned = topics.into_iter().flat_map(|topic| topic.with_runs(|_, _| true).owned);
    roster::assignment(group, owned.map(|(partition, place)| (partition, roster.members[place])))
}

/// A topic that is being given out in runs; subscribers are named by their place in the roster.
struct TopicRuns<'a> {
    topic: &'a SubscribedTopic,
    unassigned: BTreeSet<TopicPartition>,
    owned: Vec<(TopicPartition, usize)>,
    /// How many each subscriber has, in their order.
    loads: Vec<usize>,
    /// How many subscribers may still have one more than the others.
    longer: usize,
}

impl<'a> TopicRuns<'a> {
    fn of(topic: &'a SubscribedTopic) -> Self {
        let subscribers = topic.subscribers.len();
        let unassigned = topic.each_partition().collect();
        Self { topic, unassigned, owned: Vec::new(), loads: vec![0; subscribers], longer: topic.partitions as usize % subscribers }
    }

    /// Each subscriber gets the first partitions that it may have, as many as its share allows.
    fn with_runs(mut self, mut may_have: impl FnMut(usize, TopicPartition) -> bool) -> Self {
        for (subscriber, &place) in self.topic.subscribers.iter().enumerate() {
            let share = self.share_left(subscriber);
            let run: Vec<TopicPartition> =
                self.unassigned.iter().copied().filter(|&partition| may_have(place, partition)).take(share).collect();
            self = self.with_owner(subscriber, &run);
            if self.unassigned.is_empty() {
                break;
            }
        }
        self
    }

    /// What every subscriber has in the end, but for those that have one more.
    fn short_run(&self) -> usize {
        self.topic.partitions as usize / self.loads.len()
    }

    fn share_left(&self, subscriber: usize) -> usize {
        (self.short_run() + usize::from(self.longer > 0)).saturating_sub(self.loads[subscriber])
    }

    fn with_owner(mut self, subscriber: usize, run: &[TopicPartition]) -> Self {
        let place = self.topic.subscribers[subscriber];
        self.owned.extend(run.iter().map(|&partition| (partition, place)));
        for partition in run {
            self.unassigned.remove(partition);
        }
        self.loads[subscriber] += run.len();
        if !run.is_empty() && self.loads[subscriber] > self.short_run() {
            self.longer -= 1;
        }
        self
    }
}

/// Topics in sets of equal subscribers and equal partition counts.
fn co_partitioned(topics: Vec<TopicRuns<'_>>) -> Vec<Vec<TopicRuns<'_>>> {
    let mut sets: BTreeMap<(&[usize], u32), Vec<TopicRuns<'_>>> = BTreeMap::new();
    for runs in topics {
        sets.entry((&runs.topic.subscribers, runs.topic.partitions)).or_default().push(runs);
    }
    sets.into_values().collect()
}

/// What can be read in one's own rack is given out; a set of topics together.
fn with_matching_racks<'a>(topics: Vec<TopicRuns<'a>>, racks: &Racks<'_>) -> Vec<TopicRuns<'a>> {
    match topics.len() {
        1 => topics.into_iter().map(|runs| runs_in_racks(runs, racks)).collect(),
        _ => together_in_racks(topics, racks),
    }
}

fn runs_in_racks<'a>(runs: TopicRuns<'a>, racks: &Racks<'_>) -> TopicRuns<'a> {
    match racks.matter([runs.topic].into_iter()) {
        true => runs.with_runs(|place, partition| !racks.is_mismatch(place, partition)),
        false => runs,
    }
}

/// The same partition of all topics of a set goes to the first subscriber that matches them all.
fn together_in_racks<'a>(mut topics: Vec<TopicRuns<'a>>, racks: &Racks<'_>) -> Vec<TopicRuns<'a>> {
    let topic = topics[0].topic;
    for number in 0..topic.partitions {
        let partition = |runs: &TopicRuns| TopicPartition { topic: runs.topic.id, partition: number };
        let may_have = |subscriber: usize| {
            let place = topic.subscribers[subscriber];
            topics.iter().all(|runs| !racks.is_mismatch(place, partition(runs)) && runs.share_left(subscriber) > 0)
        };
        let Some(subscriber) = (0..topic.subscribers.len()).find(|&subscriber| may_have(subscriber)) else { continue };
        let given = |runs: TopicRuns<'a>| {
            let run = [partition(&runs)];
            runs.with_owner(subscriber, &run)
        };
        topics = topics.into_iter().map(given).collect();
    }
    topics
}
