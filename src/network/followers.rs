//! Who follows a topic, as a search asks for it.

use crate::model::{MemberId, TopicId};
use crate::network::crowds::NOT_ONE;
use crate::network::delta::Indexed;
use crate::network::subscribers::Readers;

/// The followers of every topic that has partitions.
pub(crate) struct Followers {
    readers: Readers,
    /// What changed of topics.
    shapes: Indexed,
    /// What changed of shapes.
    members: Indexed,
    /// By shape, its only member, if it has one and nothing of it changed.
    only: Vec<u32>,
}

impl Followers {
    /// Those of a group with so many topics.
    pub(crate) fn of(readers: Readers, topics: usize) -> Self {
        let mut only = Vec::with_capacity(readers.shape_count());
        only.extend_from_slice(readers.known_only_members());
        only.resize(readers.shape_count(), NOT_ONE);
        readers.members.lists().for_each(|shape| only[shape as usize] = NOT_ONE);
        Self { shapes: readers.shapes.indexed(topics), members: readers.members.indexed(readers.shape_count()), only, readers }
    }

    /// The members that follow a topic.
    pub(crate) fn of_topic(&self, topic: TopicId) -> impl Iterator<Item = MemberId> + '_ {
        self.shapes_of(topic).flat_map(|shape| self.members_of(shape))
    }

    /// Visits the members that follow a topic, in the same order. Quicker than asking for one after
    /// the other.
    pub(crate) fn each_of_topic(&self, topic: TopicId, mut visit: impl FnMut(MemberId)) {
        self.shapes_of(topic).for_each(|shape| match self.only_member_of(shape) {
            None => self.members_of(shape).for_each(&mut visit),
            Some(only) => visit(only),
        });
    }

    /// The shapes that follow a topic; also some that no member has any more.
    pub(crate) fn shapes_of(&self, topic: TopicId) -> impl Iterator<Item = u32> + '_ {
        self.shapes.applied(topic.index() as u32, self.readers.known_shapes_of(topic).iter().copied())
    }

    /// The same without the first so many. No shape ends to follow a topic, so that these are the
    /// known ones first.
    pub(crate) fn shapes_from(&self, topic: TopicId, place: u32) -> impl Iterator<Item = u32> + '_ {
        let known = self.readers.known_shapes_of(topic);
        let rest = &known[known.len().min(place as usize)..];
        self.shapes.applied(topic.index() as u32, rest.iter().copied()).skip((place as usize).saturating_sub(known.len()))
    }

    /// The members of a shape.
    pub(crate) fn members_of(&self, shape: u32) -> impl Iterator<Item = MemberId> + '_ {
        self.members
            .applied(shape, self.readers.known_members_of(shape).iter().copied())
            .map(|number| MemberId::from_index(number as usize))
    }

    /// The only member of a shape, if it is known to have but one.
    pub(crate) fn only_member_of(&self, shape: u32) -> Option<MemberId> {
        let only = self.only[shape as usize];
        (only != NOT_ONE).then(|| MemberId::from_index(only as usize))
    }

    /// About how many members a shape has.
    pub(crate) fn size_of_shape(&self, shape: u32) -> usize {
        self.readers.known_members_of(shape).len()
    }

    /// How many shapes are numbered.
    pub(crate) fn shape_count(&self) -> usize {
        self.readers.shape_count()
    }

    /// How many topics the shapes follow in all, about.
    pub(crate) fn followings(&self) -> usize {
        self.readers.followings()
    }

    pub(crate) fn into_readers(self) -> Readers {
        self.readers
    }
}
