//! A member of a group that says what Java's consumer says and leads with `lead` itself, on a plain
//! socket.
//!
//! ```text
//! cargo run --example member --features kafka -- 127.0.0.1:9092 my-group sticky orders clicks
//! ```
//!
//! It says in JSON lines what it is given and what it reads, and of each rebalance it leads what
//! every member said and was given, byte for byte. It leaves the group when its standard input
//! ends.

mod broker;
mod coordinator;
#[path = "../reports.rs"]
mod reports;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use broker::{Broker, Partition};
use coordinator::{Coordinator, UNKNOWN_MEMBER};
use kafka_protocol::messages::JoinGroupResponse;
use reports::{ended, report};
use serde_json::json;
use sticky_assignor::NewTopic;
use sticky_assignor::kafka::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, EncodedAssignment, JoinedMember, LeaderRound, Protocol,
    StickyAssignorUserData, TopicPartitions, lead,
};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [broker, group, protocol, topics @ ..] = arguments.as_slice() else {
        return Err("usage: member BROKER GROUP sticky|cooperative-sticky TOPIC...".into());
    };
    let protocol: Protocol = protocol.parse()?;
    let coordinator = Coordinator::new(Broker::connect(broker)?, group);
    let mut member = Member { coordinator, protocol, topics: topics.to_vec(), held: BTreeMap::new(), leading: None };
    let ended = ended();
    member.rejoin()?;
    while !ended.load(Ordering::Relaxed) {
        member.go_on()?;
    }
    member.coordinator.leave()?;
    report(&json!({"event": "left"}));
    Ok(())
}

struct Member {
    coordinator: Coordinator,
    protocol: Protocol,
    topics: Vec<String>,
    /// What it holds, and where it reads on.
    held: BTreeMap<Partition, i64>,
    leading: Option<Leading>,
}

/// What a leader remembers: its last answer, and the topics it was for.
struct Leading {
    led: LeaderRound,
    counts: BTreeMap<String, u32>,
    looked: Instant,
}

impl Member {
    /// Joins until it is told what it holds; a cooperative member that has to give something up
    /// joins once more.
    fn rejoin(&mut self) -> Fallible<()> {
        if self.protocol == Protocol::Sticky {
            report(&json!({"event": "revoked", "partitions": by_topic(self.held.keys())}));
        }
        loop {
            let joined = self.coordinator.join(self.protocol.name(), &self.metadata()?)?;
            if joined.error_code != 0 {
                self.refused(joined.error_code);
                continue;
            }
            let given = self.lead_if_asked(&joined)?;
            let synced = self.coordinator.sync(self.protocol.name(), &given)?;
            if synced.error_code != 0 {
                self.refused(synced.error_code);
            } else if self.take(&synced.assignment)?.is_empty() {
                return Ok(());
            }
        }
    }

    /// What it says of itself: its claim is in the user data of the eager protocol, and the owned
    /// partitions of the cooperative one.
    fn metadata(&self) -> Fallible<Vec<u8>> {
        let owned: Vec<TopicPartitions<'_>> =
            self.held.keys().map(|(topic, partition)| TopicPartitions::new(topic, [*partition])).collect();
        let generation = self.coordinator.generation;
        let topics = self.topics.iter().map(String::as_str).collect();
        let user_data = StickyAssignorUserData { previous_assignment: owned.clone(), generation: Some(generation) }.encode()?;
        let said = ConsumerProtocolSubscription { topics, generation, ..ConsumerProtocolSubscription::default() };
        let said = match self.protocol {
            Protocol::Sticky => ConsumerProtocolSubscription { user_data: Some(&user_data), ..said },
            Protocol::CooperativeSticky => ConsumerProtocolSubscription { owned_partitions: owned, ..said },
        };
        Ok(said.encode(3)?)
    }

    /// A request was refused: the group rebalances again, or has gone on without this member.
    fn refused(&mut self, error_code: i16) {
        if error_code == UNKNOWN_MEMBER {
            self.coordinator.id.clear();
        }
        report(&json!({"event": "error", "error": error_code}));
    }

    /// The leader's work, for the one member that the coordinator tells about the others.
    fn lead_if_asked(&mut self, joined: &JoinGroupResponse) -> Fallible<Vec<EncodedAssignment>> {
        if joined.leader != joined.member_id {
            self.leading = None;
            return Ok(Vec::new());
        }
        let members: Vec<JoinedMember<'_>> = joined
            .members
            .iter()
            .map(|member| JoinedMember { id: &member.member_id, instance: member.group_instance_id.as_deref(), metadata: &member.metadata })
            .collect();
        let counts = self.coordinator.broker.partition_counts(&self.topics)?;
        let topics: Vec<NewTopic> = counts.iter().map(|(topic, &count)| NewTopic::new(topic, count)).collect();
        let led = match &self.leading {
            Some(before) => before.led.next_round(self.protocol, &members, &topics)?,
            None => lead(self.protocol, &members, &topics)?,
        };
        let answered = members.iter().zip(&led.assignments);
        let answered = answered.map(|(member, given)| json!({"id": member.id, "said": member.metadata, "given": given.assignment}));
        report(&json!({"event": "led", "topics": counts, "members": answered.collect::<Vec<_>>()}));
        let given = led.assignments.clone();
        self.leading = Some(Leading { led, counts, looked: Instant::now() });
        Ok(given)
    }

    /// Holds what it was given from now on. What it has to give up is returned.
    fn take(&mut self, assignment: &[u8]) -> Fallible<Vec<Partition>> {
        let given = ConsumerProtocolAssignment::decode(assignment)?.assigned_partitions;
        let given: BTreeSet<Partition> =
            given.iter().flat_map(|entry| entry.partitions.iter().map(|partition| (entry.topic.into(), partition))).collect();
        let kept = |partition: &Partition| self.protocol == Protocol::CooperativeSticky && given.contains(partition);
        let (kept, gone): (BTreeMap<Partition, i64>, _) = std::mem::take(&mut self.held).into_iter().partition(|(held, _)| kept(held));
        let gained: Vec<Partition> = given.into_iter().filter(|partition| !kept.contains_key(partition)).collect();
        let given_up: Vec<Partition> = gone.into_keys().filter(|_| self.protocol == Protocol::CooperativeSticky).collect();
        report(&json!({"event": "revoked", "partitions": by_topic(&given_up)}));
        report(&json!({"event": "gained", "partitions": by_topic(&gained)}));
        self.held = self.coordinator.positions(&gained)?.into_iter().chain(kept).collect();
        Ok(given_up)
    }

    /// Reads what there is, or joins again if it must.
    fn go_on(&mut self) -> Fallible<()> {
        match self.coordinator.heartbeat()? {
            0 if self.sees_topics_grow()? => self.rejoin(),
            0 => self.read(),
            error_code => {
                self.refused(error_code);
                self.rejoin()
            }
        }
    }

    /// Whether a topic has more partitions than it was led with. The leader looks after that, now
    /// and then.
    fn sees_topics_grow(&mut self) -> Fallible<bool> {
        let Some(leading) = self.leading.as_mut().filter(|leading| leading.looked.elapsed() > Duration::from_secs(2)) else {
            return Ok(false);
        };
        leading.looked = Instant::now();
        let now = self.coordinator.broker.partition_counts(&self.topics)?;
        Ok(now.iter().any(|(topic, count)| leading.counts.get(topic).is_none_or(|before| before < count)))
    }

    fn read(&mut self) -> Fallible<()> {
        if self.held.is_empty() {
            std::thread::sleep(Duration::from_millis(200));
            return Ok(());
        }
        let records = self.coordinator.broker.fetch(&self.held)?;
        for record in &records {
            let (topic, partition) = &record.partition;
            report(&json!({"event": "record", "topic": topic, "partition": partition, "offset": record.offset, "value": record.value}));
            self.held.insert(record.partition.clone(), record.offset + 1);
        }
        if records.is_empty() { Ok(()) } else { self.coordinator.commit(&self.held) }
    }
}

fn by_topic<'a>(partitions: impl IntoIterator<Item = &'a Partition>) -> BTreeMap<&'a str, Vec<i32>> {
    let mut by_topic: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for (topic, partition) in partitions {
        by_topic.entry(topic).or_default().push(*partition);
    }
    by_topic
}
