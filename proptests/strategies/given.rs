//! Assignments as somebody may give them: a plan spoilt in places, or anything at all.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use sticky_assignor::document::{AnyInteger, GroupDocument};
use sticky_assignor::{Assignment, Group};

use crate::oracle::{Given, Problem};

/// One way to spoil an assignment.
#[derive(Clone, Debug)]
pub(crate) enum Spoiling {
    /// A listed partition goes to a member of the group.
    Move(Index, Index),
    /// Two listed partitions change places.
    Swap(Index, Index),
    /// Three listed partitions change places in a circle.
    Cycle(Index, Index, Index),
    /// A listed partition is left out.
    Drop(Index),
    /// A listed partition is listed again, by a member of the group.
    Repeat(Index, Index),
    /// A member of the group lists this partition of a topic.
    List(Index, Index, i64),
    /// Somebody who is not in the group lists a partition.
    Stranger(i64),
}

/// Moves, swaps and cycles: what leaves every partition with one owner.
pub(crate) fn any_rearranging() -> impl Strategy<Value = Vec<Spoiling>> {
    prop::collection::vec(rearranging(), 1..4)
}

/// Anything somebody may do to an assignment.
pub(crate) fn any_spoiling() -> impl Strategy<Value = Vec<Spoiling>> {
    let index = any::<Index>;
    let spoiling = prop_oneof![
        6 => rearranging(),
        1 => index().prop_map(Spoiling::Drop),
        1 => (index(), index()).prop_map(|(partition, member)| Spoiling::Repeat(partition, member)),
        1 => (index(), index(), -2..10_i64).prop_map(|(member, topic, partition)| Spoiling::List(member, topic, partition)),
        1 => any::<i64>().prop_map(Spoiling::Stranger),
    ];
    prop::collection::vec(spoiling, 0..5)
}

fn rearranging() -> impl Strategy<Value = Spoiling> {
    let indices = || (any::<Index>(), any::<Index>());
    prop_oneof![
        indices().prop_map(|(partition, member)| Spoiling::Move(partition, member)),
        indices().prop_map(|(one, other)| Spoiling::Swap(one, other)),
        (indices(), any::<Index>()).prop_map(|((one, other), third)| Spoiling::Cycle(one, other, third)),
    ]
}

/// An assignment written with names, every member of the group in it.
pub(crate) fn given(group: &Group, assignment: &Assignment) -> Given {
    let mut given: Given = group.members().map(|(_, member)| (member.id().to_string(), BTreeMap::new())).collect();
    for (partition, owner) in assignment.iter() {
        let member = group.member(owner).expect("an owner in the group").id().to_string();
        let topic = group.topic(partition.topic).expect("a topic of the group").name().to_string();
        given.entry(member).or_default().entry(topic).or_default().push(i64::from(partition.partition));
    }
    given
}

/// The document, its members claiming what they are given, all in one generation.
pub(crate) fn claiming(mut document: GroupDocument, given: &Given) -> GroupDocument {
    for member in &mut document.members {
        let lists = given[&member.id].iter().map(|(topic, list)| (topic.clone(), list.iter().copied().map(AnyInteger).collect()));
        member.owned = lists.collect();
        member.generation = AnyInteger(7);
    }
    document
}

/// The assignment after all that was done to it.
pub(crate) fn spoilt(document: &GroupDocument, given: &Given, spoiling: &[Spoiling]) -> Given {
    let listed: Vec<Listing> = given
        .iter()
        .flat_map(|(member, topics)| topics.iter().map(move |(topic, list)| (member, topic, list)))
        .flat_map(|(member, topic, list)| list.iter().map(move |partition| (member.clone(), topic.clone(), *partition)))
        .collect();
    let listed = spoiling.iter().fold(listed, |listed, spoiling| spoil(document, listed, spoiling));
    let mut given: Given = given.keys().map(|member| (member.clone(), BTreeMap::new())).collect();
    for (member, topic, partition) in listed {
        given.entry(member).or_default().entry(topic).or_default().push(partition);
    }
    given
}

/// A member, a topic, a partition.
type Listing = (String, String, i64);

fn spoil(document: &GroupDocument, mut listed: Vec<Listing>, spoiling: &Spoiling) -> Vec<Listing> {
    match spoiling {
        Spoiling::Stranger(partition) => listed.push(("stranger".into(), "t0".into(), *partition)),
        Spoiling::List(member, topic, partition) => {
            let topic = topic.index(document.topics.0.len() + 1);
            let topic = document.topics.0.keys().nth(topic).cloned().unwrap_or_else(|| "ghost".into());
            listed.extend(member_at(document, member).map(|member| (member, topic, *partition)));
        }
        _ if listed.is_empty() => {}
        Spoiling::Move(partition, member) => {
            let partition = partition.index(listed.len());
            listed[partition].0 = member_at(document, member).unwrap_or_else(|| listed[partition].0.clone());
        }
        Spoiling::Swap(one, other) => {
            let (one, other) = (one.index(listed.len()), other.index(listed.len()));
            let owner = listed[one].0.clone();
            listed[one].0 = std::mem::replace(&mut listed[other].0, owner);
        }
        Spoiling::Cycle(one, other, third) => {
            let [one, other, third] = [one, other, third].map(|index| index.index(listed.len()));
            let owner = listed[one].0.clone();
            let owner = std::mem::replace(&mut listed[other].0, owner);
            let owner = std::mem::replace(&mut listed[third].0, owner);
            listed[one].0 = owner;
        }
        Spoiling::Drop(partition) => {
            listed.remove(partition.index(listed.len()));
        }
        Spoiling::Repeat(partition, member) => {
            let (_, topic, number) = listed[partition.index(listed.len())].clone();
            listed.extend(member_at(document, member).map(|member| (member, topic, number)));
        }
    }
    listed
}

fn member_at(document: &GroupDocument, member: &Index) -> Option<String> {
    (!document.members.is_empty()).then(|| document.members[member.index(document.members.len())].id.clone())
}

/// Any valid assignment of a document's group, as far as picks reach: each partition with one of
/// its subscribers.
pub(crate) fn any_valid_given(document: &GroupDocument, picks: &[u8]) -> Given {
    let problem = Problem::of(document);
    let mut given: Given = problem.members.iter().map(|member| (member.clone(), BTreeMap::new())).collect();
    for (nth, (topic, partition)) in problem.partitions().enumerate() {
        let topic = &problem.topics[topic];
        let pick = picks.get(nth % picks.len().max(1)).copied().unwrap_or(0);
        let member = &problem.members[topic.subscribers[usize::from(pick) % topic.subscribers.len()]];
        given.entry(member.clone()).or_default().entry(topic.name.clone()).or_default().push(partition);
    }
    given
}
