//! The net moves since everybody had what they claim.

use crate::model::{MemberId, TopicId};

/// How many more partitions of a topic a member has than it claims, for all between which something
/// passed: also where that came to none again.
#[derive(Debug)]
pub(super) struct NetMoves {
    /// Members by number, ascending, and by how many.
    of_topics: Sparse<(MemberId, i32)>,
    /// The topics of which a member had more or fewer at some time.
    of_members: Chains<TopicId>,
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
            self.lists.push(Vec::with_capacity(16));
            self.places[number] = self.lists.len() as u32;
        }
        &mut self.lists[self.places[number] as usize - 1]
    }
}

/// Lists by number, so many of them and so short that an allocation for each would be most of the
/// work.
#[derive(Debug)]
struct Chains<T> {
    /// The place of the first link of each list, counted from 1; 0 for an empty one.
    first: Vec<u32>,
    /// An item, and the place of the next link.
    links: Vec<(T, u32)>,
}

impl<T: Copy> Chains<T> {
    fn of(numbers: usize) -> Self {
        Self { first: vec![0; numbers], links: Vec::with_capacity(numbers) }
    }

    fn is_empty(&self, number: usize) -> bool {
        self.first[number] == 0
    }

    /// The items of a list, the last added first.
    fn get(&self, number: usize) -> impl Iterator<Item = T> + '_ {
        let link = |place: u32| place.checked_sub(1).map(|place| self.links[place as usize]);
        std::iter::successors(link(self.first[number]), move |(_, next)| link(*next)).map(|(item, _)| item)
    }

    fn add(&mut self, number: usize, item: T) {
        self.links.push((item, self.first[number]));
        self.first[number] = self.links.len() as u32;
    }
}

impl NetMoves {
    pub(super) fn none(topics: usize, members: usize) -> Self {
        Self { of_topics: Sparse::of(topics), of_members: Chains::of(members) }
    }

    /// Whether nothing passed at all, also nothing that came back.
    pub(super) fn is_empty(&self) -> bool {
        self.of_topics.lists.is_empty()
    }

    #[inline]
    pub(super) fn get(&self, member: MemberId, topic: TopicId) -> i32 {
        if self.is_untouched(member) {
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
                self.of_members.add(member.index(), topic);
            }
        }
    }

    /// By how much members have more of a topic than they claim, or fewer.
    pub(super) fn of_topic(&self, topic: TopicId) -> &[(MemberId, i32)] {
        self.of_topics.get(topic.index())
    }

    /// Whether nothing passed to a member or from it, also nothing that came back.
    pub(super) fn is_untouched(&self, member: MemberId) -> bool {
        self.of_members.is_empty(member.index())
    }

    /// The topics of which a member had more or fewer at some time.
    pub(super) fn of_member(&self, member: MemberId) -> impl Iterator<Item = TopicId> + '_ {
        self.of_members.get(member.index())
    }

    /// The topics of which anything moved, ascending.
    pub(super) fn topics(&self) -> impl Iterator<Item = TopicId> + '_ {
        let moved = self.of_topics.places.iter().enumerate().filter(|(_, place)| **place > 0);
        moved.map(|(topic, _)| TopicId::from_index(topic))
    }
}
