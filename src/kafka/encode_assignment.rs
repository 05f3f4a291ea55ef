//! What a member is given, written down; and the names of a group's topics as messages have them,
//! a length in front: comparing and writing those is quicker than reading them.

use super::error::EncodeError;
use super::round::EncodedAssignment;
use super::wire::WireWriter;
use crate::model::{Assignment, Group, TopicId, TopicPartition, Topics};

/// The version of the assignments given: all versions are of one shape, and every client reads the
/// first.
const GIVEN_VERSION: i16 = 0;

/// The bytes of an assignment to nothing: the version, no topics, no user data.
const LEAST_GIVEN: usize = 2 + 4 + 4;

/// A member's part of what is given, topic by topic.
pub(super) fn encode_assignment(
    group: &Group,
    names: &WrittenNames,
    given: &Assignment,
    id: &str,
) -> Result<EncodedAssignment, EncodeError> {
    let held = held(group, given, id);
    let mut writer = WireWriter::with_capacity(names.length_of(&held));
    writer.int16(GIVEN_VERSION);
    writer.counted(|writer| {
        let mut topics = 0;
        for partitions in held.chunk_by(|one, next| one.topic == next.topic) {
            writer.raw(names.of_topic(partitions[0].topic));
            writer.count(partitions.len())?;
            partitions.iter().for_each(|partition| writer.int32(partition.partition as i32));
            topics += 1;
        }
        Ok(topics)
    })?;
    writer.nullable_bytes(None)?;
    Ok(EncodedAssignment { member: id.into(), assignment: writer.finish() })
}

/// What a member is given, ascending.
fn held(group: &Group, given: &Assignment, id: &str) -> Vec<TopicPartition> {
    let Some(member) = group.member_id(id) else { return Vec::new() };
    let mut held = Vec::with_capacity(given.load(member) as usize);
    given.partitions_of(member).for_each(|partition| held.push(partition));
    held
}

/// Topic names as they are written, by topic number.
pub(super) struct WrittenNames {
    bytes: Vec<u8>,
    /// Where each begins, and where the last one ends.
    starts: Vec<usize>,
}

impl WrittenNames {
    pub(super) fn of(topics: &Topics) -> Result<Self, EncodeError> {
        let mut writer = WireWriter::default();
        let mut starts = vec![0];
        for (_, topic) in topics.in_id_order() {
            writer.string(topic.name())?;
            starts.push(writer.written());
        }
        Ok(Self { bytes: writer.finish(), starts })
    }

    /// How many bytes an assignment to these partitions takes, which ascend.
    fn length_of(&self, held: &[TopicPartition]) -> usize {
        let of_topics = held.chunk_by(|one, next| one.topic == next.topic);
        LEAST_GIVEN + of_topics.map(|partitions| self.of_topic(partitions[0].topic).len() + 4 + 4 * partitions.len()).sum::<usize>()
    }

    /// The name of a topic of this number, if there is one.
    pub(super) fn get(&self, number: usize) -> Option<&[u8]> {
        let bounds = self.starts.get(number..number + 2)?;
        self.bytes.get(bounds[0]..bounds[1])
    }

    pub(super) fn of_topic(&self, topic: TopicId) -> &[u8] {
        self.get(topic.index()).unwrap_or_default()
    }
}
