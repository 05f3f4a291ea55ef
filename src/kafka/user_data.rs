//! The bytes that assignors tell themselves from one rebalance to the next:
//! `StickyAssignorUserData`, and the single generation of the cooperative assignor.

use super::error::{DecodeError, EncodeError};
use super::partitions::{self, TopicPartitions};
use super::wire::{WireReader, WireWriter};

/// What a member of the `sticky` protocol says it owned.
///
/// ```
/// use sticky_assignor::kafka::{StickyAssignorUserData, TopicPartitions};
/// let said = StickyAssignorUserData { previous_assignment: vec![TopicPartitions::new("orders", [0, 1])], generation: Some(7) };
/// let bytes = said.encode()?;
/// assert_eq!(StickyAssignorUserData::decode(&bytes)?, said);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StickyAssignorUserData<'a> {
    /// What it owned.
    pub previous_assignment: Vec<TopicPartitions<'a>>,
    /// The generation it owned that in; absent in version 0.
    pub generation: Option<i32>,
}

impl<'a> StickyAssignorUserData<'a> {
    /// Reads user data. No version is written in it: it is read as version 1, and where it is too
    /// short for that as version 0. kafka-python 3 does write one, which makes it unreadable to all
    /// others; what is only readable behind a version 1 is read so.
    ///
    /// # Errors
    ///
    /// Where it is none of these.
    pub fn decode(message: &'a [u8]) -> Result<Self, DecodeError> {
        let (previous_assignment, generation) = read(message, partitions::read)?;
        Ok(Self { previous_assignment, generation })
    }

    /// Writes it: version 1 with a generation, version 0 without.
    ///
    /// # Errors
    ///
    /// Where a name or a list is too long for the protocol.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let mut writer = WireWriter::default();
        partitions::write(&mut writer, &self.previous_assignment)?;
        if let Some(generation) = self.generation {
            writer.int32(generation);
        }
        Ok(writer.finish())
    }
}

/// Reads user data of the `sticky` protocol, its list read by whoever needs it.
pub(super) fn read<'a, T>(
    message: &'a [u8],
    list: impl Fn(&mut WireReader<'a>) -> Result<T, DecodeError>,
) -> Result<(T, Option<i32>), DecodeError> {
    let read = |mut reader: WireReader<'a>| list(&mut reader).map(|listed| (listed, reader.int32().ok()));
    read(WireReader::new(message)).or_else(|error| {
        let mut reader = WireReader::new(message);
        match reader.int16() {
            Ok(1) => read(reader).map_err(|_| error),
            _ => Err(error),
        }
    })
}

/// What a member of the `cooperative-sticky` protocol says beside its owned partitions: their
/// generation, for members that speak version 1 of the subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CooperativeStickyAssignorUserData {
    /// The generation it owned its partitions in.
    pub generation: i32,
}

impl CooperativeStickyAssignorUserData {
    /// Reads user data. Longer ones are refused: librdkafka writes the form of the `sticky`
    /// protocol under this name too, and its first four bytes count topics.
    ///
    /// # Errors
    ///
    /// Where it is not four bytes long.
    pub fn decode(message: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = WireReader::new(message);
        let generation = reader.int32()?;
        reader.end().map(|()| Self { generation })
    }

    /// Writes it.
    pub fn encode(&self) -> Vec<u8> {
        self.generation.to_be_bytes().to_vec()
    }
}
