//! Java's `RangeAssignor`, without racks: topic by topic, each follower a run of partitions.

use super::roster::{FollowedTopic, Roster};
use super::table;
use crate::model::{Assignment, Group, MemberId, TopicPartition};

/// Each topic in runs as even as can be, the longer ones to its first followers.
///
/// Linear in partitions and subscriptions, but for ordering the members.
pub(super) fn assign(group: &Group) -> Assignment {
    let Roster { members, topics } = Roster::by_key(group);
    table::assignment(group, topics.iter().flat_map(|topic| runs(topic, &members)))
}

fn runs<'a>(topic: &'a FollowedTopic, members: &'a [MemberId]) -> impl Iterator<Item = (TopicPartition, MemberId)> + 'a {
    topic.each_partition().map(|partition| (partition, members[follower(topic, partition.partition as usize)]))
}

/// The place of the follower in whose run a partition lies.
fn follower(topic: &FollowedTopic, partition: usize) -> usize {
    let (partitions, followers) = (topic.partitions as usize, topic.followers.len());
    let (short, longer) = (partitions / followers, partitions % followers);
    let in_longer = longer * (short + 1);
    let run = match partition < in_longer {
        true => partition / (short + 1),
        false => longer + (partition - in_longer) / short,
    };
    topic.followers[run]
}
