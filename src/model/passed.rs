//! Partitions that passed from one owner to another, and what two rounds of that come to.

use super::ids::{MemberId, TopicId, TopicPartition};
use super::sheet::{NO_OWNER, Sheet};

/// A partition that passes from one owner, or nobody, to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handed {
    pub(crate) partition: TopicPartition,
    pub(crate) from: Option<MemberId>,
    pub(crate) to: Option<MemberId>,
}

/// The same once it is history: what passed, with owners as flat tables store them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passed {
    pub(super) partition: TopicPartition,
    pub(super) from: u32,
    pub(super) to: u32,
}

impl Passed {
    pub(super) fn new(partition: TopicPartition, from: Option<MemberId>, to: Option<MemberId>) -> Self {
        Self { partition, from: raw(from), to: raw(to) }
    }

    /// What was handed over.
    pub(super) fn of(&Handed { partition, from, to }: &Handed) -> Self {
        Self::new(partition, from, to)
    }

    pub(super) fn from(&self) -> Option<MemberId> {
        member(self.from)
    }

    pub(super) fn to(&self) -> Option<MemberId> {
        member(self.to)
    }

    /// The way back.
    pub(super) fn reversed(self) -> Self {
        Self { from: self.to, to: self.from, ..self }
    }
}

fn member(raw: u32) -> Option<MemberId> {
    (raw != NO_OWNER).then(|| MemberId::from_raw(raw))
}

fn raw(member: Option<MemberId>) -> u32 {
    member.map_or(NO_OWNER, MemberId::raw)
}

/// What passed first as the older list says and then as the newer, both ascending by partition:
/// nothing where it came back.
pub(super) fn compose(newer: &[Passed], older: &[Passed]) -> Vec<Passed> {
    let mut passed = Vec::with_capacity(newer.len() + older.len());
    let mut older = older.iter().peekable();
    for one in newer {
        while let Some(&before) = older.next_if(|before| before.partition < one.partition) {
            passed.push(before);
        }
        let from = older.next_if(|before| before.partition == one.partition).map_or(one.from, |before| before.from);
        if from != one.to {
            passed.push(Passed { from, ..*one });
        }
    }
    passed.extend(older);
    passed
}

/// What has different owners in two tables, ascending. Most topics are alike, which is seen of a
/// whole one at once.
pub(super) fn compared(before: &Sheet, after: &Sheet) -> Vec<Passed> {
    let topics = (0..before.topics().max(after.topics())).map(TopicId::from_index);
    topics.flat_map(|topic| compared_in(topic, before.owners_of(topic), after.owners_of(topic))).collect()
}

fn compared_in<'a>(topic: TopicId, before: &'a [u32], after: &'a [u32]) -> impl Iterator<Item = Passed> + 'a {
    let partitions = if before == after { 0 } else { before.len().max(after.len()) };
    let owner = |owners: &[u32], partition: usize| owners.get(partition).copied().unwrap_or(NO_OWNER);
    let both = (0..partitions).map(move |partition| (partition, owner(before, partition), owner(after, partition)));
    let differing = both.filter(|(_, from, to)| from != to);
    differing.map(move |(partition, from, to)| Passed { partition: TopicPartition { topic, partition: partition as u32 }, from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(list: &[(u32, u32, u32)]) -> Vec<Passed> {
        let one = |&(partition, from, to): &(u32, u32, u32)| Passed {
            partition: TopicPartition { topic: TopicId::from_index(0), partition },
            from,
            to,
        };
        list.iter().map(one).collect()
    }

    fn plain(list: &[Passed]) -> Vec<(u32, u32, u32)> {
        list.iter().map(|passed| (passed.partition.partition, passed.from, passed.to)).collect()
    }

    #[test]
    fn what_passes_on_is_one_change_and_what_comes_back_is_none() {
        let older = passed(&[(0, 1, 2), (2, 1, 2), (3, 1, 2)]);
        let newer = passed(&[(1, 5, 6), (2, 2, 3), (3, 2, 1)]);
        assert_eq!(plain(&compose(&newer, &older)), [(0, 1, 2), (1, 5, 6), (2, 1, 3)]);
    }
}
