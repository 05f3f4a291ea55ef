//! Who subscribes to what, whose claims are valid and who is in which rack, read from the group for
//! those who judge plans: apart from the solver, and written to be checked by eye.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::model::{Group, MemberId, NO_OWNER, Name, Slots, Subscribed, TopicId, TopicPartition, is_outside};

/// What there is to know of a group before its plans can be judged.
pub(crate) struct Audit<'g> {
    group: &'g Group,
    slots: Slots,
    /// Whose claim to each slot is valid, or [`NO_OWNER`].
    claimants: Vec<u32>,
    /// Which topics, by id, have partitions and a subscriber.
    consumed: Vec<bool>,
}

impl<'g> Audit<'g> {
    /// Linear in members, distinct subscriptions, partitions and claims, but for sorting members by
    /// the generation of their claims.
    pub(crate) fn of(group: &'g Group) -> Self {
        let slots = Slots::of_topics(group.all_topics());
        Self { group, claimants: claimants(group, &slots), consumed: consumed(group), slots }
    }

    /// The group.
    pub(crate) fn group(&self) -> &'g Group {
        self.group
    }

    /// The place of every partition in one row.
    pub(crate) fn slots(&self) -> &Slots {
        &self.slots
    }

    /// The topics that have partitions and a subscriber.
    pub(crate) fn topics(&self) -> impl Iterator<Item = TopicId> + '_ {
        let consumed = self.consumed.iter().enumerate().filter(|(_, consumed)| **consumed);
        consumed.map(|(index, _)| TopicId::from_index(index))
    }

    /// The partitions of all topics that have a subscriber.
    pub(crate) fn partitions(&self) -> u64 {
        self.topics().map(|topic| self.slots.of(topic).len() as u64).sum()
    }

    /// Whose claims to a topic's partitions are valid: numbers of members, or [`NO_OWNER`].
    pub(crate) fn claimants_of(&self, topic: TopicId) -> &[u32] {
        let slots = self.slots.of(topic);
        &self.claimants[slots.start as usize..slots.end as usize]
    }

    /// Whose claim to a partition is valid.
    pub(crate) fn claimant(&self, partition: TopicPartition) -> Option<MemberId> {
        let claimant = self.claimants[self.slots.slot(partition)? as usize];
        (claimant != NO_OWNER).then(|| MemberId::from_raw(claimant))
    }
}

/// Which topics, by id, have partitions and a subscriber.
fn consumed(group: &Group) -> Vec<bool> {
    let mut subscribed = vec![false; group.all_topics().len()];
    for (_, topics) in group.all_members().distinct_subscriptions() {
        match topics {
            Subscribed::Every => subscribed.fill(true),
            Subscribed::These(topics) => topics.iter().for_each(|topic| subscribed[topic.index()] = true),
        }
    }
    let partitions = group.all_topics().in_id_order().map(|(_, topic)| topic.partitions());
    subscribed.into_iter().zip(partitions).map(|(subscribed, partitions)| subscribed && partitions > 0).collect()
}

/// Set on the claimant of a slot that another member claims at the same generation.
const VOID: u32 = 1 << 31;

/// Whose claim to each slot is valid.
///
/// Claims are read from the highest generation down, so the first claim of a slot is the one that
/// wins, a second of the same generation voids it for both, and whatever comes after that is older
/// and counts for nothing (KIP-341, KIP-792). A winner that does not subscribe to the topic wins
/// all the same, and then its claim is dropped.
fn claimants(group: &Group, slots: &Slots) -> Vec<u32> {
    let mut claimants = vec![NO_OWNER; slots.len()];
    let mut generation_of = vec![0; group.all_members().numbers()];
    let mut members: Vec<MemberId> = group.members().map(|(member, _)| member).collect();
    members.iter().for_each(|&member| generation_of[member.index()] = group.claims().generation_of(member));
    members.sort_by_key(|member| Reverse(generation_of[member.index()]));
    let mut dropped = Vec::new();
    for member in members {
        let generation = generation_of[member.index()];
        let mut subscription = SubscriptionCursor::of(group, member);
        for claimed in group.claims().of(member).chunk_by(|one, next| one.topic == next.topic) {
            let subscribes = subscription.includes(claimed[0].topic);
            for slot in claimed.iter().filter_map(|&partition| slots.slot(partition)) {
                let claimant = &mut claimants[slot as usize];
                match *claimant {
                    NO_OWNER => {
                        *claimant = member.raw();
                        dropped.extend((!subscribes).then_some((slot, member)));
                    }
                    first if first & VOID == 0 && generation_of[first as usize] == generation => *claimant |= VOID,
                    _ => {}
                }
            }
        }
    }
    for (slot, member) in dropped {
        let claimant = &mut claimants[slot as usize];
        *claimant = if *claimant == member.raw() { NO_OWNER } else { *claimant };
    }
    claimants.iter_mut().filter(|claimant| **claimant & VOID != 0).for_each(|claimant| *claimant = NO_OWNER);
    claimants
}

/// What a member subscribes to, to be asked for topics that ascend.
pub(crate) struct SubscriptionCursor<'g> {
    /// What is left of the topics it names; nothing where it says "all".
    named: Option<&'g [TopicId]>,
}

impl<'g> SubscriptionCursor<'g> {
    /// Of a member that is here.
    pub(crate) fn of(group: &'g Group, member: MemberId) -> Self {
        match group.all_members().subscribed(member) {
            Subscribed::Every => Self { named: None },
            Subscribed::These(topics) => Self { named: Some(topics) },
        }
    }

    /// Whether a topic is among them: one not before those asked for so far.
    pub(crate) fn includes(&mut self, topic: TopicId) -> bool {
        let Some(named) = &mut self.named else { return true };
        // Often it is the one asked for last, or the one after it.
        if named.first().is_some_and(|&first| first < topic) {
            *named = &named[1..];
        }
        if named.first().is_some_and(|&first| first < topic) {
            *named = &named[named.partition_point(|&other| other < topic)..];
        }
        named.first() == Some(&topic)
    }
}

/// Racks, ascending, each once: where the replicas of a partition are. Partitions of one topic with
/// the same racks are interchangeable; together they are a *class*.
///
/// ```
/// use sticky_assignor::RackSet;
/// assert_eq!(RackSet::of(["b", "", "a", "b"]), RackSet::of(["a", "b"]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RackSet(Arc<[Name]>);

impl RackSet {
    /// The set of these racks, in any order, repeated or not; the empty name is no rack.
    ///
    /// ```
    /// use sticky_assignor::RackSet;
    /// let racks = RackSet::of(["b", "a"]);
    /// assert_eq!((racks.racks().len(), racks.contains("a"), racks.contains("c")), (2, true, false));
    /// ```
    pub fn of<R: Into<Name>>(racks: impl IntoIterator<Item = R>) -> Self {
        let mut racks: Vec<Name> = racks.into_iter().map(Into::into).filter(|rack: &Name| !rack.is_empty()).collect();
        racks.sort_unstable();
        racks.dedup();
        Self(racks.into())
    }

    /// The racks, ascending. None is "not known".
    pub fn racks(&self) -> &[Name] {
        &self.0
    }

    /// Whether one is this.
    pub fn contains(&self, rack: &str) -> bool {
        self.0.binary_search_by(|name| (**name).cmp(rack)).is_ok()
    }
}

/// Who is in which rack.
pub(crate) struct Mismatches<'a> {
    group: &'a Group,
    /// Each member's rack, by number.
    rack_of: Vec<Option<&'a Name>>,
}

impl<'a> Mismatches<'a> {
    pub(crate) fn of(group: &'a Group) -> Self {
        let mut rack_of = vec![None; group.all_members().numbers()];
        group.members().for_each(|(member, described)| rack_of[member.index()] = described.rack());
        Self { group, rack_of }
    }

    /// Whether a member would read a partition from another rack (KIP-881).
    pub(crate) fn is_one(&self, member: MemberId, TopicPartition { topic, partition }: TopicPartition) -> bool {
        let racks = self.group.all_topics().get(topic).racks();
        racks.and_then(|racks| racks.get(partition as usize)).is_some_and(|replicas| self.is_outside(member.raw(), replicas))
    }

    /// Whether none of the replicas is in a member's rack: never so where either is not known.
    pub(crate) fn is_outside(&self, member: u32, replicas: &[Name]) -> bool {
        self.rack_of[member as usize].is_some_and(|rack| is_outside(rack, replicas))
    }
}
