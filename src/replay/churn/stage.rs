//! The group while it churns: who is there, what exists, what time it is, and what happened so far.

use std::ops::RangeInclusive;

use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};

use super::scenario::{Membership, Scenario, Sizes};
use crate::document::{At, EventContent, EventDocument, GroupDocument, JoinDocument, MemberDocument, Seconds, TopicDocument};
use crate::model::{NewMember, Subscription};

/// A group in the middle of its churn.
pub(super) struct Stage {
    rng: ChaCha8Rng,
    /// The time, in tenths of a second.
    now: u64,
    sizes: Sizes,
    /// The partitions of each topic.
    topics: Vec<i64>,
    consumers: Vec<Consumer>,
    /// What happened so far.
    pub(super) events: Vec<EventDocument>,
}

/// A consumer: the process that is one member of the group after another.
struct Consumer {
    incarnation: u32,
    topics: ConsumerTopics,
    presence: Presence,
}

/// What a consumer subscribes to.
#[derive(Clone)]
enum ConsumerTopics {
    Every,
    /// Numbers of topics, ascending.
    These(Vec<usize>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Here,
    Away,
}

impl Stage {
    /// The group before anything happens.
    pub(super) fn set(scenario: Scenario, sizes: &Sizes, seed: u64, trial: u64) -> Self {
        let mut stage =
            Self { rng: dice(seed, trial), now: 0, sizes: *sizes, topics: Vec::new(), consumers: Vec::new(), events: Vec::new() };
        let most = (2 * i64::from(sizes.partitions) - 1).max(1);
        stage.topics = (0..sizes.topics).map(|_| stage.rng.random_range(1..=most)).collect();
        for _ in 0..sizes.members {
            let topics = stage.drawn(scenario);
            stage.consumers.push(Consumer { incarnation: 1, topics, presence: Presence::Here });
        }
        stage
    }

    fn drawn(&mut self, scenario: Scenario) -> ConsumerTopics {
        let mut all: Vec<usize> = (0..self.topics.len()).collect();
        match (self.sizes.topics_each, scenario) {
            (None, Scenario::Deploy) => ConsumerTopics::These(all),
            (None, _) => ConsumerTopics::Every,
            (Some(count), _) => {
                all.shuffle(&mut self.rng);
                all.truncate(count as usize);
                all.sort_unstable();
                ConsumerTopics::These(all)
            }
        }
    }

    /// The group as it is now, as a document.
    pub(super) fn group(&self, name: &str) -> GroupDocument {
        let topics = (0..self.topics.len()).map(|topic| (topic_name(topic), self.topic(topic))).collect();
        let members = self.here().into_iter().map(|consumer| MemberDocument::from(&self.member(consumer))).collect();
        GroupDocument { name: Some(name.into()), topics, members }
    }

    /// The consumers that are here, by number.
    pub(super) fn here(&self) -> Vec<usize> {
        (0..self.consumers.len()).filter(|consumer| self.consumers[*consumer].presence == Presence::Here).collect()
    }

    /// The same, in random order.
    pub(super) fn here_shuffled(&mut self) -> Vec<usize> {
        let mut here = self.here();
        here.shuffle(&mut self.rng);
        here
    }

    /// One of the consumers that are here.
    pub(super) fn anyone(&mut self) -> Option<usize> {
        self.here().choose(&mut self.rng).copied()
    }

    /// Those of a zone that are here.
    pub(super) fn of_zone(&self, zone: usize) -> Vec<usize> {
        self.here().into_iter().filter(|consumer| self.zone(*consumer) == zone).collect()
    }

    /// A zone.
    pub(super) fn any_zone(&mut self) -> usize {
        self.rng.random_range(0..self.sizes.zones.max(1)) as usize
    }

    fn zone(&self, consumer: usize) -> usize {
        consumer % self.sizes.zones.max(1) as usize
    }

    /// Time passes: that many tenths of a second.
    pub(super) fn wait(&mut self, tenths: RangeInclusive<u64>) {
        self.now += self.rng.random_range(tenths);
    }

    /// A consumer that was not there before joins, subscribing as others do.
    pub(super) fn join_anew(&mut self, scenario: Scenario) {
        let topics = self.drawn(scenario);
        self.consumers.push(Consumer { incarnation: 0, topics, presence: Presence::Away });
        self.join(self.consumers.len() - 1);
    }

    /// A consumer joins under a new member id.
    pub(super) fn join(&mut self, consumer: usize) {
        self.consumers[consumer].incarnation += 1;
        self.consumers[consumer].presence = Presence::Here;
        let member = self.member(consumer);
        self.happens(EventContent::Join(JoinDocument::from(&member)));
    }

    /// A consumer leaves the group.
    pub(super) fn leave(&mut self, consumer: usize) {
        self.consumers[consumer].presence = Presence::Away;
        let id = self.member(consumer).id;
        self.happens(EventContent::Leave(id));
    }

    /// A consumer restarts, within that many tenths of a second. A static member does so unnoticed,
    /// until it joins again.
    pub(super) fn restart(&mut self, consumer: usize, tenths: RangeInclusive<u64>) {
        if self.sizes.membership == Membership::Dynamic {
            self.leave(consumer);
        }
        self.wait(tenths);
        self.join(consumer);
    }

    /// A topic is created; the number it has.
    pub(super) fn create_topic(&mut self) -> usize {
        let partitions = i64::from(self.sizes.partitions.max(1));
        self.topics.push(partitions);
        self.announce(self.topics.len() - 1);
        self.topics.len() - 1
    }

    /// A topic grows, by at most as many partitions as topics have on average.
    pub(super) fn grow_topic(&mut self) {
        let Some(topic) = (!self.topics.is_empty()).then(|| self.rng.random_range(0..self.topics.len())) else { return };
        self.topics[topic] += self.rng.random_range(1..=i64::from(self.sizes.partitions.max(1)));
        self.announce(topic);
    }

    /// A consumer subscribes to one more topic from its next incarnation on.
    pub(super) fn will_subscribe(&mut self, consumer: usize, topic: usize) {
        if let ConsumerTopics::These(topics) = &mut self.consumers[consumer].topics {
            topics.push(topic);
        }
    }

    /// Whether something happens that happens once in that many times.
    pub(super) fn once_in(&mut self, times: u32) -> bool {
        self.rng.random_ratio(1, times)
    }

    fn announce(&mut self, topic: usize) {
        let topics = [(topic_name(topic), Some(self.topic(topic)))].into_iter().collect();
        self.happens(EventContent::Topics(topics));
    }

    fn happens(&mut self, content: EventContent) {
        self.events.push(EventDocument { at: At::from(Seconds::from_milliseconds(self.now as i64 * 100)), content });
    }

    /// A topic as it is at present. The replicas of a partition are in one zone after another,
    /// those of the next partition begin one zone further on.
    fn topic(&self, topic: usize) -> TopicDocument {
        let zones = self.sizes.zones.max(1) as usize;
        let replicas = |first: usize, count: u32| (0..count as usize).map(|replica| zone_name((first + replica) % zones)).collect();
        let partitions = self.topics[topic];
        let racks = self.sizes.replication_factor.map(|factor| {
            let count = factor.min(self.sizes.zones.max(1));
            (0..partitions as usize).map(|partition| replicas(topic + partition, count)).collect()
        });
        TopicDocument { partitions, racks }
    }

    /// The member that a consumer is at present.
    fn member(&self, consumer: usize) -> NewMember {
        let Consumer { incarnation, topics, .. } = &self.consumers[consumer];
        let member =
            NewMember::new(format!("consumer-{consumer}-{incarnation}"), subscription(topics)).rack(zone_name(self.zone(consumer)));
        match self.sizes.membership {
            Membership::Dynamic => member,
            Membership::Static => member.instance(format!("pod-{consumer}")),
        }
    }
}

/// Random numbers of their own for each trial of a seed.
fn dice(seed: u64, trial: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut dice = ChaCha8Rng::from_seed(key);
    dice.set_stream(trial);
    dice
}

fn subscription(topics: &ConsumerTopics) -> Subscription {
    match topics {
        ConsumerTopics::Every => Subscription::Every,
        ConsumerTopics::These(topics) => Subscription::Named(topics.iter().copied().map(topic_name).collect()),
    }
}

fn topic_name(topic: usize) -> String {
    format!("topic-{topic}")
}

fn zone_name(zone: usize) -> String {
    format!("zone-{zone}")
}
