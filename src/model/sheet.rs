//! A flat, unchangeable table of who owns what, built in bulk.
//!
//! The partitions of all topics lie in one row of *slots*, topic after topic in the order of their ids. The table keeps the owner of each slot,
//! and for each member its slots: one pass that counts, one that scatters. It is what a plan of a million partitions starts from; versions share it.

use super::ids::{MemberId, TopicId, TopicPartition};

/// The stored owner of a slot nobody owns.
pub(crate) const NO_OWNER: u32 = u32::MAX;

/// Where the slots of each topic lie; indexed by topic id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slots {
    /// The first slot of each topic, and the end of the last.
    starts: Vec<u32>,
}

impl Slots {
    /// One run of slots for each topic, of these lengths in the order of topic ids.
    pub(crate) fn of_lengths(lengths: impl IntoIterator<Item = u32>) -> Self {
        let ends = lengths.into_iter().scan(0, |end, length| {
            *end += length;
            Some(*end)
        });
        Self { starts: std::iter::once(0).chain(ends).collect() }
    }

    /// How many slots there are in all.
    pub(crate) fn len(&self) -> usize {
        self.starts.last().map_or(0, |&end| end as usize)
    }

    /// The slots of a topic.
    pub(crate) fn of(&self, topic: TopicId) -> std::ops::Range<u32> {
        match self.starts.get(topic.index()..topic.index() + 2) {
            Some(bounds) => bounds[0]..bounds[1],
            None => 0..0,
        }
    }

    /// The slot of a partition, if it has one.
    pub(crate) fn slot(&self, partition: TopicPartition) -> Option<u32> {
        let slots = self.of(partition.topic);
        slots.start.checked_add(partition.partition).filter(|slot| *slot < slots.end)
    }

    /// The topic of a slot behind this topic's: mostly the very next.
    fn topic_after(&self, topic: usize, slot: u32) -> usize {
        match self.starts.get(topic + 2) {
            Some(&end) if slot < end => topic + 1,
            _ => topic + self.starts[topic + 1..].partition_point(|start| *start <= slot),
        }
    }

    /// The partitions of slots that ascend.
    pub(crate) fn partitions<'a>(&'a self, slots: &'a [u32]) -> impl Iterator<Item = TopicPartition> + 'a {
        let mut topic = 0;
        slots.iter().map(move |&slot| {
            if slot >= self.starts[topic + 1] {
                topic = self.topic_after(topic, slot);
            }
            TopicPartition { topic: TopicId::from_index(topic), partition: slot - self.starts[topic] }
        })
    }
}

/// Owners by slot, and slots by owner.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    slots: Slots,
    owners: Vec<u32>,
    starts: Vec<u32>,
    held: Vec<u32>,
}

impl Sheet {
    /// The table of these owners: for each slot the number of a member below `members`, or [`NO_OWNER`].
    pub(crate) fn new(slots: Slots, owners: Vec<u32>, members: usize) -> Self {
        let (starts, held) = scatter(&owners, members);
        Self { slots, owners, starts, held }
    }

    /// The owner of a partition; `None` also where the table does not know the partition.
    pub(crate) fn owner(&self, partition: TopicPartition) -> Option<MemberId> {
        let owner = self.owners[self.slots.slot(partition)? as usize];
        (owner != NO_OWNER).then(|| MemberId::from_raw(owner))
    }

    /// The members the table has room for.
    pub(crate) fn members(&self) -> impl Iterator<Item = MemberId> + use<> {
        (0..self.starts.len().saturating_sub(1)).map(MemberId::from_index)
    }

    /// How many partitions a member holds.
    pub(crate) fn load(&self, member: MemberId) -> u32 {
        self.held_by(member).len() as u32
    }

    /// The partitions a member holds, ascending.
    pub(crate) fn partitions_of(&self, member: MemberId) -> impl Iterator<Item = TopicPartition> + '_ {
        self.slots.partitions(self.held_by(member))
    }

    /// The partitions of one topic that a member holds, ascending.
    pub(crate) fn partitions_of_topic(&self, member: MemberId, topic: TopicId) -> impl Iterator<Item = TopicPartition> + '_ {
        let slots = self.slots.of(topic);
        let held = self.held_by(member);
        let from = held.partition_point(|slot| *slot < slots.start);
        held[from..]
            .iter()
            .take_while(move |slot| **slot < slots.end)
            .map(move |slot| TopicPartition { topic, partition: slot - slots.start })
    }

    /// Every owned partition with its owner, in the order of partitions.
    pub(crate) fn owned(&self) -> impl Iterator<Item = (TopicPartition, MemberId)> + '_ {
        (0..self.slots.starts.len().saturating_sub(1)).flat_map(|topic| self.owned_of(TopicId::from_index(topic)))
    }

    /// The owned partitions of a topic with their owners, ascending.
    pub(crate) fn owned_of(&self, topic: TopicId) -> impl Iterator<Item = (TopicPartition, MemberId)> + '_ {
        let slots = self.slots.of(topic);
        let owners = &self.owners[slots.start as usize..slots.end as usize];
        owners
            .iter()
            .enumerate()
            .filter(|(_, owner)| **owner != NO_OWNER)
            .map(move |(partition, &owner)| (TopicPartition { topic, partition: partition as u32 }, MemberId::from_raw(owner)))
    }

    fn held_by(&self, member: MemberId) -> &[u32] {
        match self.starts.get(member.index()..member.index() + 2) {
            Some(bounds) => &self.held[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}

/// A counting sort: the first place of each member among the held slots, and the slots in the order of their owners.
fn scatter(owners: &[u32], members: usize) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; members + 1];
    for &owner in owners.iter().filter(|owner| **owner != NO_OWNER) {
        starts[owner as usize + 1] += 1;
    }
    for member in 0..members {
        starts[member + 1] += starts[member];
    }
    let mut next = starts.clone();
    let mut held = vec![0; starts[members] as usize];
    for (slot, &owner) in owners.iter().enumerate().filter(|(_, owner)| **owner != NO_OWNER) {
        let place = &mut next[owner as usize];
        held[*place as usize] = slot as u32;
        *place += 1;
    }
    (starts, held)
}
