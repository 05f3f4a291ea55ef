//! A changed group is the group of the changed document; the group before stays as it was.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Change, Event, Group, MemberKey, NewMember};

use crate::oracle::{changed, optimum};
use crate::strategies::{any_change, any_group, configured};
use crate::two_goals::balance;

/// Topics with their partitions, and members with the existing topics they subscribe to.
type Seen = (BTreeMap<String, u32>, BTreeMap<(String, MemberKey), BTreeSet<String>>);

fn seen(group: &Group) -> Seen {
    let topics = group.topics().map(|(_, topic)| (topic.name().to_string(), topic.partitions())).collect();
    let subscribed = |member| group.topics().filter(move |(topic, _)| group.subscribes(member, *topic));
    let members = group.members().map(|(number, member)| {
        ((member.id().to_string(), member.key()), subscribed(number).map(|(_, topic)| topic.name().to_string()).collect())
    });
    (topics, members.collect())
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn a_changed_group_is_that_of_the_changed_document(document in any_group(), change in any_change()) {
        let group = Group::try_from(&document).expect("a group");
        let before = format!("{group:?}");
        let after = group.apply(&change);
        prop_assert_eq!(format!("{group:?}"), before);
        match changed(&document, &change) {
            None => prop_assert!(after.is_err()),
            Some(document) => {
                let (expected, after) = (Group::try_from(&document).expect("a group"), after.expect("possible"));
                prop_assert_eq!(seen(&after), seen(&expected));
                prop_assert_eq!((after.member_count(), after.partition_count()), (expected.member_count(), expected.partition_count()));
            }
        }
    }

    #[test]
    fn a_changed_group_keeps_the_claims_that_the_changed_document_has(document in any_group(), change in any_change()) {
        let Some(after) = changed(&document, &change) else { return Ok(()) };
        let summary = balance(&Group::try_from(&document).expect("a group").apply(&change).expect("possible")).summary();
        let optimum = optimum(&after);
        prop_assert_eq!((summary.sum_of_squares, summary.retained), (optimum.sum_of_squares, optimum.retained));
    }

    #[test]
    fn a_change_in_parts_is_the_change(document in any_group(), change in any_change(), more in any_change()) {
        // A static member that left is remembered within a change only, so here nobody is static.
        let (change, more) = (without_instances(&change), without_instances(&more));
        let group = Group::try_from(&dynamic(document)).expect("a group");
        let whole = Change::from(change.events().iter().chain(more.events()).cloned());
        let in_parts = group.apply(&change).and_then(|group| group.apply(&more));
        prop_assert_eq!(group.apply(&whole).map(|group| seen(&group)), in_parts.map(|group| seen(&group)));
    }
}

fn dynamic(mut document: GroupDocument) -> GroupDocument {
    document.members.iter_mut().for_each(|member| member.instance = None);
    document
}

fn without_instances(change: &Change) -> Change {
    let dynamic = change.events().iter().cloned().map(|event| match event {
        Event::Join(member) => Event::Join(NewMember { instance: None, ..member }),
        other => other,
    });
    Change::from(dynamic.collect::<Vec<_>>())
}
