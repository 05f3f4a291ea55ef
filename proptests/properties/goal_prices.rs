//! Prices in any order of goals: whatever they are, they never promise more than the oracle's
//! optimum, neither of members and topics nor of the classes of a topic.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Cost, Goals, Group, Price, Proof, RackSet};

use super::group;
use crate::oracle::{Problem, least_costs};
use crate::strategies::{any_goals, any_group, configured, growth, larger_group};

/// What the best plans cost in these goals, as bounds tell it.
fn least_cost(document: &GroupDocument, goals: Goals) -> Cost {
    let mut least = least_costs(&Problem::of(document), &goals).into_iter();
    Cost::new(goals, |_| least.next().expect("a cost for each goal").into())
}

/// Prices of four goals: most near what real ones are, some far beyond.
fn any_prices() -> impl Strategy<Value = Vec<Price>> {
    let near = prop::array::uniform4(prop_oneof![3 => -2..3_i64, 2 => -1..14_i64]);
    let far = prop::array::uniform4(any::<i64>());
    prop::collection::vec(prop_oneof![20 => near, 1 => far].prop_map(Price::from), 1..24)
}

/// These prices on members, topics and the classes of topics, in turn.
fn priced(goals: Goals, group: &Group, prices: &[Price]) -> Proof {
    let price = |place: usize| prices[place % prices.len()];
    let members = group.members().count();
    let proof = Proof::new(goals, group, |member| price(member.index()), |topic| price(members + topic.index()));
    group.topics().fold(proof, |proof, (id, topic)| {
        let sets: BTreeSet<RackSet> =
            topic.racks().into_iter().flat_map(|racks| racks.iter()).map(|racks| RackSet::of(racks.iter().cloned())).collect();
        // Every other topic keeps one price.
        let several = sets.into_iter().filter(|_| id.index() % 2 == 0).enumerate();
        proof.with_classes(id, several.map(|(place, set)| (set, price(2 * members + id.index() + place))))
    })
}

/// By goals, so that a bound that promises too much in a later goal is seen where it promises
/// exactly enough in those before.
fn check(document: &GroupDocument, goals: Goals, prices: &[Price]) -> Result<(), TestCaseError> {
    let (group, least) = (group(document), least_cost(document, goals));
    let bound = priced(goals, &group, prices).bound(&group);
    prop_assert!(bound <= least, "{bound:?} is more than {least:?}");
    Ok(())
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn no_prices_in_any_goals_promise_more_than_can_be_had(document in any_group(), goals in any_goals(), prices in any_prices()) {
        check(&document, goals, &prices)?;
    }

    #[test]
    fn no_prices_promise_more_to_members_that_subscribe_alike((document, _) in growth(), goals in any_goals(), prices in any_prices()) {
        check(&document, goals, &prices)?;
    }
}

proptest! {
    #![proptest_config(configured(48))]

    #[test]
    fn no_prices_promise_more_to_larger_groups(document in larger_group(), goals in any_goals(), prices in any_prices()) {
        check(&document, goals, &prices)?;
    }
}
