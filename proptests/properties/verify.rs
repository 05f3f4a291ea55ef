//! `verify` and `verify_given` judge as the oracle judges: spoilt plans, arbitrary assignments,
//! valid or not.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Assignment, GivenAssignment, Goal, Group, ProofStanding, TopicPartition, Verdict};

use super::group;
use crate::oracle::{Given, Problem, flow, judge};
use crate::strategies::{
    any_group, any_prices, any_rearranging, any_spoiling, any_valid_given, configured, given, larger_group, priced, spoilt,
};
use crate::two_goals::{planned, verify, verify_given};

/// The verdict says what the oracle says.
fn check(document: &GroupDocument, given: &Given, verdict: &Verdict) -> Result<(), TestCaseError> {
    let problem = Problem::of(document);
    let (judgement, optimum) = (judge(&problem, given), flow(&problem));
    prop_assert_eq!(verdict.violations.iter().collect::<BTreeSet<_>>(), judgement.violations.clone());
    prop_assert_eq!(verdict.violations.is_empty(), verdict.is_valid());
    prop_assert_eq!((verdict.optimal_sum_of_squares(), verdict.optimal_retained()), (Some(optimum.sum_of_squares), Some(optimum.retained)));
    if !judgement.is_valid() {
        prop_assert!(verdict.balanced() == Some(false) && !verdict.is_optimal() && verdict.of_goals().next().is_none());
        return Ok(());
    }
    prop_assert_eq!((verdict.sum_of_squares, verdict.retained), (judgement.figures.sum_of_squares, judgement.figures.retained));
    prop_assert_eq!(verdict.balanced(), Some(judgement.figures.sum_of_squares == optimum.sum_of_squares));
    prop_assert_eq!(verdict.is_optimal(), judgement.figures == optimum);
    Ok(())
}

/// An assignment of our own, if the names and numbers are those of the group and nothing is listed
/// twice.
fn as_assignment(group: &Group, given: &Given) -> Option<Assignment> {
    let mut assignment = Assignment::new();
    for (member, topic, partition) in listings(given) {
        let topic = group.topic_id(topic)?;
        let partition = TopicPartition { topic, partition: u32::try_from(partition).ok()? };
        if !group.has_partition(partition) || assignment.owner(partition).is_some() {
            return None;
        }
        assignment = assignment.with_owner(partition, group.member_id(member)?);
    }
    Some(assignment)
}

fn listings(given: &Given) -> impl Iterator<Item = (&String, &String, i64)> {
    let topics = given.iter().flat_map(|(member, topics)| topics.iter().map(move |(topic, list)| (member, topic, list)));
    topics.flat_map(|(member, topic, list)| list.iter().map(move |partition| (member, topic, *partition)))
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn a_plan_spoilt_by_moves_and_swaps_is_judged_as_the_oracle_judges_it(document in any_group(), spoiling in any_rearranging()) {
        let plan = planned(&document);
        let given = spoilt(&document, &given(plan.group(), plan.assignment()), &spoiling);
        let verdict = verify_given(plan.group(), &GivenAssignment(given.clone()), Some(plan.proof()));
        check(&document, &given, &verdict)?;
        let expected = if verdict.is_optimal() { ProofStanding::Holds } else { ProofStanding::Short };
        prop_assert_eq!(verdict.proof, expected);
    }

    #[test]
    fn any_valid_assignment_is_judged_as_the_oracle_judges_it(
        document in any_group(),
        picks in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let given = any_valid_given(&document, &picks);
        check(&document, &given, &verify_given(&group(&document), &GivenAssignment(given.clone()), None))?;
    }

    #[test]
    fn anything_given_is_judged_as_the_oracle_judges_it(document in any_group(), spoiling in any_spoiling()) {
        let plan = planned(&document);
        let given = spoilt(&document, &given(plan.group(), plan.assignment()), &spoiling);
        let verdict = verify_given(plan.group(), &GivenAssignment(given.clone()), None);
        check(&document, &given, &verdict)?;
        prop_assert_eq!(verdict.proof, ProofStanding::Absent);
    }

    #[test]
    fn a_proof_holds_where_its_bound_meets_the_assignment(document in any_group(), prices in any_prices(20), spoiling in any_rearranging()) {
        let plan = planned(&document);
        let given = spoilt(&document, &given(plan.group(), plan.assignment()), &spoiling);
        let proof = priced(plan.group(), &prices);
        let verdict = verify_given(plan.group(), &GivenAssignment(given), Some(&proof));
        let moves = i128::from(plan.summary().assigned) - i128::from(verdict.retained);
        let cost = (Some(verdict.sum_of_squares.into()), Some(moves));
        let bound = proof.bound(plan.group());
        let meets = verdict.is_valid() && (bound.get(Goal::Balance), bound.get(Goal::Stickiness)) == cost;
        prop_assert_eq!(verdict.proof, if meets { ProofStanding::Holds } else { ProofStanding::Short });
    }

    #[test]
    fn an_assignment_of_our_own_is_judged_alike(document in any_group(), spoiling in any_spoiling()) {
        let plan = planned(&document);
        let given = spoilt(&document, &given(plan.group(), plan.assignment()), &spoiling);
        if let Some(assignment) = as_assignment(plan.group(), &given) {
            check(&document, &given, &verify(plan.group(), &assignment))?;
        }
    }
}

proptest! {
    #![proptest_config(configured(64))]

    #[test]
    fn larger_assignments_are_judged_as_the_oracle_judges_them(
        document in larger_group(),
        picks in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let given = any_valid_given(&document, &picks);
        check(&document, &given, &verify_given(&group(&document), &GivenAssignment(given.clone()), None))?;
    }

    #[test]
    fn a_plan_of_a_larger_group_is_told_optimal(document in larger_group()) {
        let plan = planned(&document);
        prop_assert!(verify(plan.group(), plan.assignment()).is_optimal());
    }
}

#[test]
fn a_group_of_nobody_is_judged() {
    let nobody = group(&GroupDocument::default());
    assert!(verify_given(&nobody, &GivenAssignment(Given::new()), None).is_optimal());
    assert!(verify(&nobody, &Assignment::new()).is_optimal());
}
