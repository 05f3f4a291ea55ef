//! The order in which a group is written down changes nothing.

use proptest::prelude::*;
use proptest::sample::Index;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Group, NewMember, NewTopic, Plan, Subscription, balance};

use super::planned;
use crate::strategies::{any_group, configured};

/// The items in another order, and the picks that made it used up from the front again for each
/// list.
fn shuffled<T>(mut items: Vec<T>, picks: &[Index]) -> Vec<T> {
    for (place, pick) in picks.iter().take(items.len()).enumerate() {
        let other = pick.index(items.len());
        items.swap(place, other);
    }
    items
}

/// The same group, written down in another order: topics, members, the topics of each, its claims
/// and their partitions.
pub(super) fn rewritten(document: &GroupDocument, picks: &[Index]) -> Group {
    let topics: Vec<NewTopic> = document.topics.0.iter().map(|(name, topic)| topic.described(name)).collect();
    let members: Vec<NewMember> = document.members.iter().map(|member| rewritten_member(NewMember::from(member), picks)).collect();
    Group::new(&shuffled(topics, picks), &shuffled(members, picks)).expect("a group")
}

fn rewritten_member(mut member: NewMember, picks: &[Index]) -> NewMember {
    if let Subscription::Named(names) = member.subscription {
        member.subscription = Subscription::Named(shuffled(names, picks));
    }
    member.owned = member.owned.into_iter().map(|(topic, list)| (topic, shuffled(list, picks))).collect();
    member.owned = shuffled(member.owned, picks);
    member
}

/// Everything a plan says.
fn told(plan: &Plan) -> String {
    let owners: Vec<_> = plan.assignment().iter().collect();
    format!("{owners:?} {:?} {:?} {:?}", plan.movements(), plan.summary(), plan.proof())
}

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn the_order_of_writing_a_group_down_changes_nothing(
        document in any_group(),
        picks in prop::collection::vec(any::<Index>(), 0..12),
    ) {
        prop_assert_eq!(told(&balance(&rewritten(&document, &picks))), told(&planned(&document)));
    }
}
