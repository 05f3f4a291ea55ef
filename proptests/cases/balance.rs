//! `balance` reaches the known optimum of every recorded group.

use sticky_assignor::{Group, balance};

use super::{Case, java_sticky_random, kafka_sticky_scenarios, medium, reported, small};
use crate::oracle::{Optimum, Problem, judge};
use crate::strategies::given;

fn check(case: &Case) {
    let plan = balance(&Group::try_from(&case.group).expect("a group"));
    let judgement = judge(&Problem::of(&case.group), &given(plan.group(), plan.assignment()));
    assert!(judgement.is_valid(), "{}: {:?}", case.name(), judgement.violations);
    assert_eq!(judgement.figures, case.optimum, "{}", case.name());
    let summary = plan.summary();
    assert_eq!(Optimum { sum_of_squares: summary.sum_of_squares, retained: summary.retained }, case.optimum, "{}", case.name());
}

#[test]
fn small_groups() {
    small().for_each(|case| check(&case));
}

#[test]
fn medium_groups() {
    medium().for_each(|case| check(&case));
}

#[test]
fn scenarios_of_kafka() {
    kafka_sticky_scenarios().for_each(|case| check(&case));
}

#[test]
fn groups_that_java_was_asked() {
    java_sticky_random().for_each(|case| check(&case));
}

#[test]
fn reported_groups() {
    reported().for_each(|case| check(&case));
}
