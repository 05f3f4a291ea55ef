//! The test of the generators: every kind of group that the properties rely on occurs, and how
//! often.

use std::collections::BTreeMap;

use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::categories::Category::{self, *};
use super::categories::categories;
use super::*;

/// Of a thousand groups at least so many show it.
const OF_A_THOUSAND: [(Category, usize); 25] = [
    (NoMembers, 50),
    (NoTopics, 50),
    (Fresh, 50),
    (BalancedClaims, 100),
    (UnbalancedClaims, 200),
    (NeedsChain, 50),
    (IdenticalSubscriptions, 100),
    (NestedSubscriptions, 50),
    (MostlyAlike, 50),
    (SeveralOfAKind, 50),
    (UnequalSubscriptions, 200),
    (ConflictingGenerations, 50),
    (VoidedClaim, 50),
    (NegativePartition, 50),
    (PartitionBeyondRange, 100),
    (UnknownTopicClaimed, 50),
    (ListedTwice, 100),
    (ClaimedWithoutSubscription, 100),
    (SubscribesToNothing, 100),
    (TopicNobodyWants, 100),
    (TopicWithoutPartitions, 100),
    (StaticMember, 200),
    (SubscribesToEvery, 100),
    (FollowsAbsentTopic, 100),
    (Racks, 100),
];

#[test]
fn every_kind_of_group_occurs() {
    let mut runner = TestRunner::deterministic();
    let mut counts: BTreeMap<Category, usize> = BTreeMap::new();
    for _ in 0..1000 {
        let document = any_group().new_tree(&mut runner).expect("a group").current();
        categories(&document).into_iter().for_each(|category| *counts.entry(category).or_default() += 1);
    }
    let rare: Vec<_> = OF_A_THOUSAND.iter().filter(|(category, least)| counts.get(category).is_none_or(|count| count < least)).collect();
    assert!(rare.is_empty(), "too rare: {rare:?} among {counts:?}");
}
