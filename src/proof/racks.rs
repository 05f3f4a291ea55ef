//! Where replicas are: partitions of a topic with the same racks are one class.

use std::sync::Arc;

use crate::model::{Group, MemberId, Name, TopicPartition, is_outside};

/// Racks, ascending, each once: where the replicas of a partition are. Partitions of one topic with
/// the same racks are interchangeable; together they are a *class*.
///
/// ```
/// use sticky_assignor::RackSet;
/// assert_eq!(RackSet::of(["b", "", "a", "b"]), RackSet::of(["a", "b"]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RackSet(Arc<[Name]>);

impl RackSet {
    /// The set of these racks, in any order, repeated or not; the empty name is no rack.
    ///
    /// ```
    /// use sticky_assignor::RackSet;
    /// let racks = RackSet::of(["b", "a"]);
    /// assert_eq!((racks.racks().len(), racks.contains("a"), racks.contains("c")), (2, true, false));
    /// ```
    pub fn of<R: Into<Name>>(racks: impl IntoIterator<Item = R>) -> Self {
        let mut racks: Vec<Name> = racks.into_iter().map(Into::into).filter(|rack: &Name| !rack.is_empty()).collect();
        racks.sort_unstable();
        racks.dedup();
        Self(racks.into())
    }

    /// The racks, ascending. None is "not known".
    pub fn racks(&self) -> &[Name] {
        &self.0
    }

    /// Whether one is this.
    pub fn contains(&self, rack: &str) -> bool {
        self.0.binary_search_by(|name| (**name).cmp(rack)).is_ok()
    }
}

/// Who is in which rack.
pub(crate) struct Mismatches<'a> {
    group: &'a Group,
    /// Each member's rack, by number.
    rack_of: Vec<Option<&'a Name>>,
}

impl<'a> Mismatches<'a> {
    pub(crate) fn of(group: &'a Group) -> Self {
        let mut rack_of = vec![None; group.all_members().numbers()];
        group.members().for_each(|(member, described)| rack_of[member.index()] = described.rack());
        Self { group, rack_of }
    }

    /// Whether a member would read a partition from another rack (KIP-881).
    pub(crate) fn is_one(&self, member: MemberId, TopicPartition { topic, partition }: TopicPartition) -> bool {
        let racks = self.group.all_topics().get(topic).racks();
        racks.and_then(|racks| racks.get(partition as usize)).is_some_and(|replicas| self.is_outside(member.raw(), replicas))
    }

    /// Whether none of the replicas is in a member's rack: never so where either is not known.
    pub(crate) fn is_outside(&self, member: u32, replicas: &[Name]) -> bool {
        self.rack_of[member as usize].is_some_and(|rack| is_outside(rack, replicas))
    }
}
