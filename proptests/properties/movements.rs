//! What a plan moves goes one way only.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::strategies::{any_group, configured, larger_group};
use crate::two_goals::planned;

proptest! {
    #![proptest_config(configured(256))]

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
        let kept_less: BTreeSet<_> = plan.movements().iter().map(|movement| (movement.partition.topic, movement.from)).collect();
        let before = plan.steps().next().expect("a first step").assignment;
        for (partition, owner) in plan.assignment().iter().filter(|(partition, owner)| before.owner(*partition) != Some(*owner)) {
            prop_assert!(!kept_less.contains(&(partition.topic, owner)));
        }
    }
}
