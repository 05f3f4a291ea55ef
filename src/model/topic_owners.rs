//! The owners of one topic's partitions.

use std::collections::BTreeMap;

use super::ids::{MemberId, TopicId, TopicPartition};
use super::passed::Passed;
use super::sheet::NO_OWNER;

/// Who owns which partition of a topic.
///
/// Nothing is allocated by the numbers of partitions, which may be anything in an assignment that
/// did not come from a plan.
#[derive(Clone, Debug)]
pub(crate) struct TopicOwners {
    topic: TopicId,
    /// Of the partitions that a flat table knows.
    known: Vec<u32>,
    others: BTreeMap<u32, u32>,
}

impl TopicOwners {
    /// The owners that a table knows.
    pub(super) fn new(topic: TopicId, known: Vec<u32>) -> Self {
        Self { topic, known, others: BTreeMap::new() }
    }

    /// No more partitions than that have owners.
    pub(super) fn upper_bound(&self) -> usize {
        self.known.len() + self.others.len()
    }

    /// Takes note of a partition that passed from one owner to another.
    pub(super) fn passed(&mut self, passed: &Passed) {
        let partition = passed.partition.partition;
        match self.known.get_mut(partition as usize) {
            Some(owner) => *owner = passed.to,
            None => drop(self.others.insert(partition, passed.to)),
        }
    }

    /// The partitions that have owners, ascending, with these.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (TopicPartition, MemberId)> + '_ {
        let known = (0..self.known.len() as u32).zip(self.known.iter().copied());
        let all = known.chain(self.others.iter().map(|(&partition, &owner)| (partition, owner)));
        let owned = all.filter(|(_, owner)| *owner != NO_OWNER);
        owned.map(|(partition, owner)| (TopicPartition { topic: self.topic, partition }, MemberId::from_raw(owner)))
    }
}
