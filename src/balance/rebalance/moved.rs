//! What moved since everybody had what they claim.

use crate::model::{MemberId, TopicId};

/// How many more partitions of a topic a member has than it claims, for all between which something passed: also where that came to none again.
#[derive(Debug)]
pub(super) struct Moved {
    /// Members by number, ascending, and by how many.
    of_topics: Sparse<(MemberId, i32)>,
    /// The topics of which a member had more or fewer at some time.
    of_members: Sparse<TopicId>,
}

/// Lists by number, most of them empty.
#[derive(Debug)]
struct Sparse<T> {
    /// The place of each list, counted from 1; 0 for an empty one.
    places: Vec<u32>,
    lists: Vec<Vec<T>>,
}

impl<T> Sparse<T> {
    fn of(numbers: usize) -> Self {
        Self { places: vec![0; numbers], lists: Vec::new() }
    }

    fn get(&self, number: usize) -> &[T] {
        match self.places[number] {
            0 => &[],
            place => &self.lists[place as usize - 1],
        }
    }

    fn get_mut(&mut self, number: usize) -> &mut Vec<T> {
        if self.places[number] == 0 {
            self.lists.push(Vec::new());
            self.places[number] = self.lists.len() as u32;
        }
        &mut self.lists[self.places[number] as usize - 1]
    }
}

impl Moved {
    pub(super) fn nothing(topics: usize, members: usize) -> Self {
        Self { of_topics: Sparse::of(topics), of_members: Sparse::of(members) }
    }

    pub(super) fn get(&self, member: MemberId, topic: TopicId) -> i32 {
        if self.of_members.get(member.index()).is_empty() {
            return 0;
        }
        let moved = self.of_topics.get(topic.index());
        moved.binary_search_by_key(&member, |moved| moved.0).map_or(0, |place| moved[place].1)
    }

    pub(super) fn add(&mut self, member: MemberId, topic: TopicId, count: i32) {
        let moved = self.of_topics.get_mut(topic.index());
        match moved.binary_search_by_key(&member, |moved| moved.0) {
            Ok(place) => moved[place].1 += count,
            Err(place) => {
                moved.insert(place, (member, count));
                self.of_members.get_mut(member.index()).push(topic);
            }
        }
    }

    /// By how much members have more of a topic than they claim, or fewer.
    pub(super) fn of_topic(&self, topic: TopicId) -> &[(MemberId, i32)] {
        self.of_topics.get(topic.index())
    }

    /// The topics of which a member had more or fewer at some time.
    pub(super) fn of_member(&self, member: MemberId) -> &[TopicId] {
        self.of_members.get(member.index())
    }

    /// The topics of which anything moved, ascending.
    pub(super) fn topics(&self) -> impl Iterator<Item = TopicId> + '_ {
        let moved = self.of_topics.places.iter().enumerate().filter(|(_, place)| **place > 0);
        moved.map(|(topic, _)| TopicId::from_index(topic))
    }
}
