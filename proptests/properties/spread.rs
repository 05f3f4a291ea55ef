//! The tie-break: equal members who claim nothing get every topic spread to within one, and who
//! must give up gives of what it has most of.

use proptest::prelude::*;
use sticky_assignor::{MemberId, Plan};

use crate::strategies::{configured, identical, identical_and_fresh};
use crate::two_goals::planned;

/// For each topic, how many partitions the member keeps of those its claims name, and how many it
/// gives up.
fn kept_and_given_up(plan: &Plan, member: MemberId) -> Vec<(usize, usize)> {
    let before = plan.steps().next().expect("a first step").assignment;
    let of_topic = |topic| {
        let claimed = before.partitions_of_topic(member, topic);
        let (kept, given_up): (Vec<_>, Vec<_>) = claimed.partition(|partition| plan.assignment().owner(*partition) == Some(member));
        (kept.len(), given_up.len())
    };
    plan.group().topics().map(|(topic, _)| of_topic(topic)).collect()
}

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

    #[test]
    fn with_equal_subscriptions_who_gives_up_partitions_gives_of_the_topics_it_has_most_of(document in identical()) {
        let plan = planned(&document);
        for (member, _) in plan.group().members() {
            let counts = kept_and_given_up(&plan, member);
            let most = counts.iter().map(|(kept, _)| *kept).max().unwrap_or(0);
            prop_assert!(counts.iter().all(|(kept, given_up)| *given_up == 0 || kept + 1 >= most), "kept and given up: {counts:?}");
        }
    }
}
