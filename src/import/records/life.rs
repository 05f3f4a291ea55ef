//! What the records of a group tell, put together: a moment for each generation of a classic group
//! and for each target assignment of the consumer protocol.

use std::collections::BTreeMap;

use super::super::history::{Observation, PartitionsByTopic, Seen, SeenGroup, SeenMember};
use super::told::{ById, Generation, Told, ToldTopic};
use crate::document::{Date, TopicDocument};

/// A group, record after record.
#[derive(Debug, Default)]
pub(crate) struct RecordedLife {
    observations: Vec<Observation>,
    /// Members of the consumer protocol, and what they say.
    members: BTreeMap<String, SeenMember>,
    targets: BTreeMap<String, ById>,
    held: BTreeMap<String, ById>,
    /// Topics as the group's records describe them.
    topics: BTreeMap<String, TopicDocument>,
    /// The names of topics, by id.
    names: BTreeMap<String, String>,
    /// Whether the last member has left, and no record has said so of the group yet.
    has_emptied: bool,
    /// Whether the group was of the classic protocol, and what follows converts it.
    is_converted: bool,
    /// The epoch that the stream begins with, if nobody is known then: the group is empty, unless
    /// somebody joins with the next record.
    beginning: Option<(Option<Date>, i32)>,
    /// Generations of clients that are no consumers, by protocol type.
    others: BTreeMap<String, usize>,
}

/// What became of a group.
#[derive(Debug)]
pub(crate) struct Lived {
    pub(crate) observations: Vec<Observation>,
    /// Generations of clients that are no consumers, by protocol type.
    pub(crate) others: BTreeMap<String, usize>,
}

impl RecordedLife {
    /// The life with one more record of it, and when that was.
    pub(crate) fn with(mut self, at: Option<Date>, told: Told) -> Self {
        self.begin(|since| since == at && matches!(told, Told::Member { said: Some(_), .. }));
        match told {
            Told::Generation(Some(generation)) if generation.is_of_consumers() => self.generation(at, generation),
            Told::Generation(Some(generation)) => *self.others.entry(generation.protocol_type).or_default() += 1,
            // What follows is gone with the group, or with its conversion to the other protocol.
            Told::Generation(None) => self.is_converted = true,
            Told::GroupEpoch(Some(epoch)) => self.group_epoch(at, epoch),
            Told::GroupEpoch(None) => self.has_emptied = false,
            Told::Topics(topics) => self.describe(topics.unwrap_or_default()),
            Told::Member { id, said: Some(said) } => {
                self.has_emptied = false;
                self.members.insert(id, said);
            }
            Told::Member { id, said: None } => {
                self.has_emptied |= self.members.remove(&id).is_some() && self.members.is_empty();
            }
            Told::TargetEpoch(Some(epoch)) => self.target_epoch(at, epoch),
            Told::TargetEpoch(None) => {}
            Told::Target { member, partitions } => put(&mut self.targets, member, partitions),
            Told::Current { member, partitions } => put(&mut self.held, member, partitions),
        }
        self
    }

    fn generation(&mut self, at: Option<Date>, generation: Generation) {
        let at = at.or(generation.since);
        let seen = SeenGroup {
            generation: Some(generation.number.into()),
            members: generation.members,
            counted: generation.owned,
            ..SeenGroup::default()
        };
        self.observations.push(Observation { at, seen: Seen::Group(seen) });
    }

    /// A group without members has no target, so its epoch alone says that it is empty. That of a
    /// group that is being converted, or is new, comes before its members.
    fn group_epoch(&mut self, at: Option<Date>, epoch: i32) {
        if std::mem::take(&mut self.has_emptied) && self.members.is_empty() {
            self.target_epoch(at, epoch);
        } else if self.is_unheard_of() {
            self.beginning = Some((at, epoch));
        }
    }

    /// Whether nothing was said yet of what the group was before.
    fn is_unheard_of(&self) -> bool {
        !self.is_converted && self.observations.is_empty() && self.members.is_empty() && self.targets.is_empty()
    }

    /// The empty group that the stream may begin with.
    fn begin(&mut self, is_joined: impl Fn(Option<Date>) -> bool) {
        if let Some((since, epoch)) = self.beginning.take().filter(|(since, _)| !is_joined(*since)) {
            self.target_epoch(since, epoch);
        }
    }

    fn target_epoch(&mut self, at: Option<Date>, epoch: i32) {
        self.has_emptied = false;
        let unsaid = |id: &String| SeenMember { id: id.clone(), ..SeenMember::default() };
        let mut members: BTreeMap<&String, SeenMember> = self.targets.keys().map(|id| (id, unsaid(id))).collect();
        members.extend(self.members.iter().map(|(id, said)| (id, said.clone())));
        let members = members.into_iter().map(|(id, said)| SeenMember {
            decided: Some(self.targets.get(id).map(listed).unwrap_or_default()),
            held: self.held.get(id).map(listed),
            ..said
        });
        let seen =
            SeenGroup { generation: Some(epoch.into()), members: members.collect(), topics: self.topics.clone(), ..SeenGroup::default() };
        self.observations.push(Observation { at, seen: Seen::Group(seen) });
    }

    fn describe(&mut self, topics: Vec<ToldTopic>) {
        self.topics = topics.iter().map(|topic| (topic.name.clone(), document(topic))).collect();
        self.names.extend(topics.into_iter().map(|topic| (topic.id, topic.name)));
    }

    /// All of it; topics are named as the group's records do, or else the tables of topics in the
    /// same input. Those that nothing names keep their id.
    pub(crate) fn lived(mut self, named: &BTreeMap<String, String>) -> Lived {
        self.begin(|_| false);
        let Self { mut observations, names, others, .. } = self;
        if names.is_empty() && named.is_empty() {
            return Lived { observations, others };
        }
        let name = |id: String| names.get(&id).or_else(|| named.get(&id)).cloned().unwrap_or(id);
        let by_name = |partitions: PartitionsByTopic| {
            let mut by_name = PartitionsByTopic::new();
            for (id, list) in partitions {
                by_name.entry(name(id)).or_default().extend(list);
            }
            by_name
        };
        for observation in &mut observations {
            let Seen::Group(seen) = &mut observation.seen else { continue };
            for list in seen.members.iter_mut().flat_map(|member| [&mut member.decided, &mut member.held]) {
                *list = list.take().map(by_name);
            }
        }
        Lived { observations, others }
    }
}

fn put(lists: &mut BTreeMap<String, ById>, member: String, partitions: Option<ById>) {
    match partitions {
        Some(partitions) => drop(lists.insert(member, partitions)),
        None => drop(lists.remove(&member)),
    }
}

fn listed(by_id: &ById) -> PartitionsByTopic {
    let mut listed = PartitionsByTopic::new();
    for (id, partitions) in by_id {
        listed.entry(id.clone()).or_default().extend(partitions);
    }
    listed
}

/// The document of a topic; its racks where they are told of every partition.
fn document(topic: &ToldTopic) -> TopicDocument {
    let racks: BTreeMap<i32, &Vec<String>> = topic.racks.iter().map(|(partition, racks)| (*partition, racks)).collect();
    let is_whole = topic.partitions >= 0 && racks.keys().copied().eq(0..topic.partitions);
    let racks = (is_whole && !racks.is_empty()).then(|| racks.into_values().cloned().collect());
    TopicDocument { partitions: topic.partitions.max(0).into(), racks }
}
