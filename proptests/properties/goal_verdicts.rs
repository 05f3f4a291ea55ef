//! Verdicts in any order of goals: spoilt plans and arbitrary assignments are judged as the oracle
//! judges them, and a witness improves the goal that it is about, harms none before it, and has no
//! part that would do so alone.

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{GivenAssignment, Goals, ProofStanding};

use super::group;
use super::witness::{moved, proper_parts};
use crate::oracle::{Given, Problem, best_plan, judge, least_costs};
use crate::strategies::{any_goals, any_group, any_rearranging, any_valid_given, configured, given, growth, larger_group, spoilt};

/// A valid assignment is judged as the oracle does, and its witness keeps what it promises.
fn check(document: &GroupDocument, assigned: &Given, goals: Goals) -> Result<(), TestCaseError> {
    let (group, problem) = (group(document), Problem::of(document));
    let (judgement, least) = (judge(&problem, assigned), least_costs(&problem, &goals));
    let verdict = goals.verify_given(&group, &GivenAssignment(assigned.clone()), None);
    prop_assert_eq!(verdict.is_valid(), judgement.is_valid());
    if !judgement.is_valid() {
        return Ok(());
    }
    let cost = judgement.costs.in_order(&goals);
    prop_assert_eq!(verdict.of_goals().map(|goal| goal.cost).collect::<Vec<_>>(), &cost[..]);
    prop_assert_eq!(verdict.of_goals().map(|goal| goal.optimal).collect::<Vec<_>>(), &least[..]);
    let short = cost.iter().zip(&least).position(|(cost, least)| cost != least);
    prop_assert_eq!(verdict.is_optimal(), short.is_none());
    prop_assert_eq!(verdict.witness.is_empty(), short.is_none());
    let Some(short) = short else { return Ok(()) };
    // The goals before the one that falls short are at their least: an improvement leaves them so.
    let improves = |moves: &[usize]| {
        let after = moved(&group, assigned, moves.iter().map(|&place| &verdict.witness[place])).expect("moves of the assignment");
        let after = judge(&problem, &after);
        after.is_valid() && after.costs.in_order(&goals)[..=short] < cost[..=short]
    };
    let whole: Vec<usize> = (0..verdict.witness.len()).collect();
    prop_assert!(improves(&whole), "{:?} improves nothing in {goals}", verdict.witness);
    for part in proper_parts(whole.len()) {
        prop_assert!(!improves(&part), "of {:?} the moves {part:?} suffice in {goals}", verdict.witness);
    }
    Ok(())
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn in_any_order_of_goals_spoilt_plans_are_judged_as_the_oracle_judges_them(
        document in any_group(),
        goals in any_goals(),
        spoiling in any_rearranging(),
    ) {
        let plan = goals.balance(&group(&document));
        let assigned = spoilt(&document, &given(plan.group(), plan.assignment()), &spoiling);
        check(&document, &assigned, goals)?;
        let verdict = goals.verify_given(plan.group(), &GivenAssignment(assigned), Some(plan.proof()));
        prop_assert_eq!(verdict.proof, if verdict.is_optimal() { ProofStanding::Holds } else { ProofStanding::Short });
    }

    #[test]
    fn in_any_order_of_goals_any_valid_assignment_is_judged_as_the_oracle_judges_it(
        document in any_group(),
        goals in any_goals(),
        picks in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        check(&document, &any_valid_given(&document, &picks), goals)?;
    }

    /// What is best in one order is usually near the best in another.
    #[test]
    fn the_best_plan_of_one_order_is_judged_by_another((document, _) in growth(), goals in any_goals(), others in any_goals()) {
        check(&document, &best_plan(&Problem::of(&document), &others), goals)?;
    }
}

proptest! {
    #![proptest_config(configured(48))]

    #[test]
    fn the_best_plan_of_one_order_is_judged_by_another_in_larger_groups(
        document in larger_group(),
        goals in any_goals(),
        others in any_goals(),
    ) {
        check(&document, &best_plan(&Problem::of(&document), &others), goals)?;
    }
}
