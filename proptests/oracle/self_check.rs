//! The oracle's own tests: its parts agree with one another, and with a third solver's figures.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::brute_force::plans;
use super::{Problem, brute_force, flow, judge, optimum};
use crate::cases;
use crate::strategies::{configured, tiny_group};

proptest! {
    #![proptest_config(configured(1024))]

    #[test]
    fn trying_every_plan_and_cheapest_paths_agree(document in tiny_group()) {
        let problem = Problem::of(&document);
        prop_assume!(plans(&problem) <= 20_000.0);
        prop_assert_eq!(brute_force(&problem), flow(&problem));
    }
}

#[test]
fn cheapest_paths_reach_the_figures_of_every_case() {
    for case in cases::all() {
        assert_eq!(optimum(&case.group), case.optimum, "{}", case.name());
    }
}

#[test]
fn trying_every_plan_reaches_the_figures_of_tiny_cases() {
    let problems = cases::all().map(|case| (Problem::of(&case.group), case.optimum));
    let tiny: Vec<_> = problems.filter(|(problem, _)| plans(problem) <= 20_000.0).collect();
    assert!(tiny.len() > 200, "only {} cases are tiny", tiny.len());
    tiny.iter().for_each(|(problem, optimum)| assert_eq!(brute_force(problem), *optimum));
}

#[test]
fn recorded_plans_are_judged_as_recorded() {
    let mut judged = 0;
    for case in cases::all() {
        let Some(plan) = &case.java_plan else { continue };
        let judgement = judge(&Problem::of(&case.group), plan);
        assert_eq!(judgement.violations, BTreeSet::new(), "{}", case.name());
        assert_eq!(Some(judgement.figures == case.optimum), case.java_plan_optimal, "{}", case.name());
        judged += 1;
    }
    assert_eq!(judged, 546);
}
