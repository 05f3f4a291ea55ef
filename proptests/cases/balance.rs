//! `balance` reaches the known optimum of every recorded group.

use sticky_assignor::{Group, balance};

use super::{Case, java_sticky_random, kafka_sticky_scenarios, medium, reported, small};
use crate::oracle::Problem;
use crate::soundness;

fn check(case: &Case) {
    let plan = balance(&Group::try_from(&case.group).expect("a group"));
    if let Err(error) = soundness::check(&plan, &Problem::of(&case.group), case.optimum) {
        panic!("{}: {error}", case.name());
    }
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
