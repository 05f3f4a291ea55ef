//! The tie-break: equal members who claim nothing get every topic spread to within one.

use proptest::prelude::*;

use super::planned;
use crate::strategies::{configured, identical_and_fresh};

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn with_equal_subscriptions_and_no_claims_every_topic_is_spread_to_within_one(document in identical_and_fresh()) {
        let plan = planned(&document);
        for (topic, _) in plan.group().topics() {
            let counts: Vec<usize> =
                plan.group().members().map(|(member, _)| plan.assignment().partitions_of_topic(member, topic).count()).collect();
            let (least, most) = (counts.iter().min().unwrap_or(&0), counts.iter().max().unwrap_or(&0));
            prop_assert!(most - least <= 1, "{counts:?}");
        }
    }
}
