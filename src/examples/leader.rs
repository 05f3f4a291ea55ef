//! A leader's work in a cooperative group: bytes of JoinGroup in, bytes for SyncGroup out. Two
//! rounds, because what moves is first taken from its owner, then given to the next.
//!
//! `cargo run --example leader`
#![expect(clippy::print_stdout, reason = "an example says what it does")]

use std::error::Error;
use std::ops::Range;

use sticky_assignor::NewTopic;
use sticky_assignor::kafka::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, JoinedMember, LeaderRound, Protocol, TopicPartitions, lead,
};

/// What a member sends the broker when it joins; here it is written by us, in a client it comes
/// from the broker.
fn metadata(owned: Range<i32>) -> Result<Vec<u8>, Box<dyn Error>> {
    let owned_partitions = vec![TopicPartitions::new("orders", owned)];
    let said = ConsumerProtocolSubscription { topics: vec!["orders"], owned_partitions, generation: 4, ..Default::default() };
    Ok(said.encode(3)?)
}

fn show(round: &LeaderRound) -> Result<(), Box<dyn Error>> {
    for answer in &round.assignments {
        let told = ConsumerProtocolAssignment::decode(&answer.assignment)?;
        println!("  {} gets {} bytes: {:?}", answer.member, answer.assignment.len(), told.assigned_partitions);
    }
    println!("  {} partitions given, {} withheld until their owners gave them up", round.given.len(), round.withheld.len());
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let topics = [NewTopic::new("orders", 6)];
    let joined = |id, metadata| JoinedMember { id, instance: None, metadata };

    println!("c1 has all of orders, and c2 joins:");
    let (c1, c2) = (metadata(0..6)?, metadata(0..0)?);
    let round = lead(Protocol::CooperativeSticky, &[joined("c1", &c1), joined("c2", &c2)], &topics)?;
    show(&round)?;

    println!("c1 gave up what it was not given, and all join again:");
    let c1 = metadata(0..3)?;
    show(&round.next_round(Protocol::CooperativeSticky, &[joined("c1", &c1), joined("c2", &c2)], &topics)?)
}
