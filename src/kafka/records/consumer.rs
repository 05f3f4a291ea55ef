//! Groups of the consumer protocol (KIP-848): the values of kinds 3 to 8, version 0, all flexible.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;

use super::super::partitions::Partitions;
use super::fields::{RecordError, RecordFields};

/// The id of a topic, which outlives no topic: one that is deleted and created again has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicUuid(pub [u8; 16]);

impl TopicUuid {
    /// Reads an id as Kafka's tools print it, `TopicId: Uj5wn_FqTXirEASvVZRY1w`.
    pub fn parse(text: &str) -> Option<Self> {
        BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

/// As Kafka's tools print it.
impl fmt::Display for TopicUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        BASE64URL_NOPAD.encode_display(&self.0).fmt(f)
    }
}

/// A topic as a group's record describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicDescription<'a> {
    /// Its id.
    pub topic_id: TopicUuid,
    /// Its name.
    pub topic_name: &'a str,
    /// How many partitions it has.
    pub num_partitions: i32,
    /// Partitions with the racks of their replicas, as far as these are known.
    pub partition_racks: Vec<(i32, Vec<&'a str>)>,
}

/// Partitions of one topic, which is known by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicIdPartitions<'a> {
    /// The topic's id.
    pub topic_id: TopicUuid,
    /// Their numbers; any numbers, in any order.
    pub partitions: Partitions<'a>,
}

/// A member of a group and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerGroupMember<'a> {
    /// Its `group.instance.id`.
    pub instance_id: Option<&'a str>,
    /// Its rack.
    pub rack_id: Option<&'a str>,
    /// Its client's id.
    pub client_id: &'a str,
    /// Where it runs.
    pub client_host: &'a str,
    /// The topics it subscribes to by name.
    pub subscribed_topic_names: Vec<&'a str>,
    /// A regular expression for the names of topics that it subscribes to as well.
    pub subscribed_topic_regex: Option<&'a str>,
    /// How long it may take to give up what it has to, in milliseconds.
    pub rebalance_timeout_ms: i32,
    /// The broker's assignor it asks for.
    pub server_assignor: Option<&'a str>,
}

/// What a member has, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentAssignment<'a> {
    /// The epoch it has come to.
    pub member_epoch: i32,
    /// The epoch before.
    pub previous_member_epoch: i32,
    /// Its state, by the broker's number.
    pub state: i8,
    /// What is its own.
    pub assigned_partitions: Vec<TopicIdPartitions<'a>>,
    /// What it still has and is to give up.
    pub partitions_pending_revocation: Vec<TopicIdPartitions<'a>>,
}

pub(super) fn epoch(value: &mut RecordFields<'_>, field: &'static str) -> Result<i32, RecordError> {
    let epoch = value.int32(field)?;
    value.tagged_fields("tagged fields")?;
    Ok(epoch)
}

pub(super) fn topics<'a>(value: &mut RecordFields<'a>) -> Result<Vec<TopicDescription<'a>>, RecordError> {
    let topics = value.list("topics", 16 + 1 + 4 + 1 + 1, TopicDescription::read)?;
    value.tagged_fields("tagged fields")?;
    Ok(topics)
}

pub(super) fn target<'a>(value: &mut RecordFields<'a>) -> Result<Vec<TopicIdPartitions<'a>>, RecordError> {
    let target = listed(value, "topicPartitions")?;
    value.tagged_fields("tagged fields")?;
    Ok(target)
}

fn listed<'a>(value: &mut RecordFields<'a>, field: &'static str) -> Result<Vec<TopicIdPartitions<'a>>, RecordError> {
    value.list(field, 16 + 1 + 1, |value| {
        let read = TopicIdPartitions { topic_id: TopicUuid(value.uuid(field)?), partitions: value.partitions(field)? };
        value.tagged_fields(field)?;
        Ok(read)
    })
}

impl<'a> TopicDescription<'a> {
    fn read(value: &mut RecordFields<'a>) -> Result<Self, RecordError> {
        let read = Self {
            topic_id: TopicUuid(value.uuid("topics.topicId")?),
            topic_name: value.string("topics.topicName")?,
            num_partitions: value.int32("topics.numPartitions")?,
            partition_racks: value.list("topics.partitionMetadata", 4 + 1 + 1, racks)?,
        };
        value.tagged_fields("topics' tagged fields")?;
        Ok(read)
    }
}

fn racks<'a>(value: &mut RecordFields<'a>) -> Result<(i32, Vec<&'a str>), RecordError> {
    let partition = value.int32("topics.partitionMetadata.partition")?;
    let racks = value.list("topics.partitionMetadata.racks", 1, |value| value.string("topics.partitionMetadata.racks"))?;
    value.tagged_fields("topics.partitionMetadata's tagged fields")?;
    Ok((partition, racks))
}

impl<'a> ConsumerGroupMember<'a> {
    pub(super) fn read(value: &mut RecordFields<'a>) -> Result<Self, RecordError> {
        let read = Self {
            instance_id: value.nullable_string("instanceId")?,
            rack_id: value.nullable_string("rackId")?,
            client_id: value.string("clientId")?,
            client_host: value.string("clientHost")?,
            subscribed_topic_names: value.list("subscribedTopicNames", 1, |value| value.string("subscribedTopicNames"))?,
            subscribed_topic_regex: value.nullable_string("subscribedTopicRegex")?,
            rebalance_timeout_ms: value.int32("rebalanceTimeoutMs")?,
            server_assignor: value.nullable_string("serverAssignor")?,
        };
        value.tagged_fields("tagged fields")?;
        Ok(read)
    }
}

impl<'a> CurrentAssignment<'a> {
    pub(super) fn read(value: &mut RecordFields<'a>) -> Result<Self, RecordError> {
        let read = Self {
            member_epoch: value.int32("memberEpoch")?,
            previous_member_epoch: value.int32("previousMemberEpoch")?,
            state: value.int8("state")?,
            assigned_partitions: listed(value, "assignedPartitions")?,
            partitions_pending_revocation: listed(value, "partitionsPendingRevocation")?,
        };
        value.tagged_fields("tagged fields")?;
        Ok(read)
    }
}
