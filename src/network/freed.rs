//! The partitions that a change leaves without an owner to stay with.

use crate::model::{Assignment, Group, MemberId, TopicPartition, Transfer};
use crate::network::impact::{Effects, partitions};

/// What members that left had, what members had of topics that they no longer follow, and what is
/// new; ascending.
pub(crate) fn freed(group: &Group, effects: &Effects, claims: &Assignment) -> Vec<Transfer> {
    let from = |member: MemberId| move |partition: TopicPartition| Transfer { partition, from: Some(member), to: None };
    let left = effects.left.iter().flat_map(|&member| claims.partitions_of(member).map(from(member)));
    let given_up = effects.subscribed.iter().flat_map(|&member| {
        let followed_no_more = move |partition: &TopicPartition| !group.subscribes(member, partition.topic);
        claims.partitions_of(member).filter(followed_no_more).map(from(member))
    });
    let new = effects.grown.iter().flat_map(|(&topic, &before)| {
        let new = move |partition| Transfer { partition: TopicPartition { topic, partition }, from: None, to: None };
        (before..partitions(group, topic)).map(new)
    });
    // Mostly there are fewer; how many is not known before.
    let mut freed = Vec::with_capacity(256);
    freed.extend(left.chain(given_up).chain(new));
    freed.sort_unstable_by_key(|handed| handed.partition);
    freed
}
