//! Plans in any order of goals: each goal costs what the oracle says it must, and its component of
//! the proof meets it.

use proptest::prelude::*;
use proptest::sample::Index;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Change, Cost, Event, Goal, Goals, Group, MemberId, NewMember, Plan, Price, Proof, Subscription, TopicId};

use super::group;
use super::order::rewritten;
use crate::oracle::{Problem, changed, judge, least_costs};
use crate::strategies::{
    any_change, any_goals, any_group, claiming, configured, crowded_group, given, growth, identical, larger_group, many_subscribers,
};

/// Valid, as good as can be in each goal, and proved to be.
fn check(plan: &Plan, document: &GroupDocument, goals: Goals) -> Result<(), TestCaseError> {
    let problem = Problem::of(document);
    let least = least_costs(&problem, &goals);
    let judgement = judge(&problem, &given(plan.group(), plan.assignment()));
    prop_assert!(judgement.is_valid(), "{:?}", judgement.violations);
    prop_assert_eq!(plan.goals(), goals);
    prop_assert_eq!(judgement.costs.in_order(&goals), &least[..]);
    let amounts = |cost: &Cost| cost.iter().map(|(_, amount)| amount).collect::<Vec<i128>>();
    let least: Vec<i128> = least.into_iter().map(i128::from).collect();
    prop_assert_eq!(amounts(&plan.costs()), &least[..]);
    prop_assert_eq!(amounts(&plan.proof().bound(plan.group())), least);
    Ok(())
}

fn check_balance(document: &GroupDocument, goals: Goals) -> Result<(), TestCaseError> {
    check(&goals.balance(&group(document)), document, goals)
}

/// Rebalances after each change that is possible; every plan on the way is as good as one made
/// anew.
fn check_history(mut document: GroupDocument, changes: &[Change], goals: Goals) -> Result<(), TestCaseError> {
    let mut plan = goals.balance(&group(&document));
    for change in changes {
        let claimed = claiming(document.clone(), &given(plan.group(), plan.assignment()));
        match (plan.rebalance(change), changed(&claimed, change)) {
            (Ok(after), Some(next)) => (plan, document) = (after, next),
            (after, next) => {
                prop_assert!(after.is_err() && next.is_none());
                continue;
            }
        }
        check(&plan, &document, goals)?;
    }
    Ok(())
}

/// The group, its members in no rack.
fn without_racks(mut document: GroupDocument) -> GroupDocument {
    document.members.iter_mut().for_each(|member| member.rack = None);
    document
}

/// The change, whoever joins or subscribes subscribing to everything, in no rack.
fn all_alike(change: &Change) -> Change {
    let alike = |member: &NewMember| NewMember { subscription: Subscription::Every, rack: None, ..member.clone() };
    let events = change.events().iter().map(|event| match event {
        Event::Join(member) => Event::Join(alike(member)),
        Event::Rejoin(member) => Event::Rejoin(alike(member)),
        Event::Subscribe { member, .. } => Event::Subscribe { member: member.clone(), subscription: Subscription::Every },
        other => other.clone(),
    });
    Change::from(events.collect::<Vec<Event>>())
}

/// Everything a plan says.
fn told(plan: &Plan) -> String {
    let owners: Vec<_> = plan.assignment().iter().collect();
    format!("{owners:?} {:?} {:?} {:?} {:?}", plan.movements(), plan.summary(), plan.costs(), plan.proof())
}

/// The plan's proof, some components of it changed by one.
fn disturbed(plan: &Plan, changes: &[(Index, Index, bool)]) -> Proof {
    let members = plan.group().members().count();
    let nodes = members + plan.group().topics().count();
    let disturb = |price: Price, node: usize| {
        let here = changes.iter().filter(|(at, _, _)| nodes > 0 && at.index(nodes) == node);
        here.fold(price, |price, (_, component, up)| {
            let place = component.index(plan.goals().len());
            price.with(place, price.get(place) + if *up { 1 } else { -1 })
        })
    };
    let member = |id: MemberId| disturb(plan.proof().member(id), id.index());
    let topic = |id: TopicId| disturb(plan.proof().topic(id), members + id.index());
    let proof = Proof::new(plan.goals(), plan.group(), member, topic);
    plan.group().topics().fold(proof, |proof, (id, _)| {
        let classes = plan.proof().classes(id).iter();
        proof.with_classes(id, classes.map(|(racks, price)| (racks.clone(), disturb(*price, members + id.index()))))
    })
}

proptest! {
    #![proptest_config(configured(1024))]

    #[test]
    fn in_any_order_of_goals_a_plan_is_valid_and_none_is_better(document in any_group(), goals in any_goals()) {
        check_balance(&document, goals)?;
    }

    #[test]
    fn of_members_that_subscribe_alike_too(document in identical(), goals in any_goals()) {
        check_balance(&document, goals)?;
    }
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn of_topics_with_far_more_subscribers_than_partitions_too(document in many_subscribers(), goals in any_goals()) {
        check_balance(&document, goals)?;
    }
}

proptest! {
    #![proptest_config(configured(128))]

    #[test]
    fn of_a_larger_group_too(document in larger_group(), goals in any_goals()) {
        check_balance(&document, goals)?;
    }

    #[test]
    fn of_a_crowded_group_too(document in crowded_group(), goals in any_goals()) {
        check_balance(&document, goals)?;
    }

    #[test]
    fn groups_that_grow_and_shrink_stay_best_in_every_goal((document, changes) in growth(), goals in any_goals()) {
        check_history(document, &changes, goals)?;
    }
}

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn in_any_order_a_plan_fed_back_as_claims_is_the_plan_again(document in any_group(), goals in any_goals()) {
        let plan = goals.balance(&group(&document));
        let owned = given(plan.group(), plan.assignment());
        let again = goals.balance(&group(&claiming(document, &owned)));
        prop_assert_eq!(again.movements(), []);
        prop_assert_eq!(given(again.group(), again.assignment()), owned);
    }

    #[test]
    fn in_any_order_of_goals_the_order_of_writing_changes_nothing(
        document in any_group(),
        goals in any_goals(),
        picks in prop::collection::vec(any::<Index>(), 0..12),
    ) {
        let written: Group = rewritten(&document, &picks);
        prop_assert_eq!(told(&goals.balance(&written)), told(&goals.balance(&group(&document))));
    }

    #[test]
    fn spoilt_prices_in_any_order_promise_no_more(
        document in any_group(),
        goals in any_goals(),
        changes in prop::collection::vec((any::<Index>(), any::<Index>(), any::<bool>()), 1..4),
    ) {
        let plan = goals.balance(&group(&document));
        prop_assert!(disturbed(&plan, &changes).bound(plan.group()) <= plan.costs());
    }

    #[test]
    fn rebalanced_plans_stay_best_in_every_goal(
        document in any_group(),
        changes in prop::collection::vec(any_change(), 1..5),
        goals in any_goals(),
    ) {
        check_history(document, &changes, goals)?;
    }

    /// Where all subscribe alike and no rack is known, a rebalance is that of the closed form if
    /// its outcome is as even as can be, and else a balance anew.
    #[test]
    fn groups_that_subscribe_alike_are_rebalanced_as_evenly_as_can_be(
        document in identical(),
        changes in prop::collection::vec(any_change(), 1..8),
    ) {
        let changes: Vec<Change> = changes.iter().map(all_alike).collect();
        check_history(without_racks(document), &changes, Goals::default())?;
    }

    /// A later goal never costs an earlier one anything.
    #[test]
    fn a_goal_more_costs_those_before_it_nothing(document in any_group(), goals in any_goals()) {
        let group = group(&document);
        let whole = goals.balance(&group).costs();
        for length in 1..goals.len() {
            let first: Vec<Goal> = goals.iter().take(length).collect();
            let fewer = Goals::new(first).expect("none twice").balance(&group).costs();
            prop_assert!(fewer.iter().eq(whole.iter().take(length)));
        }
    }
}
