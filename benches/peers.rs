//! The sticky assignor that another crate offers, beside ours in the same run: time from strings to
//! owners, and what `verify` says of its plan.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use std::collections::BTreeMap;

use barnabas_core::group::{Assignor, StickyAssignor, Subscription as Said, TopicPartition as Named};
use floor::timed;
use shapes::{Described, balance, hard, real};
use sticky_assignor::{GivenAssignment, Goals, Subscription};

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let scale = if testing { 20 } else { 1 };
    let uniform = || real::uniform(50 / scale, 200, 200 / scale);
    let unequal = || real::unequal(200 / scale, (50, 200), 200 / scale, (1, 40), 1);
    let cases: Vec<(&str, Described)> = vec![
        ("10,000 identical, fresh", uniform()),
        ("10,000 identical with claims, one left", uniform().settled().without(|place| place == 1)),
        ("10,000 identical with claims, one joined", real::joined(uniform().settled())),
        ("unequal 25,000, fresh", unequal()),
        ("unequal 25,000, 5 % replaced", real::five_percent_replaced(unequal().settled())),
        ("chain of 200 members, skewed claims", hard::chain(200)),
    ];
    println!("{:<44} {:>12} {:>12}   theirs is", "case", "ours, ms", "theirs, ms");
    for (name, described) in cases {
        let ours = timed(|| balance(&described.group()));
        let (members, partitions) = as_said(&described);
        let theirs = timed(|| StickyAssignor.assign(&members, &partitions));
        println!("{name:<44} {:>12.2} {:>12.2}   {}", ours / 1e6, theirs / 1e6, judged(&described, &members, &partitions));
    }
}

/// The group as that crate's assignors are given it.
fn as_said(described: &Described) -> (Vec<Said>, BTreeMap<String, i32>) {
    let named = |(topic, list): &(String, Vec<i32>)| list.iter().map(|&partition| Named::new(topic, partition)).collect::<Vec<_>>();
    let members = described.members.iter().map(|member| Said {
        member_id: member.id.clone(),
        topics: match &member.subscription {
            Subscription::Named(names) => names.clone(),
            Subscription::Every => described.topics.iter().map(|topic| topic.name.clone()).collect(),
        },
        owned: member.owned.iter().flat_map(named).collect(),
        generation: member.generation as i32,
    });
    (members.collect(), described.topics.iter().map(|topic| (topic.name.clone(), topic.partitions as i32)).collect())
}

/// What `verify` says of that crate's plan.
fn judged(described: &Described, members: &[Said], partitions: &BTreeMap<String, i32>) -> String {
    let mut given: BTreeMap<String, BTreeMap<String, Vec<i64>>> = BTreeMap::new();
    for (member, owned) in StickyAssignor.assign(members, partitions) {
        let topics = given.entry(member).or_default();
        owned.into_iter().for_each(|named| topics.entry(named.topic).or_default().push(named.partition.into()));
    }
    let verdict = Goals::BALANCE_STICKINESS.verify_given(&described.group(), &GivenAssignment(given), None);
    match (verdict.is_valid(), verdict.is_optimal()) {
        (false, _) => format!("invalid: {} violations", verdict.violations.len()),
        (_, true) => "optimal".into(),
        _ => format!(
            "not optimal: squares {} (best {}), retained {} (best {})",
            verdict.sum_of_squares,
            verdict.optimal_sum_of_squares().unwrap_or_default(),
            verdict.retained,
            verdict.optimal_retained().unwrap_or_default()
        ),
    }
}
