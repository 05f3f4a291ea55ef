//! KIP-54's assignor against the plans that Java's own gave, partition for partition.

use sticky_assignor::Strategy;

use super::answer;
use crate::cases::{Case, java_sticky_random, kafka_sticky_scenarios};
use crate::oracle::Given;

/// The scenarios that another order of members than Java's hash map has decides otherwise.
const DECIDED_OTHERWISE: [&str; 2] =
    ["testMaxQuotaConsumerMoreThanNumExpectedMaxCapacityMembers", "testMaxQuotaConsumerMoreThanNumExpectedMaxCapacityMembers+racks"];

#[test]
fn the_scenarios_of_javas_tests_end_as_in_java_but_for_two() {
    let others: Vec<String> = kafka_sticky_scenarios().filter(|case| !as_in_java(case)).map(|case| case.name().to_string()).collect();
    assert_eq!(others, DECIDED_OTHERWISE);
    assert_eq!(kafka_sticky_scenarios().count(), 146);
}

#[test]
fn all_random_groups_end_as_in_java() {
    let others: Vec<String> = java_sticky_random().filter(|case| !as_in_java(case)).map(|case| case.name().to_string()).collect();
    assert_eq!(others, [""; 0]);
    assert_eq!(java_sticky_random().count(), 400);
}

fn as_in_java(case: &Case) -> bool {
    let java = case.java_plan.as_ref().expect("what Java answered");
    owning(&answer(Strategy::Kip54, &case.group)) == owning(java)
}

/// The members that own something, and what.
pub(super) fn owning(given: &Given) -> Given {
    let owning = given.iter().filter(|(_, topics)| !topics.is_empty());
    owning.map(|(member, topics)| (member.clone(), topics.clone())).collect()
}
