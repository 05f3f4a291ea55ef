//! A flat, unchangeable table of who owns what, built in bulk; what it says with the transfers
//! since laid over it; and what two of these say differently.
//!
//! The partitions of all topics lie in one row of *slots*, topic after topic in the order of their
//! ids. The table keeps the owner of each slot, and for each member its slots: one pass that
//! counts, one that scatters. It is what a plan of a million partitions starts from; versions share
//! it.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;
use std::vec::IntoIter;

use super::super::ids::{MemberId, TopicId, TopicPartition, Transfer};
use super::super::topics::Topics;
use super::log::{Gain, Log};

/// Where the slots of each topic lie; indexed by topic id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slots {
    /// The first slot of each topic, and the end of the last.
    starts: Vec<u32>,
    /// The topic of the first slot of each block.
    blocks: Vec<u32>,
}

/// A topic is looked for among those of this many slots.
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
    pub(crate) fn of(&self, topic: TopicId) -> Range<u32> {
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

    /// The index of a slot's topic. O(log topics), and usually near O(1).
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

/// The stored owner of a slot nobody owns.
const NOBODY: u32 = 0;

/// A row of one item for each slot, with room for what a table adds to it.
pub(crate) fn row(slots: &Slots, item: u32) -> Vec<u32> {
    let mut row = Vec::with_capacity(2 * slots.len());
    row.resize(slots.len(), item);
    row
}

/// Owners by slot, and slots by owner.
///
/// Both lie in one buffer. Two buffers of half the size are given back to the system when a large
/// plan is dropped, and then every plan pays for fresh pages.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnerTable {
    slots: Slots,
    /// The owner of each slot, as a cell; after those, the slots that members hold, member by
    /// member.
    row: Vec<u32>,
    /// Where each member's slots begin in the row, and where the last one's end.
    starts: Vec<u32>,
}

impl OwnerTable {
    /// The table of owners given as places in a list of members, any place beyond it being nobody;
    /// with the loads of members by number.
    pub(crate) fn of_places(slots: Slots, places: Vec<u32>, members: &[MemberId], loads: &[u32]) -> Self {
        let is_in_place = members.iter().enumerate().all(|(place, member)| place == member.index());
        match is_in_place {
            // Where nobody left the group, the cell is one more than the place. This is the pass
            // that all plans of a million go through, so nothing is looked up in it.
            true => {
                let count = members.len() as u32;
                Self::new(slots, places, loads, |place| if place < count { place + 1 } else { NOBODY })
            }
            false => Self::new(slots, places, loads, |place| MemberId::cell(members.get(place as usize).copied())),
        }
    }

    /// The table of owners given as numbers of members below this one; any beyond is nobody.
    pub(crate) fn of_numbers(slots: Slots, numbers: Vec<u32>, members: usize) -> Self {
        let mut loads = vec![0; members];
        for &number in &numbers {
            if let Some(load) = loads.get_mut(number as usize) {
                *load += 1;
            }
        }
        let count = members as u32;
        Self::new(slots, numbers, &loads, |number| if number < count { number + 1 } else { NOBODY })
    }

    /// The table of owners who own this many slots each; `cell_of` says who that is of an item of
    /// the row.
    fn new(slots: Slots, mut row: Vec<u32>, loads: &[u32], cell_of: impl Fn(u32) -> u32) -> Self {
        let first = row.len() as u32;
        let ends = loads.iter().scan(first, |end, load| {
            *end += load;
            Some(*end)
        });
        let starts: Vec<u32> = std::iter::once(first).chain(ends).collect();
        row.resize(starts[loads.len()] as usize, 0);
        scatter(&mut row, &starts, cell_of);
        Self { slots, row, starts }
    }

    /// The table with these transfers, which ascend; of the members that have so many partitions
    /// each afterwards. Slots that nobody owns at the end of a topic are dropped.
    pub(super) fn after(&self, transfers: &[Transfer], loads: &[u32]) -> Self {
        let topics = transfers.last().map_or(0, |last| last.partition.topic.index() + 1).max(self.topics());
        let mut row = Vec::with_capacity(2 * self.slots.len() + 2 * transfers.len());
        let (mut lengths, mut rest) = (Vec::with_capacity(topics), transfers);
        for topic in (0..topics).map(TopicId::from_index) {
            let start = row.len();
            row.extend_from_slice(self.cells_of(topic));
            let of_topic = rest.iter().take_while(|transfer| transfer.partition.topic == topic).count();
            let (changed, later) = rest.split_at(of_topic);
            overwrite(&mut row, start, changed);
            lengths.push((row.len() - start) as u32);
            rest = later;
        }
        Self::new(Slots::of_lengths(lengths), row, loads, |cell| cell)
    }

    /// The owner of a partition; `None` also where the table does not know the partition.
    pub(super) fn owner(&self, partition: TopicPartition) -> Option<MemberId> {
        MemberId::of_cell(self.row[self.slots.slot(partition)? as usize])
    }

    /// How many topics the table has room for.
    fn topics(&self) -> usize {
        self.slots.starts.len().saturating_sub(1)
    }

    /// The members the table has room for.
    pub(super) fn members(&self) -> impl Iterator<Item = MemberId> + use<> {
        (0..self.starts.len().saturating_sub(1)).map(MemberId::from_index)
    }

    /// How many partitions a member holds.
    pub(super) fn load(&self, member: MemberId) -> u32 {
        self.held_by(member).len() as u32
    }

    /// The partitions a member holds, ascending.
    pub(super) fn partitions_of(&self, member: MemberId) -> impl Iterator<Item = TopicPartition> + '_ {
        self.slots.partitions(self.held_by(member))
    }

    /// The partitions of one topic that a member holds, ascending.
    pub(super) fn partitions_of_topic(&self, member: MemberId, topic: TopicId) -> impl Iterator<Item = TopicPartition> + '_ {
        let slots = self.slots.of(topic);
        let held = self.held_by(member);
        let from = held.partition_point(|slot| *slot < slots.start);
        held[from..]
            .iter()
            .take_while(move |slot| **slot < slots.end)
            .map(move |slot| TopicPartition { topic, partition: slot - slots.start })
    }

    /// Every owned partition with its owner, in the order of partitions.
    pub(super) fn owned(&self) -> impl Iterator<Item = (TopicPartition, MemberId)> + '_ {
        (0..self.topics()).map(TopicId::from_index).flat_map(|topic| {
            let owners = (0..).zip(self.owners_of(topic));
            owners.filter_map(move |(partition, owner)| Some((TopicPartition { topic, partition }, owner?)))
        })
    }

    /// How many partitions of a topic the table has slots for.
    pub(super) fn size_of(&self, topic: TopicId) -> usize {
        self.slots.of(topic).len()
    }

    /// The owners of a topic's partitions, in their order.
    pub(super) fn owners_of(&self, topic: TopicId) -> impl ExactSizeIterator<Item = Option<MemberId>> + '_ {
        self.cells_of(topic).iter().map(|&cell| MemberId::of_cell(cell))
    }

    fn cells_of(&self, topic: TopicId) -> &[u32] {
        let slots = self.slots.of(topic);
        &self.row[slots.start as usize..slots.end as usize]
    }

    /// How many partitions of each topic a member holds, ascending by topic.
    pub(super) fn counts_of(&self, member: MemberId) -> Vec<(TopicId, u32)> {
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

    fn held_by(&self, member: MemberId) -> &[u32] {
        match self.starts.get(member.index()..member.index() + 2) {
            Some(bounds) => &self.row[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}

/// What has another owner in a later table, ascending: found while it is asked for, as it may be
/// all.
#[derive(Clone)]
pub(crate) struct TableDifferences {
    before: Arc<OwnerTable>,
    after: Arc<OwnerTable>,
    /// The topic looked at, and which of its partitions are left.
    topic: usize,
    partitions: Range<u32>,
}

impl TableDifferences {
    pub(super) fn between(before: Arc<OwnerTable>, after: Arc<OwnerTable>) -> Self {
        let mut differences = Self { before, after, topic: 0, partitions: 0..0 };
        differences.look_at(0);
        differences
    }

    /// Goes on with a topic. Most topics are alike, which is seen of a whole one at once.
    fn look_at(&mut self, topic: usize) {
        let cells = [&self.before, &self.after].map(|table| table.cells_of(TopicId::from_index(topic)));
        let partitions = if cells[0] == cells[1] { 0 } else { cells[0].len().max(cells[1].len()) as u32 };
        (self.topic, self.partitions) = (topic, 0..partitions);
    }
}

impl Iterator for TableDifferences {
    type Item = Transfer;

    fn next(&mut self) -> Option<Transfer> {
        loop {
            let topic = TopicId::from_index(self.topic);
            let (before, after) = (self.before.cells_of(topic), self.after.cells_of(topic));
            let owner = |cells: &[u32], partition: u32| cells.get(partition as usize).and_then(|&cell| MemberId::of_cell(cell));
            for partition in self.partitions.by_ref() {
                let (from, to) = (owner(before, partition), owner(after, partition));
                if from != to {
                    return Some(Transfer { partition: TopicPartition { topic, partition }, from, to });
                }
            }
            if self.topic + 1 >= self.before.topics().max(self.after.topics()) {
                return None;
            }
            self.look_at(self.topic + 1);
        }
    }
}

/// Writes the slots of each member behind the owners of all slots, from where that member's begin,
/// and turns the owners into cells on the way.
fn scatter(row: &mut [u32], starts: &[u32], cell_of: impl Fn(u32) -> u32) {
    let first = starts[0] as usize;
    let mut next: Vec<u32> = starts.iter().map(|start| start - starts[0]).collect();
    let (owners, held) = row.split_at_mut(first);
    for (slot, owner) in owners.iter_mut().enumerate() {
        *owner = cell_of(*owner);
        // Nobody's number is 0 less 1, which lies beyond all members.
        if let Some(place) = next.get_mut(owner.wrapping_sub(1) as usize) {
            held[*place as usize] = slot as u32;
            *place += 1;
        }
    }
}

/// Writes transfers of a topic over its owners, the last from `start` on, and drops those at the
/// end that nobody owns.
fn overwrite(row: &mut Vec<u32>, start: usize, transfers: &[Transfer]) {
    for transfer in transfers {
        let place = start + transfer.partition.partition as usize;
        row.resize(row.len().max(place + 1), NOBODY);
        row[place] = MemberId::cell(transfer.to);
    }
    let owned = row[start..].iter().rposition(|cell| *cell != NOBODY).map_or(0, |last| last + 1);
    row.truncate(start + owned);
}

/// Owners, ascending by partition, those of transferred partitions replaced.
pub(super) fn overlaid<'a>(
    table: impl Iterator<Item = (TopicPartition, MemberId)> + 'a,
    changed: Vec<Transfer>,
) -> impl Iterator<Item = (TopicPartition, MemberId)> + 'a {
    let (mut table, mut changed) = (table.peekable(), changed.into_iter().peekable());
    std::iter::from_fn(move || {
        loop {
            match (table.peek(), changed.peek()) {
                (Some((partition, _)), Some(change)) if *partition < change.partition => return table.next(),
                (_, Some(&transfer)) => {
                    table.next_if(|(same, _)| *same == transfer.partition);
                    changed.next();
                    if let Some(owner) = transfer.to {
                        return Some((transfer.partition, owner));
                    }
                }
                (_, None) => return table.next(),
            }
        }
    })
}

/// Ascending partitions, less some of them, and others.
pub(super) struct Revised<K: Iterator, C: Iterator> {
    kept: Peekable<K>,
    changes: Peekable<C>,
}

impl<K: Iterator, C: Iterator> Revised<K, C> {
    pub(super) fn new(kept: K, changes: C) -> Self {
        Self { kept: kept.peekable(), changes: changes.peekable() }
    }
}

impl<K: Iterator<Item = TopicPartition>, C: Iterator<Item = (TopicPartition, Gain)>> Iterator for Revised<K, C> {
    type Item = TopicPartition;

    fn next(&mut self) -> Option<TopicPartition> {
        loop {
            match (self.kept.peek(), self.changes.peek()) {
                (Some(kept), Some((partition, _))) if kept < partition => return self.kept.next(),
                (_, Some(&(partition, gain))) => {
                    self.kept.next_if_eq(&partition);
                    self.changes.next();
                    if gain == Gain::Got {
                        return Some(partition);
                    }
                }
                (_, None) => return self.kept.next(),
            }
        }
    }

    /// Most members' partitions are the table's, unchanged: those need no comparing.
    fn fold<B, F: FnMut(B, TopicPartition) -> B>(mut self, start: B, mut visit: F) -> B {
        if self.changes.peek().is_none() {
            return self.kept.fold(start, visit);
        }
        let mut folded = start;
        for partition in self {
            folded = visit(folded, partition);
        }
        folded
    }
}

/// What changes hands between two assignments, ascending by partition.
#[derive(Clone)]
pub(crate) enum Differences {
    /// Of two that are tables and nothing else: they may differ in every partition, and no list is
    /// made of that.
    OfTables(TableDifferences),
    Listed(IntoIter<Transfer>),
}

impl Differences {
    /// Those between two tables, each with the transfers since.
    pub(super) fn between((table, log): (&Arc<OwnerTable>, &Log), (table_after, log_after): (&Arc<OwnerTable>, &Log)) -> Self {
        let of_tables = || TableDifferences::between(Arc::clone(table), Arc::clone(table_after));
        match (Arc::ptr_eq(table, table_after), log.len() + log_after.len()) {
            (false, 0) => Self::OfTables(of_tables()),
            (false, _) => Self::Listed(log.differences(log_after, &of_tables().collect::<Vec<_>>()).into_iter()),
            (true, _) => Self::Listed(log.differences(log_after, &[]).into_iter()),
        }
    }
}

impl Iterator for Differences {
    type Item = Transfer;

    fn next(&mut self) -> Option<Transfer> {
        match self {
            Self::OfTables(differences) => differences.next(),
            Self::Listed(differences) => differences.next(),
        }
    }
}

/// Who owns which partition of a topic.
///
/// Nothing is allocated by the numbers of partitions, which may be anything in an assignment that
/// did not come from a plan.
#[derive(Clone, Debug)]
pub(crate) struct TopicOwners {
    topic: TopicId,
    /// Of the partitions that a flat table knows.
    known: Vec<Option<MemberId>>,
    others: BTreeMap<u32, Option<MemberId>>,
}

impl TopicOwners {
    /// The owners that a table knows.
    pub(super) fn new(topic: TopicId, known: Vec<Option<MemberId>>) -> Self {
        Self { topic, known, others: BTreeMap::new() }
    }

    /// No more partitions than that have owners.
    pub(super) fn upper_bound(&self) -> usize {
        self.known.len() + self.others.len()
    }

    /// The owners after a transfer.
    pub(super) fn set(&mut self, transfer: &Transfer) {
        let partition = transfer.partition.partition;
        match self.known.get_mut(partition as usize) {
            Some(owner) => *owner = transfer.to,
            None => drop(self.others.insert(partition, transfer.to)),
        }
    }

    /// The partitions that have owners, ascending, with these.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (TopicPartition, MemberId)> + '_ {
        let known = (0..self.known.len() as u32).zip(self.known.iter().copied());
        let all = known.chain(self.others.iter().map(|(&partition, &owner)| (partition, owner)));
        all.filter_map(|(partition, owner)| Some((TopicPartition { topic: self.topic, partition }, owner?)))
    }
}
