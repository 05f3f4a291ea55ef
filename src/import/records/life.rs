//! What a record tells of its group, whichever text it came in, and what the records of a group
//! tell, put together: a moment for each generation of a classic group and for each target
//! assignment of the consumer protocol.

use std::collections::BTreeMap;

use crate::document::{Date, TopicDocument};
use crate::import::history::{Observation, PartitionsByTopic, Seen, SeenGroup, SeenMember};
use crate::kafka::records::{
    ConsumerGroupMember, GroupMember, GroupMetadata, GroupRecord, PassedOver, RecordBody, RecordError, TopicIdPartitions,
};
use crate::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use crate::model::Subscription;

/// A record of a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FoundRecord {
    /// One about a group.
    Of { group: String, at: Option<Date>, told: Box<Told> },
    /// One of another kind, or in a version to come: what it is.
    PassedOver(PassedOver),
}

/// What a record tells of its group; `None` where it is a tombstone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    /// A generation of a classic group.
    Generation(Option<Generation>),
    /// A group of the consumer protocol has come to an epoch.
    GroupEpoch(Option<i32>),
    /// The topics that the members subscribe to.
    Topics(Option<Vec<ToldTopic>>),
    /// A member, and what it says.
    Member { id: String, said: Option<SeenMember> },
    /// The target assignment of an epoch is complete.
    TargetEpoch(Option<i32>),
    /// What a member is to have.
    Target { member: String, partitions: Option<ById> },
    /// What a member has.
    Current { member: String, partitions: Option<ById> },
}

/// Partitions by the id of their topic.
pub(crate) type ById = Vec<(String, Vec<i32>)>;

/// A generation of a classic group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Generation {
    /// `consumer`, or what other kind of clients these are.
    pub(crate) protocol_type: String,
    pub(crate) number: i32,
    /// Since when the group is in its state.
    pub(crate) since: Option<Date>,
    pub(crate) members: Vec<SeenMember>,
    /// What members owned when they joined: it counts the partitions of topics, and no more.
    pub(crate) owned: PartitionsByTopic,
}

/// A topic as a record describes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ToldTopic {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) partitions: i32,
    /// The racks of each partition's replicas, as far as they are told.
    pub(crate) racks: Vec<(i32, Vec<String>)>,
}

/// The protocol type of consumers.
const CONSUMER: &str = "consumer";

impl Generation {
    pub(crate) fn is_of_consumers(&self) -> bool {
        self.protocol_type == CONSUMER
    }

    /// Adds a member, with what it said and was given.
    pub(super) fn add(
        &mut self,
        member: SeenMember,
        said: Option<&ConsumerProtocolSubscription<'_>>,
        given: Option<&ConsumerProtocolAssignment<'_>>,
    ) {
        let mut decided = PartitionsByTopic::new();
        for topic in given.into_iter().flat_map(|given| &given.assigned_partitions) {
            decided.entry(topic.topic.into()).or_default().extend(topic.partitions.iter());
        }
        for topic in said.into_iter().flat_map(|said| &said.owned_partitions) {
            self.owned.entry(topic.topic.into()).or_default().extend(topic.partitions.iter());
        }
        self.members.push(SeenMember {
            rack: said.and_then(|said| said.rack).map(String::from),
            subscription: said.map(|said| Subscription::Named(said.topics.iter().map(|topic| (*topic).into()).collect())),
            decided: Some(decided),
            ..member
        });
    }
}

impl Told {
    /// What the bytes of a record tell.
    ///
    /// # Errors
    ///
    /// Where a consumer's subscription or assignment cannot be read.
    pub(super) fn of(record: GroupRecord<'_>) -> Result<Self, RecordError> {
        Ok(match record.body {
            RecordBody::GroupMetadata(generation) => Self::Generation(generation.as_ref().map(generation_of).transpose()?),
            RecordBody::ConsumerGroupMetadata { epoch } => Self::GroupEpoch(epoch),
            RecordBody::ConsumerGroupPartitionMetadata { topics } => Self::Topics(topics.map(|topics| {
                let racks = |racks: Vec<(i32, Vec<&str>)>| {
                    racks.into_iter().map(|(partition, racks)| (partition, racks.into_iter().map(String::from).collect())).collect()
                };
                let topic = |topic: crate::kafka::records::TopicDescription<'_>| ToldTopic {
                    id: topic.topic_id.to_string(),
                    name: topic.topic_name.into(),
                    partitions: topic.num_partitions,
                    racks: racks(topic.partition_racks),
                };
                topics.into_iter().map(topic).collect()
            })),
            RecordBody::ConsumerGroupMemberMetadata { member, metadata } => {
                Self::Member { id: member.into(), said: metadata.as_ref().map(|metadata| said_by(member, metadata)) }
            }
            RecordBody::ConsumerGroupTargetAssignmentMetadata { epoch } => Self::TargetEpoch(epoch),
            RecordBody::ConsumerGroupTargetAssignmentMember { member, partitions } => {
                Self::Target { member: member.into(), partitions: partitions.map(|partitions| by_id(&partitions)) }
            }
            RecordBody::ConsumerGroupCurrentMemberAssignment { member, current } => Self::Current {
                member: member.into(),
                // What is to be revoked is held until it is.
                partitions: current.map(|current| {
                    let held = [&current.assigned_partitions, &current.partitions_pending_revocation];
                    held.into_iter().flat_map(|held| by_id(held)).collect()
                }),
            },
        })
    }
}

fn generation_of(metadata: &GroupMetadata<'_>) -> Result<Generation, RecordError> {
    let mut generation = Generation {
        protocol_type: metadata.protocol_type.into(),
        number: metadata.generation,
        since: date(metadata.current_state_timestamp),
        ..Generation::default()
    };
    if metadata.is_of_consumers() {
        for (place, member) in metadata.members.iter().enumerate() {
            let (said, given) = (member.said(place)?, member.given(place)?);
            generation.add(seen(member), said.as_ref(), given.as_ref());
        }
    }
    Ok(generation)
}

fn seen(member: &GroupMember<'_>) -> SeenMember {
    SeenMember {
        id: member.member_id.into(),
        instance: member.group_instance_id.map(String::from),
        client: Some(member.client_id.into()).filter(|id: &String| !id.is_empty()),
        ..SeenMember::default()
    }
}

fn said_by(id: &str, said: &ConsumerGroupMember<'_>) -> SeenMember {
    let names = said.subscribed_topic_names.iter().map(|topic| (*topic).into()).collect();
    SeenMember {
        id: id.into(),
        instance: said.instance_id.map(String::from),
        client: Some(said.client_id.into()).filter(|id: &String| !id.is_empty()),
        rack: said.rack_id.map(String::from),
        subscription: subscription(names, said.subscribed_topic_regex),
        ..SeenMember::default()
    }
}

/// What a member of the consumer protocol subscribes to: nobody knows where it names an expression,
/// which the broker resolves in records of another kind.
pub(super) fn subscription(names: Vec<String>, expression: Option<&str>) -> Option<Subscription> {
    expression.is_none_or(str::is_empty).then_some(Subscription::Named(names))
}

fn by_id(topics: &[TopicIdPartitions<'_>]) -> ById {
    topics.iter().map(|topic| (topic.topic_id.to_string(), topic.partitions.iter().collect())).collect()
}

/// A time in milliseconds; negative is "not said".
pub(super) fn date(milliseconds: i64) -> Option<Date> {
    (milliseconds >= 0).then(|| Date::from_milliseconds(milliseconds))?
}

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
