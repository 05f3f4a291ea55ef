//! A plan rebalanced after a change is a best plan of the changed group, its claims the plan
//! before.

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Change, Plan};

use super::group;
use super::history::{check_rebalanced, history};
use crate::oracle::{Problem, changed, flow};
use crate::soundness;
use crate::strategies::{
    CROWDED, any_change, any_change_in, any_group, claiming, configured, crowded_group, given, larger_group, turnover,
};
use crate::two_goals::{balance, planned};

/// The changed document, its members claiming what the plan before gave them; nothing where the
/// change is impossible.
fn changed_since(document: GroupDocument, before: &Plan, change: &Change) -> Option<GroupDocument> {
    changed(&claiming(document, &given(before.group(), before.assignment())), change)
}

/// Rebalances after each change that is possible, and checks every plan on the way.
fn check_history(mut document: GroupDocument, changes: &[Change]) -> Result<(), TestCaseError> {
    let mut plan = planned(&document);
    for change in changes {
        let after = plan.rebalance(change);
        let Some(next) = changed_since(document.clone(), &plan, change) else {
            prop_assert!(after.is_err());
            continue;
        };
        (document, plan) = (next, after.expect("possible"));
        let problem = Problem::of(&document);
        soundness::check(&plan, &problem, flow(&problem))?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn a_rebalanced_plan_is_valid_and_none_is_better(document in any_group(), changes in prop::collection::vec(any_change(), 1..5)) {
        check_history(document, &changes)?;
    }

    #[test]
    fn a_rebalanced_plan_costs_what_balancing_anew_would(document in any_group(), change in any_change()) {
        let plan = planned(&document);
        let Ok(changed) = plan.group().clone().claiming(plan.assignment().clone()).apply(&change) else { return Ok(()) };
        let rebalanced = plan.rebalance(&change).expect("possible");
        prop_assert_eq!(rebalanced.summary(), balance(&changed).summary());
    }
}

proptest! {
    #![proptest_config(configured(24))]

    #[test]
    fn a_long_history_stays_sound(document in any_group(), changes in prop::collection::vec(any_change(), 0..90)) {
        check_history(document, &changes)?;
    }

    #[test]
    fn a_history_of_a_larger_group_stays_sound(document in larger_group(), changes in prop::collection::vec(any_change(), 1..12)) {
        check_history(document, &changes)?;
    }
}

proptest! {
    #![proptest_config(configured(8192))]

    #[test]
    fn in_a_crowded_group_rebalancing_costs_what_balancing_anew_would(
        document in crowded_group(),
        changes in prop::collection::vec(any_change_in(CROWDED), 1..12),
    ) {
        for (plan, group) in history(&group(&document), &changes) {
            check_rebalanced(&plan, &group)?;
        }
    }
}

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn where_members_come_and_go_between_large_topics_rebalancing_costs_what_balancing_anew_would((group, changes) in turnover()) {
        for (plan, group) in history(&group, &changes) {
            check_rebalanced(&plan, &group)?;
        }
    }
}
