//! What differs from a flat table, as a few sorted runs: a version adds a short run, and runs of similar length are merged.
//!
//! A run is never changed once it is written, so versions share it. As each is several times as long as the next newer one, there are few of them, and a
//! change is copied into a longer run only now and then. A run says of a partition who had it before and who has it after; of two runs made one,
//! what comes back to where it was is no change at all.

use std::sync::Arc;

use super::buckets::Buckets;
use super::ids::{MemberId, TopicId, TopicPartition};
use super::sheet::NO_OWNER;

/// A run is merged with the next older one unless that is more than this many times as long.
const RATIO: usize = 1;

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

/// Changes of one or more versions that follow each other.
#[derive(Debug)]
struct Run {
    /// Ascending by partition.
    passed: Box<[Passed]>,
    topics: Buckets,
    /// Ascending.
    holds: Box<[Hold]>,
    members: Buckets,
    older: Changes,
}

/// What passed from an owner to another, as flat tables store them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passed {
    pub(super) partition: TopicPartition,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// A member that something passed from or to, and where it stands among what passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hold {
    member: u32,
    place: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    No,
}

impl Passed {
    pub(super) fn new(partition: TopicPartition, from: Option<MemberId>, to: Option<MemberId>) -> Self {
        Self { partition, from: raw(from), to: raw(to) }
    }

    pub(super) fn from(&self) -> Option<MemberId> {
        member(self.from)
    }

    pub(super) fn to(&self) -> Option<MemberId> {
        member(self.to)
    }
}

fn member(raw: u32) -> Option<MemberId> {
    (raw != NO_OWNER).then(|| MemberId::from_raw(raw))
}

fn raw(member: Option<MemberId>) -> u32 {
    member.map_or(NO_OWNER, MemberId::raw)
}

impl Changes {
    /// The changes with newer ones to the same table, ascending by partition, each once. O(changes added), each merged O(log c) times over.
    pub(super) fn with(self, handed: &[Handed]) -> Self {
        let mut newer = Passings::of(handed);
        let mut older = self;
        while let Some(next) = older.0.as_deref().filter(|next| next.passed.len() <= RATIO * newer.passed.len()) {
            newer = newer.after(next);
            older = next.older.clone();
        }
        match newer.passed.is_empty() {
            true => older,
            false => Self(Some(Arc::new(Run::new(newer, older)))),
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

    /// What passed of a topic: for each run, the oldest first, a list ascending by partition.
    pub(super) fn of_topic(&self, topic: TopicId) -> Vec<&[Passed]> {
        let mut lists: Vec<&[Passed]> = self.runs().map(|run| run.of_topic(topic)).collect();
        lists.retain(|list| !list.is_empty());
        lists.reverse();
        lists
    }

    /// All that passed, ascending, each partition once: from the table's owner to the last.
    pub(super) fn all(&self) -> Vec<Passed> {
        composed(self.runs())
    }

    /// What a member got and gave up, between two partitions, ascending: the last word on each.
    pub(super) fn of_member(&self, member: MemberId, first: TopicPartition, last: TopicPartition) -> Vec<(TopicPartition, Held)> {
        self.runs().fold(Vec::new(), |newer, run| {
            let older =
                run.of_member(member).skip_while(|(partition, _)| *partition < first).take_while(|(partition, _)| *partition <= last);
            if newer.is_empty() { older.collect() } else { overlaid(newer, older) }
        })
    }

    /// Visits what a member got and gave up, in no order; what it got and gave up again comes twice, or not at all.
    pub(super) fn each_of_member(&self, member: MemberId, mut visit: impl FnMut(TopicPartition, Held)) {
        self.runs().flat_map(|run| run.of_member(member)).for_each(|(partition, held)| visit(partition, held));
    }

    /// Visits the changes, older ones first: the last word on a partition counts.
    pub(super) fn each(&self, mut visit: impl FnMut(Passed)) {
        let runs: Vec<&Run> = self.runs().collect();
        runs.iter().rev().flat_map(|run| &run.passed).for_each(|&passed| visit(passed));
    }

    /// The partitions that have different owners here and there, ascending, each with both: it passed from that here to that there. Runs that both have are not read.
    pub(super) fn differences(&self, other: &Self) -> Vec<Passed> {
        let shared = self.runs().find(|run| other.runs().any(|theirs| std::ptr::eq(*run, theirs)));
        let before_shared =
            |changes: &Self| composed(changes.runs().take_while(|run| shared.is_none_or(|shared| !std::ptr::eq(*run, shared))));
        let back = before_shared(self).into_iter().map(|Passed { partition, from, to }| Passed { partition, from: to, to: from });
        compose(&before_shared(other), &back.collect::<Vec<_>>())
    }
}

impl Run {
    fn new(Passings { passed, holds }: Passings, older: Changes) -> Self {
        let topics = Buckets::of(passed.iter().map(|passed| passed.partition.topic.index() as u32));
        let members = Buckets::of(holds.iter().map(|hold| hold.member));
        Self { passed: passed.into(), topics, holds: holds.into(), members, older }
    }

    fn owner(&self, partition: TopicPartition) -> Option<Option<MemberId>> {
        let near = self.near(partition.topic);
        let place = near.binary_search_by_key(&partition, |passed| passed.partition).ok()?;
        Some(near[place].to())
    }

    /// What passed of a topic, ascending.
    fn of_topic(&self, topic: TopicId) -> &[Passed] {
        within(self.near(topic), |passed| passed.partition.topic.cmp(&topic))
    }

    fn near(&self, topic: TopicId) -> &[Passed] {
        self.topics.near(&self.passed, topic.index() as u32)
    }

    /// What a member got and gave up, ascending.
    fn of_member(&self, member: MemberId) -> impl Iterator<Item = (TopicPartition, Held)> + '_ {
        let holds = within(self.members.near(&self.holds, member.raw()), |hold| hold.member.cmp(&member.raw()));
        holds.iter().map(move |hold| {
            let passed = &self.passed[hold.place as usize];
            (passed.partition, if passed.to == member.raw() { Held::Yes } else { Held::No })
        })
    }
}

/// What becomes a run.
struct Passings {
    passed: Vec<Passed>,
    holds: Vec<Hold>,
}

impl Passings {
    fn of(handed: &[Handed]) -> Self {
        let passed = handed.iter().map(|&Handed { partition, from, to }| Passed::new(partition, from, to));
        let passed: Vec<Passed> = passed.filter(|passed| passed.from != passed.to).collect();
        let mut holds = Vec::with_capacity(2 * passed.len());
        for (place, passed) in passed.iter().enumerate() {
            let members = [passed.from, passed.to].into_iter().filter(|member| *member != NO_OWNER);
            holds.extend(members.map(|member| Hold { member, place: place as u32 }));
        }
        holds.sort_unstable_by_key(|hold| u64::from(hold.member) << u32::BITS | u64::from(hold.place));
        Self { passed, holds }
    }

    /// These, after those of an older run.
    fn after(self, older: &Run) -> Self {
        let passed = compose(&self.passed, &older.passed);
        let (newer_places, older_places) = (places(&self.passed, &passed), places(&older.passed, &passed));
        let stands = |hold: &Hold| {
            let still = passed.get(hold.place as usize);
            still.is_some_and(|passed| passed.from == hold.member || passed.to == hold.member)
        };
        let moved = |places: &[u32], hold: &Hold| Hold { place: places[hold.place as usize], ..*hold };
        let newer = self.holds.iter().map(|hold| moved(&newer_places, hold)).filter(stands);
        let older = older.holds.iter().map(|hold| moved(&older_places, hold)).filter(stands);
        let holds = merged(newer, older, self.holds.len() + older_places.len() * 2);
        Self { passed, holds }
    }
}

/// Where each of these stands in another list that has most of them, both ascending by partition; nowhere is beyond all.
fn places(these: &[Passed], list: &[Passed]) -> Vec<u32> {
    let mut place = 0;
    let found = these.iter().map(|one| {
        while list.get(place).is_some_and(|other| other.partition < one.partition) {
            place += 1;
        }
        let is_there = list.get(place).is_some_and(|other| other.partition == one.partition);
        if is_there { place as u32 } else { u32::MAX }
    });
    found.collect()
}

/// What passed in all of these runs, of which each is older than the one before.
fn composed<'a>(runs: impl Iterator<Item = &'a Run>) -> Vec<Passed> {
    runs.fold(Vec::new(), |newer, run| if newer.is_empty() { run.passed.to_vec() } else { compose(&newer, &run.passed) })
}

/// What passed first as the older list says and then as the newer, both ascending: nothing where it came back.
fn compose(newer: &[Passed], older: &[Passed]) -> Vec<Passed> {
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

/// Two ascending sequences that have nothing in common as one.
fn merged<T: Ord>(one: impl Iterator<Item = T>, other: impl Iterator<Item = T>, most: usize) -> Vec<T> {
    let mut merged = Vec::with_capacity(most);
    let mut other = other.peekable();
    for item in one {
        while let Some(before) = other.next_if(|before| *before < item) {
            merged.push(before);
        }
        merged.push(item);
    }
    merged.extend(other);
    merged
}

/// Two ascending lists as one; where both have a key, the first list's word counts.
fn overlaid<K: Ord + Copy, V: Copy>(newer: Vec<(K, V)>, older: impl Iterator<Item = (K, V)>) -> Vec<(K, V)> {
    let mut both = Vec::with_capacity(2 * newer.len());
    let mut older = older.peekable();
    for one in newer {
        while let Some(before) = older.next_if(|before| before.0 < one.0) {
            both.push(before);
        }
        older.next_if(|before| before.0 == one.0);
        both.push(one);
    }
    both.extend(older);
    both
}

/// The part of a sorted list that compares equal.
fn within<T>(sorted: &[T], compare: impl Fn(&T) -> std::cmp::Ordering) -> &[T] {
    let rest = &sorted[sorted.partition_point(|item| compare(item).is_lt())..];
    match rest.first().map(&compare) {
        Some(std::cmp::Ordering::Equal) => &rest[..rest.partition_point(|item| compare(item).is_eq())],
        _ => &[],
    }
}
