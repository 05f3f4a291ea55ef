//! The witness of a verdict improves the assignment, and no part of it does so alone.

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{GivenAssignment, Group, Movement, Verdict};

use super::group;
use crate::oracle::{Given, Judgement, Optimum, Problem, judge};
use crate::strategies::{any_group, any_rearranging, any_valid_given, chain_or_ring, claiming, configured, given, larger_group, spoilt};
use crate::two_goals::{planned, verify_given};

/// Of up to this many moves every part is tried.
const MOST_TRIED: usize = 12;

/// The assignment after the moves; nothing where a move is not one of it.
pub(super) fn moved<'a>(group: &Group, given: &Given, moves: impl IntoIterator<Item = &'a Movement>) -> Option<Given> {
    let mut given = given.clone();
    for movement in moves {
        let topic = group.topic(movement.partition.topic).expect("a topic of the group").name();
        let (from, to) = (group.member(movement.from)?.id(), group.member(movement.to)?.id());
        let list = given.get_mut(&**from)?.get_mut(&**topic)?;
        let place = list.iter().position(|number| *number == i64::from(movement.partition.partition))?;
        let partition = list.remove(place);
        given.entry(to.to_string()).or_default().entry(topic.to_string()).or_default().push(partition);
    }
    Some(given)
}

fn figures(verdict: &Verdict) -> Optimum {
    Optimum { sum_of_squares: verdict.sum_of_squares, retained: verdict.retained }
}

/// Whether figures are better in what the witness is about: a lower sum, or of equal sums more
/// retained.
fn improved(verdict: &Verdict, after: Optimum) -> bool {
    match verdict.balanced() == Some(true) {
        true => after.beats(figures(verdict)),
        false => after.sum_of_squares < verdict.sum_of_squares,
    }
}

/// Some moves of so many, but not all: every choice where those can be tried, else only moves in a
/// row, the first coming after the last.
pub(super) fn proper_parts(moves: usize) -> Vec<Vec<usize>> {
    let chosen = |bits: usize| (0..moves).filter(|place| bits >> place & 1 == 1).collect();
    let in_a_row = |start: usize| (1..moves).map(move |length| (start..start + length).map(|place| place % moves).collect());
    match moves <= MOST_TRIED {
        true => (1..(1 << moves) - 1).map(chosen).collect(),
        false => (0..moves).flat_map(in_a_row).collect(),
    }
}

fn check(document: &GroupDocument, given: &Given) -> Result<(), TestCaseError> {
    let (group, problem) = (group(document), Problem::of(document));
    let verdict = verify_given(&group, &GivenAssignment(given.clone()), None);
    prop_assert_eq!(verdict.witness.is_empty(), verdict.is_optimal() || !verdict.is_valid());
    if verdict.witness.is_empty() {
        return Ok(());
    }
    let whole = moved(&group, given, &verdict.witness).expect("moves of the assignment");
    let Judgement { violations, figures, .. } = judge(&problem, &whole);
    prop_assert!(violations.is_empty(), "{violations:?}");
    prop_assert!(improved(&verdict, figures), "{verdict:?} leads to {figures:?}");
    for part in proper_parts(verdict.witness.len()) {
        let alone = moved(&group, given, part.iter().map(|&place| &verdict.witness[place])).expect("moves of the assignment");
        prop_assert!(!improved(&verdict, judge(&problem, &alone).figures), "of {:?} the moves {part:?} suffice", verdict.witness);
    }
    Ok(())
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn a_witness_against_a_spoilt_plan_improves_it(document in any_group(), spoiling in any_rearranging()) {
        let plan = planned(&document);
        check(&document, &spoilt(&document, &given(plan.group(), plan.assignment()), &spoiling))?;
    }

    #[test]
    fn a_witness_against_any_assignment_improves_it(document in any_group(), picks in prop::collection::vec(any::<u8>(), 0..20)) {
        check(&document, &any_valid_given(&document, &picks))?;
    }

    #[test]
    fn a_witness_against_a_plan_for_other_claims_improves_it(
        document in prop_oneof![1 => any_group(), 3 => chain_or_ring(3..=12)],
        picks in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let others = planned(&claiming(document.clone(), &any_valid_given(&document, &picks)));
        check(&document, &given(others.group(), others.assignment()))?;
    }

    #[test]
    fn following_witnesses_leads_to_the_optimum(document in any_group(), picks in prop::collection::vec(any::<u8>(), 0..20)) {
        let group = group(&document);
        let mut given = any_valid_given(&document, &picks);
        let mut verdict = verify_given(&group, &GivenAssignment(given.clone()), None);
        while !verdict.is_optimal() {
            given = moved(&group, &given, &verdict.witness).expect("moves of the assignment");
            let before = figures(&verdict);
            verdict = verify_given(&group, &GivenAssignment(given.clone()), None);
            prop_assert!(figures(&verdict).beats(before), "{:?} is no better than {before:?}", figures(&verdict));
        }
    }
}

proptest! {
    #![proptest_config(configured(64))]

    #[test]
    fn a_witness_against_a_larger_assignment_improves_it(
        document in larger_group(),
        picks in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        check(&document, &any_valid_given(&document, &picks))?;
    }

    #[test]
    fn a_witness_against_a_plan_for_other_claims_of_a_long_chain_or_ring_improves_it(
        document in chain_or_ring(13..=40),
        picks in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let others = planned(&claiming(document.clone(), &any_valid_given(&document, &picks)));
        check(&document, &given(others.group(), others.assignment()))?;
    }
}
