//! Proofs: a plan meets its own bound, and no prices whatever promise more than can be had.

use proptest::prelude::*;
use proptest::sample::Index;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Cost, Goal, Goals, MemberId, Price, Proof, TopicId};

use super::group;
use crate::oracle::{Problem, flow};
use crate::strategies::{any_group, any_prices, configured, larger_group, priced};
use crate::two_goals::planned;

/// What the best plans cost, as bounds count it: squares, and partitions that do not stay.
fn least_cost(document: &GroupDocument) -> Cost {
    let problem = Problem::of(document);
    let optimum = flow(&problem);
    let moves = problem.partitions().count() as i128 - i128::from(optimum.retained);
    Cost::new(Goals::BALANCE_STICKINESS, |goal| match goal {
        Goal::Balance => optimum.sum_of_squares.into(),
        _ => moves,
    })
}

/// The plan's proof with some prices changed a little.
fn disturbed(document: &GroupDocument, changes: &[(Index, Price)]) -> Proof {
    let plan = planned(document);
    let nodes = plan.group().members().count() + plan.group().topics().count();
    let disturbance = |node: usize| {
        let here = changes.iter().filter(|(place, _)| nodes > 0 && place.index(nodes) == node);
        here.fold(Price::ZERO, |sum, (_, price)| plus(sum, *price))
    };
    let members = plan.group().members().count();
    let member = |member: MemberId| plus(plan.proof().member(member), disturbance(member.index()));
    let topic = |topic: TopicId| plus(plan.proof().topic(topic), disturbance(members + topic.index()));
    Proof::new(plan.proof().goals(), plan.group(), member, topic)
}

fn plus(one: Price, other: Price) -> Price {
    Price::from([0, 1, 2, 3].map(|place| one.get(place) + other.get(place)))
}

fn any_change_of_price() -> impl Strategy<Value = (Index, Price)> {
    (any::<Index>(), (-2..3_i64, -2..3_i64)).prop_map(|(place, (squares, moves))| (place, Price::from([squares, moves])))
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn a_plan_meets_the_bound_of_its_proof(document in any_group()) {
        let plan = planned(&document);
        prop_assert_eq!(plan.proof().bound(plan.group()), least_cost(&document));
    }

    #[test]
    fn no_prices_promise_more_than_can_be_had(document in any_group(), prices in any_prices(20)) {
        let group = group(&document);
        prop_assert!(priced(&group, &prices).bound(&group) <= least_cost(&document));
    }

    #[test]
    fn spoilt_prices_of_a_plan_promise_no_more(document in any_group(), changes in prop::collection::vec(any_change_of_price(), 1..4)) {
        prop_assert!(disturbed(&document, &changes).bound(&group(&document)) <= least_cost(&document));
    }

    #[test]
    fn a_proof_is_its_prices(document in any_group(), changes in prop::collection::vec(any_change_of_price(), 0..3)) {
        let plan = planned(&document);
        let (proof, other) = (plan.proof(), disturbed(&document, &changes));
        let alike = plan.group().members().all(|(member, _)| proof.member(member) == other.member(member))
            && plan.group().topics().all(|(topic, _)| proof.topic(topic) == other.topic(topic));
        prop_assert_eq!(*proof == other, alike);
        prop_assert!(alike || !changes.is_empty(), "prices that were not changed are not those of the plan");
    }

    #[test]
    fn a_proof_of_another_group_promises_no_more(document in any_group(), other in any_group()) {
        prop_assert!(planned(&other).proof().bound(&group(&document)) <= least_cost(&document));
    }
}

proptest! {
    #![proptest_config(configured(64))]

    #[test]
    fn a_plan_of_a_larger_group_meets_the_bound_of_its_proof(document in larger_group()) {
        let plan = planned(&document);
        prop_assert_eq!(plan.proof().bound(plan.group()), least_cost(&document));
    }
}
