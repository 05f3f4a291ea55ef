//! A plan is valid, as even as can be, keeps as much as can be kept, and its summary, proof and
//! steps say so.

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;

use crate::oracle::{Problem, flow};
use crate::soundness;
use crate::strategies::{any_group, configured, larger_group};
use crate::two_goals::planned;

fn check(document: &GroupDocument) -> Result<(), TestCaseError> {
    let problem = Problem::of(document);
    soundness::check(&planned(document), &problem, flow(&problem))
}

proptest! {
    #![proptest_config(configured(1024))]

    #[test]
    fn a_plan_is_valid_and_none_is_better(document in any_group()) {
        check(&document)?;
    }
}

proptest! {
    #![proptest_config(configured(192))]

    #[test]
    fn a_plan_of_a_larger_group_is_valid_and_none_is_better(document in larger_group()) {
        check(&document)?;
    }
}
