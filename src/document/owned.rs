//! The assignment, written as member → topic → partitions.

use serde::{Serialize, Serializer};

use crate::model::{Assignment, Group, MemberId, TopicPartition};

/// An assignment of a group, to be written down: every member, also one with nothing; topics and
/// partitions ascending. What the group does not know is left out: the ids are those of this group
/// or of one it came from, as [`MemberId`] says.
#[derive(Clone, Copy, Debug)]
pub struct AssignmentDocument<'a> {
    group: &'a Group,
    assignment: &'a Assignment,
}

impl<'a> AssignmentDocument<'a> {
    /// This assignment of that group.
    pub fn new(group: &'a Group, assignment: &'a Assignment) -> Self {
        Self { group, assignment }
    }
}

impl Serialize for AssignmentDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.group.members().map(|(member, known)| (&**known.id(), Holding { all: self, member })))
    }
}

/// What one member owns.
struct Holding<'a> {
    all: &'a AssignmentDocument<'a>,
    member: MemberId,
}

impl Serialize for Holding<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let group = self.all.group;
        let partitions: Vec<TopicPartition> = self.all.assignment.partitions_of(self.member).collect();
        let runs = partitions.chunk_by(|a, b| a.topic == b.topic);
        let mut topics: Vec<_> = runs.filter_map(|run| Some((&**group.known_topic(run[0].topic)?.name(), run))).collect();
        // A topic created after the group was built has a number out of the order of names.
        topics.sort_by_key(|(name, _)| *name);
        serializer.collect_map(topics.into_iter().map(|(name, run)| (name, Partitions(run))))
    }
}

/// Partitions of one topic.
struct Partitions<'a>(&'a [TopicPartition]);

impl Serialize for Partitions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|partition| partition.partition))
    }
}
