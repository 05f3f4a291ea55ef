//! Members in an order, and for each topic that exists who of them follows it: what every assignor
//! starts from.

use crate::model::{Followed, Group, MemberId, TopicId, TopicPartition};

/// The members of a group in one order, and the topics they follow in the order of names.
pub(super) struct Roster {
    /// The members; a member's place is its index here.
    pub(super) members: Vec<MemberId>,
    /// The topics that exist, have partitions and are followed by anybody, in the order of their
    /// names.
    pub(super) topics: Vec<FollowedTopic>,
}

/// A topic with its followers.
pub(super) struct FollowedTopic {
    pub(super) id: TopicId,
    pub(super) partitions: u32,
    /// The places of its followers, ascending.
    pub(super) followers: Vec<usize>,
}

impl Roster {
    /// The order of the range and round robin assignors: static members by instance id, then the
    /// others by member id.
    pub(super) fn by_key(group: &Group) -> Self {
        Self::of(group, group.members().map(|(id, _)| id).collect())
    }

    /// The order of the sticky assignor, which knows no instance ids: everybody by member id.
    pub(super) fn by_member_id(group: &Group) -> Self {
        let mut members: Vec<_> = group.members().map(|(number, member)| (member.id(), number)).collect();
        members.sort_unstable();
        Self::of(group, members.into_iter().map(|(_, number)| number).collect())
    }

    fn of(group: &Group, members: Vec<MemberId>) -> Self {
        let mut followers = followers(group, &members);
        let topics = group.topics().map(|(id, topic)| FollowedTopic {
            id,
            partitions: topic.partitions(),
            followers: std::mem::take(&mut followers[id.index()]),
        });
        let topics = topics.filter(|topic| topic.partitions > 0 && !topic.followers.is_empty()).collect();
        Self { members, topics }
    }

    /// Whether every member follows every one of the topics.
    pub(super) fn subscribed_alike(&self) -> bool {
        self.topics.iter().all(|topic| topic.followers.len() == self.members.len())
    }

    /// How many partitions have a follower.
    pub(super) fn partition_count(&self) -> usize {
        self.topics.iter().map(|topic| topic.partitions as usize).sum()
    }
}

impl FollowedTopic {
    /// Its partitions, ascending.
    pub(super) fn each_partition(&self) -> impl Iterator<Item = TopicPartition> + use<> {
        let topic = self.id;
        (0..self.partitions).map(move |partition| TopicPartition { topic, partition })
    }
}

/// The followers' places for each topic, by topic number.
fn followers(group: &Group, members: &[MemberId]) -> Vec<Vec<usize>> {
    let every: Vec<TopicId> = group.topics().map(|(id, _)| id).collect();
    let mut followers = vec![Vec::new(); group.all_topics().len()];
    for (place, member) in members.iter().enumerate() {
        let topics = match group.all_members().followed(*member) {
            Followed::Every => &every[..],
            Followed::These(topics) => topics,
        };
        for topic in topics {
            followers[topic.index()].push(place);
        }
    }
    followers
}
