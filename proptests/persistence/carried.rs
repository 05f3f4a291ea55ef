//! A group that is built anew claims by names what an assignment of another gave its members.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sticky_assignor::document::{GroupDocument, MemberDocument};
use sticky_assignor::{Group, NewMember, NewTopic, Plan, balance};

use crate::oracle::changed;
use crate::strategies::{any_change, any_group, configured};

/// Who claims which partition of which topic.
type Claimed = BTreeSet<(String, String, u32)>;

fn claimed(group: &Group) -> Claimed {
    let of = |(number, member)| group.claims().of(number).into_iter().map(move |partition| (member, partition));
    let named = |(member, partition): (&sticky_assignor::Member, sticky_assignor::TopicPartition)| {
        (member.id().to_string(), group.topic(partition.topic).expect("a topic of the group").name().to_string(), partition.partition)
    };
    group.members().flat_map(of).map(named).collect()
}

/// What a plan gave to those who are in the document, as far as the document has it.
fn expected(today: &GroupDocument, plan: &Plan) -> Claimed {
    let before = plan.group();
    let carried = plan.assignment().iter().filter_map(|(partition, owner)| {
        let owner = before.member(owner)?;
        let is_owner = |member: &&MemberDocument| match owner.instance() {
            Some(instance) => member.instance.as_deref() == Some(&**instance),
            None => member.id == **owner.id(),
        };
        let (member, topic) =
            (today.members.iter().find(is_owner)?, before.topic(partition.topic).expect("a topic of the group").name().to_string());
        let partitions = today.topics.0.get(&topic)?.partitions;
        (i64::from(partition.partition) < partitions).then(|| (member.id.clone(), topic, partition.partition))
    });
    carried.collect()
}

proptest! {
    #![proptest_config(configured(400))]

    #[test]
    fn members_claim_what_those_of_their_names_were_given(document in any_group(), first in any_change(), second in any_change()) {
        let plan = balance(&Group::try_from(&document).expect("a group"));
        let (plan, yesterday) = match (plan.rebalance(&first), changed(&document, &first)) {
            (Ok(next), Some(changed)) => (next, changed),
            _ => (plan, document),
        };
        let today = changed(&yesterday, &second).unwrap_or(yesterday);
        let group = Group::try_from(&today).expect("a group").claiming_from(plan.group(), plan.assignment());
        prop_assert_eq!(claimed(&group), expected(&today, &plan));
    }
}

/// All numbers are others, and nobody has to give up anything.
#[test]
fn what_comes_first_by_name_shifts_nobodys_claims() {
    let members = |names: &[&str]| -> Vec<NewMember> { names.iter().map(|name| NewMember::new(*name, ["b", "c"])).collect() };
    let yesterday = Group::new(&[NewTopic::new("b", 3), NewTopic::new("c", 3)], &members(&["m1", "m2"])).expect("a group");
    let plan = balance(&yesterday);
    let topics = [NewTopic::new("a", 1), NewTopic::new("b", 3), NewTopic::new("c", 3)];
    let today = Group::new(&topics, &members(&["m0", "m1", "m2"])).expect("a group");
    let next = balance(&today.claiming_from(&yesterday, plan.assignment()));
    assert_eq!((next.summary().retained, next.summary().moved, next.summary().new), (4, 2, 0));
    assert!(next.movements().iter().all(|movement| next.group().member(movement.to).is_some_and(|to| **to.id() == *"m0")));
}
