//! What a member says when it joins and what it is given, `ConsumerProtocolSubscription` and
//! `ConsumerProtocolAssignment`, versions 0 to 3; the bytes in them that assignors tell themselves
//! from one rebalance to the next, `StickyAssignorUserData` and the single generation of the
//! cooperative assignor; and topics with partitions, as all of these list them.

use std::borrow::Cow;
use std::fmt;

use super::wire::{DecodeError, EncodeError, WireReader, WireWriter};
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
        let fields = SubscriptionFields::read(message, names, read_topic_partitions)?;
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
            write_topic_partitions(&mut writer, &self.owned_partitions)?;
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
    topics: T,
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
        Ok(Self { assigned_partitions: read_topic_partitions(&mut reader)?, user_data: reader.nullable_bytes()? })
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
        write_topic_partitions(&mut writer, &self.assigned_partitions)?;
        writer.nullable_bytes(self.user_data)?;
        Ok(writer.finish())
    }
}

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
        let (previous_assignment, generation) = read_user_data(message, read_topic_partitions)?;
        Ok(Self { previous_assignment, generation })
    }

    /// Writes it: version 1 with a generation, version 0 without.
    ///
    /// # Errors
    ///
    /// Where a name or a list is too long for the protocol.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let mut writer = WireWriter::default();
        write_topic_partitions(&mut writer, &self.previous_assignment)?;
        if let Some(generation) = self.generation {
            writer.int32(generation);
        }
        Ok(writer.finish())
    }
}

/// Reads user data of the `sticky` protocol, its list read by whoever needs it.
pub(super) fn read_user_data<'a, T>(
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

pub(super) fn read_topic_partitions<'a>(reader: &mut WireReader<'a>) -> Result<Vec<TopicPartitions<'a>>, DecodeError> {
    let count = reader.count(LEAST_ENTRY)?;
    let mut list = Vec::with_capacity(count);
    for _ in 0..count {
        let topic = reader.string()?;
        list.push(TopicPartitions { topic, partitions: partition_numbers(reader)? });
    }
    Ok(list)
}

/// Reads the numbers of one entry.
pub(super) fn partition_numbers<'a>(reader: &mut WireReader<'a>) -> Result<Partitions<'a>, DecodeError> {
    reader.int32_list().map(|bytes| Partitions(Cow::Borrowed(bytes)))
}

fn write_topic_partitions(writer: &mut WireWriter, list: &[TopicPartitions<'_>]) -> Result<(), EncodeError> {
    writer.count(list.len())?;
    for TopicPartitions { topic, partitions } in list {
        writer.string(topic)?;
        writer.count(partitions.len())?;
        writer.raw(&partitions.0);
    }
    Ok(())
}
