//! An assignment seen by names.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::assignment::Assignment;
use super::group::Group;
use super::ids::{MemberId, TopicId, TopicPartition};

/// An assignment by names: member id → topic → partitions.
///
/// A view, which costs nothing until it is looked at. Every member of the group is in it, also one
/// with nothing, in the order of [`Group::members`]; topics and partitions ascend. What the group
/// does not know is left out. It serialises as an object of objects of lists.
///
/// ```
/// use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// let plan = balance(&Group::new(&[NewTopic::new("orders", 4)], &members)?);
/// for (member, topics) in plan.by_name() {
///     println!("{member} has {topics:?}");
/// }
/// assert_eq!(plan.by_name().of_member("c1"), Some([("orders", vec![0, 1])].into()));
/// assert_eq!(serde_json::to_string(&plan.by_name())?, r#"{"c1":{"orders":[0,1]},"c2":{"orders":[2,3]}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ByName<'a> {
    group: &'a Group,
    assignment: &'a Assignment,
}

impl Assignment {
    /// The assignment by the names of this group, the one it is of.
    pub fn by_name<'a>(&'a self, group: &'a Group) -> ByName<'a> {
        ByName { group, assignment: self }
    }
}

impl<'a> ByName<'a> {
    /// How many members there are.
    pub fn len(&self) -> usize {
        self.group.member_count()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every member id, with what that member owns: topic → partitions.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, BTreeMap<&'a str, Vec<u32>>)> + use<'a> {
        let all = *self;
        all.group.members().map(move |(member, known)| (&**known.id(), all.of(member)))
    }

    /// What the member with this member id owns; nothing where there is no such member.
    pub fn of_member(&self, id: &str) -> Option<BTreeMap<&'a str, Vec<u32>>> {
        self.group.member_id(id).map(|member| self.of(member))
    }

    fn of(&self, member: MemberId) -> BTreeMap<&'a str, Vec<u32>> {
        let partitions: Vec<TopicPartition> = self.assignment.partitions_of(member).collect();
        let numbers = |run: &[TopicPartition]| run.iter().map(|partition| partition.partition).collect();
        runs(self.group, &partitions).map(|(topic, run)| (topic, numbers(run))).collect()
    }
}

/// What a member owns, topic after topic, less topics that the group does not know.
fn runs<'a: 'p, 'p>(group: &'a Group, partitions: &'p [TopicPartition]) -> impl Iterator<Item = (&'a str, &'p [TopicPartition])> {
    let runs = partitions.chunk_by(|a, b| a.topic == b.topic);
    runs.filter_map(|run| Some((&**group.topic(run[0].topic)?.name(), run)))
}

impl<'a> IntoIterator for ByName<'a> {
    type Item = (&'a str, BTreeMap<&'a str, Vec<u32>>);
    type IntoIter = Box<dyn Iterator<Item = Self::Item> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

/// Member after member: a million partitions need no second copy.
impl Serialize for ByName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.group.members().map(|(member, known)| (&**known.id(), Holding { all: self, member })))
    }
}

/// What one member owns.
struct Holding<'a> {
    all: &'a ByName<'a>,
    member: MemberId,
}

impl Serialize for Holding<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { all: ByName { group, assignment }, member } = *self;
        let known = |(topic, _)| Some((&**group.topic(topic)?.name(), topic));
        let mut topics: Vec<(&str, TopicId)> = assignment.counts_of(member).into_iter().filter_map(known).collect();
        // A topic created after the group was built has a number out of the order of names.
        topics.sort_unstable();
        serializer.collect_map(topics.into_iter().map(|(name, topic)| (name, OwnedPartitions { assignment, member, topic })))
    }
}

/// The partitions of one topic that a member owns: they may be most of all there are, so no list is
/// made of them.
struct OwnedPartitions<'a> {
    assignment: &'a Assignment,
    member: MemberId,
    topic: TopicId,
}

impl Serialize for OwnedPartitions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let partitions = self.assignment.partitions_of_topic(self.member, self.topic);
        serializer.collect_seq(partitions.map(|partition| partition.partition))
    }
}
