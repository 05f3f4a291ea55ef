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

mod classic;
mod consumer;
mod fields;

use std::fmt;

pub use classic::{GroupMember, GroupMetadata};
pub use consumer::{ConsumerGroupMember, CurrentAssignment, TopicDescription, TopicIdPartitions, TopicUuid};
pub use fields::{RecordError, RecordPart};

use fields::{LengthLayout, RecordFields};

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
        value.map_or(Ok(()), |value| value.end())?;
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

fn body<'a>(kind: i16, member: &'a str, version: i16, value: Option<&mut RecordFields<'a>>) -> Result<RecordBody<'a>, RecordError> {
    Ok(match kind {
        2 => RecordBody::GroupMetadata(value.map(|value| GroupMetadata::read(value, version)).transpose()?),
        3 => RecordBody::ConsumerGroupMetadata { epoch: value.map(|value| consumer::epoch(value, "epoch")).transpose()? },
        4 => RecordBody::ConsumerGroupPartitionMetadata { topics: value.map(consumer::topics).transpose()? },
        5 => RecordBody::ConsumerGroupMemberMetadata { member, metadata: value.map(ConsumerGroupMember::read).transpose()? },
        6 => RecordBody::ConsumerGroupTargetAssignmentMetadata {
            epoch: value.map(|value| consumer::epoch(value, "assignmentEpoch")).transpose()?,
        },
        7 => RecordBody::ConsumerGroupTargetAssignmentMember { member, partitions: value.map(consumer::target).transpose()? },
        _ => RecordBody::ConsumerGroupCurrentMemberAssignment { member, current: value.map(CurrentAssignment::read).transpose()? },
    })
}
