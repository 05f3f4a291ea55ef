//! A long log: 10,000 members come and go over 100,000 partitions. What reading, replaying and
//! restoring take, and the most memory that was used.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use sticky_assignor::document::{At, EventContent, EventDocument, JoinDocument, SubscriptionDocument};
use sticky_assignor::replay::{EventLog, Faults, History, RebalanceWindow};
use sticky_assignor::{Group, NewMember, NewTopic, Subscription, TopicPartition};

const TOPICS: usize = 100;
const PARTITIONS: u32 = 1_000;
const MEMBERS: usize = 1_000;
const EVENTS: usize = 10_000;

/// What the replay may take, and the memory.
const TARGET: (Duration, u64) = (Duration::from_secs(3), 512 << 20);

fn main() {
    // Under `cargo bench -- --test` a short log is enough to see that it works.
    let events = if std::env::args().any(|argument| argument == "--test") { 100 } else { EVENTS };
    for (name, share) in [("equal subscriptions", TOPICS), ("each member subscribes to 40 of 100 topics", 40)] {
        println!("{name}: {events} events, {} partitions, {MEMBERS} members", TOPICS as u64 * u64::from(PARTITIONS));
        measure(share, events);
    }
    match peak_memory() {
        Some(peak) => println!("peak memory {} MB (at most {} MB)", peak >> 20, TARGET.1 >> 20),
        None => println!("peak memory unknown on this system"),
    }
}

fn measure(share: usize, events: usize) {
    let log = timed("check the log", || log(share, events));
    let batches: Vec<_> = timed("batches", || RebalanceWindow::default().batches(&log).collect());
    let start = timed("first plan", || History::new(&log.group).expect("the group can be"));
    let limit = TARGET.0;
    let history = timed(&format!("replay (at most {limit:?})"), || {
        batches.into_iter().try_fold(start, History::rebalance).expect("the log was checked")
    });
    timed("restore 20 versions", || (0..20).for_each(|number| drop(black_box(history.at(number * events / 20 + 4)))));
    timed("who owned a partition", || (0..TOPICS).map(|topic| history.owners(some_partition(&log.group, topic)).len()).sum::<usize>());
}

fn timed<T>(what: &str, call: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let answer = call();
    println!("  {what:<24} {:>10.1?}", start.elapsed());
    answer
}

/// Members leave and join in turn.
fn log(share: usize, events: usize) -> EventLog {
    let topics: Vec<NewTopic> = (0..TOPICS).map(|topic| NewTopic::new(topic_name(topic), PARTITIONS)).collect();
    let members: Vec<NewMember> = (0..MEMBERS).map(|member| NewMember::new(format!("m{member}"), subscribed(member, share))).collect();
    let group = Group::new(&topics, &members).expect("the group can be");
    let lines =
        (0..events).map(|event| (event as u64 + 2, Ok(EventDocument { at: At::from(event as u32), content: content(event, share) })));
    EventLog::new(group, lines, Faults::Refuse).expect("the log can be")
}

fn content(event: usize, share: usize) -> EventContent {
    let number = event / 2;
    match event % 2 {
        0 => EventContent::Leave(format!("m{number}")),
        _ => EventContent::Join(JoinDocument {
            id: format!("m{}", MEMBERS + number),
            topics: SubscriptionDocument(subscribed(MEMBERS + number, share)),
            rack: None,
            instance: None,
        }),
    }
}

fn subscribed(member: usize, share: usize) -> Subscription {
    Subscription::Named((0..share).map(|place| topic_name((place + member * 7) % TOPICS)).collect())
}

fn topic_name(topic: usize) -> String {
    format!("topic-{topic:03}")
}

fn some_partition(group: &Group, topic: usize) -> TopicPartition {
    TopicPartition { topic: group.topic_id(&topic_name(topic)).expect("exists"), partition: 17 }
}

/// The most memory the process ever had, in bytes.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}
