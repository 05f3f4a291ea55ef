//! A random walk through what can happen to a group: after every change the plan is as good as one
//! made afresh, and valid.

use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use sticky_assignor::document::GroupDocument;
use sticky_assignor::replay::Figures;
use sticky_assignor::{Change, Group, Plan, balance, verify};

use super::events::{some_events, start_group};
use crate::oracle::{Optimum, optimum};

/// What the group should be: the changes applied, nothing balanced.
struct Changing;

impl ReferenceStateMachine for Changing {
    type State = Group;
    type Transition = Change;

    fn init_state() -> BoxedStrategy<Group> {
        Just(start_group()).boxed()
    }

    fn transitions(_: &Group) -> BoxedStrategy<Change> {
        some_events(1..4).prop_map(Change::from).boxed()
    }

    fn preconditions(group: &Group, change: &Change) -> bool {
        group.apply(change).is_ok()
    }

    fn apply(group: Group, change: &Change) -> Group {
        group.apply(change).expect("can happen")
    }
}

/// The plan that follows the changes.
struct Successive;

impl StateMachineTest for Successive {
    type SystemUnderTest = Plan;
    type Reference = Changing;

    fn init_test(group: &Group) -> Plan {
        balance(group)
    }

    fn apply(before: Plan, _: &Group, change: Change) -> Plan {
        let (kept, group) = (before.clone(), before.group().clone());
        let after = before.rebalance(&change).expect("can happen");
        assert_eq!(before.assignment(), kept.assignment(), "the old plan still stands");
        assert_eq!(before.summary(), kept.summary());
        let claiming = group.claiming(before.assignment().clone()).apply(&change).expect("can happen");
        assert_as_good(&after, &claiming);
        after
    }

    fn check_invariants(plan: &Plan, group: &Group) {
        assert_eq!(members(plan.group()), members(group));
        assert_valid(plan);
        let Figures { partitions, retained, moved, forced, new, .. } = Figures::of(plan);
        assert_eq!((partitions, partitions), (plan.summary().assigned, retained + moved + new));
        assert!(forced <= moved);
        assert_eq!(Figures::of(plan).summary(plan.group()), plan.summary());
        assert_eq!(Figures::of(plan), Figures::measure(plan.group(), plan.assignment()));
    }
}

/// Balance and stickiness are those of `balance` on the full group whose claims are the old plan,
/// and those of the oracle.
fn assert_as_good(plan: &Plan, group: &Group) {
    let afresh = balance(group).summary();
    let summary = plan.summary();
    assert_eq!((summary.sum_of_squares, summary.retained), (afresh.sum_of_squares, afresh.retained));
    let Optimum { sum_of_squares, retained } = optimum(&GroupDocument::from(group));
    assert_eq!((summary.sum_of_squares, summary.retained), (sum_of_squares, retained));
}

fn assert_valid(plan: &Plan) {
    let verdict = verify(plan.group(), plan.assignment());
    assert!(verdict.is_optimal(), "{verdict:?}");
    for (member, _) in plan.group().members() {
        let held: Vec<_> = plan.assignment().partitions_of(member).collect();
        assert_eq!(held.len(), plan.assignment().load(member) as usize);
        assert!(held.iter().all(|&partition| plan.assignment().owner(partition) == Some(member)));
    }
}

fn members(group: &Group) -> Vec<String> {
    group.members().map(|(_, member)| member.id().to_string()).collect()
}

prop_state_machine! {
    #![proptest_config(Config {
        cases: 40,
        // Events that cannot happen are many, and thrown away.
        max_local_rejects: u32::MAX,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..Config::default()
    })]

    #[test]
    fn every_change_leaves_a_plan_as_good_as_one_made_afresh(sequential 1..30 => Successive);
}
