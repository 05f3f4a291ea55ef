//! Who owns what: one flat table that versions share, and the transfers of each version since.

mod log;
mod table;

use std::fmt;
use std::ops::IndexMut;
use std::sync::Arc;

pub(crate) use table::{Differences, OwnerTable, Slots, row};

use super::chunks;
use super::error::Inconsistency;
use super::ids::{MemberId, TopicId, TopicPartition, Transfer};
use super::members::Numbering;
use log::Log;
use table::{Revised, TopicOwners, overlaid};

/// A table is written anew once more than one in this many partitions changed since: later it costs
/// more to look all transfers through, earlier more to write tables.
const PARTITIONS_FOR_ONE_TRANSFER: u64 = 12;

/// Up to this many transfers are looked through in any assignment.
const ALWAYS_LOOKED_THROUGH: u64 = 64;

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
///
/// ```
/// use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// let group = Group::new(&[NewTopic::new("orders", 3)], &[NewMember::new("c1", "orders"), NewMember::new("c2", "orders")])?;
/// let plan = balance(&group);
/// let loads: Vec<u32> = group.members().map(|(member, _)| plan.assignment().load(member)).collect();
/// assert_eq!(loads, [2, 1]);
/// for (partition, owner) in plan.assignment() {
///     println!("{} belongs to {}", partition.display(&group), owner.display(&group));
/// }
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Default)]
pub struct Assignment {
    table: Arc<OwnerTable>,
    log: Log,
    loads: im::Vector<u32>,
    assigned: u64,
    /// Who has which number, as far as that is known: in the assignment of a plan.
    numbering: Numbering,
}

impl Assignment {
    /// The assignment in which nobody owns anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// The assignment of this table.
    pub(crate) fn from_table(table: OwnerTable) -> Self {
        let loads: im::Vector<u32> = table.members().map(|member| table.load(member)).collect();
        let assigned = loads.iter().map(|load| u64::from(*load)).sum();
        Self { table: Arc::new(table), loads, assigned, ..Self::default() }.checked()
    }

    /// How many partitions have an owner.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// assert_eq!(plan.assignment().len(), 4);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn len(&self) -> u64 {
        self.assigned
    }

    /// Whether nobody owns anything.
    pub fn is_empty(&self) -> bool {
        self.assigned == 0
    }

    /// The owner of a partition.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// # let orders = group.topic_id("orders").expect("a topic");
    /// use sticky_assignor::TopicPartition;
    /// assert_eq!(plan.assignment().owner(TopicPartition::new(orders, 2)), Some(c2));
    /// assert_eq!(plan.assignment().owner(TopicPartition::new(orders, 7)), None);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn owner(&self, partition: TopicPartition) -> Option<MemberId> {
        self.log.owner(partition).unwrap_or_else(|| self.table.owner(partition))
    }

    /// How many partitions a member owns.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// assert_eq!((plan.assignment().load(c1), plan.assignment().load(c2)), (2, 2));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn load(&self, member: MemberId) -> u32 {
        self.loads.get(member.index()).copied().unwrap_or(0)
    }

    /// How many partitions each member owns, in the order of their numbers.
    pub(crate) fn loads(&self) -> Vec<u32> {
        chunks::list(&self.loads)
    }

    /// The partitions a member owns, ascending.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// let numbers: Vec<u32> = plan.assignment().partitions_of(c2).map(|of| of.partition).collect();
    /// assert_eq!(numbers, [2, 3]);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn partitions_of(&self, member: MemberId) -> impl Iterator<Item = TopicPartition> + '_ {
        Revised::new(self.table.partitions_of(member), self.log.of_member(member).into_iter())
    }

    /// The partitions of one topic that a member owns, ascending.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// # let orders = group.topic_id("orders").expect("a topic");
    /// assert_eq!(plan.assignment().partitions_of_topic(c1, orders).count(), 2);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn partitions_of_topic(&self, member: MemberId, topic: TopicId) -> impl Iterator<Item = TopicPartition> + '_ {
        Revised::new(self.table.partitions_of_topic(member, topic), self.log.of_member_in(member, topic).into_iter())
    }

    /// Every owned partition with its owner, in the order of partitions.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// let owners: Vec<_> = plan.assignment().iter().map(|(_, owner)| owner).collect();
    /// assert_eq!(owners, [c1, c1, c2, c2]);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (TopicPartition, MemberId)> + '_ {
        overlaid(self.table.owned(), self.log.all())
    }

    /// Who owns which partition of a topic.
    pub(crate) fn owners_of(&self, topic: TopicId) -> TopicOwners {
        let mut owners = TopicOwners::new(topic, self.table.owners_of(topic).collect());
        self.log.of_topic(topic).for_each(|transfer| owners.set(transfer));
        owners
    }

    /// How many partitions of a topic the flat table has places for: about as many as have an
    /// owner, unless the topic is new or grew since.
    pub(crate) fn table_size_of(&self, topic: TopicId) -> usize {
        self.table.size_of(topic)
    }

    /// Visits members with how many partitions of a topic they got, or with how many fewer they
    /// have, since there was nothing, in no order: added up, that is how many each owns.
    pub(crate) fn each_gain_of(&self, topic: TopicId, mut visit: impl FnMut(MemberId, i32)) {
        self.table.owners_of(topic).flatten().for_each(|owner| visit(owner, 1));
        for transfer in self.log.of_topic(topic) {
            transfer.from.into_iter().for_each(|member| visit(member, -1));
            transfer.to.into_iter().for_each(|member| visit(member, 1));
        }
    }

    /// How many partitions of a topic a member owns.
    pub(crate) fn count_of(&self, member: MemberId, topic: TopicId) -> u32 {
        let in_table = self.table.partitions_of_topic(member, topic).count() as u32;
        self.log.each_of_member_in(member, topic).fold(in_table, |count, (_, gain)| gain.added_to(count))
    }

    /// How many partitions of each topic a member owns, ascending by topic.
    pub(crate) fn counts_of(&self, member: MemberId) -> Vec<(TopicId, u32)> {
        let mut counts = self.table.counts_of(member);
        self.log.add_gains_of(member, &mut counts);
        counts.retain(|count| count.1 > 0);
        counts
    }

    /// Visits partitions with their owners: a partition may come twice, and then its last owner
    /// counts. Quicker than [`iter`](Self::iter) for all that needs no order.
    pub(crate) fn each_owner(&self, mut visit: impl FnMut(TopicPartition, Option<MemberId>)) {
        self.table.owned().for_each(|(partition, owner)| visit(partition, Some(owner)));
        self.log.by_age().for_each(|transfer| visit(transfer.partition, transfer.to));
    }

    /// The assignment with a partition given to a member, whoever owned it before.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// # let orders = group.topic_id("orders").expect("a topic");
    /// use sticky_assignor::TopicPartition;
    /// let other = plan.assignment().clone().with_owner(TopicPartition::new(orders, 2), c1);
    /// assert_eq!((other.load(c1), plan.assignment().load(c1)), (3, 2)); // the plan's stays as it is
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[must_use]
    pub fn with_owner(self, partition: TopicPartition, owner: MemberId) -> Self {
        self.with_owners([(partition, Some(owner))])
    }

    /// The assignment with a partition taken from its owner.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// # let orders = group.topic_id("orders").expect("a topic");
    /// use sticky_assignor::TopicPartition;
    /// let other = plan.assignment().clone().without_owner(TopicPartition::new(orders, 1));
    /// assert_eq!(other.len(), 3);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[must_use]
    pub fn without_owner(self, partition: TopicPartition) -> Self {
        self.with_owners([(partition, None)])
    }

    /// The assignment in which nobody owns anything of a topic.
    #[must_use]
    pub(crate) fn without_topic(self, topic: TopicId) -> Self {
        let taken = |(partition, owner)| Transfer { partition, from: Some(owner), to: None };
        let owners = self.owners_of(topic);
        // As in a run, a list would grow step by step otherwise.
        let mut transfers = Vec::with_capacity(owners.upper_bound());
        transfers.extend(owners.iter().map(taken));
        self.after(&transfers)
    }

    /// The assignment with many partitions given to members, or taken from their owners: all at
    /// once, which is quicker than one by one and adds one run of transfers. Of a partition that
    /// comes more than once the last word counts.
    ///
    /// ```
    /// use sticky_assignor::{Assignment, Group, NewMember, NewTopic, TopicPartition};
    /// let group = Group::new(&[NewTopic::new("orders", 3)], &[NewMember::new("c1", ["orders"]), NewMember::new("c2", ["orders"])])?;
    /// let (c1, c2) = (group.member_id("c1").unwrap(), group.member_id("c2").unwrap());
    /// let topic = group.topic_id("orders").unwrap();
    /// let partition = |partition| TopicPartition::new(topic, partition);
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
        let transfers = owners.into_iter().map(|(partition, to)| Transfer { partition, from: self.owner(partition), to });
        let transfers: Vec<Transfer> = transfers.filter(Transfer::is_change).collect();
        self.after(&transfers)
    }

    /// The assignment after transfers: each partition once, ascending, from the owner it has.
    #[must_use]
    pub(crate) fn after(mut self, transfers: &[Transfer]) -> Self {
        debug_assert!(transfers.is_sorted_by(|one, next| one.partition < next.partition), "ascending, each once");
        debug_assert!(transfers.iter().all(|transfer| transfer.from == self.owner(transfer.partition)), "from its owner");
        let members = transfers.iter().filter_map(|transfer| transfer.to).map(|to| to.index() + 1).max().unwrap_or(0);
        while self.loads.len() < members {
            self.loads.push_back(0);
        }
        self.assigned += transfers.iter().filter(|transfer| transfer.to.is_some()).count() as u64;
        self.assigned -= transfers.iter().filter(|transfer| transfer.from.is_some()).count() as u64;
        self.loads = match transfers.len() * chunks::ITEMS_FOR_ONE_LOOKUP < self.loads.len() {
            true => transfers.iter().fold(self.loads, transferred),
            false => {
                let loads = transfers.iter().fold(chunks::list(&self.loads), transferred);
                chunks::rewritten(self.loads, &loads)
            }
        };
        self.log = self.log.with(transfers);
        self
    }

    /// What changes hands from here to `after`, ascending by partition.
    ///
    /// The owner before is one of the group of this assignment, the owner after one of that of the
    /// other. Where a member left in between, and its number was given again to one that came, both
    /// may have the same number; a transfer it is all the same.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// # let orders = group.topic_id("orders").expect("a topic");
    /// use sticky_assignor::TopicPartition;
    /// let other = plan.assignment().clone().with_owner(TopicPartition::new(orders, 2), c1);
    /// let changed: Vec<String> = plan.assignment().differences(&other).map(|one| one.display(&group).to_string()).collect();
    /// assert_eq!(changed, ["orders-2: c2 → c1"]);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn differences(&self, after: &Self) -> impl Iterator<Item = Transfer> + use<> {
        self.differences_to(after)
    }

    /// The same, under the name of its type.
    pub(crate) fn differences_to(&self, after: &Self) -> Differences {
        let given_again = self.numbering.given_again(&after.numbering);
        match given_again.is_empty() {
            true => self.differences_by_number(after),
            false => Differences::Listed(self.differences_with(after, given_again).into_iter()),
        }
    }

    /// What changes hands, with what members have in both of which one was given the number of the
    /// other.
    fn differences_with(&self, after: &Self, given_again: Vec<MemberId>) -> Vec<Transfer> {
        let mut transfers: Vec<Transfer> = self.differences_by_number(after).collect();
        let had = given_again.into_iter().flat_map(|member| self.partitions_of(member).map(move |partition| (partition, Some(member))));
        let both = had.filter(|&(partition, owner)| after.owner(partition) == owner);
        transfers.extend(both.map(|(partition, owner)| Transfer { partition, from: owner, to: owner }));
        transfers.sort_unstable_by_key(|transfer| transfer.partition);
        transfers
    }

    fn differences_by_number(&self, after: &Self) -> Differences {
        Differences::between((&self.table, &self.log), (&after.table, &after.log))
    }

    /// The assignment in which these members own nothing.
    pub(super) fn disowning(self, members: &[MemberId]) -> Self {
        let owned = members.iter().filter(|&&member| self.load(member) > 0);
        let owned: Vec<TopicPartition> = owned.flat_map(|&member| self.partitions_of(member)).collect();
        match owned.is_empty() {
            true => self,
            false => self.with_owners(owned.into_iter().map(|partition| (partition, None))),
        }
    }

    /// The assignment as one of a group in which members have these numbers.
    pub(crate) fn numbered(self, numbering: Numbering) -> Self {
        Self { numbering, ..self }
    }

    /// Who has which number.
    pub(crate) fn numbering(&self) -> &Numbering {
        &self.numbering
    }

    /// Whether so much differs from the shared table that a new one is due.
    pub(crate) fn has_many_transfers(&self) -> bool {
        self.log.len() as u64 > ALWAYS_LOOKED_THROUGH + self.len() / PARTITIONS_FOR_ONE_TRANSFER
    }

    /// The same assignment on a table of its own, without a log: worth its O(partitions) when the
    /// log has grown long. Room is made by the numbers of partitions, so it is for the assignment
    /// of a plan, in which a group bounds them.
    #[must_use]
    pub(crate) fn flattened(&self) -> Self {
        let table = Arc::new(self.table.after(&self.log.all(), &self.loads()));
        Self { table, log: Log::default(), ..self.clone() }.checked()
    }

    /// Whether all views of the assignment agree; it is so of every one that can be had.
    ///
    /// For tests, as whatever is built in bulk is checked in builds with debug assertions. Linear
    /// in partitions, members and transfers since the table.
    ///
    /// # Errors
    ///
    /// The first invariant that does not hold.
    pub fn check(&self) -> Result<(), Inconsistency> {
        self.log.check()?;
        let mut held = vec![0_u32; self.loads.len()];
        let mut assigned = 0;
        for (partition, owner) in self.iter() {
            assigned += 1;
            match held.get_mut(owner.index()) {
                Some(count) if self.owner(partition) == Some(owner) => *count += 1,
                _ => return Err(Inconsistency::Owner { partition }),
            }
        }
        if assigned != self.assigned {
            return Err(Inconsistency::Total { kept: self.assigned, counted: assigned });
        }
        for (member, counted) in held.into_iter().enumerate().map(|(number, count)| (MemberId::from_index(number), count)) {
            let listed = self.partitions_of(member).filter(|&partition| self.owner(partition) == Some(member)).count();
            if self.load(member) != counted || listed != counted as usize {
                return Err(Inconsistency::Load { member, kept: self.load(member), counted });
            }
        }
        Ok(())
    }

    /// The assignment itself, checked in builds with debug assertions.
    fn checked(self) -> Self {
        debug_assert_eq!(self.check(), Ok(()));
        self
    }

    /// Whether both came from one table, which they share.
    pub fn shares_table_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.table, &other.table)
    }
}

/// So many owners are written out for debugging, of more there is only a count.
const DEBUGGED_OWNERS: u64 = 64;

/// Short, however large the assignment is.
impl fmt::Debug for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.len() <= DEBUGGED_OWNERS {
            let numbers = |(partition, owner): (TopicPartition, MemberId)| ((partition.topic.index(), partition.partition), owner.index());
            return f.debug_map().entries(self.iter().map(numbers)).finish();
        }
        f.debug_struct("Assignment").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// Every owned partition with its owner, in the order of partitions: what goes through an
/// assignment by reference.
pub struct AssignmentIter<'a>(Box<dyn Iterator<Item = (TopicPartition, MemberId)> + 'a>);

impl Iterator for AssignmentIter<'_> {
    type Item = (TopicPartition, MemberId);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl<'a> IntoIterator for &'a Assignment {
    type Item = (TopicPartition, MemberId);
    type IntoIter = AssignmentIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        AssignmentIter(Box::new(self.iter()))
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

/// The loads after a transfer.
fn transferred<L: IndexMut<usize, Output = u32>>(mut loads: L, transfer: &Transfer) -> L {
    if let Some(from) = transfer.from {
        loads[from.index()] -= 1;
    }
    if let Some(to) = transfer.to {
        loads[to.index()] += 1;
    }
    loads
}
