//! The log of transfers since a flat table, as a few sorted runs: a version adds a short run, and
//! runs of similar length are merged.
//!
//! A run is never changed once it is written, so versions share it. As each is longer by a quarter
//! than the next newer one, there are few of them, and a transfer is copied into a longer run only
//! now and then. A transfer says who had the partition before and who has it after; where two runs
//! are made one, what comes back to where it was is no transfer at all.

use std::sync::Arc;

use super::super::error::Inconsistency;
use super::super::ids::{MemberId, TopicId, TopicPartition, Transfer};
use super::run::{Gain, LogRun};

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
    pub(super) fn each_of_member(&self, member: MemberId) -> impl Iterator<Item = (TopicPartition, Gain)> + '_ {
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
