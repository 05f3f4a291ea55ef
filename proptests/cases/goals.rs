//! Plans in every order of goals cost what another solver found to be the least, and their proofs
//! meet them.

use sticky_assignor::{Goals, Group, Plan};

use super::{Case, java_sticky_random, kafka_sticky_scenarios, medium, reported, small};

/// Orders of all kinds: each goal first, each goal last, few goals and all.
const ORDERS: [&str; 7] = [
    "balance,rack,stickiness,spread",
    "balance,spread,rack,stickiness",
    "spread,balance,rack,stickiness",
    "stickiness,balance,spread",
    "rack,balance,stickiness",
    "spread,rack,stickiness,balance",
    "balance,stickiness",
];

/// The plan's cost in each goal is what its proof shows to be the least.
fn check_proved(plan: &Plan, name: &str) {
    let goals = plan.goals();
    let bound = plan.proof().bound(plan.group());
    for goal in goals.iter() {
        assert_eq!(bound.get(goal), plan.costs().get(goal), "{name}: {goals}: {goal}");
    }
    assert!(goals.verify(plan.group(), plan.assignment()).is_optimal(), "{name}: {goals}");
}

fn check(cases: impl Iterator<Item = Case>) {
    for case in cases {
        let group = Group::try_from(&case.group).expect("a group");
        for order in ORDERS {
            check_proved(&order.parse::<Goals>().expect("goals").balance(&group), case.name());
        }
    }
}

#[test]
fn plans_cost_what_another_solver_found_in_six_orders() {
    for case in super::goals() {
        let group = Group::try_from(&case.group).expect("a group");
        let name = case.group.name.as_deref().unwrap_or_default();
        for optimum in &case.optimum {
            let plan = optimum.goals().balance(&group);
            let costs: Vec<u64> = plan.goals().iter().filter_map(|goal| u64::try_from(plan.costs().get(goal)?).ok()).collect();
            assert_eq!(costs, optimum.costs(), "{name}: {}", optimum.goals());
            check_proved(&plan, name);
        }
    }
}

#[test]
fn small_and_medium_groups_are_proved_in_every_order() {
    check(small().step_by(3).chain(medium()));
}

/// Where several members without claims share a subscription and are decided on together, a bound
/// on all of them must not stand for a bound on each.
#[test]
fn groups_of_kafkas_tests_and_of_reports_are_proved_in_every_order() {
    check(kafka_sticky_scenarios().chain(reported()).chain(java_sticky_random().step_by(4)));
}
