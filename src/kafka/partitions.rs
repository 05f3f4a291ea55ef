//! Topics with partitions, as every message of the protocol lists them.

use std::borrow::Cow;
use std::fmt;

use super::error::{DecodeError, EncodeError};
use super::wire::{WireReader, WireWriter};

/// A list of partition numbers as it lies in a message: read in place, never copied.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Partitions<'a>(Cow<'a, [u8]>);

impl Partitions<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len() / 4
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The numbers, in the order of the message.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = i32> + '_ {
        self.0.chunks_exact(4).map(|bytes| i32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }
}

impl FromIterator<i32> for Partitions<'_> {
    fn from_iter<I: IntoIterator<Item = i32>>(partitions: I) -> Self {
        Self(partitions.into_iter().flat_map(i32::to_be_bytes).collect())
    }
}

impl fmt::Debug for Partitions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Partitions of one topic.
///
/// ```
/// use sticky_assignor::kafka::TopicPartitions;
/// let owned = TopicPartitions::new("orders", [0, 2]);
/// assert_eq!((owned.topic, owned.partitions.len()), ("orders", 2));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicPartitions<'a> {
    /// The topic's name.
    pub topic: &'a str,
    /// Their numbers; any numbers, in any order.
    pub partitions: Partitions<'a>,
}

impl<'a> TopicPartitions<'a> {
    /// These partitions of a topic.
    pub fn new(topic: &'a str, partitions: impl IntoIterator<Item = i32>) -> Self {
        Self { topic, partitions: partitions.into_iter().collect() }
    }
}

/// The least bytes an entry takes: an empty name's length and an empty list's count.
pub(super) const LEAST_ENTRY: usize = 2 + 4;

pub(super) fn read<'a>(reader: &mut WireReader<'a>) -> Result<Vec<TopicPartitions<'a>>, DecodeError> {
    let count = reader.count(LEAST_ENTRY)?;
    let mut list = Vec::with_capacity(count);
    for _ in 0..count {
        let topic = reader.string()?;
        list.push(TopicPartitions { topic, partitions: numbers(reader)? });
    }
    Ok(list)
}

/// Reads the numbers of one entry.
pub(super) fn numbers<'a>(reader: &mut WireReader<'a>) -> Result<Partitions<'a>, DecodeError> {
    reader.int32_list().map(|bytes| Partitions(Cow::Borrowed(bytes)))
}

/// Reads the numbers of one entry of a flexible message.
pub(super) fn compact_numbers<'a>(reader: &mut WireReader<'a>) -> Result<Partitions<'a>, DecodeError> {
    reader.compact_int32_list().map(|bytes| Partitions(Cow::Borrowed(bytes)))
}

pub(super) fn write(writer: &mut WireWriter, list: &[TopicPartitions<'_>]) -> Result<(), EncodeError> {
    writer.count(list.len())?;
    for TopicPartitions { topic, partitions } in list {
        writer.string(topic)?;
        writer.count(partitions.len())?;
        writer.raw(&partitions.0);
    }
    Ok(())
}
