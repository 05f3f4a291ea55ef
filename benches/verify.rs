//! Judging assignments: the best plan of a group, and what other assignors make of it, beside one
//! balance and reading the assignment once; and proofs of groups that are written in a few words.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use std::collections::BTreeMap;
use std::hint::black_box;

use floor::{floor, median, timed};
use shapes::{Described, hard, real};
use sticky_assignor::{
    Assignment, GivenAssignment, Goals, Group, NewMember, NewTopic, Price, Proof, Strategy, Subscription, balance, verify, verify_given,
};

/// Groups whose assignments are judged.
fn cases() -> Vec<(&'static str, Described)> {
    let million = || real::uniform(500, 2000, 2000).settled();
    vec![
        ("a million, nothing changed", million()),
        ("a million, one joined", real::joined(million())),
        ("a million, one subscribes to one topic less", real::odd_one_out(million())),
        ("unequal 125,000, 5 % replaced", real::five_percent_replaced(real::unequal(1000, (50, 200), 1000, (1, 40), 1).settled())),
        ("unequal 1.2 million, 5 % replaced", real::five_percent_replaced(real::unequal(1000, (500, 2000), 2000, (1, 40), 2).settled())),
        ("chain of 2,000 members, skewed claims", hard::chain(2000)),
    ]
}

/// The assignment as a client would send it.
fn given(group: &Group, assignment: &Assignment) -> GivenAssignment {
    let mut given: BTreeMap<String, BTreeMap<String, Vec<i64>>> = BTreeMap::new();
    for (id, member) in group.members() {
        let topics = given.entry(member.id().to_string()).or_default();
        for partition in assignment.partitions_of(id) {
            topics
                .entry(group.topic(partition.topic).expect("a topic of the group").name().to_string())
                .or_default()
                .push(i64::from(partition.partition));
        }
    }
    GivenAssignment(given)
}

/// The assignment read once, names looked up: what no verifier can do without.
fn read(group: &Group, given: &GivenAssignment) -> Vec<u32> {
    let mut starts = vec![0_usize];
    for (topic, described) in group.topics() {
        starts.resize(topic.index() + 2, starts[starts.len() - 1]);
        starts[topic.index() + 1] = starts[topic.index()] + described.partitions() as usize;
    }
    let mut owners = vec![u32::MAX; starts[starts.len() - 1]];
    for (member, topics) in &given.0 {
        let member = group.member_id(member).expect("a member of the group");
        for (topic, partitions) in topics {
            let start = starts[group.topic_id(topic).expect("a topic of the group").index()];
            partitions.iter().for_each(|&partition| owners[start + partition as usize] = member.index() as u32);
        }
    }
    owners
}

/// Topics of one partition, and members that subscribe to all of them.
fn in_a_word(topics: usize, members: usize) -> Described {
    let topics = (0..topics).map(|number| NewTopic::new(format!("t{number:05}"), 1)).collect();
    let members = (0..members).map(|number| NewMember::new(format!("m{number:05}"), Subscription::Every)).collect();
    Described { topics, members }
}

/// Prices of which no two are the same.
fn all_different(group: &Group, goals: Goals) -> Proof {
    let price = |number: usize| Price::from([2 * (number as i64 % 3), number as i64 % 7, (number as i64 * 7919) % 100_003]);
    Proof::new(goals, group, |member| price(member.index()), |topic| price(topic.index() + 1))
}

fn main() {
    // Criterion's own flags reach every bench; under `cargo test --benches` one run is enough.
    let testing = std::env::args().any(|argument| argument == "--test");
    let filter: Option<String> = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let is_asked = |name: &str| filter.as_deref().is_none_or(|filter| name.contains(filter));
    let runs = if testing { 1 } else { 7 };
    println!("floor: {:.3} ms\n", floor(runs) / 1e6);
    println!(
        "{:<42} {:<12} {:>9} {:>9} {:>9} {:>6} {:>10} {:>8} {:>8}",
        "case", "judged", "ms", "balance", "reading", "ratio", "partitions", "optimal", "witness"
    );
    for (name, described) in cases().iter().filter(|(name, _)| is_asked(name)) {
        let group = described.group();
        let solving = median((0..runs).map(|_| timed(|| balance(&group))).collect());
        for strategy in [Strategy::Sticky, Strategy::Range, Strategy::RoundRobin] {
            let given = given(&group, &strategy.assign(&group));
            let verdict = verify_given(&group, &given, None);
            let reading = median((0..runs).map(|_| timed(|| read(&group, &given))).collect());
            let judging = median((0..runs).map(|_| timed(|| verify_given(&group, &given, None))).collect());
            println!(
                "{name:<42} {strategy:<12} {:>9.1} {:>9.1} {:>9.1} {:>6.1} {:>10} {:>8} {:>8}",
                judging / 1e6,
                solving / 1e6,
                reading / 1e6,
                judging / (solving + reading),
                group.partition_count(),
                verdict.is_optimal(),
                verdict.witness.len()
            );
        }
    }
    println!("\n{:<42} {:>9} {:>12} {:>14} {:>9}", "subscriptions in a word", "balance", "own proof", "all different", "verify");
    for (topics, members) in [(20_000, 20_000), (80_001, 20_001)] {
        let name = format!("{topics} topics, {members} members of all");
        if !is_asked(&name) {
            continue;
        }
        let group = in_a_word(topics, members).group();
        let runs = runs.min(3);
        let plan = balance(&group);
        let hostile = all_different(&group, Goals::default());
        let of = |call: &dyn Fn()| median((0..runs).map(|_| timed(call)).collect()) / 1e6;
        println!(
            "{name:<42} {:>9.1} {:>12.1} {:>14.1} {:>9.1}",
            of(&|| drop(balance(&group))),
            of(&|| {
                black_box(plan.proof().bound(&group));
            }),
            of(&|| {
                black_box(hostile.bound(&group));
            }),
            of(&|| drop(verify(&group, plan.assignment()))),
        );
    }
}
