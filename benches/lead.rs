//! The leader's work on a million partitions, bytes to bytes, as ratios to the floor measured in
//! the same run.

#![allow(clippy::print_stdout, reason = "the table is what a bench is for")]

mod floor;
mod shapes;

use floor::{floor, median, timed};
use shapes::{Described, real};
use sticky_assignor::kafka::{ConsumerProtocolSubscription, JoinedMember, Protocol, StickyAssignorUserData, TopicPartitions, lead};
use sticky_assignor::{NewMember, NewTopic, Subscription};

/// What the coordinator hands to the leader.
struct Joined {
    topics: Vec<NewTopic>,
    members: Vec<(String, Vec<u8>)>,
}

fn joined(described: Described, protocol: Protocol) -> Joined {
    let members = described.members.iter().map(|member| (member.id.clone(), metadata(member, protocol))).collect();
    Joined { topics: described.topics, members }
}

/// A member's subscription as Java's consumer writes it.
fn metadata(member: &NewMember, protocol: Protocol) -> Vec<u8> {
    let Subscription::Named(topics) = &member.subscription else { return Vec::new() };
    let owned: Vec<TopicPartitions<'_>> =
        member.owned.iter().map(|(topic, list)| TopicPartitions::new(topic, list.iter().copied())).collect();
    let mut said = ConsumerProtocolSubscription { topics: topics.iter().map(String::as_str).collect(), ..Default::default() };
    let user_data = StickyAssignorUserData { previous_assignment: owned.clone(), generation: Some(member.generation as i32) };
    let user_data = user_data.encode().expect("names are short");
    match protocol {
        Protocol::Sticky => said.user_data = Some(&user_data),
        Protocol::CooperativeSticky => (said.owned_partitions, said.generation) = (owned, member.generation as i32),
    }
    said.encode(3).expect("names are short")
}

/// Members that join and members that leave: what moves is a two-thousandth.
fn cases() -> Vec<(&'static str, Protocol, Described)> {
    let million = || real::uniform(500, 2000, 2000);
    let one_joined = || real::joined(million().settled());
    vec![
        ("a million, fresh, eager", Protocol::Sticky, million()),
        ("a million, one joined, eager", Protocol::Sticky, one_joined()),
        ("a million, one joined, cooperative", Protocol::CooperativeSticky, one_joined()),
        ("a million, one left, cooperative", Protocol::CooperativeSticky, million().settled().without(|place| place == 1000)),
    ]
}

const TARGET: f64 = 25.0;

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let runs = if testing { 1 } else { 15 };
    let floor = floor(runs);
    println!("floor: {:.3} ms\n", floor / 1e6);
    println!("{:<40} {:>9} {:>9} {:>7} {:>7} {:>9} {:>9}", "case", "ms", "least", "ratio", "target", "bytes in", "bytes out");
    for (name, protocol, described) in cases() {
        let joined = joined(described, protocol);
        let members: Vec<JoinedMember<'_>> =
            joined.members.iter().map(|(id, metadata)| JoinedMember { id, instance: None, metadata }).collect();
        let times: Vec<f64> = (0..runs).map(|_| timed(|| lead(protocol, &members, &joined.topics))).collect();
        let least = times.iter().copied().fold(f64::INFINITY, f64::min);
        let time = median(times);
        let read: usize = members.iter().map(|member| member.metadata.len()).sum();
        let round = lead(protocol, &members, &joined.topics).expect("the group can be round");
        let written: usize = round.assignments.iter().map(|given| given.assignment.len()).sum();
        println!("{name:<40} {:>9.3} {:>9.3} {:>7.1} {TARGET:>7} {read:>9} {written:>9}", time / 1e6, least / 1e6, time / floor);
    }
}
