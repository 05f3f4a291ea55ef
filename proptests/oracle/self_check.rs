//! The oracle's own tests: its parts agree with one another, and with a third solver's figures.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sticky_assignor::Goals;
use sticky_assignor::document::GroupDocument;

use super::{Problem, best_plan, costs_of_every_plan, judge, least_costs, least_of, optimum, plans};
use crate::cases;
use crate::strategies::{any_goals, any_group, any_valid_given, configured, every_order, tiny_group};

/// Every plan of more groups than this would take too long.
const MOST_PLANS: f64 = 20_000.0;

/// Trying every plan and cheapest paths find the same, in these orders.
fn check_against_every_plan(document: &GroupDocument, orders: &[Goals]) -> Result<(), TestCaseError> {
    let problem = Problem::of(document);
    let costs = costs_of_every_plan(&problem);
    for goals in orders {
        prop_assert_eq!(least_of(&costs, goals), least_costs(&problem, goals), "{:?}", goals);
    }
    Ok(())
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn trying_every_plan_and_cheapest_paths_agree_in_every_order(document in tiny_group()) {
        prop_assume!(plans(&Problem::of(&document)) <= MOST_PLANS);
        check_against_every_plan(&document, &every_order())?;
    }

    #[test]
    fn any_assignment_is_judged_to_cost_what_some_plan_does(document in tiny_group(), picks in prop::collection::vec(any::<u8>(), 0..8)) {
        let problem = Problem::of(&document);
        prop_assume!(plans(&problem) <= MOST_PLANS);
        let judgement = judge(&problem, &any_valid_given(&document, &picks));
        prop_assert!(judgement.is_valid(), "{:?}", judgement.violations);
        prop_assert!(costs_of_every_plan(&problem).contains(&judgement.costs), "{:?}", judgement.costs);
    }

    #[test]
    fn the_plan_of_cheapest_paths_is_judged_to_cost_what_they_do(document in any_group(), goals in any_goals()) {
        let problem = Problem::of(&document);
        let judgement = judge(&problem, &best_plan(&problem, &goals));
        prop_assert!(judgement.is_valid(), "{:?}", judgement.violations);
        prop_assert_eq!(judgement.costs.in_order(&goals), least_costs(&problem, &goals));
    }

    #[test]
    fn no_assignment_is_judged_better_than_cheapest_paths(
        document in any_group(),
        goals in any_goals(),
        picks in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let problem = Problem::of(&document);
        prop_assert!(judge(&problem, &any_valid_given(&document, &picks)).costs.in_order(&goals) >= least_costs(&problem, &goals));
    }
}

#[test]
fn cheapest_paths_reach_the_figures_of_every_case() {
    for case in cases::all() {
        assert_eq!(optimum(&case.group), case.optimum, "{}", case.name());
    }
}

#[test]
fn cheapest_paths_reach_the_costs_of_every_case_in_every_order_recorded() {
    let mut reached = 0;
    for case in cases::goals() {
        let problem = Problem::of(&case.group);
        for optimum in &case.optimum {
            let goals = optimum.goals();
            assert_eq!(least_costs(&problem, &goals), optimum.costs(), "{:?} {goals:?}", case.group.name);
            assert_eq!(problem.partitions().count() as u64, optimum.partitions, "{:?}", case.group.name);
            reached += 1;
        }
    }
    assert_eq!(reached, 2700);
}

#[test]
fn trying_every_plan_reaches_the_figures_of_tiny_cases() {
    let tiny = |document: &GroupDocument| plans(&Problem::of(document)) <= MOST_PLANS;
    let documents: Vec<GroupDocument> =
        cases::all().map(|case| case.group).chain(cases::goals().map(|case| case.group)).filter(tiny).collect();
    assert!(documents.len() > 250, "only {} cases are tiny", documents.len());
    documents.iter().for_each(|document| check_against_every_plan(document, &every_order()).expect("the same"));
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
