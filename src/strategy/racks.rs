//! Racks as Java's assignors have looked at them since KIP-881.
//!
//! A partition of which no rack is known mismatches every member that has one: Java's rule, not
//! that of [`Goal::Rack`](crate::Goal::Rack).

use std::collections::BTreeSet;

use super::roster::{Roster, SubscribedTopic};
use crate::model::{Group, Name, TopicPartition};

/// The racks of members and of the partitions they subscribe to.
pub(super) struct GroupRacks<'a> {
    group: &'a Group,
    /// The rack of each member, by its place in the roster.
    of_member: Vec<Option<&'a Name>>,
    /// The racks of the members that subscribe to all topics.
    of_every: BTreeSet<&'a Name>,
}

impl<'a> GroupRacks<'a> {
    pub(super) fn of(group: &'a Group, roster: &Roster) -> Self {
        let rack = |id| group.member(id).and_then(|member| member.rack()).filter(|rack| !rack.is_empty());
        let of_member: Vec<Option<&Name>> = roster.members.iter().map(|&id| rack(id)).collect();
        let every = roster.topics.first().into_iter().flat_map(|topic| topic.subscribers.every());
        let of_every = every.filter_map(|&place| of_member[place]).collect();
        Self { group, of_member, of_every }
    }

    /// Whether racks can make a difference to these topics (Java's `useRackAwareAssignment`): some
    /// subscriber is in a rack that has replicas, and not every partition has replicas in all.
    pub(super) fn matter<'t>(&self, topics: impl Iterator<Item = &'t SubscribedTopic> + Clone) -> bool {
        let partitions = topics.clone().flat_map(|topic| topic.each_partition());
        let sets: BTreeSet<BTreeSet<&Name>> = partitions.map(|partition| self.replicas(partition).iter().collect()).collect();
        let all: BTreeSet<&Name> = sets.iter().flatten().copied().collect();
        let is_named_there = || {
            let mut named = topics.flat_map(|topic| topic.subscribers.named());
            named.any(|&place| self.of_member[place].is_some_and(|rack| all.contains(rack)))
        };
        sets.iter().any(|set| *set != all) && (!all.is_disjoint(&self.of_every) || is_named_there())
    }

    /// Whether the member is in a rack, and a replica of the partition too.
    pub(super) fn is_match(&self, place: usize, partition: TopicPartition) -> bool {
        self.of_member[place].is_some_and(|rack| self.replicas(partition).contains(rack))
    }

    /// Whether the member is in a rack, and no known replica of the partition is.
    pub(super) fn is_mismatch(&self, place: usize, partition: TopicPartition) -> bool {
        self.of_member[place].is_some_and(|rack| !self.replicas(partition).contains(rack))
    }

    /// The partitions, those first that fewest members can read in their rack.
    pub(super) fn sorted_by_matching_members(&self, mut partitions: Vec<TopicPartition>) -> Vec<TopicPartition> {
        let in_rack = |rack: &Name| self.of_member.iter().filter(|of_member| **of_member == Some(rack)).count();
        partitions.sort_by_cached_key(|&partition| {
            self.replicas(partition).iter().collect::<BTreeSet<_>>().into_iter().map(in_rack).sum::<usize>()
        });
        partitions
    }

    fn replicas(&self, partition: TopicPartition) -> &'a [Name] {
        let racks = self.group.all_topics().get(partition.topic).racks();
        racks.and_then(|racks| racks.get(partition.partition as usize)).map_or(&[], |replicas| replicas)
    }
}
