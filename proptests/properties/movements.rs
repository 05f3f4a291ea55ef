//! What a plan moves: exactly what leaves its owner before, and never both ways.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Movement, Plan};

use super::planned;
use crate::oracle::Problem;
use crate::strategies::{any_group, configured, larger_group};

/// A movement in names.
type Told = (String, i64, String, String);

fn told(plan: &Plan, movement: &Movement) -> Told {
    let member = |id| plan.group().member(id).expect("a member").id().to_string();
    let topic = plan.group().topic(movement.partition.topic).name().to_string();
    (topic, i64::from(movement.partition.partition), member(movement.from), member(movement.to))
}

/// What must be in a plan's list: every partition whose owner now is not the owner before.
fn expected(document: &GroupDocument, plan: &Plan) -> Vec<Told> {
    let problem = Problem::of(document);
    let mut expected = Vec::new();
    for (partition, owner) in plan.assignment().iter() {
        let topic = plan.group().topic(partition.topic).name().to_string();
        let owner = plan.group().member(owner).expect("a member").id().to_string();
        let number = i64::from(partition.partition);
        let place = problem.place_of_topic(&topic).expect("a topic");
        if let Some(&before) = problem.owners_before.get(&(place, number))
            && problem.members[before] != owner
        {
            expected.push((topic, number, problem.members[before].clone(), owner));
        }
    }
    expected.sort();
    expected
}

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn the_movements_are_what_leaves_its_owner(document in any_group()) {
        let plan = planned(&document);
        let mut movements: Vec<Told> = plan.movements().iter().map(|movement| told(&plan, movement)).collect();
        prop_assert!(plan.movements().is_sorted_by(|a, b| a.partition < b.partition), "ascending, no partition twice");
        movements.sort();
        prop_assert_eq!(movements.len() as u64, plan.summary().moved);
        prop_assert_eq!(movements, expected(&document, &plan));
    }

    #[test]
    fn no_topic_moves_both_ways_between_two_members(document in prop_oneof![any_group(), larger_group()]) {
        let plan = planned(&document);
        let ways: BTreeSet<_> = plan.movements().iter().map(|movement| (movement.partition.topic, movement.from, movement.to)).collect();
        for &(topic, from, to) in &ways {
            prop_assert!(!ways.contains(&(topic, to, from)), "both ways: {topic:?} {from:?} {to:?}");
        }
    }

    #[test]
    fn who_loses_a_partition_of_a_topic_gets_no_other_of_it(document in prop_oneof![any_group(), larger_group()]) {
        let plan = planned(&document);
        let loses: BTreeSet<_> = plan.movements().iter().map(|movement| (movement.partition.topic, movement.from)).collect();
        let gains: BTreeSet<_> = plan.movements().iter().map(|movement| (movement.partition.topic, movement.to)).collect();
        prop_assert_eq!(loses.intersection(&gains).next(), None);
    }
}
