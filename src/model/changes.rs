//! What differs from a flat table, as a few sorted runs: a version adds a short run, and runs of similar length are merged.
//!
//! A run is never changed once it is written, so versions share it. As each is several times as long as the next newer one, there are few of them, and a
//! change is copied into a longer run only now and then.

use std::sync::Arc;

use super::ids::{MemberId, TopicId, TopicPartition};
use super::sheet::Sheet;

/// A run is merged with the next older one unless that is more than this many times as long.
const RATIO: usize = 4;

/// A partition that passes from one owner, or nobody, to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handed {
    pub(crate) partition: TopicPartition,
    pub(crate) from: Option<MemberId>,
    pub(crate) to: Option<MemberId>,
}

/// Changes to a table, the newest first; a persistent value.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes(Option<Arc<Run>>);

/// Changes, each list ascending.
#[derive(Debug, Default)]
struct Run {
    owners: Vec<Owned>,
    holds: Vec<Hold>,
    older: Changes,
}

/// Who owns a partition now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owned {
    pub(super) partition: TopicPartition,
    pub(super) owner: Option<MemberId>,
}

/// Whether a member has a partition now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    member: MemberId,
    pub(super) partition: TopicPartition,
    pub(super) state: Held,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    No,
}

impl Changes {
    /// The changes with newer ones to the same table, ascending by partition. O(changes added), each merged O(log c) times over.
    pub(super) fn with(self, handed: &[Handed], sheet: &Sheet) -> Self {
        if handed.is_empty() {
            return self;
        }
        let mut run = Run::of(handed);
        let mut older = self;
        while let Some(next) = older.0.as_deref().filter(|next| next.owners.len() <= RATIO * run.owners.len()) {
            run = run.merged(next);
            older = next.older.clone();
        }
        if older.0.is_none() {
            run = run.without_repetitions(sheet);
        }
        match run.owners.is_empty() && run.holds.is_empty() {
            true => older,
            false => Self(Some(Arc::new(Run { older, ..run }))),
        }
    }

    fn runs(&self) -> impl Iterator<Item = &Run> {
        std::iter::successors(self.0.as_deref(), |run| run.older.0.as_deref())
    }

    /// How many changes there are; one partition may have several.
    pub(super) fn len(&self) -> usize {
        self.runs().map(|run| run.owners.len()).sum()
    }

    /// The owner of a partition, where it is not the table's.
    pub(super) fn owner(&self, partition: TopicPartition) -> Option<Option<MemberId>> {
        let place =
            |run: &Run| run.owners.binary_search_by_key(&partition, |owned| owned.partition).ok().map(|place| run.owners[place].owner);
        self.runs().find_map(place)
    }

    /// The owners of a topic's partitions where they changed, ascending.
    pub(super) fn of_topic(&self, topic: TopicId) -> Vec<Owned> {
        newest(self.runs().map(|run| within(&run.owners, |owned| owned.partition.topic.cmp(&topic))), |owned| owned.partition)
    }

    /// All owners that changed, ascending.
    pub(super) fn owners(&self) -> Vec<Owned> {
        newest(self.runs().map(|run| run.owners.as_slice()), |owned| owned.partition)
    }

    /// What a member got and gave up, between two partitions, ascending.
    pub(super) fn of_member(&self, member: MemberId, first: TopicPartition, last: TopicPartition) -> Vec<Hold> {
        let place = |hold: &Hold| match (hold.member, hold.partition) {
            at if at < (member, first) => std::cmp::Ordering::Less,
            at if at > (member, last) => std::cmp::Ordering::Greater,
            _ => std::cmp::Ordering::Equal,
        };
        newest(self.runs().map(|run| within(&run.holds, place)), |hold| hold.partition)
    }

    /// Visits the changes, older ones first: the last word on a partition counts.
    pub(super) fn each(&self, mut visit: impl FnMut(Owned)) {
        let runs: Vec<&Run> = self.runs().collect();
        runs.iter().rev().flat_map(|run| &run.owners).for_each(|&owned| visit(owned));
    }

    /// The partitions that may have different owners here and there, ascending. Runs in both are not read, and what others say alike is passed over:
    /// a merged run says again what the runs before it said.
    pub(super) fn unshared(&self, other: &Self) -> Vec<TopicPartition> {
        let shared = self.runs().find(|run| other.runs().any(|theirs| std::ptr::eq(*run, theirs)));
        let before_shared = |changes: &Self| {
            let runs = changes.runs().take_while(|run| shared.is_none_or(|shared| !std::ptr::eq(*run, shared)));
            newest(runs.map(|run| run.owners.as_slice()), |owned| owned.partition)
        };
        let mut partitions = Vec::new();
        let mut theirs = before_shared(other).into_iter().peekable();
        for here in before_shared(self) {
            while let Some(there) = theirs.next_if(|there| there.partition < here.partition) {
                partitions.push(there.partition);
            }
            match theirs.next_if(|there| there.partition == here.partition) {
                Some(there) if there.owner == here.owner => {}
                _ => partitions.push(here.partition),
            }
        }
        partitions.extend(theirs.map(|there| there.partition));
        partitions
    }
}

impl Run {
    fn of(handed: &[Handed]) -> Self {
        let owners = handed.iter().map(|&Handed { partition, to, .. }| Owned { partition, owner: to }).collect();
        let mut holds = Vec::with_capacity(2 * handed.len());
        for &Handed { partition, from, to } in handed {
            holds.extend(from.map(|member| Hold { member, partition, state: Held::No }));
            holds.extend(to.map(|member| Hold { member, partition, state: Held::Yes }));
        }
        holds.sort_unstable_by_key(|hold| (hold.member, hold.partition));
        Self { owners, holds, older: Changes::default() }
    }

    fn merged(self, older: &Self) -> Self {
        Self {
            owners: overlaid(&self.owners, &older.owners, |owned| owned.partition),
            holds: overlaid(&self.holds, &older.holds, |hold| (hold.member, hold.partition)),
            older: Changes::default(),
        }
    }

    /// The run without what the table says itself.
    fn without_repetitions(mut self, sheet: &Sheet) -> Self {
        self.owners.retain(|owned| sheet.owner(owned.partition) != owned.owner);
        self.holds.retain(|hold| (sheet.owner(hold.partition) == Some(hold.member)) != (hold.state == Held::Yes));
        self
    }
}

/// Two ascending lists as one; where both have a key, the first list's word counts.
fn overlaid<T: Copy, K: Ord>(newer: &[T], older: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let mut merged = Vec::with_capacity(newer.len() + older.len());
    let mut older = older.iter().peekable();
    for one in newer {
        while let Some(&before) = older.next_if(|before| key(before) < key(one)) {
            merged.push(before);
        }
        older.next_if(|before| key(before) == key(one));
        merged.push(*one);
    }
    merged.extend(older);
    merged
}

/// The part of a sorted list that compares equal.
fn within<T>(sorted: &[T], compare: impl Fn(&T) -> std::cmp::Ordering) -> &[T] {
    let rest = &sorted[sorted.partition_point(|item| compare(item).is_lt())..];
    match rest.first().map(&compare) {
        Some(std::cmp::Ordering::Equal) => &rest[..rest.partition_point(|item| compare(item).is_eq())],
        _ => &[],
    }
}

/// Some ascending lists as one; of items with the same key, that of the first list counts.
fn newest<'a, T: Copy + 'a, K: Ord>(lists: impl Iterator<Item = &'a [T]>, key: impl Fn(&T) -> K) -> Vec<T> {
    let lists = lists.filter(|list| !list.is_empty());
    lists.fold(Vec::new(), |newer, list| if newer.is_empty() { list.to_vec() } else { overlaid(&newer, list, &key) })
}
