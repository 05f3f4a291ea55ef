//! The test of the generators: every kind of group that the properties rely on occurs, and how
//! often.

use std::collections::BTreeMap;

use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sticky_assignor::Event;

use super::categories::Category::{self, *};
use super::categories::categories;
use super::*;
use crate::oracle::changed;

/// Of a thousand groups at least this many show it.
const OF_A_THOUSAND: [(Category, usize); 42] = [
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
    (Racks, 200),
    (MemberWithoutRack, 100),
    (PartitionOfUnknownRacks, 100),
    (ReplicaInOneRack, 100),
    (ReplicasInTwoRacks, 100),
    (ReplicasInThreeRacks, 100),
    (MismatchesAll, 50),
    (AlikeWithUnequalTopics, 50),
    (BalanceAgainstRack, 30),
    (BalanceAgainstStickiness, 100),
    (BalanceAgainstSpread, 30),
    (RackAgainstStickiness, 30),
    (RackAgainstSpread, 30),
    (StickinessAgainstSpread, 100),
    (BalancedRackAgainstStickiness, 30),
    (BalancedRackAgainstSpread, 10),
    (BalancedStickinessAgainstSpread, 50),
    (BalancedInRacksStickinessAgainstSpread, 50),
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

/// What a history does to what somebody has of a topic: more than a few members share it at its end
/// or on its way.
#[test]
fn groups_grow_and_shrink() {
    let mut runner = TestRunner::deterministic();
    let (mut joins, mut leaves) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        let (document, changes) = growth().new_tree(&mut runner).expect("a history").current();
        let mut after = Some(document);
        for change in &changes {
            after = changed(&after.expect("a possible change"), change);
        }
        assert!(after.is_some(), "every change is possible");
        let joining = changes.iter().filter(|change| matches!(change.events(), [Event::Join(_)])).count();
        joins.push(joining);
        leaves.push(changes.len() - joining);
    }
    let many = |counts: &[usize]| counts.iter().filter(|count| **count >= 4).count();
    assert!(many(&joins) > 100 && many(&leaves) > 50, "{joins:?} {leaves:?}");
}
