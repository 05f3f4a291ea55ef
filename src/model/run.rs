//! A sorted run of changes to a table, never changed once it is written.

use super::buckets::{Buckets, sorted};
use super::changes::Changes;
use super::ids::{MemberId, TopicId, TopicPartition};
use super::passed::Passed;
use super::sheet::NO_OWNER;

/// What passed in one version, or in a few that follow each other.
#[derive(Debug)]
pub(super) struct Run {
    /// Ascending by partition.
    pub(super) passed: Box<[Passed]>,
    topics: Buckets,
    /// Ascending.
    holds: Box<[Hold]>,
    members: Buckets,
    pub(super) older: Changes,
}

/// A member that something passed from or to, and where that stands among what passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hold {
    member: u32,
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

impl Run {
    /// What passed, ascending by partition, after what older runs say.
    pub(super) fn new(passed: Vec<Passed>, older: Changes) -> Self {
        let holds = holds(&passed);
        let topics = Buckets::of(passed.iter().map(|passed| passed.partition.topic.index() as u32));
        let members = Buckets::of(holds.iter().map(|hold| hold.member));
        Self { passed: passed.into(), topics, holds: holds.into(), members, older }
    }

    /// Who has a partition after these changes, where they say so.
    pub(super) fn owner(&self, partition: TopicPartition) -> Option<Option<MemberId>> {
        let near = self.near(partition.topic);
        let place = near.binary_search_by_key(&partition, |passed| passed.partition).ok()?;
        Some(near[place].to())
    }

    /// What passed of a topic, ascending.
    pub(super) fn of_topic(&self, topic: TopicId) -> &[Passed] {
        within(self.near(topic), |passed| passed.partition.topic.cmp(&topic))
    }

    fn near(&self, topic: TopicId) -> &[Passed] {
        self.topics.near(&self.passed, topic.index() as u32)
    }

    /// What a member got and gave up, ascending.
    pub(super) fn of_member(&self, member: MemberId) -> impl Iterator<Item = (TopicPartition, Gain)> + '_ {
        self.read(self.holds_of(member))
    }

    /// What a member got and gave up of a topic, ascending.
    pub(super) fn of_member_in(&self, member: MemberId, topic: TopicId) -> impl Iterator<Item = (TopicPartition, Gain)> + '_ {
        let topic_of = |hold: &Hold| self.passed[hold.place as usize].partition.topic;
        self.read(within(self.holds_of(member), |hold| topic_of(hold).cmp(&topic)))
    }

    fn holds_of(&self, member: MemberId) -> &[Hold] {
        within(self.members.near(&self.holds, member.raw()), |hold| hold.member.cmp(&member.raw()))
    }

    fn read<'a>(&'a self, holds: &'a [Hold]) -> impl Iterator<Item = (TopicPartition, Gain)> + 'a {
        holds.iter().map(|hold| {
            let passed = &self.passed[hold.place as usize];
            (passed.partition, if passed.to == hold.member { Gain::Got } else { Gain::GaveUp })
        })
    }
}

/// Who holds what before or after, ascending.
fn holds(passed: &[Passed]) -> Vec<Hold> {
    let mut holds = Vec::with_capacity(2 * passed.len());
    for (place, passed) in (0..).zip(passed) {
        let members = [passed.from, passed.to].into_iter().filter(|member| *member != NO_OWNER);
        holds.extend(members.map(|member| Hold { member, place }));
    }
    sorted(&holds, |hold| hold.member)
}

/// Among so few items a search from the first one is quicker than one by halves.
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
