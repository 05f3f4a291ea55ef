//! Balancing leaves its input and every older version as they were, to the last field.

use proptest::prelude::*;
use sticky_assignor::{Change, Group, Plan, balance};

use super::group;
use crate::strategies::{any_change, any_group, configured};

/// A copy that shares nothing: every field, written out.
fn deep_copy(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

/// One version after another, as far as the changes are possible: each rebalanced from the last,
/// and beside it balanced anew.
fn history(group: &Group, changes: &[Change]) -> Vec<Plan> {
    let mut plans = vec![balance(group)];
    for change in changes {
        let last = &plans[plans.len() - 1];
        if let Ok(rebalanced) = last.rebalance(change) {
            let anew = balance(rebalanced.group());
            plans.extend([anew, rebalanced]);
        }
    }
    plans
}

proptest! {
    #![proptest_config(configured(128))]

    #[test]
    fn the_group_stays_as_it_was(document in any_group()) {
        let group = group(&document);
        let before = deep_copy(&group);
        let plan = balance(&group);
        prop_assert_eq!(deep_copy(&group), before.clone());
        plan.steps().for_each(drop);
        prop_assert_eq!(deep_copy(&group), before.clone());
        prop_assert_eq!(deep_copy(plan.group()), before);
    }

    #[test]
    fn every_older_plan_stays_as_it_was(document in any_group(), changes in prop::collection::vec(any_change(), 1..6)) {
        let plans = history(&group(&document), &changes);
        let copies: Vec<String> = plans.iter().map(deep_copy).collect();
        // Whatever is done to a version, and however often, is done to a version of its own.
        for plan in &plans {
            for (partition, owner) in plan.assignment().iter() {
                let _ = plan.assignment().clone().without_owner(partition).with_owner(partition, owner);
            }
            history(&plan.group().clone().claiming(plan.assignment().clone()), &changes);
        }
        prop_assert_eq!(plans.iter().map(deep_copy).collect::<Vec<_>>(), copies);
    }
}
