//! Judging assignments: the best plan of a group, and what other assignors make of it.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use std::collections::BTreeMap;

use floor::{floor, median, timed};
use shapes::{Described, hard, real};
use sticky_assignor::{Assignment, GivenAssignment, Group, Strategy, balance, verify_given};

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
            topics.entry(group.topic(partition.topic).name().to_string()).or_default().push(i64::from(partition.partition));
        }
    }
    GivenAssignment(given)
}

fn main() {
    // Criterion's own flags reach every bench; under `cargo test --benches` one run of each is
    // enough.
    let testing = std::env::args().any(|argument| argument == "--test");
    let filter: Option<String> = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let runs = if testing { 1 } else { 7 };
    println!("floor: {:.3} ms\n", floor(runs) / 1e6);
    println!("{:<42} {:<12} {:>9} {:>9} {:>10} {:>8} {:>8}", "case", "judged", "ms", "balance", "partitions", "optimal", "witness");
    for (name, described) in cases().iter().filter(|(name, _)| filter.as_deref().is_none_or(|filter| name.contains(filter))) {
        let group = described.group();
        let solving = median((0..runs).map(|_| timed(|| balance(&group))).collect());
        for strategy in [Strategy::Sticky, Strategy::Range, Strategy::RoundRobin] {
            let given = given(&group, &strategy.assign(&group));
            let verdict = verify_given(&group, &given, None);
            let judging = median((0..runs).map(|_| timed(|| verify_given(&group, &given, None))).collect());
            println!(
                "{name:<42} {strategy:<12} {:>9.1} {:>9.1} {:>10} {:>8} {:>8}",
                judging / 1e6,
                solving / 1e6,
                group.partition_count(),
                verdict.is_optimal(),
                verdict.witness.len()
            );
        }
    }
}
