//! Members dearer than 0, looked up by topic: the others need not be looked at where they would be too far.

use std::rc::Rc;

use super::local_flow::LocalFlow;
use super::neighbours::PARTITIONS_FOR_ONE_LOOK;
use crate::balance::rows::Rows;
use crate::model::{MemberId, TopicId};

/// The members that are dearer than 0 while members' prices are what they are, and which of them follow a topic.
#[derive(Debug)]
pub(super) struct Dear {
    members: Vec<MemberId>,
    /// Places among these members, by topic.
    followers: Rows,
}

impl Dear {
    /// Those that follow a topic, of whatever level.
    pub(super) fn followers(&self, topic: TopicId) -> impl ExactSizeIterator<Item = MemberId> + '_ {
        self.followers.row(topic.index()).iter().map(|&place| self.members[place as usize])
    }
}

impl LocalFlow<'_> {
    /// The members dearer than 0, looked for once until a member's price changes.
    pub(super) fn dear(&mut self) -> Rc<Dear> {
        let dear = self.dear.take().unwrap_or_else(|| Rc::new(self.all_dear()));
        self.dear = Some(Rc::clone(&dear));
        dear
    }

    fn all_dear(&mut self) -> Dear {
        let dear = (0..).zip(&self.price[self.topics..]).filter(|(_, price)| **price > 0);
        let members: Vec<MemberId> = dear.map(|(member, _)| MemberId::from_index(member)).collect();
        let followed = |&member: &MemberId| self.group.followed(member).map(|topic| topic.index() as u32);
        let by_member = Rows::new(members.iter().map(followed));
        self.patience -= (self.promised.len() + by_member.item_count()) as i64 / PARTITIONS_FOR_ONE_LOOK;
        Dear { members, followers: by_member.transposed(self.topics) }
    }
}
