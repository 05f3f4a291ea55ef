//! How unevenly single topics are spread.

use std::collections::BTreeMap;

use crate::model::{Assignment, Followed, Group, MemberId, TopicId};

/// The most partitions of one topic that a follower has more than another follower of it.
///
/// O(partitions log partitions + members × the topics of one).
pub fn topic_skew(group: &Group, assignment: &Assignment) -> u32 {
    let followers = followers(group);
    let held = held(assignment);
    let mut skew = 0;
    for (topic, _) in group.topics() {
        let shares: Vec<u32> =
            held.range((topic, MemberId::from_raw(0))..=(topic, MemberId::from_raw(u32::MAX))).map(|(_, &count)| count).collect();
        let everyone = shares.len() >= followers.of(topic);
        let least = if everyone { shares.iter().copied().min() } else { Some(0) };
        skew = skew.max(shares.iter().copied().max().unwrap_or(0) - least.unwrap_or(0));
    }
    skew
}

/// How many partitions of each topic its owners have.
fn held(assignment: &Assignment) -> BTreeMap<(TopicId, MemberId), u32> {
    let mut held = BTreeMap::new();
    for (partition, owner) in assignment.iter() {
        *held.entry((partition.topic, owner)).or_insert(0) += 1;
    }
    held
}

/// How many members follow each topic.
struct Followers {
    every: usize,
    these: BTreeMap<TopicId, usize>,
}

impl Followers {
    fn of(&self, topic: TopicId) -> usize {
        self.every + self.these.get(&topic).copied().unwrap_or(0)
    }
}

fn followers(group: &Group) -> Followers {
    let mut alike: BTreeMap<&Followed, usize> = BTreeMap::new();
    for (member, _) in group.members() {
        *alike.entry(group.all_members().followed(member)).or_insert(0) += 1;
    }
    let mut followers = Followers { every: 0, these: BTreeMap::new() };
    for (followed, members) in alike {
        match followed {
            Followed::Every => followers.every += members,
            Followed::These(topics) => topics.iter().for_each(|&topic| *followers.these.entry(topic).or_insert(0) += members),
        }
    }
    followers
}
