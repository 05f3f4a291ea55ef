//! Members with a price, and the topics they follow: looked up only where that is less than a
//! search would look at.

use std::rc::Rc;

use crate::flow::csr::Rows;
use crate::model::{MemberId, TopicId};
use crate::rebalance::neighbours::PARTITIONS_FOR_ONE_LOOK;
use crate::rebalance::state::LocalFlow;

/// Members that follow more topics in all, for each node of the group, are not looked up.
const TOPICS_FOR_A_NODE: usize = 8;

/// The members that are dearer than 0 while members' prices are what they are. The others need not
/// be looked at where they would be too far.
#[derive(Debug)]
pub(crate) enum Dear {
    Few {
        members: Vec<MemberId>,
        /// Places among these members, by topic.
        followers: Rows,
    },
    Many,
}

impl Dear {
    /// Those that follow a topic, of whatever level, if they are looked up.
    pub(crate) fn followers(&self, topic: TopicId) -> Option<impl ExactSizeIterator<Item = MemberId> + '_> {
        match self {
            Self::Few { members, followers } => Some(followers.row(topic.index()).iter().map(|&place| members[place as usize])),
            Self::Many => None,
        }
    }
}

impl LocalFlow<'_> {
    /// The members dearer than 0, looked for once until a member's price changes.
    pub(crate) fn dear(&mut self) -> Rc<Dear> {
        let dear = self.dear.take().unwrap_or_else(|| Rc::new(self.all_dear()));
        self.dear = Some(Rc::clone(&dear));
        dear
    }

    fn all_dear(&mut self) -> Dear {
        let Some(members) = self.few_at_a_price(|price| price > 0) else { return Dear::Many };
        let followed = |&member: &MemberId| self.group.subscribed_topics(member).map(|topic| topic.index() as u32);
        let by_member = Rows::new(members.iter().map(followed));
        self.patience -= by_member.item_count() as i64 / PARTITIONS_FOR_ONE_LOOK;
        Dear::Few { members, followers: by_member.transposed(self.topics) }
    }

    /// Which topics are followed by members at such prices, if these are few.
    pub(crate) fn followed_at_a_price(&mut self, is_such: impl Fn(i32) -> bool) -> Option<Vec<bool>> {
        let members = self.few_at_a_price(is_such)?;
        let mut followed = vec![false; self.topics];
        let topics = members.into_iter().flat_map(|member| self.group.subscribed_topics(member));
        topics.for_each(|topic| followed[topic.index()] = true);
        Some(followed)
    }

    /// The members at such prices, if the topics they follow in all are not too many.
    fn few_at_a_price(&mut self, is_such: impl Fn(i32) -> bool) -> Option<Vec<MemberId>> {
        self.patience -= self.promised.len() as i64 / PARTITIONS_FOR_ONE_LOOK;
        let such = (0..).zip(&self.price[self.topics..]).filter(|(_, price)| is_such(**price));
        let (mut left, mut members) = (TOPICS_FOR_A_NODE * self.node_count(), Vec::new());
        for member in such.map(|(member, _)| MemberId::from_index(member)) {
            // How many topics those are is known without going over them.
            left = left.checked_sub(self.group.subscribed_topics(member).size_hint().0)?;
            members.push(member);
        }
        Some(members)
    }
}
