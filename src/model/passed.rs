//! Partitions that passed from one owner to another, and what two rounds of that come to.

use super::ids::{MemberId, TopicPartition};
use super::sheet::NO_OWNER;

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

/// What passed first as the older list says and then as the newer, both ascending by partition: nothing where it came back.
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

/// What has different owners in two ascending lists.
pub(super) fn compared(
    before: impl Iterator<Item = (TopicPartition, MemberId)>,
    after: impl Iterator<Item = (TopicPartition, MemberId)>,
) -> Vec<Passed> {
    let (mut before, mut after) = (before.peekable(), after.peekable());
    let both = std::iter::from_fn(|| {
        let partition = match (before.peek(), after.peek()) {
            (Some((one, _)), Some((other, _))) => *one.min(other),
            (Some((one, _)), None) | (None, Some((one, _))) => *one,
            (None, None) => return None,
        };
        let from = before.next_if(|(other, _)| *other == partition).map(|(_, owner)| owner);
        let to = after.next_if(|(other, _)| *other == partition).map(|(_, owner)| owner);
        Some(Passed::new(partition, from, to))
    });
    both.filter(|passed| passed.from != passed.to).collect()
}

#[cfg(test)]
mod tests {
    use super::super::ids::TopicId;
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
