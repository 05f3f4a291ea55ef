//! The balance one step at a time: every version is sound, each step does what it says, and the
//! last is the plan.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use proptest::prelude::*;
use sticky_assignor::{
    Action, Assignment, Goal, Group, Movement, NewMember, NewTopic, Path, Plan, Step, TopicPartition, Transfer, balance,
};

use super::group;
use crate::oracle::Problem;
use crate::strategies::{any_goals, any_group, configured, given, larger_group};
use crate::two_goals::planned;

fn steps(plan: &Plan) -> Vec<Step> {
    plan.steps().collect()
}

/// The partitions in which each version differs from the one before.
fn changes(steps: &[Step]) -> Vec<Vec<TopicPartition>> {
    let pairs = steps.windows(2);
    pairs.map(|pair| pair[0].assignment.differences(&pair[1].assignment).map(|transfer| transfer.partition).collect()).collect()
}

/// Whether a step is what tells a version from the one before.
fn check_action(before: &Assignment, step: &Step) -> Result<(), TestCaseError> {
    let (partition, from, to) = match &step.action {
        Action::Keep { .. } => return Err(TestCaseError::fail("claims are kept once, and first")),
        Action::Fill { partition, to } => (*partition, None, *to),
        Action::Reassign { movement, .. } => (movement.partition, Some(movement.from), movement.to),
    };
    prop_assert_eq!(before.differences(&step.assignment).collect::<Vec<_>>(), [Transfer { partition, from, to: Some(to) }]);
    Ok(())
}

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn the_first_step_keeps_the_claims_that_stand(document in any_group()) {
        let plan = planned(&document);
        let first = plan.steps().next().expect("a first step");
        let problem = Problem::of(&document);
        let kept = given(plan.group(), &first.assignment);
        let listed = kept.iter().flat_map(|(member, topics)| topics.iter().map(move |(topic, list)| (member, topic, list)));
        let listed: BTreeSet<_> = listed.flat_map(|(member, topic, list)| list.iter().map(move |number| (topic, *number, member))).collect();
        let owners = problem.owners_before.iter().map(|(&(topic, number), &member)| (&problem.topics[topic].name, number, &problem.members[member]));
        prop_assert_eq!(listed, owners.collect::<BTreeSet<_>>());
        prop_assert_eq!(first.action, Action::Keep { partitions: first.assignment.len() });
    }

    #[test]
    fn each_step_changes_one_partition_as_it_says_and_none_changes_twice(document in prop_oneof![any_group(), larger_group()], goals in any_goals()) {
        let steps = steps(&goals.balance(&group(&document)));
        for pair in steps.windows(2) {
            check_action(&pair[0].assignment, &pair[1])?;
        }
        let changed: Vec<TopicPartition> = changes(&steps).concat();
        prop_assert_eq!(changed.iter().collect::<BTreeSet<_>>().len(), changed.len());
    }

    #[test]
    fn owners_follow_what_they_own_at_every_step(document in any_group()) {
        let plan = planned(&document);
        for step in plan.steps() {
            for (partition, owner) in step.assignment.iter() {
                prop_assert!(plan.group().subscribes(owner, partition.topic) && plan.group().has_partition(partition));
            }
        }
    }

    #[test]
    fn the_last_step_is_the_plan(document in prop_oneof![any_group(), larger_group()], goals in any_goals()) {
        let plan = goals.balance(&group(&document));
        let steps = steps(&plan);
        let last = steps.last().expect("a first step");
        prop_assert_eq!(&last.assignment, plan.assignment());
        let mut reassigned: Vec<Movement> = steps.iter().filter_map(reassignment).collect();
        reassigned.sort_by_key(|movement| movement.partition);
        prop_assert_eq!(&reassigned[..], plan.movements());
        prop_assert_eq!(last.movements.iter().collect::<Vec<_>>(), reassigned);
    }

    #[test]
    fn older_versions_stay_as_they_were(document in any_group()) {
        let plan = planned(&document);
        let mut versions: Vec<(Step, String)> = Vec::new();
        for step in plan.steps() {
            let copy = format!("{step:?}");
            versions.push((step, copy));
        }
        for (step, copy) in versions {
            prop_assert_eq!(format!("{step:?}"), copy);
        }
    }

    #[test]
    fn steps_taken_apart_and_walked_again_are_the_same(document in any_group(), taken in 0..12_usize) {
        let plan = planned(&document);
        let mut walked = plan.steps();
        let first: Vec<Step> = walked.by_ref().take(taken).collect();
        let (here, there): (Vec<Step>, Vec<Step>) = (walked.clone().collect(), walked.collect());
        prop_assert_eq!(format!("{here:?}"), format!("{there:?}"));
        let whole = first.into_iter().chain(here).collect::<Vec<_>>();
        prop_assert_eq!(format!("{whole:?}"), format!("{:?}", steps(&plan)));
    }

    #[test]
    fn a_path_tells_the_loads_it_was_taken_at(document in prop_oneof![any_group(), larger_group()]) {
        let steps = steps(&planned(&document));
        let mut before: Option<(&Path, &Assignment)> = None;
        for pair in steps.windows(2) {
            let Action::Reassign { movement, path } = &pair[1].action else { continue };
            // All moves of a path come one after another; its loads are those before the first.
            let start = match before {
                Some((last, start)) if Arc::ptr_eq(&last.stops, &path.stops) => start,
                _ => &pair[0].assignment,
            };
            before = Some((path, start));
            for stop in path.stops.iter() {
                prop_assert_eq!(stop.load, start.load(stop.member));
            }
            let hops: Vec<_> = path.stops.windows(2).map(|stops| (stops[0].member, stops[1].member)).collect();
            prop_assert!(hops.contains(&(movement.from, movement.to)));
        }
    }

    /// Why a partition moves: its path ends at a member that had at least two fewer than the first,
    /// so without the path loads were less even.
    #[test]
    fn a_path_evens_out_the_loads_of_its_ends(document in prop_oneof![any_group(), larger_group()]) {
        for step in planned(&document).steps() {
            let Action::Reassign { path, .. } = step.action else { continue };
            prop_assert_eq!(path.goal, Some(Goal::Balance));
            let (first, last) = (path.stops[0], path.stops[path.stops.len() - 1]);
            prop_assert!(first.load >= last.load + 2, "{path:?}");
            let members: BTreeSet<_> = path.stops.iter().map(|stop| stop.member).collect();
            prop_assert_eq!(members.len(), path.stops.len(), "a path meets nobody twice");
        }
    }

    /// What starts a path had no owner, and is in the hands of the path's first member when it
    /// starts.
    #[test]
    fn a_path_that_starts_with_a_filled_partition_starts_where_that_went(document in any_group()) {
        let steps = steps(&planned(&document));
        for pair in steps.windows(2) {
            let Action::Reassign { path: Path { filled: Some(filled), stops, .. }, .. } = &pair[1].action else { continue };
            prop_assert_eq!(pair[0].assignment.owner(*filled), Some(stops[0].member));
            prop_assert_eq!(steps[0].assignment.owner(*filled), None);
        }
    }
}

fn reassignment(step: &Step) -> Option<Movement> {
    match &step.action {
        Action::Reassign { movement, .. } => Some(*movement),
        _ => None,
    }
}

/// A plan that fills twenty thousand partitions and moves ten thousand.
fn large_plan() -> Plan {
    let topics = [NewTopic::new("a", 20_000), NewTopic::new("b", 20_000)];
    let members = [NewMember::new("c1", ["a", "b"]).owning("a", 0..20_000), NewMember::new("c2", ["a", "b"]), NewMember::new("c3", ["a"])];
    balance(&Group::new(&topics, &members).expect("a group"))
}

#[test]
fn steps_nobody_asks_for_cost_nothing() {
    let plan = large_plan();
    let start = Instant::now();
    assert!(plan.steps().count() > 20_000);
    let walk = start.elapsed();
    let start = Instant::now();
    (0..1000).for_each(|_| drop(plan.steps()));
    assert!(start.elapsed() < walk, "a thousand walks not begun cost more than one to the end");
}

#[test]
fn versions_of_a_walk_share_one_table() {
    let plan = large_plan();
    let steps: Vec<Step> = plan.steps().take(100).collect();
    assert!(steps.iter().all(|step| step.assignment.shares_table_with(&steps[0].assignment)));
}
