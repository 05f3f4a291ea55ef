//! Java's `RoundRobinAssignor`: one round of the members after another, over all partitions.

use super::roster::{self, Roster, SubscribedTopic};
use crate::model::{Assignment, Group, MemberId, TopicPartition};

/// Partition after partition, in the order of topic names, to the next member in turn that
/// subscribes to the topic.
///
/// O(partitions · log members), beside reading subscriptions and ordering the members.
pub(super) fn assign(group: &Group) -> Assignment {
    let Roster { members, topics } = Roster::by_key(group);
    let partitions = topics.iter().flat_map(|topic| topic.each_partition().map(move |partition| (topic, partition)));
    roster::assignment(group, deal(&members, partitions))
}

fn deal<'a>(
    members: &'a [MemberId],
    partitions: impl Iterator<Item = (&'a SubscribedTopic, TopicPartition)> + 'a,
) -> impl Iterator<Item = (TopicPartition, MemberId)> + 'a {
    partitions.scan(0, |turn, (topic, partition)| {
        let place = topic.subscribers.next_from(*turn)?;
        *turn = (place + 1) % members.len();
        Some((partition, members[place]))
    })
}
