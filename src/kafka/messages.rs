//! What a member says when it joins and what it is given: `ConsumerProtocolSubscription` and
//! `ConsumerProtocolAssignment`, versions 0 to 3.

use super::error::{DecodeError, EncodeError};
use super::partitions::{self, TopicPartitions};
use super::wire::{WireReader, WireWriter};
use crate::model::GENERATION_NOT_SAID;

/// The newest version that is known; newer ones are read as it.
pub(super) const NEWEST: i16 = 3;

/// The least bytes a topic's name takes: the length of an empty one.
const LEAST_NAME: usize = 2;

/// A member's subscription: its metadata in a JoinGroup, read in place.
///
/// ```
/// use sticky_assignor::kafka::{ConsumerProtocolSubscription, TopicPartitions};
/// let said = ConsumerProtocolSubscription {
///     topics: vec!["orders"],
///     owned_partitions: vec![TopicPartitions::new("orders", [0, 1])],
///     generation: 7,
///     ..ConsumerProtocolSubscription::default()
/// };
/// let bytes = said.encode(3)?;
/// assert_eq!(ConsumerProtocolSubscription::decode(&bytes)?, said);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerProtocolSubscription<'a> {
    /// The topics it subscribes to.
    pub topics: Vec<&'a str>,
    /// Bytes that only assignors of one name understand.
    pub user_data: Option<&'a [u8]>,
    /// What it says it owns (version 1, KIP-429). Empty for members of the eager protocol, which
    /// gave all up before joining.
    pub owned_partitions: Vec<TopicPartitions<'a>>,
    /// The generation it owned that in (version 2, KIP-792); −1 is "not said".
    pub generation: i32,
    /// Its rack (version 3, KIP-881).
    pub rack: Option<&'a str>,
}

impl Default for ConsumerProtocolSubscription<'_> {
    fn default() -> Self {
        Self { topics: Vec::new(), user_data: None, owned_partitions: Vec::new(), generation: NOT_SAID, rack: None }
    }
}

pub(super) const NOT_SAID: i32 = GENERATION_NOT_SAID as i32;

impl<'a> ConsumerProtocolSubscription<'a> {
    /// Reads a subscription, its version in front. What the version lacks is empty or not said;
    /// bytes behind the last field are left unread.
    ///
    /// Linear in the message; takes at most about eight times its length in memory.
    ///
    /// # Errors
    ///
    /// Where the message ends too early, a length is impossible, a name is not UTF-8 or the version
    /// is negative.
    ///
    /// ```
    /// use sticky_assignor::kafka::ConsumerProtocolSubscription;
    /// let said = ConsumerProtocolSubscription { topics: vec!["orders"], generation: 4, ..Default::default() };
    /// let bytes = said.encode(3)?;
    /// assert_eq!(ConsumerProtocolSubscription::decode(&bytes)?.topics, ["orders"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decode(message: &'a [u8]) -> Result<Self, DecodeError> {
        let fields = SubscriptionFields::read(message, names, partitions::read)?;
        Ok(Self {
            topics: fields.topics,
            user_data: fields.user_data,
            owned_partitions: fields.owned_partitions,
            generation: fields.generation,
            rack: fields.rack,
        })
    }

    /// Writes it in a version, 0 to 3 (others count as the nearest), without what that version
    /// lacks.
    ///
    /// # Errors
    ///
    /// Where a name or a list is too long for the protocol.
    ///
    /// ```
    /// use sticky_assignor::kafka::ConsumerProtocolSubscription;
    /// let said = ConsumerProtocolSubscription { topics: vec!["orders"], generation: 4, ..Default::default() };
    /// let bytes = said.encode(3)?;
    /// assert_eq!(ConsumerProtocolSubscription::decode(&bytes)?.topics, ["orders"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn encode(&self, version: i16) -> Result<Vec<u8>, EncodeError> {
        let version = version.clamp(0, NEWEST);
        let mut writer = WireWriter::default();
        writer.int16(version);
        writer.count(self.topics.len())?;
        self.topics.iter().try_for_each(|topic| writer.string(topic))?;
        writer.nullable_bytes(self.user_data)?;
        if version >= 1 {
            partitions::write(&mut writer, &self.owned_partitions)?;
        }
        if version >= 2 {
            writer.int32(self.generation);
        }
        if version >= 3 {
            writer.nullable_string(self.rack)?;
        }
        Ok(writer.finish())
    }
}

/// The fields of a subscription, its two lists read by whoever needs them.
pub(super) struct SubscriptionFields<'a, T, O> {
    pub(super) topics: T,
    pub(super) user_data: Option<&'a [u8]>,
    pub(super) owned_partitions: O,
    pub(super) generation: i32,
    pub(super) rack: Option<&'a str>,
}

impl<'a, T, O: Default> SubscriptionFields<'a, T, O> {
    pub(super) fn read(
        message: &'a [u8],
        topics: impl FnOnce(&mut WireReader<'a>) -> Result<T, DecodeError>,
        owned: impl FnOnce(&mut WireReader<'a>) -> Result<O, DecodeError>,
    ) -> Result<Self, DecodeError> {
        let mut reader = WireReader::new(message);
        let version = reader.version(NEWEST)?;
        Ok(Self {
            topics: topics(&mut reader)?,
            user_data: reader.nullable_bytes()?,
            owned_partitions: if version >= 1 { owned(&mut reader)? } else { O::default() },
            generation: if version >= 2 { reader.int32()? } else { NOT_SAID },
            rack: if version >= 3 { reader.nullable_string()? } else { None },
        })
    }
}

/// Reads the names of topics.
pub(super) fn names<'a>(reader: &mut WireReader<'a>) -> Result<Vec<&'a str>, DecodeError> {
    let count = reader.count(LEAST_NAME)?;
    let mut names = Vec::with_capacity(count);
    for _ in 0..count {
        names.push(reader.string()?);
    }
    Ok(names)
}

/// A member's assignment: its part of the leader's SyncGroup, read in place.
///
/// ```
/// use sticky_assignor::kafka::{ConsumerProtocolAssignment, TopicPartitions};
/// let given = ConsumerProtocolAssignment { assigned_partitions: vec![TopicPartitions::new("orders", [0, 1])], user_data: None };
/// let bytes = given.encode(0)?;
/// assert_eq!(ConsumerProtocolAssignment::decode(&bytes)?, given);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsumerProtocolAssignment<'a> {
    /// What it is to read.
    pub assigned_partitions: Vec<TopicPartitions<'a>>,
    /// Bytes that only assignors of one name understand.
    pub user_data: Option<&'a [u8]>,
}

impl<'a> ConsumerProtocolAssignment<'a> {
    /// Reads an assignment, its version in front; bytes behind the last field are left unread.
    /// Linear in the message.
    ///
    /// # Errors
    ///
    /// Where the message ends too early, a length is impossible, a name is not UTF-8 or the version
    /// is negative.
    ///
    /// ```
    /// use sticky_assignor::kafka::{ConsumerProtocolAssignment, TopicPartitions};
    /// let given = ConsumerProtocolAssignment { assigned_partitions: vec![TopicPartitions::new("orders", [0, 2])], ..Default::default() };
    /// let bytes = given.encode(3)?;
    /// assert_eq!(ConsumerProtocolAssignment::decode(&bytes)?.assigned_partitions.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decode(message: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = WireReader::new(message);
        reader.version(NEWEST)?;
        Ok(Self { assigned_partitions: partitions::read(&mut reader)?, user_data: reader.nullable_bytes()? })
    }

    /// Writes it in a version, 0 to 3 (others count as the nearest).
    ///
    /// # Errors
    ///
    /// Where a name or a list is too long for the protocol.
    ///
    /// ```
    /// use sticky_assignor::kafka::{ConsumerProtocolAssignment, TopicPartitions};
    /// let given = ConsumerProtocolAssignment { assigned_partitions: vec![TopicPartitions::new("orders", [0, 2])], ..Default::default() };
    /// let bytes = given.encode(3)?;
    /// assert_eq!(ConsumerProtocolAssignment::decode(&bytes)?.assigned_partitions.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn encode(&self, version: i16) -> Result<Vec<u8>, EncodeError> {
        let mut writer = WireWriter::default();
        writer.int16(version.clamp(0, NEWEST));
        partitions::write(&mut writer, &self.assigned_partitions)?;
        writer.nullable_bytes(self.user_data)?;
        Ok(writer.finish())
    }
}
