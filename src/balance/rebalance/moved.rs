//! What moved since everybody had what they claim.

use crate::model::{MemberId, TopicId};

/// How many more partitions of a topic a member has than it claims, where that is not none.
#[derive(Debug)]
pub(super) struct Moved {
    /// For each topic members by number, ascending, and by how many.
    of_topic: Vec<Vec<(MemberId, i32)>>,
    /// For each member the topics of which it had more or fewer at some time.
    of_member: Vec<Vec<TopicId>>,
}

impl Moved {
    pub(super) fn nothing(topics: usize, members: usize) -> Self {
        Self { of_topic: vec![Vec::new(); topics], of_member: vec![Vec::new(); members] }
    }

    pub(super) fn get(&self, member: MemberId, topic: TopicId) -> i32 {
        let moved = &self.of_topic[topic.index()];
        moved.binary_search_by_key(&member, |moved| moved.0).map_or(0, |place| moved[place].1)
    }

    pub(super) fn add(&mut self, member: MemberId, topic: TopicId, count: i32) {
        let moved = &mut self.of_topic[topic.index()];
        match moved.binary_search_by_key(&member, |moved| moved.0) {
            Ok(place) => moved[place].1 += count,
            Err(place) => {
                moved.insert(place, (member, count));
                self.of_member[member.index()].push(topic);
            }
        }
    }

    /// By how much members have more of a topic than they claim, or fewer.
    pub(super) fn of_topic(&self, topic: TopicId) -> &[(MemberId, i32)] {
        &self.of_topic[topic.index()]
    }

    /// The topics of which a member had more or fewer at some time.
    pub(super) fn of_member(&self, member: MemberId) -> &[TopicId] {
        &self.of_member[member.index()]
    }

    /// The topics of which anything moved, ascending.
    pub(super) fn topics(&self) -> impl Iterator<Item = TopicId> + '_ {
        self.of_topic.iter().enumerate().filter(|(_, moved)| !moved.is_empty()).map(|(topic, _)| TopicId::from_index(topic))
    }
}
