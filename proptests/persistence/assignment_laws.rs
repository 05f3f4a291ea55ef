//! An assignment behaves as a plain map from partitions to owners, in every version of it at once.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use sticky_assignor::{Assignment, Group, MemberId, NewMember, NewTopic, TopicId, TopicPartition, Transfer, balance};

use crate::strategies::configured;

type Model = BTreeMap<TopicPartition, MemberId>;

/// One change of an assignment.
#[derive(Clone, Debug)]
enum OwnerChange {
    Give(Index, Index),
    Take(Index),
}

/// Where a history of versions begins: nothing, or a plan's table.
#[derive(Clone, Copy, Debug)]
enum Start {
    Empty,
    Plan,
}

/// Five topics, the fourth without partitions, and four members who subscribe to all but the last.
fn group() -> Group {
    let topics = [3, 5, 1, 0, 4].iter().enumerate().map(|(place, &count)| NewTopic::new(format!("t{place}"), count));
    let members = (0..4).map(|place| NewMember::new(format!("m{place}"), ["t0", "t1", "t2", "t3"]));
    Group::new(&topics.collect::<Vec<_>>(), &members.collect::<Vec<_>>()).expect("a group")
}

fn partitions(group: &Group) -> Vec<TopicPartition> {
    let topics = group.topics();
    topics.flat_map(|(topic, described)| (0..described.partitions()).map(move |partition| TopicPartition { topic, partition })).collect()
}

fn any_owner_change() -> impl Strategy<Value = OwnerChange> {
    prop_oneof![
        3 => (any::<Index>(), any::<Index>()).prop_map(|(partition, member)| OwnerChange::Give(partition, member)),
        1 => any::<Index>().prop_map(OwnerChange::Take),
    ]
}

/// Every version of a history, each with the map it should be.
fn versions(group: &Group, start: Start, changes: &[OwnerChange]) -> Vec<(Assignment, Model)> {
    let first = match start {
        Start::Empty => Assignment::new(),
        Start::Plan => balance(group).assignment().clone(),
    };
    let mut versions = vec![(first.clone(), first.iter().collect::<Model>())];
    for change in changes {
        let (assignment, model) = versions.last().cloned().expect("the first");
        versions.push(handed(group, assignment, model, change));
    }
    versions
}

fn handed(group: &Group, assignment: Assignment, mut model: Model, change: &OwnerChange) -> (Assignment, Model) {
    match owner_after(group, change) {
        (partition, Some(member)) => {
            model.insert(partition, member);
            (assignment.with_owner(partition, member), model)
        }
        (partition, None) => {
            model.remove(&partition);
            (assignment.without_owner(partition), model)
        }
    }
}

/// Which partition a change is about, and who owns it after that.
fn owner_after(group: &Group, change: &OwnerChange) -> (TopicPartition, Option<MemberId>) {
    let members: Vec<MemberId> = group.members().map(|(member, _)| member).collect();
    let partitions = partitions(group);
    match change {
        OwnerChange::Give(partition, member) => (partitions[partition.index(partitions.len())], Some(members[member.index(members.len())])),
        OwnerChange::Take(partition) => (partitions[partition.index(partitions.len())], None),
    }
}

fn check(group: &Group, assignment: &Assignment, model: &Model) -> Result<(), TestCaseError> {
    prop_assert_eq!(assignment.iter().collect::<Vec<_>>(), model.iter().map(|(&partition, &owner)| (partition, owner)).collect::<Vec<_>>());
    prop_assert_eq!(assignment.check(), Ok(()));
    prop_assert_eq!(assignment.len(), model.len() as u64);
    prop_assert_eq!(assignment.is_empty(), model.is_empty());
    for partition in partitions(group) {
        prop_assert_eq!(assignment.owner(partition), model.get(&partition).copied());
    }
    group.members().try_for_each(|(member, _)| check_member(group, assignment, model, member))
}

fn check_member(group: &Group, assignment: &Assignment, model: &Model, member: MemberId) -> Result<(), TestCaseError> {
    let held: Vec<TopicPartition> = model.iter().filter(|(_, owner)| **owner == member).map(|(&partition, _)| partition).collect();
    prop_assert_eq!(assignment.load(member) as usize, held.len());
    prop_assert_eq!(assignment.partitions_of(member).collect::<Vec<_>>(), held.clone());
    for (topic, _) in group.topics() {
        let of_topic: Vec<TopicPartition> = held.iter().copied().filter(|partition| partition.topic == topic).collect();
        prop_assert_eq!(assignment.partitions_of_topic(member, topic).collect::<Vec<_>>(), of_topic);
    }
    Ok(())
}

/// The partitions in which two maps differ.
fn difference(before: &Model, after: &Model) -> Vec<Transfer> {
    let mut partitions: Vec<TopicPartition> = before.keys().chain(after.keys()).copied().collect();
    partitions.sort_unstable();
    partitions.dedup();
    let owner = |model: &Model, partition: TopicPartition| model.get(&partition).copied();
    let transfer = |partition| Transfer { partition, from: owner(before, partition), to: owner(after, partition) };
    partitions.into_iter().map(transfer).filter(|transfer| transfer.from != transfer.to).collect()
}

proptest! {
    #![proptest_config(configured(128))]

    #[test]
    fn every_version_is_the_map_it_should_be(
        start in prop_oneof![Just(Start::Empty), Just(Start::Plan)],
        changes in prop::collection::vec(any_owner_change(), 0..40),
    ) {
        let group = group();
        for (assignment, model) in versions(&group, start, &changes) {
            check(&group, &assignment, &model)?;
        }
    }

    #[test]
    fn many_handed_over_at_once_are_as_one_by_one(
        start in prop_oneof![Just(Start::Empty), Just(Start::Plan)],
        changes in prop::collection::vec(any_owner_change(), 0..40),
        at_once in 0..40_usize,
    ) {
        let group = group();
        let one_by_one = versions(&group, start, &changes);
        let (before, rest) = changes.split_at(at_once.min(changes.len()));
        let owners: Vec<(TopicPartition, Option<MemberId>)> = rest.iter().map(|change| owner_after(&group, change)).collect();
        let after = one_by_one[before.len()].0.clone().with_owners(owners);
        check(&group, &after, &one_by_one[changes.len()].1)?;
    }

    #[test]
    fn differences_are_those_of_the_maps(
        start in prop_oneof![Just(Start::Empty), Just(Start::Plan)],
        changes in prop::collection::vec(any_owner_change(), 0..20),
        (one, other) in any::<(Index, Index)>(),
    ) {
        let versions = versions(&group(), start, &changes);
        let ((before, model_before), (after, model_after)) = (&versions[one.index(versions.len())], &versions[other.index(versions.len())]);
        let expected = difference(model_before, model_after);
        prop_assert_eq!(before == after, expected.is_empty());
        prop_assert_eq!(before.differences(after).collect::<Vec<_>>(), expected.clone());
        // The same content on another table.
        let rebuilt: Assignment = after.iter().collect();
        prop_assert_eq!(&rebuilt, after);
        prop_assert_eq!(before.differences(&rebuilt).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_topic_beyond_the_table_has_no_owner() {
    let group = group();
    let plan = balance(&group);
    let absent = TopicPartition { topic: last_topic(&group), partition: 1_000_000 };
    assert_eq!(plan.assignment().owner(absent), None);
    assert_eq!(plan.assignment().clone().without_owner(absent), *plan.assignment());
}

fn last_topic(group: &Group) -> TopicId {
    group.topics().map(|(topic, _)| topic).last().expect("a topic")
}

/// A caller may write any number of a partition; the greatest is a number too.
#[test]
fn a_partition_of_the_greatest_number_can_be_owned() {
    let group = group();
    let (topic, owner) = (last_topic(&group), group.member_id("m3").expect("a member"));
    let partition = TopicPartition { topic, partition: u32::MAX };
    let assignment = Assignment::new().with_owner(partition, owner);
    assert_eq!((assignment.owner(partition), assignment.load(owner)), (Some(owner), 1));
    assert_eq!(assignment.partitions_of_topic(owner, topic).collect::<Vec<_>>(), [partition]);
}
