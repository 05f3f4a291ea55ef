//! A group in plain numbers: what is left of a document once the claims are settled.

use std::collections::{BTreeMap, BTreeSet};

use sticky_assignor::document::{GroupDocument, TopicDocument};

use super::claims::{owners_before, subscribes};

/// A topic with at least one subscriber, or none.
#[derive(Clone, Debug)]
pub(crate) struct ProblemTopic {
    pub(crate) name: String,
    pub(crate) partitions: i64,
    /// The members that subscribe to it, as places in [`Problem::members`].
    pub(crate) subscribers: Vec<usize>,
    /// For each partition the racks of its replicas; none where they are not known.
    racks: Vec<BTreeSet<String>>,
}

/// The partitions of a topic whose replicas are in the same racks. It has one at least, and the
/// topic a subscriber.
#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) topic: usize,
    pub(super) partitions: Vec<i64>,
    /// For each member, how many of these partitions the claims leave to it.
    pub(super) claimed: Vec<u64>,
}

impl Class {
    /// The first of its partitions, with its topic.
    pub(super) fn first(&self) -> (usize, i64) {
        (self.topic, self.partitions[0])
    }
}

/// Which partitions go to which members, and who owned them.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// Member ids, ascending.
    pub(crate) members: Vec<String>,
    /// The rack of each member that has one.
    racks: BTreeMap<usize, String>,
    /// Topics in the order of their names.
    pub(crate) topics: Vec<ProblemTopic>,
    /// The member that a partition's claims name: topic and partition to member. Every one of them
    /// exists and subscribes.
    pub(crate) owners_before: BTreeMap<(usize, i64), usize>,
}

impl Problem {
    pub(crate) fn of(document: &GroupDocument) -> Self {
        let mut members: Vec<String> = document.members.iter().map(|member| member.id.clone()).collect();
        members.sort();
        let topics: Vec<ProblemTopic> = document
            .topics
            .0
            .iter()
            .map(|(name, topic)| ProblemTopic {
                name: name.clone(),
                partitions: topic.partitions,
                subscribers: subscribers(document, &members, name),
                racks: racks(topic),
            })
            .collect();
        let owners_before = owners_before(document)
            .into_iter()
            .map(|((topic, partition), owner)| ((place_of_topic(&topics, &topic), partition), place(&members, &owner)))
            .collect();
        let racks = document.members.iter().filter_map(|member| {
            let rack = member.rack.clone().filter(|rack| is_a_rack(rack))?;
            Some((place(&members, &member.id), rack))
        });
        let racks = racks.collect();
        Self { members, racks, topics, owners_before }
    }

    /// The partitions that have to be given to somebody.
    pub(crate) fn partitions(&self) -> impl Iterator<Item = (usize, i64)> + '_ {
        let wanted = self.topics.iter().enumerate().filter(|(_, topic)| !topic.subscribers.is_empty());
        wanted.flat_map(|(place, topic)| (0..topic.partitions).map(move |partition| (place, partition)))
    }

    /// Whether the owner would be in a rack that none of the replicas is in, as far as is known.
    pub(crate) fn mismatches(&self, (topic, partition): (usize, i64), owner: usize) -> bool {
        let replicas = &self.topics[topic].racks[partition as usize];
        self.racks.get(&owner).is_some_and(|rack| !replicas.is_empty() && !replicas.contains(rack))
    }

    /// The partitions that have to be given to somebody, those together that differ only in their
    /// owners before.
    pub(super) fn classes(&self) -> Vec<Class> {
        let mut classes: BTreeMap<(usize, &BTreeSet<String>), Class> = BTreeMap::new();
        for (topic, partition) in self.partitions() {
            let nothing = || Class { topic, partitions: Vec::new(), claimed: vec![0; self.members.len()] };
            let class = classes.entry((topic, &self.topics[topic].racks[partition as usize])).or_insert_with(nothing);
            class.partitions.push(partition);
            if let Some(&owner) = self.owners_before.get(&(topic, partition)) {
                class.claimed[owner] += 1;
            }
        }
        classes.into_values().collect()
    }

    pub(crate) fn place_of_member(&self, id: &str) -> Option<usize> {
        self.members.binary_search_by(|member| member.as_str().cmp(id)).ok()
    }

    pub(crate) fn place_of_topic(&self, name: &str) -> Option<usize> {
        self.topics.binary_search_by(|topic| topic.name.as_str().cmp(name)).ok()
    }
}

fn subscribers(document: &GroupDocument, members: &[String], topic: &str) -> Vec<usize> {
    let asking = document.members.iter().filter(|member| subscribes(member, topic));
    let mut subscribers: Vec<usize> = asking.map(|member| place(members, &member.id)).collect();
    subscribers.sort_unstable();
    subscribers
}

/// For each partition of a topic the racks of its replicas, as far as they are known.
fn racks(topic: &TopicDocument) -> Vec<BTreeSet<String>> {
    let known = |partition: i64| topic.racks.as_ref().map(|racks| racks[partition as usize].iter());
    let racks = |partition| known(partition).into_iter().flatten().filter(|rack| is_a_rack(rack)).cloned().collect();
    (0..topic.partitions).map(racks).collect()
}

fn is_a_rack(name: &str) -> bool {
    !name.is_empty()
}

fn place(members: &[String], id: &str) -> usize {
    members.binary_search_by(|member| member.as_str().cmp(id)).expect("a member of the document")
}

fn place_of_topic(topics: &[ProblemTopic], name: &str) -> usize {
    topics.binary_search_by(|topic| topic.name.as_str().cmp(name)).expect("a topic of the document")
}
