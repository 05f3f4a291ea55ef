//! A consumer with this crate's assignor: joins a group, reads its topics, and says in JSON lines
//! what it is given and what it reads.
//!
//! ```text
//! cargo run --example consumer --features barnabas-tokio -- 127.0.0.1:9092 my-group cooperative-sticky orders clicks
//! ```
//!
//! It leaves the group when its standard input ends.

mod reports;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use barnabas_core::group::{Assignment, Assignor, Subscription, TopicPartition};
use barnabas_tokio::{Consumer, ConsumerRecords, EARLIEST, IsolationLevel, RebalanceListener, Tokio};
use reports::{ended, report};
use serde_json::json;
use sticky_assignor::kafka::Protocol;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [broker, group, protocol, topics @ ..] = arguments.as_slice() else {
        return Err("usage: consumer BROKER GROUP sticky|cooperative-sticky TOPIC...".into());
    };
    let protocol: Protocol = protocol.parse()?;
    let mut consumer = Consumer::new(Tokio, std::slice::from_ref(broker), "consumer", IsolationLevel::ReadUncommitted).await?;
    consumer.set_group_timeouts(Duration::from_secs(6), Duration::from_secs(20));
    consumer.set_auto_commit(Some(Duration::ZERO));
    consumer.set_metadata_max_age(Duration::from_secs(2));
    consumer.set_max_wait(Duration::from_millis(200));
    consumer.set_rebalance_listener(Box::new(Reporter));
    consumer.subscribe(group, topics.to_vec(), Box::new(Remembering::new(protocol)), EARLIEST).await?;
    read(&mut consumer, &ended()).await;
    consumer.unsubscribe().await?;
    report(&json!({"event": "left"}));
    Ok(())
}

/// Reads until told to stop. A failed poll is a rebalance under way, or a broker out of reach: both
/// pass, or end with the input.
async fn read(consumer: &mut Consumer, ended: &AtomicBool) {
    while !ended.load(Ordering::Relaxed) {
        match consumer.poll().await {
            Ok(batches) => batches.iter().for_each(report_records),
            Err(error) => report(&json!({"event": "error", "error": error.to_string()})),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An eager barnabas member owns nothing by the time it joins, and no user data passes through: so
/// the leader remembers what it gave. The assignor itself is a pure function; what is kept between
/// its calls is the application's, here.
struct Remembering {
    protocol: Protocol,
    given: Rc<RefCell<Assignment>>,
}

impl Remembering {
    fn new(protocol: Protocol) -> Self {
        Self { protocol, given: Rc::default() }
    }

    fn recalled(&self, said: &Subscription) -> Subscription {
        let silent = self.protocol == Protocol::Sticky && said.owned.is_empty();
        let given = self.given.borrow().get(&said.member_id).filter(|_| silent).cloned();
        Subscription { owned: given.unwrap_or_else(|| said.owned.clone()), ..said.clone() }
    }
}

impl Assignor for Remembering {
    fn name(&self) -> &'static str {
        self.protocol.name()
    }

    fn assign(&self, members: &[Subscription], partitions_per_topic: &BTreeMap<String, i32>) -> Assignment {
        let recalled: Vec<Subscription> = members.iter().map(|said| self.recalled(said)).collect();
        let given = self.protocol.assign(&recalled, partitions_per_topic);
        report(&json!({"event": "led", "members": given.len()}));
        self.given.replace(given.clone());
        given
    }
}

/// Says what is given and taken.
struct Reporter;

impl RebalanceListener for Reporter {
    fn on_revoked(&mut self, partitions: &[TopicPartition]) {
        report(&json!({"event": "revoked", "partitions": by_topic(partitions)}));
    }

    fn on_assigned(&mut self, partitions: &[TopicPartition]) {
        report(&json!({"event": "assigned", "partitions": by_topic(partitions)}));
    }
}

fn by_topic(partitions: &[TopicPartition]) -> BTreeMap<&str, Vec<i32>> {
    let mut by_topic: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for named in partitions {
        by_topic.entry(&named.topic).or_default().push(named.partition);
    }
    by_topic
}

fn report_records(records: &ConsumerRecords) {
    for record in records.iter() {
        let value = record.value().map(|value| String::from_utf8_lossy(&value).into_owned());
        report(
            &json!({"event": "record", "topic": records.topic, "partition": records.partition, "offset": record.offset(), "value": value}),
        );
    }
}
