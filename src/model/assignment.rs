//! Who owns what: one flat sheet that versions share, and what each version changed since.

mod flat;

use std::ops::IndexMut;
use std::sync::Arc;

use super::changes::Changes;
use super::ids::{MemberId, TopicId, TopicPartition};
use super::leaves;
use super::overlay::{Revised, overlaid};
use super::passed::{Handed, compared};
use super::sheet::{NO_OWNER, Sheet};
use super::topic_owners::TopicOwners;

/// Who owns which partition, seen by partition and by member; a persistent value.
///
/// A partition has one owner or none: two owners cannot be written down. Cloning is O(1), and a
/// clone shares with its original all that neither has changed. Inside, a flat table of owners
/// (built in bulk) is shared by every version that came from it, and a few sorted runs, which
/// versions share too, hold what differs from that table.
///
/// | operation | cost (c changes since the table, h partitions held) |
/// |---|---|
/// | [`owner`](Self::owner) | O(log² c) |
/// | [`load`](Self::load) | O(log members) |
/// | [`with_owner`](Self::with_owner), [`without_owner`](Self::without_owner) | O(log² c), over many |
/// | [`with_owners`](Self::with_owners) | O(log² c) for each partition, and sorting them if they do not ascend |
/// | [`partitions_of`](Self::partitions_of) | O(h + g log g), g what the member got or gave up since the table, also what came and went |
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
    pub(crate) fn loads(&self) -> Vec<u32> {
        leaves::list(&self.loads)
    }

    /// The partitions a member owns, ascending.
    pub fn partitions_of(&self, member: MemberId) -> impl Iterator<Item = TopicPartition> + '_ {
        Revised::new(self.sheet.partitions_of(member), self.changes.of_member(member).into_iter())
    }

    /// The partitions of one topic that a member owns, ascending.
    pub fn partitions_of_topic(&self, member: MemberId, topic: TopicId) -> impl Iterator<Item = TopicPartition> + '_ {
        Revised::new(self.sheet.partitions_of_topic(member, topic), self.changes.of_member_in(member, topic).into_iter())
    }

    /// Every owned partition with its owner, in the order of partitions.
    pub fn iter(&self) -> impl Iterator<Item = (TopicPartition, MemberId)> + '_ {
        overlaid(self.sheet.owned(), self.changes.all())
    }

    /// Who owns which partition of a topic.
    pub(crate) fn owners_of(&self, topic: TopicId) -> TopicOwners {
        let mut owners = TopicOwners::new(topic, self.sheet.owners_of(topic).to_vec());
        self.changes.each_of_topic(topic, &mut |passed| owners.passed(passed));
        owners
    }

    /// How many partitions of a topic the flat table has places for: about as many as have an
    /// owner, unless the topic is new or grew since.
    pub(crate) fn table_size_of(&self, topic: TopicId) -> usize {
        self.sheet.owners_of(topic).len()
    }

    /// Visits members with how many partitions of a topic they got, or with how many fewer they
    /// have, since there was nothing, in no order: added up, that is how many each owns.
    pub(crate) fn each_gain_of(&self, topic: TopicId, mut visit: impl FnMut(MemberId, i32)) {
        for &owner in self.sheet.owners_of(topic).iter().filter(|owner| **owner != NO_OWNER) {
            visit(MemberId::from_raw(owner), 1);
        }
        self.each_recent_gain_of(topic, visit);
    }

    /// Visits members with how many partitions of a topic they got, or with how many fewer they
    /// have, since the flat table was written, in no order.
    pub(crate) fn each_recent_gain_of(&self, topic: TopicId, mut visit: impl FnMut(MemberId, i32)) {
        self.changes.each_of_topic(topic, &mut |passed| {
            passed.from().into_iter().for_each(|member| visit(member, -1));
            passed.to().into_iter().for_each(|member| visit(member, 1));
        });
    }

    /// How many partitions of a topic a member owned when the flat table was written.
    pub(crate) fn table_count_of(&self, member: MemberId, topic: TopicId) -> u32 {
        self.sheet.partitions_of_topic(member, topic).count() as u32
    }

    /// How many partitions of a topic a member owns.
    pub(crate) fn count_of(&self, member: MemberId, topic: TopicId) -> u32 {
        let recent = self.changes.each_of_member_in(member, topic);
        recent.fold(self.table_count_of(member, topic), |count, (_, gain)| gain.added_to(count))
    }

    /// How many partitions of each topic a member owns, ascending by topic.
    pub(crate) fn counts_of(&self, member: MemberId) -> Vec<(TopicId, u32)> {
        let mut counts = self.sheet.counts_of(member);
        self.changes.add_gains_of(member, &mut counts);
        counts.retain(|count| count.1 > 0);
        counts
    }

    /// Visits partitions with their owners: a partition may come twice, and then its last owner
    /// counts. Quicker than [`iter`](Self::iter) for all that needs no order.
    pub(crate) fn each_owner(&self, mut visit: impl FnMut(TopicPartition, Option<MemberId>)) {
        self.sheet.owned().for_each(|(partition, owner)| visit(partition, Some(owner)));
        self.changes.each(|passed| visit(passed.partition, passed.to()));
    }

    /// The assignment with a partition given to a member, whoever owned it before.
    #[must_use]
    pub fn with_owner(self, partition: TopicPartition, owner: MemberId) -> Self {
        self.with_owners([(partition, Some(owner))])
    }

    /// The assignment with a partition taken from its owner.
    #[must_use]
    pub fn without_owner(self, partition: TopicPartition) -> Self {
        self.with_owners([(partition, None)])
    }

    /// The assignment in which nobody owns anything of a topic.
    #[must_use]
    pub(crate) fn without_topic(self, topic: TopicId) -> Self {
        let taken = |(partition, owner)| Handed { partition, from: Some(owner), to: None };
        let owners = self.owners_of(topic);
        // As in a run, a list would grow step by step otherwise.
        let mut handed = Vec::with_capacity(owners.upper_bound());
        handed.extend(owners.iter().map(taken));
        self.handed_over(&handed)
    }

    /// The assignment with many partitions given to members, or taken from their owners: all at
    /// once, which is quicker than one by one and leaves one list of changes. Of a partition that
    /// comes more than once the last word counts.
    ///
    /// ```
    /// use sticky_assignor::{Assignment, Group, NewMember, NewTopic, TopicPartition};
    /// let group = Group::new(&[NewTopic::new("orders", 3)], &[NewMember::new("c1", ["orders"]), NewMember::new("c2", ["orders"])])?;
    /// let (c1, c2) = (group.member_id("c1").unwrap(), group.member_id("c2").unwrap());
    /// let topic = group.topic_id("orders").unwrap();
    /// let partition = |partition| TopicPartition { topic, partition };
    /// let before = Assignment::from_iter([(partition(0), c1), (partition(1), c1)]);
    /// let after = before.with_owners([(partition(0), None), (partition(2), Some(c2))]);
    /// assert_eq!(after, Assignment::from_iter([(partition(1), c1), (partition(2), c2)]));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[must_use]
    pub fn with_owners(self, owners: impl IntoIterator<Item = (TopicPartition, Option<MemberId>)>) -> Self {
        let mut owners: Vec<(TopicPartition, Option<MemberId>)> = owners.into_iter().collect();
        owners.sort_by_key(|(partition, _)| *partition);
        owners.dedup_by(|later, first| {
            let is_same = later.0 == first.0;
            first.1 = if is_same { later.1 } else { first.1 };
            is_same
        });
        let handed = owners.into_iter().map(|(partition, to)| Handed { partition, from: self.owner(partition), to });
        let handed: Vec<Handed> = handed.filter(|handed| handed.from != handed.to).collect();
        self.handed_over(&handed)
    }

    /// The assignment after partitions changed hands: each once, ascending, from the owner it has
    /// to another.
    #[must_use]
    pub(crate) fn handed_over(mut self, handed: &[Handed]) -> Self {
        let members = handed.iter().filter_map(|handed| handed.to).map(|to| to.index() + 1).max().unwrap_or(0);
        while self.loads.len() < members {
            self.loads.push_back(0);
        }
        self.assigned += handed.iter().filter(|handed| handed.to.is_some()).count() as u64;
        self.assigned -= handed.iter().filter(|handed| handed.from.is_some()).count() as u64;
        self.loads = match handed.len() * leaves::ITEMS_FOR_ONE_LOOKUP < self.loads.len() {
            true => handed.iter().fold(self.loads, passed_on),
            false => {
                let loads = handed.iter().fold(leaves::list(&self.loads), passed_on);
                leaves::rewritten(self.loads, &loads)
            }
        };
        self.changes = self.changes.with(handed);
        self
    }

    /// The partitions whose owner differs from `after`'s, ascending, each with its owner here and
    /// there.
    pub fn differences<'a>(&'a self, after: &'a Self) -> impl Iterator<Item = (TopicPartition, Option<MemberId>, Option<MemberId>)> + 'a {
        let tables = if self.shares_table_with(after) { Vec::new() } else { compared(&self.sheet, &after.sheet) };
        self.changes.differences(&after.changes, &tables).into_iter().map(|passed| (passed.partition, passed.from(), passed.to()))
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
        Self::new().with_owners(owned.into_iter().map(|(partition, owner)| (partition, Some(owner))))
    }
}

/// The loads after a partition changed hands.
fn passed_on<L: IndexMut<usize, Output = u32>>(mut loads: L, handed: &Handed) -> L {
    if let Some(from) = handed.from {
        loads[from.index()] -= 1;
    }
    if let Some(to) = handed.to {
        loads[to.index()] += 1;
    }
    loads
}
