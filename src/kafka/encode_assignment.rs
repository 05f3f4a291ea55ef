//! What a member is given, written down.

use super::error::EncodeError;
use super::names::WrittenNames;
use super::round::EncodedAssignment;
use super::wire::Writer;
use crate::model::{Assignment, Group, TopicPartition};

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
    let mut writer = Writer::with_capacity(LEAST_GIVEN + names.room_for(held.len()));
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
