//! Who owns what: one flat sheet that versions share, and what each version changed since.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::Arc;

use im::ordmap::DiffItem;

use super::ids::{MemberId, TopicId, TopicPartition};
use super::sheet::{NO_OWNER, Sheet, Slots};

/// Who owns which partition, seen by partition and by member; a persistent value.
///
/// A partition has one owner or none: two owners cannot be written down. Cloning is O(1), and a clone shares with its
/// original all that neither has changed. Inside, a flat table of owners (built in bulk) is shared by every
/// version that came from it, and persistent maps hold what differs from that table.
///
/// | operation | cost (c changes since the table, h partitions held) |
/// |---|---|
/// | [`owner`](Self::owner), [`load`](Self::load) | O(log c) |
/// | [`with_owner`](Self::with_owner), [`without_owner`](Self::without_owner) | O(log c) |
/// | [`partitions_of`](Self::partitions_of) | O(h + log c) |
/// | [`iter`](Self::iter) | O(partitions) |
/// | [`differences`](Self::differences) | O(c) between versions that share a table, else O(partitions) |
#[derive(Clone, Debug, Default)]
pub struct Assignment {
    sheet: Arc<Sheet>,
    /// The owner of each partition where it differs from the sheet's.
    owners: im::OrdMap<TopicPartition, Option<MemberId>>,
    /// What members hold that the sheet does not give them, and what it gives them that they no longer hold.
    gained: im::OrdSet<(MemberId, TopicPartition)>,
    lost: im::OrdSet<(MemberId, TopicPartition)>,
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
        match self.owners.get(&partition) {
            Some(owner) => *owner,
            None => self.sheet.owner(partition),
        }
    }

    /// How many partitions a member owns.
    pub fn load(&self, member: MemberId) -> u32 {
        self.loads.get(member.index()).copied().unwrap_or(0)
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
        let changes = |set: &'a im::OrdSet<(MemberId, TopicPartition)>| {
            (!set.is_empty()).then(|| set.range((member, first)..=(member, last)).map(|&(_, partition)| partition)).into_iter().flatten()
        };
        Revised { kept: sheet.peekable(), lost: changes(&self.lost).peekable(), gained: changes(&self.gained).peekable() }
    }

    /// Every owned partition with its owner, in the order of partitions.
    pub fn iter(&self) -> impl Iterator<Item = (TopicPartition, MemberId)> + '_ {
        let unchanged = self.sheet.owned().filter(|(partition, _)| !self.owners.contains_key(partition));
        let changed = self.owners.iter().filter_map(|(&partition, &owner)| Some((partition, owner?)));
        merge(unchanged, changed)
    }

    /// Visits partitions with their owners: a partition may come twice, and then its last owner counts. Quicker than [`iter`](Self::iter) for all that needs no order.
    pub(crate) fn each_owner(&self, mut visit: impl FnMut(TopicPartition, Option<MemberId>)) {
        self.sheet.owned().for_each(|(partition, owner)| visit(partition, Some(owner)));
        self.owners.iter().for_each(|(&partition, &owner)| visit(partition, owner));
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

    fn handing(mut self, partition: TopicPartition, after: Option<MemberId>) -> Self {
        let before = self.owner(partition);
        if before == after {
            return self;
        }
        let first = self.sheet.owner(partition);
        if let Some(member) = before {
            self = self.taking(partition, member, first);
        }
        if let Some(member) = after {
            self = self.giving(partition, member, first);
        }
        if after == first {
            self.owners.remove(&partition);
        } else {
            self.owners.insert(partition, after);
        }
        self
    }

    fn taking(mut self, partition: TopicPartition, member: MemberId, first: Option<MemberId>) -> Self {
        if first == Some(member) {
            self.lost.insert((member, partition));
        } else {
            self.gained.remove(&(member, partition));
        }
        self.loads[member.index()] -= 1;
        self.assigned -= 1;
        self
    }

    fn giving(mut self, partition: TopicPartition, member: MemberId, first: Option<MemberId>) -> Self {
        if first == Some(member) {
            self.lost.remove(&(member, partition));
        } else {
            self.gained.insert((member, partition));
        }
        while self.loads.len() <= member.index() {
            self.loads.push_back(0);
        }
        self.loads[member.index()] += 1;
        self.assigned += 1;
        self
    }

    /// The partitions whose owner differs from `after`'s, ascending, each with its owner here and there.
    pub fn differences<'a>(&'a self, after: &'a Self) -> impl Iterator<Item = (TopicPartition, Option<MemberId>, Option<MemberId>)> + 'a {
        let candidates: Vec<TopicPartition> = match Arc::ptr_eq(&self.sheet, &after.sheet) {
            true => self
                .owners
                .diff(&after.owners)
                .map(|item| match item {
                    DiffItem::Add(&key, _) | DiffItem::Remove(&key, _) | DiffItem::Update { new: (&key, _), .. } => key,
                })
                .collect(),
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
        self.owners.len() as u64 > 64 + self.assigned / 4
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
        owned.into_iter().fold(Self::new(), |assignment, (partition, owner)| assignment.with_owner(partition, owner))
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

/// Ascending partitions, less some of them, and others.
struct Revised<K: Iterator, L: Iterator, G: Iterator> {
    kept: Peekable<K>,
    lost: Peekable<L>,
    gained: Peekable<G>,
}

impl<K, L, G> Iterator for Revised<K, L, G>
where
    K: Iterator<Item = TopicPartition>,
    L: Iterator<Item = TopicPartition>,
    G: Iterator<Item = TopicPartition>,
{
    type Item = TopicPartition;

    fn next(&mut self) -> Option<TopicPartition> {
        while self.kept.peek().is_some() && self.kept.peek() == self.lost.peek() {
            self.kept.next();
            self.lost.next();
        }
        match (self.kept.peek(), self.gained.peek()) {
            (Some(kept), Some(gained)) if gained < kept => self.gained.next(),
            (Some(_), _) => self.kept.next(),
            (None, _) => self.gained.next(),
        }
    }

    /// Most members' partitions are the sheet's, unchanged: those need no comparing.
    fn fold<B, F: FnMut(B, TopicPartition) -> B>(mut self, start: B, mut visit: F) -> B {
        if self.lost.peek().is_none() && self.gained.peek().is_none() {
            return self.kept.fold(start, visit);
        }
        let mut folded = start;
        for partition in self {
            folded = visit(folded, partition);
        }
        folded
    }
}
