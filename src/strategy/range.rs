//! Java's `RangeAssignor`, without racks: topic by topic, each subscriber a run of partitions.

use super::roster::{self, Roster, SubscribedTopic};
use crate::model::{Assignment, Group, MemberId, TopicPartition};

/// Each topic in runs as even as can be, the longer ones to its first subscribers.
///
/// Linear in partitions and subscriptions, but for ordering the members.
pub(super) fn assign(group: &Group) -> Assignment {
    let Roster { members, topics } = Roster::by_key(group);
    roster::assignment(group, topics.iter().flat_map(|topic| runs(topic, &members)))
}

fn runs<'a>(topic: &'a SubscribedTopic, members: &'a [MemberId]) -> impl Iterator<Item = (TopicPartition, MemberId)> + 'a {
    topic.each_partition().map(|partition| (partition, members[subscriber(topic, partition.partition as usize)]))
}

/// The place of the subscriber in whose run a partition lies.
fn subscriber(topic: &SubscribedTopic, partition: usize) -> usize {
    let (partitions, subscribers) = (topic.partitions as usize, topic.subscribers.len());
    let (short, longer) = (partitions / subscribers, partitions % subscribers);
    let in_longer = longer * (short + 1);
    let run = match partition < in_longer {
        true => partition / (short + 1),
        false => longer + (partition - in_longer) / short,
    };
    topic.subscribers[run]
}
