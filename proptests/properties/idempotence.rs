//! A plan fed back as claims is the plan again.

use proptest::prelude::*;
use sticky_assignor::balance;

use super::planned;
use crate::strategies::{any_group, claiming, configured, given};

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn a_plan_fed_back_as_it_is_moves_nothing(document in any_group()) {
        let plan = planned(&document);
        let again = balance(&plan.group().clone().claiming(plan.assignment().clone()));
        prop_assert_eq!(again.movements(), []);
        prop_assert_eq!(again.assignment(), plan.assignment());
        prop_assert_eq!(again.summary().retained, plan.summary().assigned);
    }

    #[test]
    fn a_plan_fed_back_as_claims_moves_nothing(document in any_group()) {
        let first = planned(&document);
        let first = given(first.group(), first.assignment());
        let again = planned(&claiming(document, &first));
        prop_assert_eq!(again.movements(), []);
        prop_assert_eq!(given(again.group(), again.assignment()), first);
    }
}
