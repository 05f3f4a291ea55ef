//! A sorted run of transfers, never changed once it is written.
//!
//! It is read by partition, by topic and by member; the latter two through buckets, which need one
//! look where a search by halves needs a dozen.

use std::sync::Arc;

use super::super::ids::{MemberId, TopicId, TopicPartition, Transfer};

/// The transfers of one version, or of a few in a row.
#[derive(Debug)]
pub(super) struct LogRun {
    /// Ascending by partition.
    pub(super) transfers: Box<[Transfer]>,
    topics: Buckets,
    /// Ascending.
    holds: Box<[Hold]>,
    members: Buckets,
    pub(super) older: Option<Arc<LogRun>>,
}

/// A member that a transfer is from or to, and the place of that transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hold {
    member: MemberId,
    place: u32,
}

/// Whether a member got a partition or gave it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gain {
    Got,
    GaveUp,
}

impl Gain {
    /// A count with one more, or one less. Of what came and went either may be met first, and so a
    /// count may pass below 0 on its way.
    pub(super) fn added_to(self, count: u32) -> u32 {
        match self {
            Self::Got => count.wrapping_add(1),
            Self::GaveUp => count.wrapping_sub(1),
        }
    }
}

impl LogRun {
    /// These transfers, ascending by partition, after those of older runs.
    pub(super) fn new(transfers: Vec<Transfer>, older: Option<Arc<Self>>) -> Self {
        let holds = holds(&transfers);
        let topics = Buckets::of(transfers.iter().map(|transfer| transfer.partition.topic.index() as u32));
        let members = Buckets::of(holds.iter().map(Hold::key));
        Self { transfers: transfers.into(), topics, holds: holds.into(), members, older }
    }

    /// The owner of a partition after these transfers, where it is of one.
    pub(super) fn owner(&self, partition: TopicPartition) -> Option<Option<MemberId>> {
        let near = self.near(partition.topic);
        let place = near.binary_search_by_key(&partition, |transfer| transfer.partition).ok()?;
        Some(near[place].to)
    }

    /// The transfers of a topic, ascending.
    pub(super) fn of_topic(&self, topic: TopicId) -> &[Transfer] {
        within(self.near(topic), |transfer| transfer.partition.topic.cmp(&topic))
    }

    fn near(&self, topic: TopicId) -> &[Transfer] {
        self.topics.near(&self.transfers, topic.index() as u32)
    }

    /// What a member got and gave up, ascending.
    pub(super) fn of_member(&self, member: MemberId) -> impl Iterator<Item = (TopicPartition, Gain)> + '_ {
        self.read(self.holds_of(member))
    }

    /// What a member got and gave up of a topic, ascending.
    pub(super) fn of_member_in(&self, member: MemberId, topic: TopicId) -> impl Iterator<Item = (TopicPartition, Gain)> + '_ {
        let topic_of = |hold: &Hold| self.transfers[hold.place as usize].partition.topic;
        self.read(within(self.holds_of(member), |hold| topic_of(hold).cmp(&topic)))
    }

    fn holds_of(&self, member: MemberId) -> &[Hold] {
        within(self.members.near(&self.holds, member.index() as u32), |hold| hold.member.cmp(&member))
    }

    fn read<'a>(&'a self, holds: &'a [Hold]) -> impl Iterator<Item = (TopicPartition, Gain)> + 'a {
        holds.iter().map(|hold| {
            let transfer = &self.transfers[hold.place as usize];
            (transfer.partition, if transfer.to == Some(hold.member) { Gain::Got } else { Gain::GaveUp })
        })
    }
}

impl Hold {
    fn key(&self) -> u32 {
        self.member.index() as u32
    }
}

/// Who holds what before or after, ascending.
fn holds(transfers: &[Transfer]) -> Vec<Hold> {
    let mut holds = Vec::with_capacity(2 * transfers.len());
    for (place, transfer) in (0..).zip(transfers) {
        holds.extend([transfer.from, transfer.to].into_iter().flatten().map(|member| Hold { member, place }));
    }
    sorted(&holds, Hold::key)
}

/// Up to this many items a search from the first one is quicker than one by halves.
const FEW: usize = 16;

/// The part of a sorted list that compares equal.
fn within<T>(sorted: &[T], compare: impl Fn(&T) -> std::cmp::Ordering) -> &[T] {
    let rest = &sorted[first(sorted, |item| compare(item).is_ge())..];
    &rest[..first(rest, |item| compare(item).is_gt())]
}

/// The place of the first item from which on something is so; the end, where it is so of none.
fn first<T>(sorted: &[T], is_so: impl Fn(&T) -> bool) -> usize {
    match sorted.len() <= FEW {
        true => sorted.iter().position(is_so).unwrap_or(sorted.len()),
        false => sorted.partition_point(|item| !is_so(item)),
    }
}

/// A list's keys fall into buckets of equal width, so many that on average a few items are in one.
#[derive(Clone, Debug)]
struct Buckets {
    /// The width, as the power of two that it is.
    width: u32,
    /// Where each bucket begins, and where the last one ends.
    starts: Box<[u32]>,
}

/// How many items are to be in one bucket, or up to twice as many.
const ITEMS: usize = 4;

/// Where buckets are only to sort by, there are so many for each item, or half as many: then few
/// have to be sorted in themselves.
const BUCKETS_TO_SORT_AN_ITEM: usize = 8;

impl Buckets {
    /// The buckets of a list with these keys.
    fn of(keys: impl ExactSizeIterator<Item = u32> + Clone) -> Self {
        let buckets = keys.len() / ITEMS + 1;
        Self::so_many(buckets, keys)
    }

    fn so_many(buckets: usize, keys: impl Iterator<Item = u32> + Clone) -> Self {
        let last = keys.clone().max().unwrap_or(0);
        let width = (last as usize / buckets).checked_ilog2().map_or(0, |width| (width + 1).min(31));
        let mut starts = vec![0; (last >> width) as usize + 2];
        keys.for_each(|key| starts[(key >> width) as usize + 1] += 1);
        (1..starts.len()).for_each(|bucket| starts[bucket] += starts[bucket - 1]);
        Self { width, starts: starts.into() }
    }

    /// The items of the list, if it ascends by key, that are in the bucket of this key.
    fn near<'a, T>(&self, list: &'a [T], key: u32) -> &'a [T] {
        let bucket = (key >> self.width) as usize;
        match self.starts.get(bucket..bucket + 2) {
            Some(bounds) => &list[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}

/// A list put in order by this key; what has the same key stays in the order of the list.
fn sorted<T: Copy>(list: &[T], key: impl Fn(&T) -> u32) -> Vec<T> {
    let buckets = Buckets::so_many(list.len() * BUCKETS_TO_SORT_AN_ITEM + 1, list.iter().map(&key));
    let (mut next, mut sorted) = (buckets.starts.clone(), list.to_vec());
    for item in list {
        let place = &mut next[(key(item) >> buckets.width) as usize];
        sorted[*place as usize] = *item;
        *place += 1;
    }
    if buckets.width > 0 {
        let bounds = buckets.starts.windows(2).filter(|bounds| bounds[1] > bounds[0] + 1);
        bounds.for_each(|bounds| sorted[bounds[0] as usize..bounds[1] as usize].sort_by_key(&key));
    }
    sorted
}
