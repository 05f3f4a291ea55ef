//! The records that the brokers keep of groups in their topic `__consumer_offsets`: bytes to
//! values.
//!
//! A record has a key, which says by a number what kind of record it is and whose, and a value, or
//! none: a *tombstone*, which takes back what was said before under the same key. Classic groups
//! have one kind of record, which says all of the group in each generation; groups of the consumer
//! protocol (KIP-848) have six, each of which says a part. Kinds and versions that are not known
//! are passed over, as the brokers do.
//!
//! ```
//! use sticky_assignor::kafka::records::{GroupRecord, Heard, RecordBody};
//! let key = b"\x00\x03\x00\x06orders"; // of kind 3, of the group "orders"
//! let value = b"\x00\x00\x00\x00\x00\x07\x00"; // version 0: epoch 7, no tagged fields
//! let body = RecordBody::ConsumerGroupMetadata { epoch: Some(7) };
//! assert_eq!(Heard::decode(key, Some(value))?, Heard::Record(GroupRecord { group: "orders", body
//! }));
//! # Ok::<(), sticky_assignor::kafka::records::RecordError>(())
//! ```

mod fields;

use std::fmt;

use data_encoding::BASE64URL_NOPAD;

use super::messages::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, Partitions};
use super::wire::{DecodeError, LengthLayout};
use fields::RecordFields;
pub use fields::{RecordError, RecordPart};

/// What a record of the topic is to somebody who listens to groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// Something about a group.
    Record(GroupRecord<'a>),
    /// Something of another kind, or in a version to come.
    PassedOver(PassedOver),
}

/// A record of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRecord<'a> {
    /// The group's id.
    pub group: &'a str,
    /// What is said of it.
    pub body: RecordBody<'a>,
}

/// What a record says; `None` where it is a tombstone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordBody<'a> {
    /// Kind 2: a generation of a classic group.
    GroupMetadata(Option<GroupMetadata<'a>>),
    /// Kind 3: a group of the consumer protocol has come to an epoch.
    ConsumerGroupMetadata {
        /// The group's epoch.
        epoch: Option<i32>,
    },
    /// Kind 4: the topics the group's members subscribe to (before Kafka 4.1).
    ConsumerGroupPartitionMetadata {
        /// The topics.
        topics: Option<Vec<TopicDescription<'a>>>,
    },
    /// Kind 5: a member and what it subscribes to.
    ConsumerGroupMemberMetadata {
        /// The member's id.
        member: &'a str,
        /// What it says.
        metadata: Option<ConsumerGroupMember<'a>>,
    },
    /// Kind 6: the target assignment of an epoch is complete.
    ConsumerGroupTargetAssignmentMetadata {
        /// The epoch of the assignment.
        epoch: Option<i32>,
    },
    /// Kind 7: what a member is to have.
    ConsumerGroupTargetAssignmentMember {
        /// The member's id.
        member: &'a str,
        /// The partitions.
        partitions: Option<Vec<TopicIdPartitions<'a>>>,
    },
    /// Kind 8: what a member has.
    ConsumerGroupCurrentMemberAssignment {
        /// The member's id.
        member: &'a str,
        /// The partitions.
        current: Option<CurrentAssignment<'a>>,
    },
}

/// Why a record was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PassedOver {
    /// Its key is of another kind: 0 and 1 are committed offsets, 9 and above share groups, streams
    /// groups and regular expressions.
    Kind {
        /// The number of the kind.
        kind: i16,
    },
    /// Its value is of a version that is not known.
    Version {
        /// The number of the kind.
        kind: i16,
        /// The version.
        version: i16,
    },
}

impl PassedOver {
    /// Whether a record of this kind, and of this version where it has a value, is passed over.
    pub fn of(kind: i16, version: Option<i16>) -> Option<Self> {
        match (newest_version(kind), version) {
            (None, _) => Some(Self::Kind { kind }),
            (Some(newest), Some(version)) if !(0..=newest).contains(&version) => Some(Self::Version { kind, version }),
            _ => None,
        }
    }
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { kind } => write!(f, "key type {kind}"),
            Self::Version { kind, version } => write!(f, "key type {kind} with value version {version}"),
        }
    }
}

impl<'a> Heard<'a> {
    /// Reads a record, in place. Unknown tagged fields are passed over.
    ///
    /// Linear in the record; takes at most about sixteen times its length in memory.
    ///
    /// # Errors
    ///
    /// Where the key or the value of a known kind and version ends too early or too late, has an
    /// impossible length, or a name that is not UTF-8.
    pub fn decode(key: &'a [u8], value: Option<&'a [u8]>) -> Result<Self, RecordError> {
        let mut key = RecordFields::new(RecordPart::Key, key, LengthLayout::Fixed);
        let kind = key.int16("type")?;
        if let Some(kind) = PassedOver::of(kind, None) {
            return Ok(Self::PassedOver(kind));
        }
        let group = key.string("group")?;
        let member = if has_member(kind) { key.string("memberId")? } else { "" };
        key.end()?;
        let mut value = value.map(|value| RecordFields::new(RecordPart::Value, value, LengthLayout::Flexible));
        let version = value.as_mut().map(|value| value.int16("version")).transpose()?;
        if let Some(version) = PassedOver::of(kind, version) {
            return Ok(Self::PassedOver(version));
        }
        let body = body(kind, member, version.unwrap_or_default(), value.as_mut())?;
        if let Some(mut value) = value {
            value.tagged_fields("tagged fields")?;
            value.end()?;
        }
        Ok(Self::Record(GroupRecord { group, body }))
    }
}

/// The newest version of the values of a kind, for kinds that are known.
fn newest_version(kind: i16) -> Option<i16> {
    match kind {
        2 => Some(4),
        3..=8 => Some(0),
        _ => None,
    }
}

/// Whether the key names a member beside the group.
fn has_member(kind: i16) -> bool {
    matches!(kind, 5 | 7 | 8)
}

/// What a record tells, up to the tagged fields that end every value.
fn body<'a>(kind: i16, member: &'a str, version: i16, value: Option<&mut RecordFields<'a>>) -> Result<RecordBody<'a>, RecordError> {
    Ok(match kind {
        2 => RecordBody::GroupMetadata(value.map(|value| GroupMetadata::read(value, version)).transpose()?),
        3 => RecordBody::ConsumerGroupMetadata { epoch: value.map(|value| value.int32("epoch")).transpose()? },
        4 => RecordBody::ConsumerGroupPartitionMetadata {
            topics: value.map(|value| value.list("topics", 16 + 1 + 4 + 1 + 1, TopicDescription::read)).transpose()?,
        },
        5 => RecordBody::ConsumerGroupMemberMetadata { member, metadata: value.map(ConsumerGroupMember::read).transpose()? },
        6 => RecordBody::ConsumerGroupTargetAssignmentMetadata { epoch: value.map(|value| value.int32("assignmentEpoch")).transpose()? },
        7 => RecordBody::ConsumerGroupTargetAssignmentMember {
            member,
            partitions: value.map(|value| listed(value, "topicPartitions")).transpose()?,
        },
        _ => RecordBody::ConsumerGroupCurrentMemberAssignment { member, current: value.map(CurrentAssignment::read).transpose()? },
    })
}

/// The protocol type of consumers; of other types (Connect's, schema registries') nobody else knows
/// what members say.
const CONSUMER: &str = "consumer";

/// A generation of a classic group: all that the broker keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMetadata<'a> {
    /// What kind of clients the members are; `consumer`, or empty for groups that only commit
    /// offsets.
    pub protocol_type: &'a str,
    /// The generation.
    pub generation: i32,
    /// The assignor they agreed on.
    pub protocol: Option<&'a str>,
    /// The member that leads.
    pub leader: Option<&'a str>,
    /// Since when the group is in its state (version 2), in milliseconds since 1970; −1 is "not
    /// said".
    pub current_state_timestamp: i64,
    /// The members.
    pub members: Vec<GroupMember<'a>>,
}

/// A member of a classic group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMember<'a> {
    /// Its id.
    pub member_id: &'a str,
    /// Its `group.instance.id` (version 3).
    pub group_instance_id: Option<&'a str>,
    /// Its client's id.
    pub client_id: &'a str,
    /// Where it runs.
    pub client_host: &'a str,
    /// How long it may take to rejoin, in milliseconds (version 1).
    pub rebalance_timeout: Option<i32>,
    /// After how long a silence it is taken for lost, in milliseconds.
    pub session_timeout: i32,
    /// What it said when it joined: bytes that its protocol type understands.
    pub subscription: &'a [u8],
    /// What the leader gave it: bytes that its protocol type understands.
    pub assignment: &'a [u8],
}

impl<'a> GroupMetadata<'a> {
    fn read(value: &mut RecordFields<'a>, version: i16) -> Result<Self, RecordError> {
        value.lay_out(if version >= 4 { LengthLayout::Flexible } else { LengthLayout::Fixed });
        Ok(Self {
            protocol_type: value.string("protocolType")?,
            generation: value.int32("generation")?,
            protocol: value.nullable_string("protocol")?,
            leader: value.nullable_string("leader")?,
            current_state_timestamp: if version >= 2 { value.int64("currentStateTimestamp")? } else { -1 },
            members: value.list("members", least_member(version), |value| GroupMember::read(value, version))?,
        })
    }

    /// Whether its members are consumers, so that they say subscriptions and are given partitions.
    pub fn is_of_consumers(&self) -> bool {
        self.protocol_type == CONSUMER
    }
}

/// The least bytes a member takes: lengths of what is empty, and numbers.
fn least_member(version: i16) -> usize {
    match version {
        0 => 3 * 2 + 4 + 2 * 4,
        1 | 2 => 3 * 2 + 2 * 4 + 2 * 4,
        3 => 4 * 2 + 2 * 4 + 2 * 4,
        _ => 4 + 2 * 4 + 2 + 1,
    }
}

impl<'a> GroupMember<'a> {
    fn read(value: &mut RecordFields<'a>, version: i16) -> Result<Self, RecordError> {
        let read = Self {
            member_id: value.string("members.memberId")?,
            group_instance_id: if version >= 3 { value.nullable_string("members.groupInstanceId")? } else { None },
            client_id: value.string("members.clientId")?,
            client_host: value.string("members.clientHost")?,
            rebalance_timeout: if version >= 1 { Some(value.int32("members.rebalanceTimeout")?) } else { None },
            session_timeout: value.int32("members.sessionTimeout")?,
            subscription: value.bytes("members.subscription")?,
            assignment: value.bytes("members.assignment")?,
        };
        value.tagged_fields("members' tagged fields")?;
        Ok(read)
    }

    /// What it said, where it is a consumer: nothing where that is no bytes at all. `place` is its
    /// place among the members, for errors.
    ///
    /// # Errors
    ///
    /// Where the bytes are no subscription.
    pub fn said(&self, place: usize) -> Result<Option<ConsumerProtocolSubscription<'a>>, RecordError> {
        within("members.subscription", place, self.subscription, ConsumerProtocolSubscription::decode)
    }

    /// What it was given, where it is a consumer: nothing where that is no bytes at all. `place` is
    /// its place among the members, for errors.
    ///
    /// # Errors
    ///
    /// Where the bytes are no assignment.
    pub fn given(&self, place: usize) -> Result<Option<ConsumerProtocolAssignment<'a>>, RecordError> {
        within("members.assignment", place, self.assignment, ConsumerProtocolAssignment::decode)
    }
}

fn within<'a, T>(
    field: &'static str,
    place: usize,
    bytes: &'a [u8],
    decode: impl FnOnce(&'a [u8]) -> Result<T, DecodeError>,
) -> Result<Option<T>, RecordError> {
    let error = |cause| RecordError { part: RecordPart::Value, field, element: Some(place), cause };
    if bytes.is_empty() { Ok(None) } else { decode(bytes).map(Some).map_err(error) }
}

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
    fn read(value: &mut RecordFields<'a>) -> Result<Self, RecordError> {
        Ok(Self {
            instance_id: value.nullable_string("instanceId")?,
            rack_id: value.nullable_string("rackId")?,
            client_id: value.string("clientId")?,
            client_host: value.string("clientHost")?,
            subscribed_topic_names: value.list("subscribedTopicNames", 1, |value| value.string("subscribedTopicNames"))?,
            subscribed_topic_regex: value.nullable_string("subscribedTopicRegex")?,
            rebalance_timeout_ms: value.int32("rebalanceTimeoutMs")?,
            server_assignor: value.nullable_string("serverAssignor")?,
        })
    }
}

impl<'a> CurrentAssignment<'a> {
    fn read(value: &mut RecordFields<'a>) -> Result<Self, RecordError> {
        Ok(Self {
            member_epoch: value.int32("memberEpoch")?,
            previous_member_epoch: value.int32("previousMemberEpoch")?,
            state: value.int8("state")?,
            assigned_partitions: listed(value, "assignedPartitions")?,
            partitions_pending_revocation: listed(value, "partitionsPendingRevocation")?,
        })
    }
}
