//! Who owns what: one flat sheet that versions share, and what each version changed since.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::Arc;

use super::changes::{Changes, Handed, Held, Hold, Owned};
use super::ids::{MemberId, TopicId, TopicPartition};
use super::sheet::{NO_OWNER, Sheet, Slots};

/// Who owns which partition, seen by partition and by member; a persistent value.
///
/// A partition has one owner or none: two owners cannot be written down. Cloning is O(1), and a clone shares with its
/// original all that neither has changed. Inside, a flat table of owners (built in bulk) is shared by every
/// version that came from it, and a few sorted runs, which versions share too, hold what differs from that table.
///
/// | operation | cost (c changes since the table, h partitions held) |
/// |---|---|
/// | [`owner`](Self::owner) | O(log² c) |
/// | [`load`](Self::load) | O(log members) |
/// | [`with_owner`](Self::with_owner), [`without_owner`](Self::without_owner) | O(log² c), over many |
/// | [`partitions_of`](Self::partitions_of) | O(h + log² c) |
/// | [`iter`](Self::iter) | O(partitions) |
/// | [`differences`](Self::differences) | O(c) between versions that share a table, else O(partitions) |
#[derive(Clone, Debug, Default)]
pub struct Assignment {
    sheet: Arc<Sheet>,
    changes: Changes,
    loads: im::Vector<u32>,
    assigned: u64,
}

impl Assignment {
    /// The assignment in which nobody owns anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// The assignment of this table.
    pub(crate) fn from_sheet(sheet: Sheet) -> Self {
        let loads: im::Vector<u32> = sheet.members().map(|member| sheet.load(member)).collect();
        let assigned = loads.iter().map(|load| u64::from(*load)).sum();
        Self { sheet: Arc::new(sheet), loads, assigned, ..Self::default() }
    }

    /// How many partitions have an owner.
    pub fn len(&self) -> u64 {
        self.assigned
    }

    /// Whether nobody owns anything.
    pub fn is_empty(&self) -> bool {
        self.assigned == 0
    }

    /// The owner of a partition.
    pub fn owner(&self, partition: TopicPartition) -> Option<MemberId> {
        self.changes.owner(partition).unwrap_or_else(|| self.sheet.owner(partition))
    }

    /// How many partitions a member owns.
    pub fn load(&self, member: MemberId) -> u32 {
        self.loads.get(member.index()).copied().unwrap_or(0)
    }

    /// How many partitions each member owns, in the order of their numbers.
    pub(crate) fn loads(&self) -> impl Iterator<Item = u32> + '_ {
        self.loads.iter().copied()
    }

    /// The partitions a member owns, ascending.
    pub fn partitions_of(&self, member: MemberId) -> impl Iterator<Item = TopicPartition> + '_ {
        self.revised(self.sheet.partitions_of(member), member, TopicPartition::FIRST, TopicPartition::LAST)
    }

    /// The partitions of one topic that a member owns, ascending.
    pub fn partitions_of_topic(&self, member: MemberId, topic: TopicId) -> impl Iterator<Item = TopicPartition> + '_ {
        let (first, last) = (TopicPartition { topic, partition: 0 }, TopicPartition { topic, partition: u32::MAX });
        self.revised(self.sheet.partitions_of_topic(member, topic), member, first, last)
    }

    /// The member's partitions in a range: those of the sheet, less the lost, and the gained.
    fn revised<'a>(
        &'a self,
        sheet: impl Iterator<Item = TopicPartition> + 'a,
        member: MemberId,
        first: TopicPartition,
        last: TopicPartition,
    ) -> impl Iterator<Item = TopicPartition> + 'a {
        Revised { kept: sheet.peekable(), changes: self.changes.of_member(member, first, last).into_iter().peekable() }
    }

    /// Every owned partition with its owner, in the order of partitions.
    pub fn iter(&self) -> impl Iterator<Item = (TopicPartition, MemberId)> + '_ {
        overlaid(self.sheet.owned(), self.changes.owners())
    }

    /// The owned partitions of a topic with their owners, ascending.
    pub(crate) fn owners_of(&self, topic: TopicId) -> impl Iterator<Item = (TopicPartition, MemberId)> + '_ {
        overlaid(self.sheet.owned_of(topic), self.changes.of_topic(topic))
    }

    /// Visits partitions with their owners: a partition may come twice, and then its last owner counts. Quicker than [`iter`](Self::iter) for all that needs no order.
    pub(crate) fn each_owner(&self, mut visit: impl FnMut(TopicPartition, Option<MemberId>)) {
        self.sheet.owned().for_each(|(partition, owner)| visit(partition, Some(owner)));
        self.changes.each(|Owned { partition, owner }| visit(partition, owner));
    }

    /// The assignment with a partition given to a member, whoever owned it before.
    #[must_use]
    pub fn with_owner(self, partition: TopicPartition, owner: MemberId) -> Self {
        self.handing(partition, Some(owner))
    }

    /// The assignment with a partition taken from its owner.
    #[must_use]
    pub fn without_owner(self, partition: TopicPartition) -> Self {
        self.handing(partition, None)
    }

    /// The assignment in which nobody owns anything of a topic.
    #[must_use]
    pub(crate) fn without_topic(self, topic: TopicId) -> Self {
        let taken = |(partition, owner)| Handed { partition, from: Some(owner), to: None };
        let handed: Vec<Handed> = self.owners_of(topic).map(taken).collect();
        self.handed_over(&handed)
    }

    fn handing(self, partition: TopicPartition, to: Option<MemberId>) -> Self {
        let from = self.owner(partition);
        match from == to {
            true => self,
            false => self.handed_over(&[Handed { partition, from, to }]),
        }
    }

    /// The assignment after partitions changed hands: each once, ascending, from the owner it has to another.
    #[must_use]
    pub(crate) fn handed_over(mut self, handed: &[Handed]) -> Self {
        for handed in handed {
            if let Some(from) = handed.from {
                self.loads[from.index()] -= 1;
                self.assigned -= 1;
            }
            if let Some(to) = handed.to {
                while self.loads.len() <= to.index() {
                    self.loads.push_back(0);
                }
                self.loads[to.index()] += 1;
                self.assigned += 1;
            }
        }
        self.changes = self.changes.with(handed, &self.sheet);
        self
    }

    /// The partitions whose owner differs from `after`'s, ascending, each with its owner here and there.
    pub fn differences<'a>(&'a self, after: &'a Self) -> impl Iterator<Item = (TopicPartition, Option<MemberId>, Option<MemberId>)> + 'a {
        let candidates: Vec<TopicPartition> = match Arc::ptr_eq(&self.sheet, &after.sheet) {
            true => self.changes.unshared(&after.changes),
            false => merge(self.iter(), after.iter()).map(|(partition, _)| partition).collect(),
        };
        let mut last = None;
        let distinct = candidates.into_iter().filter(move |partition| last.replace(*partition) != Some(*partition));
        distinct.map(|partition| (partition, self.owner(partition), after.owner(partition))).filter(|(_, before, after)| before != after)
    }

    /// The same assignment on a table of its own, without a list of changes: worth its O(partitions) when changes have grown long.
    #[must_use]
    pub(crate) fn flattened(&self) -> Self {
        let mut lengths: BTreeMap<TopicId, u32> = BTreeMap::new();
        for (partition, _) in self.iter() {
            lengths.insert(partition.topic, partition.partition + 1);
        }
        let topics = lengths.keys().last().map_or(0, |topic| topic.index() + 1);
        let slots = Slots::of_lengths((0..topics).map(|topic| lengths.get(&TopicId::from_index(topic)).copied().unwrap_or(0)));
        let mut owners = vec![NO_OWNER; slots.len()];
        for (partition, owner) in self.iter() {
            if let Some(slot) = slots.slot(partition) {
                owners[slot as usize] = owner.raw();
            }
        }
        Self::from_sheet(Sheet::new(slots, owners, self.loads.len()))
    }

    /// Whether so much differs from the shared table that a new one is due.
    pub(crate) fn has_many_changes(&self) -> bool {
        self.changes.len() as u64 > 64 + self.assigned / 4
    }

    /// Whether both came from one table, which they share.
    pub fn shares_table_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.sheet, &other.sheet)
    }
}

impl PartialEq for Assignment {
    fn eq(&self, other: &Self) -> bool {
        self.assigned == other.assigned && self.differences(other).next().is_none()
    }
}

impl Eq for Assignment {}

impl FromIterator<(TopicPartition, MemberId)> for Assignment {
    fn from_iter<I: IntoIterator<Item = (TopicPartition, MemberId)>>(owned: I) -> Self {
        let owners: BTreeMap<TopicPartition, MemberId> = owned.into_iter().collect();
        let handed: Vec<Handed> = owners.into_iter().map(|(partition, to)| Handed { partition, from: None, to: Some(to) }).collect();
        Self::new().handed_over(&handed)
    }
}

/// Two ascending sequences as one.
fn merge<T: Ord>(left: impl Iterator<Item = T>, right: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let (mut left, mut right) = (left.peekable(), right.peekable());
    std::iter::from_fn(move || match (left.peek(), right.peek()) {
        (Some(a), Some(b)) if a <= b => left.next(),
        (Some(_), None) => left.next(),
        _ => right.next(),
    })
}

/// Owners, ascending by partition, those that changed replaced.
fn overlaid<'a>(
    sheet: impl Iterator<Item = (TopicPartition, MemberId)> + 'a,
    changed: Vec<Owned>,
) -> impl Iterator<Item = (TopicPartition, MemberId)> + 'a {
    let (mut sheet, mut changed) = (sheet.peekable(), changed.into_iter().peekable());
    std::iter::from_fn(move || {
        loop {
            match (sheet.peek(), changed.peek()) {
                (Some((partition, _)), Some(change)) if *partition < change.partition => return sheet.next(),
                (_, Some(&Owned { partition, owner })) => {
                    sheet.next_if(|(same, _)| *same == partition);
                    changed.next();
                    if let Some(owner) = owner {
                        return Some((partition, owner));
                    }
                }
                (_, None) => return sheet.next(),
            }
        }
    })
}

/// Ascending partitions, less some of them, and others.
struct Revised<K: Iterator, C: Iterator> {
    kept: Peekable<K>,
    changes: Peekable<C>,
}

impl<K: Iterator<Item = TopicPartition>, C: Iterator<Item = Hold>> Iterator for Revised<K, C> {
    type Item = TopicPartition;

    fn next(&mut self) -> Option<TopicPartition> {
        loop {
            match (self.kept.peek(), self.changes.peek()) {
                (Some(kept), Some(change)) if *kept < change.partition => return self.kept.next(),
                (_, Some(&Hold { partition, state, .. })) => {
                    self.kept.next_if_eq(&partition);
                    self.changes.next();
                    if state == Held::Yes {
                        return Some(partition);
                    }
                }
                (_, None) => return self.kept.next(),
            }
        }
    }

    /// Most members' partitions are the sheet's, unchanged: those need no comparing.
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
