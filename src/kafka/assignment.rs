//! What a member is given: `ConsumerProtocolAssignment`, versions 0 to 3, all of one shape.

use super::error::{DecodeError, EncodeError};
use super::partitions::{self, TopicPartitions};
use super::subscription::NEWEST;
use super::wire::{Reader, Writer};

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
    pub fn decode(message: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(message);
        reader.version(NEWEST)?;
        Ok(Self { assigned_partitions: partitions::read(&mut reader)?, user_data: reader.nullable_bytes()? })
    }

    /// Writes it in a version, 0 to 3 (others count as the nearest).
    ///
    /// # Errors
    ///
    /// Where a name or a list is too long for the protocol.
    pub fn encode(&self, version: i16) -> Result<Vec<u8>, EncodeError> {
        let mut writer = Writer::default();
        writer.int16(version.clamp(0, NEWEST));
        partitions::write(&mut writer, &self.assigned_partitions)?;
        writer.nullable_bytes(self.user_data)?;
        Ok(writer.finish())
    }
}
