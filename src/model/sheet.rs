//! A flat, unchangeable table of who owns what, built in bulk.
//!
//! The partitions of all topics lie in one row of *slots*, topic after topic in the order of their
//! ids. The table keeps the owner of each slot, and for each member its slots: one pass that
//! counts, one that scatters. It is what a plan of a million partitions starts from; versions share
//! it.

use super::ids::{MemberId, TopicId, TopicPartition};
use super::topics::Topics;

/// The stored owner of a slot nobody owns.
pub(crate) const NO_OWNER: u32 = u32::MAX;

/// Where the slots of each topic lie; indexed by topic id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slots {
    /// The first slot of each topic, and the end of the last.
    starts: Vec<u32>,
    /// The topic of the first slot of each block.
    blocks: Vec<u32>,
}

/// A topic is looked for among those of so many slots.
const BLOCK: usize = 64;

impl Slots {
    /// A slot for each partition of each topic.
    pub(crate) fn of_topics(topics: &Topics) -> Self {
        Self::of_lengths(topics.in_id_order().map(|(_, topic)| topic.partitions()))
    }

    /// One run of slots for each topic, of these lengths in the order of topic ids.
    pub(crate) fn of_lengths(lengths: impl IntoIterator<Item = u32>) -> Self {
        let ends = lengths.into_iter().scan(0, |end, length| {
            *end += length;
            Some(*end)
        });
        let starts: Vec<u32> = std::iter::once(0).chain(ends).collect();
        let mut blocks = Vec::with_capacity(starts[starts.len() - 1] as usize / BLOCK + 1);
        for (topic, end) in (0..).zip(&starts[1..]) {
            blocks.resize((*end as usize).div_ceil(BLOCK), topic);
        }
        Self { starts, blocks }
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

    /// The index of a slot's topic. O(log topics), and mostly near O(1).
    pub(crate) fn topic_of(&self, slot: u32) -> usize {
        let block = slot as usize / BLOCK;
        let first = self.blocks[block] as usize;
        let last = self.blocks.get(block + 1).map_or(self.starts.len() - 2, |&last| last as usize);
        first + self.starts[first + 1..=last].partition_point(|end| *end <= slot)
    }

    /// The partitions of slots that ascend.
    pub(crate) fn partitions<'a>(&'a self, slots: &'a [u32]) -> impl Iterator<Item = TopicPartition> + 'a {
        let mut topic = 0;
        slots.iter().map(move |&slot| {
            if slot >= self.starts[topic + 1] {
                topic = self.topic_of(slot);
            }
            TopicPartition { topic: TopicId::from_index(topic), partition: slot - self.starts[topic] }
        })
    }
}

/// Owners by slot, and slots by owner.
///
/// Both lie in one buffer. Two buffers of half the size are given back to the system when a large
/// plan is dropped, and then every plan pays for fresh pages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    slots: Slots,
    /// The owner of each slot; after those, the slots that members hold, member by member.
    table: Vec<u32>,
    /// Where each member's slots begin in the table, and where the last one's end.
    starts: Vec<u32>,
}

impl Sheet {
    /// A list of owners for all slots, nobody's yet, with room for what a sheet adds to it.
    pub(crate) fn unowned(slots: &Slots) -> Vec<u32> {
        let mut owners = Vec::with_capacity(2 * slots.len());
        owners.resize(slots.len(), NO_OWNER);
        owners
    }

    /// The table of these owners: for each slot the number of a member below `members`, or
    /// [`NO_OWNER`].
    pub(crate) fn new(slots: Slots, owners: Vec<u32>, members: usize) -> Self {
        let mut loads = vec![0_u32; members];
        owners.iter().filter(|owner| **owner != NO_OWNER).for_each(|&owner| loads[owner as usize] += 1);
        Self::with_loads(slots, owners, &loads)
    }

    /// The table of these owners, who own so many slots each.
    pub(crate) fn with_loads(slots: Slots, mut owners: Vec<u32>, loads: &[u32]) -> Self {
        let first = owners.len() as u32;
        let ends = loads.iter().scan(first, |end, load| {
            *end += load;
            Some(*end)
        });
        let starts: Vec<u32> = std::iter::once(first).chain(ends).collect();
        owners.resize(starts[loads.len()] as usize, 0);
        scatter(&mut owners, &starts);
        Self { slots, table: owners, starts }
    }

    /// The owner of a partition; `None` also where the table does not know the partition.
    pub(crate) fn owner(&self, partition: TopicPartition) -> Option<MemberId> {
        let owner = self.table[self.slots.slot(partition)? as usize];
        (owner != NO_OWNER).then(|| MemberId::from_raw(owner))
    }

    /// How many topics the table has room for.
    pub(crate) fn topics(&self) -> usize {
        self.slots.starts.len().saturating_sub(1)
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
        (0..self.topics()).flat_map(|topic| self.owned_of(TopicId::from_index(topic)))
    }

    /// The owners of a topic's partitions as they are stored, in their order.
    pub(super) fn owners_of(&self, topic: TopicId) -> &[u32] {
        let slots = self.slots.of(topic);
        &self.table[slots.start as usize..slots.end as usize]
    }

    /// How many partitions of each topic a member holds, ascending by topic.
    pub(crate) fn counts_of(&self, member: MemberId) -> Vec<(TopicId, u32)> {
        let (mut counts, mut rest) = (Vec::with_capacity(32), self.held_by(member));
        while let Some(&slot) = rest.first() {
            let topic = self.slots.topic_of(slot);
            let end = self.slots.starts[topic + 1];
            let count = rest.iter().take_while(|slot| **slot < end).count();
            counts.push((TopicId::from_index(topic), count as u32));
            rest = &rest[count..];
        }
        counts
    }

    /// The owned partitions of a topic with their owners, ascending.
    fn owned_of(&self, topic: TopicId) -> impl Iterator<Item = (TopicPartition, MemberId)> + '_ {
        self.owners_of(topic)
            .iter()
            .enumerate()
            .filter(|(_, owner)| **owner != NO_OWNER)
            .map(move |(partition, &owner)| (TopicPartition { topic, partition: partition as u32 }, MemberId::from_raw(owner)))
    }

    fn held_by(&self, member: MemberId) -> &[u32] {
        match self.starts.get(member.index()..member.index() + 2) {
            Some(bounds) => &self.table[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}

/// Writes the slots of each member behind the owners of all slots, from where that member's begin.
fn scatter(table: &mut [u32], starts: &[u32]) {
    let first = starts[0] as usize;
    let mut next: Vec<u32> = starts.iter().map(|start| start - starts[0]).collect();
    let (owners, held) = table.split_at_mut(first);
    for (slot, &owner) in owners.iter().enumerate() {
        // The mark of an unowned slot lies beyond all members.
        if let Some(place) = next.get_mut(owner as usize) {
            held[*place as usize] = slot as u32;
            *place += 1;
        }
    }
}
