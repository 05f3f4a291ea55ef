//! From the rows of a group to its document: what the text does not say.

use std::collections::{BTreeMap, BTreeSet};

use super::note::ImportNote;
use super::table::Row;
use super::{ImportKnowledge, ImportedGroup};
use crate::document::{AnyInteger, MemberDocument, SubscriptionDocument, TopicDocument, UniqueMap, VerifyInput};
use crate::model::{GENERATION_NOT_SAID, Subscription};

/// The group of these rows.
pub(super) fn group(name: Option<&str>, rows: &[&Row], knowledge: &ImportKnowledge) -> ImportedGroup {
    let topics = partition_counts(rows, knowledge);
    let notes = [
        miscounts(rows),
        inferred_counts(&topics, knowledge),
        beyond_counts(rows, &topics),
        inferred_subscriptions(rows, knowledge),
        doubts(rows, &topics, knowledge),
        strangers(rows, knowledge),
    ];
    let topic = |(topic, partitions): (&String, &i64)| (topic.clone(), TopicDocument { partitions: *partitions, racks: None });
    let document = VerifyInput {
        name: name.map(String::from),
        topics: topics.iter().map(topic).collect(),
        members: rows.iter().map(|row| member(row, knowledge)).collect(),
        assignment: rows.iter().map(|row| (row.member.clone(), owned(row))).collect(),
        proof: None,
    };
    ImportedGroup { document, notes: notes.concat() }
}

fn member(row: &Row, knowledge: &ImportKnowledge) -> MemberDocument {
    MemberDocument {
        id: row.member.clone(),
        topics: SubscriptionDocument(said(row, knowledge).cloned().unwrap_or(Subscription::Every)),
        owned: owned(row),
        generation: AnyInteger(GENERATION_NOT_SAID),
        rack: None,
        instance: row.instance.clone(),
    }
}

fn owned(row: &Row) -> UniqueMap<Vec<AnyInteger>> {
    let partitions = |list: &Vec<i64>| list.iter().copied().map(AnyInteger).collect();
    row.owned.iter().map(|(topic, list)| (topic.clone(), partitions(list))).collect()
}

/// What the member is said to follow.
fn said<'a>(row: &Row, knowledge: &'a ImportKnowledge) -> Option<&'a Subscription> {
    let by_instance = || row.instance.as_ref().and_then(|instance| knowledge.subscriptions.get(instance));
    knowledge.subscriptions.get(&row.member).or_else(by_instance)
}

/// The highest partition seen of each topic.
fn highest(rows: &[&Row]) -> BTreeMap<String, i64> {
    let mut highest: BTreeMap<String, i64> = BTreeMap::new();
    for (topic, partition) in
        rows.iter().flat_map(|row| &row.owned).flat_map(|(topic, list)| list.iter().map(move |partition| (topic, *partition)))
    {
        let seen = highest.entry(topic.clone()).or_insert(partition);
        *seen = partition.max(*seen);
    }
    highest
}

fn partition_counts(rows: &[&Row], knowledge: &ImportKnowledge) -> BTreeMap<String, i64> {
    let seen = highest(rows).into_iter().map(|(topic, partition)| (topic, partition.saturating_add(1)));
    seen.chain(knowledge.topics.clone()).collect()
}

fn inferred_counts(topics: &BTreeMap<String, i64>, knowledge: &ImportKnowledge) -> Vec<ImportNote> {
    let inferred = topics.iter().filter(|(topic, _)| !knowledge.topics.contains_key(*topic));
    inferred.map(|(topic, &partitions)| ImportNote::PartitionCount { topic: topic.clone(), partitions }).collect()
}

fn beyond_counts(rows: &[&Row], topics: &BTreeMap<String, i64>) -> Vec<ImportNote> {
    let counted = highest(rows).into_iter().map(|(topic, partition)| (topics[&topic], topic, partition));
    let beyond = counted.filter(|(partitions, _, partition)| partition >= partitions);
    beyond.map(|(partitions, topic, partition)| ImportNote::BeyondCount { topic, partition, partitions }).collect()
}

fn inferred_subscriptions(rows: &[&Row], knowledge: &ImportKnowledge) -> Vec<ImportNote> {
    let members: Vec<String> = rows.iter().filter(|row| said(row, knowledge).is_none()).map(|row| row.member.clone()).collect();
    if members.is_empty() { Vec::new() } else { vec![ImportNote::FollowsEvery { members }] }
}

fn miscounts(rows: &[&Row]) -> Vec<ImportNote> {
    let counted = rows.iter().map(|row| (row.line, row.count, row.owned.values().map(Vec::len).sum::<usize>()));
    let miscounted = counted.filter_map(|(line, said, listed)| Some((line, said.filter(|said| *said != listed)?, listed)));
    miscounted.map(|(line, said, listed)| ImportNote::Miscounted { line, said, listed }).collect()
}

/// Where what is owned, what is followed and what exists do not agree.
fn doubts(rows: &[&Row], topics: &BTreeMap<String, i64>, knowledge: &ImportKnowledge) -> Vec<ImportNote> {
    let of_row = |row: &&Row| match said(row, knowledge) {
        Some(Subscription::Named(followed)) => doubts_of_member(row, &followed.iter().collect(), topics),
        _ => Vec::new(),
    };
    rows.iter().flat_map(of_row).collect()
}

fn doubts_of_member(row: &Row, followed: &BTreeSet<&String>, topics: &BTreeMap<String, i64>) -> Vec<ImportNote> {
    let member = &row.member;
    let owns = row.owned.keys().filter(|topic| !followed.contains(topic));
    let owns = owns.map(|topic| ImportNote::OwnsUnfollowed { member: member.clone(), topic: topic.clone() });
    let unknown = followed.iter().filter(|topic| !topics.contains_key(**topic));
    owns.chain(unknown.map(|topic| ImportNote::UnknownTopic { member: member.clone(), topic: (*topic).clone() })).collect()
}

/// Subscriptions given for nobody.
fn strangers(rows: &[&Row], knowledge: &ImportKnowledge) -> Vec<ImportNote> {
    let names: BTreeSet<&String> = rows.iter().flat_map(|row| [Some(&row.member), row.instance.as_ref()]).flatten().collect();
    let strangers = knowledge.subscriptions.keys().filter(|member| !names.contains(member));
    strangers.map(|member| ImportNote::NoSuchMember { member: member.clone() }).collect()
}
