//! Churn that operators know, made up from a seed: what a group goes through when it is restarted,
//! scaled, deployed or hit. Times are in tenths of a second.

mod scenario;

use std::ops::RangeInclusive;

use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};

use crate::document::{At, EventContent, EventDocument, GroupDocument, JoinDocument, MemberDocument, Seconds, TopicDocument};
use crate::model::{NewMember, Subscription};
pub use scenario::{Membership, Scenario, Sizes, UnknownScenario};

/// A group, and what happens to it: an event log made up.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Churn {
    /// The group before.
    pub group: GroupDocument,
    /// What happens, in the order of time.
    pub events: Vec<EventDocument>,
}

/// The churn of a scenario: the same for the same sizes, seed and trial, on every machine.
///
/// Trials of one seed differ in partition counts, in who subscribes to what where that is drawn, in
/// who is hit, and in the time between events. Linear in what is made; and in each round all
/// members may be looked through, where one of those that are here is drawn, and all topics for
/// each member that joins.
///
/// ```
/// use sticky_assignor::replay::churn::{Scenario, Sizes, churn};
/// let sizes = Sizes { members: 3, rounds: Some(1), ..Sizes::default() };
/// let restarts = churn(Scenario::RollingRestart, &sizes, 42, 0);
/// assert_eq!(restarts.events.len(), 3 * 2);
/// assert_eq!(restarts, churn(Scenario::RollingRestart, &sizes, 42, 0));
/// ```
pub fn churn(scenario: Scenario, sizes: &Sizes, seed: u64, trial: u64) -> Churn {
    let mut stage = Stage::set(scenario, sizes, seed, trial);
    let group = stage.group(scenario.name());
    let rounds = sizes.rounds.unwrap_or_else(|| scenario.usual_rounds(sizes));
    play(scenario, &mut stage, rounds);
    Churn { group, events: stage.events }
}

/// How long a process takes to stop and start.
const RESTART: RangeInclusive<u64> = 20..=100;
/// How long a rollout waits before it goes on to the next member.
const ROLLOUT: RangeInclusive<u64> = 100..=300;
/// How long a crashed process is kept waiting before it may start.
const BACK_OFF: RangeInclusive<u64> = 100..=600;
/// How far apart members are lost that are lost together.
const TOGETHER: RangeInclusive<u64> = 0..=5;
/// How long a zone is gone.
const OUTAGE: RangeInclusive<u64> = 1_200..=6_000;

/// Lets a scenario happen that many times.
fn play(scenario: Scenario, stage: &mut Stage, rounds: u32) {
    for _ in 0..rounds {
        stage.wait(ROLLOUT);
        round(scenario, stage);
    }
}

fn round(scenario: Scenario, stage: &mut Stage) {
    match scenario {
        Scenario::RollingRestart => rolling_restart(stage),
        Scenario::ScaleUp => stage.join_anew(scenario),
        Scenario::ScaleDown => scale_down(stage),
        Scenario::CrashLoop => crash(stage),
        Scenario::Flapping => flap(stage),
        Scenario::Deploy => deploy(stage),
        Scenario::TopicGrowth => topic_growth(stage),
        Scenario::ZoneLoss => zone_loss(stage),
    }
}

fn rolling_restart(stage: &mut Stage) {
    for consumer in stage.here_shuffled() {
        stage.restart(consumer, RESTART);
        stage.wait(ROLLOUT);
    }
}

fn scale_down(stage: &mut Stage) {
    if let [_, _, ..] = stage.here()[..]
        && let Some(consumer) = stage.anyone()
    {
        stage.leave(consumer);
    }
}

/// It is always the first consumer that crashes.
fn crash(stage: &mut Stage) {
    if let Some(&consumer) = stage.here().first() {
        stage.restart(consumer, BACK_OFF);
    }
}

/// Up to three are out at once.
fn flap(stage: &mut Stage) {
    let mut out: Vec<usize> = Vec::new();
    while let Some(consumer) = stage.anyone() {
        stage.leave(consumer);
        stage.wait(RESTART);
        out.push(consumer);
        if out.len() == 3 || !stage.once_in(3) {
            break;
        }
    }
    for consumer in out {
        stage.join(consumer);
        stage.wait(RESTART);
    }
}

fn deploy(stage: &mut Stage) {
    let topic = stage.create_topic();
    for consumer in stage.here_shuffled() {
        stage.wait(ROLLOUT);
        stage.will_subscribe(consumer, topic);
        stage.restart(consumer, RESTART);
    }
}

fn topic_growth(stage: &mut Stage) {
    match stage.once_in(5) {
        true => drop(stage.create_topic()),
        false => stage.grow_topic(),
    }
}

fn zone_loss(stage: &mut Stage) {
    let zone = stage.any_zone();
    let lost = stage.of_zone(zone);
    for &consumer in &lost {
        stage.leave(consumer);
        stage.wait(TOGETHER);
    }
    stage.wait(OUTAGE);
    for consumer in lost {
        stage.join(consumer);
        stage.wait(RESTART);
    }
}

/// A group in the middle of its churn: who is there, what exists, what time it is, and what
/// happened so far.
struct Stage {
    rng: ChaCha8Rng,
    /// The time, in tenths of a second.
    now: u64,
    sizes: Sizes,
    /// The partitions of each topic.
    topics: Vec<i64>,
    consumers: Vec<Consumer>,
    /// What happened so far.
    events: Vec<EventDocument>,
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
    fn set(scenario: Scenario, sizes: &Sizes, seed: u64, trial: u64) -> Self {
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
    fn group(&self, name: &str) -> GroupDocument {
        let topics = (0..self.topics.len()).map(|topic| (topic_name(topic), self.topic(topic))).collect();
        let members = self.here().into_iter().map(|consumer| MemberDocument::from(&self.member(consumer))).collect();
        GroupDocument { name: Some(name.into()), topics, members }
    }

    /// The consumers that are here, by number.
    fn here(&self) -> Vec<usize> {
        (0..self.consumers.len()).filter(|consumer| self.consumers[*consumer].presence == Presence::Here).collect()
    }

    /// The same, in random order.
    fn here_shuffled(&mut self) -> Vec<usize> {
        let mut here = self.here();
        here.shuffle(&mut self.rng);
        here
    }

    /// One of the consumers that are here.
    fn anyone(&mut self) -> Option<usize> {
        self.here().choose(&mut self.rng).copied()
    }

    /// Those of a zone that are here.
    fn of_zone(&self, zone: usize) -> Vec<usize> {
        self.here().into_iter().filter(|consumer| self.zone(*consumer) == zone).collect()
    }

    /// A zone.
    fn any_zone(&mut self) -> usize {
        self.rng.random_range(0..self.sizes.zones.max(1)) as usize
    }

    fn zone(&self, consumer: usize) -> usize {
        consumer % self.sizes.zones.max(1) as usize
    }

    /// Time passes: that many tenths of a second.
    fn wait(&mut self, tenths: RangeInclusive<u64>) {
        self.now += self.rng.random_range(tenths);
    }

    /// A consumer that was not there before joins, subscribing as others do.
    fn join_anew(&mut self, scenario: Scenario) {
        let topics = self.drawn(scenario);
        self.consumers.push(Consumer { incarnation: 0, topics, presence: Presence::Away });
        self.join(self.consumers.len() - 1);
    }

    /// A consumer joins under a new member id.
    fn join(&mut self, consumer: usize) {
        self.consumers[consumer].incarnation += 1;
        self.consumers[consumer].presence = Presence::Here;
        let member = self.member(consumer);
        self.happens(EventContent::Join(JoinDocument::from(&member)));
    }

    /// A consumer leaves the group.
    fn leave(&mut self, consumer: usize) {
        self.consumers[consumer].presence = Presence::Away;
        let id = self.member(consumer).id;
        self.happens(EventContent::Leave(id));
    }

    /// A consumer restarts, within that many tenths of a second. A static member does so unnoticed,
    /// until it joins again.
    fn restart(&mut self, consumer: usize, tenths: RangeInclusive<u64>) {
        if self.sizes.membership == Membership::Dynamic {
            self.leave(consumer);
        }
        self.wait(tenths);
        self.join(consumer);
    }

    /// A topic is created; the number it has.
    fn create_topic(&mut self) -> usize {
        let partitions = i64::from(self.sizes.partitions.max(1));
        self.topics.push(partitions);
        self.announce(self.topics.len() - 1);
        self.topics.len() - 1
    }

    /// A topic grows, by at most as many partitions as topics have on average.
    fn grow_topic(&mut self) {
        let Some(topic) = (!self.topics.is_empty()).then(|| self.rng.random_range(0..self.topics.len())) else { return };
        self.topics[topic] += self.rng.random_range(1..=i64::from(self.sizes.partitions.max(1)));
        self.announce(topic);
    }

    /// A consumer subscribes to one more topic from its next incarnation on.
    fn will_subscribe(&mut self, consumer: usize, topic: usize) {
        if let ConsumerTopics::These(topics) = &mut self.consumers[consumer].topics {
            topics.push(topic);
        }
    }

    /// Whether something happens that happens once in that many times.
    fn once_in(&mut self, times: u32) -> bool {
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
