//! The log of transfers since a flat table, as a few sorted runs: a version adds a short run, and
//! runs of similar length are merged.
//!
//! A run is never changed once it is written, so versions share it. As each is longer by a quarter
//! than the next newer one, there are few of them, and a transfer is copied into a longer run only
//! now and then. A transfer says who had the partition before and who has it after; where two runs
//! are made one, what comes back to where it was is no transfer at all.
//!
//! A run is read by partition, by topic and by member; the latter two through buckets, which need
//! one look where a search by halves needs a dozen.

use std::sync::Arc;

use super::super::error::Inconsistency;
use super::super::ids::{MemberId, TopicId, TopicPartition, Transfer};

/// Transfers since a table was written; a persistent value.
#[derive(Clone, Debug, Default)]
pub(super) struct Log(Option<Arc<LogRun>>);

impl Log {
    /// The log with newer transfers, ascending by partition, each once. O(transfers added), each
    /// merged O(log c) times over, where c is the number of transfers.
    pub(super) fn with(self, transfers: &[Transfer]) -> Self {
        // A list of what a filter lets pass would grow step by step.
        let mut merged = Vec::with_capacity(transfers.len());
        merged.extend(transfers.iter().copied().filter(Transfer::is_change));
        let mut older = self;
        while let Some(next) = older.0.as_deref().filter(|next| is_similar(next.transfers.len(), merged.len())) {
            merged = compose(&merged, &next.transfers);
            older = Self(next.older.clone());
        }
        match merged.is_empty() {
            true => older,
            false => Self(Some(Arc::new(LogRun::new(merged, older.0)))),
        }
    }

    /// The runs, the newest first.
    fn runs(&self) -> impl Iterator<Item = &LogRun> {
        std::iter::successors(self.0.as_deref(), |run| run.older.as_deref())
    }

    /// The runs, the oldest first.
    fn runs_by_age(&self) -> impl Iterator<Item = &LogRun> {
        let runs: Vec<&LogRun> = self.runs().collect();
        runs.into_iter().rev()
    }

    /// How many transfers there are; one partition may have several.
    pub(super) fn len(&self) -> usize {
        self.runs().map(|run| run.transfers.len()).sum()
    }

    /// The owner of a partition, where it is not the table's.
    pub(super) fn owner(&self, partition: TopicPartition) -> Option<Option<MemberId>> {
        self.runs().find_map(|run| run.owner(partition))
    }

    /// The transfers of a topic, older ones first.
    pub(super) fn of_topic(&self, topic: TopicId) -> impl Iterator<Item = &Transfer> {
        self.runs_by_age().flat_map(move |run| run.of_topic(topic))
    }

    /// What differs from the table, ascending, each partition once: from the table's owner to the
    /// last.
    pub(super) fn all(&self) -> Vec<Transfer> {
        composed(self.runs())
    }

    /// What a member got and gave up, ascending: the last word on each partition.
    pub(super) fn of_member(&self, member: MemberId) -> Vec<(TopicPartition, Gain)> {
        last_words(self.each_of_member(member))
    }

    /// What a member got and gave up of a topic, ascending: the last word on each partition.
    pub(super) fn of_member_in(&self, member: MemberId, topic: TopicId) -> Vec<(TopicPartition, Gain)> {
        last_words(self.each_of_member_in(member, topic))
    }

    /// What a member got and gave up, the newest first; what it got and gave up again comes twice,
    /// or not at all.
    fn each_of_member(&self, member: MemberId) -> impl Iterator<Item = (TopicPartition, Gain)> + '_ {
        self.runs().flat_map(move |run| run.of_member(member))
    }

    /// What a member got and gave up of a topic, the newest first; what it got and gave up again
    /// comes twice, or not at all.
    pub(super) fn each_of_member_in(&self, member: MemberId, topic: TopicId) -> impl Iterator<Item = (TopicPartition, Gain)> + '_ {
        self.runs().flat_map(move |run| run.of_member_in(member, topic))
    }

    /// Adds what a member got of each topic, less what it gave up, to counts that ascend by topic.
    pub(super) fn add_gains_of(&self, member: MemberId, counts: &mut Vec<(TopicId, u32)>) {
        for run in self.runs() {
            let mut place = 0;
            for (TopicPartition { topic, .. }, gain) in run.of_member(member) {
                while counts.get(place).is_some_and(|count| count.0 < topic) {
                    place += 1;
                }
                if counts.get(place).is_none_or(|count| count.0 > topic) {
                    counts.insert(place, (topic, 0));
                }
                counts[place].1 = gain.added_to(counts[place].1);
            }
        }
    }

    /// The transfers, older ones first: the last word on a partition counts.
    pub(super) fn by_age(&self) -> impl Iterator<Item = &Transfer> {
        self.runs_by_age().flat_map(|run| &run.transfers)
    }

    /// What differs between this log and another, ascending, where this differs between the tables
    /// that they are logs of: nothing, if it is one table. Runs that both have are not read.
    pub(super) fn differences(&self, other: &Self, tables: &[Transfer]) -> Vec<Transfer> {
        let shared = self.runs().find(|run| other.runs().any(|theirs| std::ptr::eq(*run, theirs)));
        let since_shared = |log: &Self| composed(log.runs().take_while(|run| shared.is_none_or(|shared| !std::ptr::eq(*run, shared))));
        let back: Vec<Transfer> = since_shared(self).into_iter().map(Transfer::reversed).collect();
        compose(&since_shared(other), &compose(tables, &back))
    }

    /// Whether each run ascends and is as much longer than the next newer one as it is to be.
    pub(super) fn check(&self) -> Result<(), Inconsistency> {
        let mut newer = 0;
        for (number, run) in self.runs().enumerate() {
            let ascends = run.transfers.is_sorted_by(|one, next| one.partition < next.partition);
            let is_long_enough = newer == 0 || !is_similar(run.transfers.len(), newer);
            if !ascends || !is_long_enough || !run.transfers.iter().all(Transfer::is_change) {
                return Err(Inconsistency::Run { run: number });
            }
            newer = run.transfers.len();
        }
        Ok(())
    }
}

/// Whether a run is too short, compared with a newer one, for both to be kept. With a quarter more
/// as the least that is, there are O(log c) runs; a group that grows member by member, each getting
/// somewhat fewer partitions than the one before, would otherwise add a run each time.
fn is_similar(older: usize, newer: usize) -> bool {
    older <= newer + newer / 4
}

fn last_words(newest_first: impl Iterator<Item = (TopicPartition, Gain)>) -> Vec<(TopicPartition, Gain)> {
    let mut held: Vec<(TopicPartition, Gain)> = newest_first.collect();
    held.sort_by_key(|held| held.0);
    held.dedup_by_key(|held| held.0);
    held
}

/// The transfers of all of these runs, of which each is older than the one before.
fn composed<'a>(runs: impl Iterator<Item = &'a LogRun>) -> Vec<Transfer> {
    runs.fold(Vec::new(), |newer, run| if newer.is_empty() { run.transfers.to_vec() } else { compose(&newer, &run.transfers) })
}

/// The transfers of the older list and then those of the newer, both ascending by partition:
/// nothing where it came back.
fn compose(newer: &[Transfer], older: &[Transfer]) -> Vec<Transfer> {
    let mut composed = Vec::with_capacity(newer.len() + older.len());
    let mut older = older.iter().peekable();
    for one in newer {
        while let Some(&before) = older.next_if(|before| before.partition < one.partition) {
            composed.push(before);
        }
        let from = older.next_if(|before| before.partition == one.partition).map_or(one.from, |before| before.from);
        if from != one.to {
            composed.push(Transfer { from, ..*one });
        }
    }
    composed.extend(older);
    composed
}

/// The transfers of one version, or of a few in a row.
#[derive(Debug)]
struct LogRun {
    /// Ascending by partition.
    transfers: Box<[Transfer]>,
    topics: Buckets,
    /// Ascending.
    holds: Box<[Hold]>,
    members: Buckets,
    older: Option<Arc<LogRun>>,
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
    fn new(mut transfers: Vec<Transfer>, older: Option<Arc<Self>>) -> Self {
        // As in a table, ids are numbers only.
        if cfg!(debug_assertions) {
            transfers.iter_mut().for_each(|transfer| *transfer = transfer.of_no_group());
        }
        let holds = holds(&transfers);
        let topics = Buckets::of(transfers.iter().map(|transfer| transfer.partition.topic.index() as u32));
        let members = Buckets::of(holds.iter().map(Hold::key));
        Self { transfers: transfers.into(), topics, holds: holds.into(), members, older }
    }

    /// The owner of a partition after these transfers, where it is of one.
    fn owner(&self, partition: TopicPartition) -> Option<Option<MemberId>> {
        let near = self.near(partition.topic);
        let place = near.binary_search_by_key(&partition, |transfer| transfer.partition).ok()?;
        Some(near[place].to)
    }

    /// The transfers of a topic, ascending.
    fn of_topic(&self, topic: TopicId) -> &[Transfer] {
        within(self.near(topic), |transfer| transfer.partition.topic.cmp(&topic))
    }

    fn near(&self, topic: TopicId) -> &[Transfer] {
        self.topics.near(&self.transfers, topic.index() as u32)
    }

    /// What a member got and gave up, ascending.
    fn of_member(&self, member: MemberId) -> impl Iterator<Item = (TopicPartition, Gain)> + '_ {
        self.read(self.holds_of(member))
    }

    /// What a member got and gave up of a topic, ascending.
    fn of_member_in(&self, member: MemberId, topic: TopicId) -> impl Iterator<Item = (TopicPartition, Gain)> + '_ {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn member(number: usize) -> Option<MemberId> {
        Some(MemberId::from_index(number))
    }

    fn transfers(list: &[(u32, usize, usize)]) -> Vec<Transfer> {
        let topic = TopicId::from_index(0);
        let one = |&(partition, from, to): &(u32, usize, usize)| Transfer {
            partition: TopicPartition { topic, partition },
            from: member(from),
            to: member(to),
        };
        list.iter().map(one).collect()
    }

    #[test]
    fn what_is_passed_on_is_one_transfer_and_what_comes_back_is_none() {
        let older = transfers(&[(0, 1, 2), (2, 1, 2), (3, 1, 2)]);
        let newer = transfers(&[(1, 5, 6), (2, 2, 3), (3, 2, 1)]);
        assert_eq!(compose(&newer, &older), transfers(&[(0, 1, 2), (1, 5, 6), (2, 1, 3)]));
    }

    #[test]
    fn few_runs_are_kept_where_each_change_is_somewhat_smaller_than_the_one_before() {
        let topic = TopicId::from_index(0);
        let given = |start: u32, count: u32| -> Vec<Transfer> {
            let partitions = (start..start + count).map(|partition| TopicPartition { topic, partition });
            partitions.map(|partition| Transfer { partition, from: None, to: member(count as usize) }).collect()
        };
        let sizes = (1..=400).rev();
        let starts = sizes.clone().scan(0, |start, size| Some(std::mem::replace(start, *start + size)));
        let log = sizes.zip(starts).fold(Log::default(), |log, (size, start)| log.with(&given(start, size)));
        assert_eq!(log.len(), 400 * 401 / 2);
        let lengths: Vec<usize> = log.runs().map(|run| run.transfers.len()).collect();
        assert!(lengths.len() < 24 && lengths.windows(2).all(|pair| !is_similar(pair[1], pair[0])), "{lengths:?}");
    }
}
