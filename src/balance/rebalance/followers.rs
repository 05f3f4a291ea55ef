//! Who follows a topic, as a search asks for it.

use super::edits::Places;
use super::readers::Readers;
use crate::model::{MemberId, TopicId};

/// The followers of every topic that has partitions, and where to look what of them changed.
pub(super) struct Followers {
    readers: Readers,
    /// Where what changed of topics is.
    of_topics: Places,
    /// Where what changed of shapes is.
    of_shapes: Places,
}

impl Followers {
    /// Those of a group with so many topics.
    pub(super) fn of(readers: Readers, topics: usize) -> Self {
        let (of_topics, of_shapes) = readers.places(topics);
        Self { readers, of_topics, of_shapes }
    }

    /// The members that follow a topic.
    pub(super) fn of_topic(&self, topic: TopicId) -> impl Iterator<Item = MemberId> + '_ {
        self.shapes_of(topic).flat_map(|shape| self.members_of(shape))
    }

    /// The shapes that follow a topic; also some that no member has any more.
    pub(super) fn shapes_of(&self, topic: TopicId) -> impl Iterator<Item = u32> + '_ {
        self.readers.shapes_of(topic, &self.of_topics)
    }

    /// The members of a shape.
    pub(super) fn members_of(&self, shape: u32) -> impl Iterator<Item = MemberId> + '_ {
        self.readers.members_of(shape, &self.of_shapes)
    }

    /// How many shapes are numbered.
    pub(super) fn shape_count(&self) -> usize {
        self.readers.shape_count()
    }

    /// How many topics the shapes follow in all, about.
    pub(super) fn subscriptions(&self) -> usize {
        self.readers.subscriptions()
    }

    pub(super) fn into_readers(self) -> Readers {
        self.readers
    }
}
