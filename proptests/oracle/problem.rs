//! A group in plain numbers: what is left of a document once the claims are settled.

use std::collections::BTreeMap;

use sticky_assignor::document::GroupDocument;

use super::claims::{owners_before, subscribes};

/// A topic with at least one subscriber, or none.
#[derive(Clone, Debug)]
pub(crate) struct ProblemTopic {
    pub(crate) name: String,
    pub(crate) partitions: i64,
    /// The members that subscribe to it, as places in [`Problem::members`].
    pub(crate) subscribers: Vec<usize>,
}

/// Which partitions go to which members, and who owned them.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// Member ids, ascending.
    pub(crate) members: Vec<String>,
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
            })
            .collect();
        let owners_before = owners_before(document)
            .into_iter()
            .map(|((topic, partition), owner)| ((place_of_topic(&topics, &topic), partition), place(&members, &owner)))
            .collect();
        Self { members, topics, owners_before }
    }

    /// The partitions that have to be given to somebody.
    pub(crate) fn partitions(&self) -> impl Iterator<Item = (usize, i64)> + '_ {
        let wanted = self.topics.iter().enumerate().filter(|(_, topic)| !topic.subscribers.is_empty());
        wanted.flat_map(|(place, topic)| (0..topic.partitions).map(move |partition| (place, partition)))
    }

    /// For each topic and member, how many partitions of the topic the claims leave to the member.
    pub(crate) fn claim_counts(&self) -> Vec<Vec<u64>> {
        let mut counts = vec![vec![0; self.members.len()]; self.topics.len()];
        for (&(topic, _), &member) in &self.owners_before {
            counts[topic][member] += 1;
        }
        counts
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

fn place(members: &[String], id: &str) -> usize {
    members.binary_search_by(|member| member.as_str().cmp(id)).expect("a member of the document")
}

fn place_of_topic(topics: &[ProblemTopic], name: &str) -> usize {
    topics.binary_search_by(|topic| topic.name.as_str().cmp(name)).expect("a topic of the document")
}
