//! What differs from a flat table, as a few sorted runs: a version adds a short run, and runs of
//! similar length are merged.
//!
//! A run is never changed once it is written, so versions share it. As each is longer by a quarter
//! than the next newer one, there are few of them, and a change is copied into a longer run only
//! now and then. A run says of a partition who had it before and who has it after; of two runs made
//! one, what comes back to where it was is no change at all.

use std::sync::Arc;

use super::ids::{MemberId, TopicId, TopicPartition};
use super::passed::{Handed, Passed, compose};
use super::run::{Gain, Run};

/// Changes to a table, the newest first; a persistent value.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes(Option<Arc<Run>>);

impl Changes {
    /// The changes with newer ones to the same table, ascending by partition, each once. O(changes
    /// added), each merged O(log c) times over, where c is the number of changes.
    pub(super) fn with(self, handed: &[Handed]) -> Self {
        // A list of what a filter lets pass would grow step by step.
        let mut passed = Vec::with_capacity(handed.len());
        passed.extend(handed.iter().map(Passed::of).filter(|passed| passed.from != passed.to));
        let mut older = self;
        while let Some(next) = older.0.as_deref().filter(|next| is_similar(next.passed.len(), passed.len())) {
            passed = compose(&passed, &next.passed);
            older = next.older.clone();
        }
        match passed.is_empty() {
            true => older,
            false => Self(Some(Arc::new(Run::new(passed, older)))),
        }
    }

    fn runs(&self) -> impl Iterator<Item = &Run> {
        std::iter::successors(self.0.as_deref(), |run| run.older.0.as_deref())
    }

    /// How many changes there are; one partition may have several.
    pub(super) fn len(&self) -> usize {
        self.runs().map(|run| run.passed.len()).sum()
    }

    /// The owner of a partition, where it is not the table's.
    pub(super) fn owner(&self, partition: TopicPartition) -> Option<Option<MemberId>> {
        self.runs().find_map(|run| run.owner(partition))
    }

    /// Visits what passed of a topic, older changes first.
    pub(super) fn each_of_topic(&self, topic: TopicId, visit: &mut impl FnMut(&Passed)) {
        if let Some(run) = self.0.as_deref() {
            run.older.each_of_topic(topic, visit);
            run.of_topic(topic).iter().for_each(visit);
        }
    }

    /// All that passed, ascending, each partition once: from the table's owner to the last.
    pub(super) fn all(&self) -> Vec<Passed> {
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

    /// Visits the changes, older ones first: the last word on a partition counts.
    pub(super) fn each(&self, mut visit: impl FnMut(Passed)) {
        let runs: Vec<&Run> = self.runs().collect();
        runs.iter().rev().flat_map(|run| &run.passed).for_each(|&passed| visit(passed));
    }

    /// What passed between here and there, ascending, where this passed between the tables that
    /// they are changes to: nothing, if it is one table. Runs that both have are not read.
    pub(super) fn differences(&self, other: &Self, tables: &[Passed]) -> Vec<Passed> {
        let shared = self.runs().find(|run| other.runs().any(|theirs| std::ptr::eq(*run, theirs)));
        let since_shared =
            |changes: &Self| composed(changes.runs().take_while(|run| shared.is_none_or(|shared| !std::ptr::eq(*run, shared))));
        let back: Vec<Passed> = since_shared(self).into_iter().map(Passed::reversed).collect();
        compose(&since_shared(other), &compose(tables, &back))
    }
}

/// Whether a run is not so much longer than a newer one that both are kept. With a quarter more as
/// the least that is, there are O(log c) runs; a group that grows member by member, each getting
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

/// What passed in all of these runs, of which each is older than the one before.
fn composed<'a>(runs: impl Iterator<Item = &'a Run>) -> Vec<Passed> {
    runs.fold(Vec::new(), |newer, run| if newer.is_empty() { run.passed.to_vec() } else { compose(&newer, &run.passed) })
}

#[cfg(test)]
mod tests {
    use super::super::ids::TopicId;
    use super::*;

    #[test]
    fn few_runs_are_kept_where_each_change_is_somewhat_smaller_than_the_one_before() {
        let topic = TopicId::from_index(0);
        let passed = |start: u32, count: u32| -> Vec<Handed> {
            let to = Some(MemberId::from_index(count as usize));
            (start..start + count).map(|partition| Handed { partition: TopicPartition { topic, partition }, from: None, to }).collect()
        };
        let sizes = (1..=400).rev();
        let starts = sizes.clone().scan(0, |start, size| Some(std::mem::replace(start, *start + size)));
        let changes = sizes.zip(starts).fold(Changes::default(), |changes, (size, start)| changes.with(&passed(start, size)));
        assert_eq!(changes.len(), 400 * 401 / 2);
        let lengths: Vec<usize> = changes.runs().map(|run| run.passed.len()).collect();
        assert!(lengths.len() < 24 && lengths.windows(2).all(|pair| !is_similar(pair[1], pair[0])), "{lengths:?}");
    }
}
