//! Members that have a price: looked for by topic, so that those without one need not be looked at where they would be too far.

use super::local_flow::LocalFlow;
use super::neighbours::PARTITIONS_FOR_ONE_LOOK;
use super::search::Node;
use crate::balance::rows::Rows;
use crate::model::{MemberId, TopicId};

/// The members that are dearer than 0 while prices are what they are, and which of them follow a topic.
#[derive(Debug)]
pub(super) struct Dear {
    members: Vec<MemberId>,
    /// Places among these members, by topic.
    followers: Rows,
}

impl LocalFlow<'_> {
    /// How many members dearer than 0 follow a topic, of whatever level; they are looked for once for all topics, until prices change.
    pub(super) fn dear_followers(&mut self, topic: TopicId) -> usize {
        if self.dear.is_none() {
            self.dear = Some(self.all_dear());
        }
        self.dear.as_ref().map_or(0, |dear| dear.followers.row(topic.index()).len())
    }

    /// One of the members dearer than 0 that follow a topic.
    pub(super) fn dear_follower(&self, topic: TopicId, place: usize) -> Option<MemberId> {
        let dear = self.dear.as_ref()?;
        Some(dear.members[dear.followers.row(topic.index())[place] as usize])
    }

    fn all_dear(&mut self) -> Dear {
        let members = (self.topics..self.node_count()).filter(|&node| self.price(node as Node) > 0);
        let members: Vec<MemberId> = members.map(|node| MemberId::from_index(node - self.topics)).collect();
        let followed = |&member: &MemberId| self.group.followed(member).map(|topic| topic.index() as u32);
        let by_member = Rows::new(members.iter().map(followed));
        let followers = by_member.transposed(self.topics);
        self.patience -= followers.iter().map(|row| row.len() as i64).sum::<i64>() / PARTITIONS_FOR_ONE_LOOK;
        Dear { members, followers }
    }
}
