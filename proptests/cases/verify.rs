//! `verify_given` tells every recorded plan of Kafka's own assignor optimal or not, as the record
//! does.

use sticky_assignor::{GivenAssignment, Group};

use super::{Case, java_sticky_random, kafka_sticky_scenarios};
use crate::two_goals::verify_given;

/// Whether the recorded plan was told optimal.
fn check(case: &Case) -> bool {
    let plan = case.java_plan.clone().expect("a recorded plan");
    let verdict = verify_given(&Group::try_from(&case.group).expect("a group"), &GivenAssignment(plan), None);
    assert!(verdict.is_valid(), "{}", case.name());
    assert_eq!(Some(verdict.is_optimal()), case.java_plan_optimal, "{}", case.name());
    let optimum = (Some(case.optimum.sum_of_squares), Some(case.optimum.retained));
    assert_eq!((verdict.optimal_sum_of_squares(), verdict.optimal_retained()), optimum, "{}", case.name());
    assert_eq!(verdict.witness.is_empty(), verdict.is_optimal(), "{}", case.name());
    verdict.is_optimal()
}

#[test]
fn scenarios_of_kafka() {
    for case in kafka_sticky_scenarios() {
        check(&case);
    }
}

#[test]
fn random_groups_of_which_42_are_not_optimal() {
    assert_eq!(java_sticky_random().filter(|case| !check(case)).count(), 42);
}
