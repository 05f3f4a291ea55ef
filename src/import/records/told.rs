//! What a record tells of its group, whichever text it came in.

use super::super::history::{PartitionsByTopic, SeenMember};
use crate::document::Date;
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
