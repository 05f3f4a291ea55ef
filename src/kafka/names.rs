//! The names of a group's topics as messages have them: a length in front. Comparing and writing
//! those is quicker than reading them.

use super::error::EncodeError;
use super::wire::Writer;
use crate::model::{TopicId, Topics};

/// Topic names as they are written, by topic number.
pub(super) struct WrittenNames {
    bytes: Vec<u8>,
    /// Where each begins, and where the last one ends.
    starts: Vec<usize>,
}

impl WrittenNames {
    pub(super) fn of(topics: &Topics) -> Result<Self, EncodeError> {
        let mut writer = Writer::default();
        let mut starts = vec![0];
        for (_, topic) in topics.in_id_order() {
            writer.string(topic.name())?;
            starts.push(writer.written());
        }
        Ok(Self { bytes: writer.finish(), starts })
    }

    /// How many bytes a list of so many partitions takes, as far as that can be told without
    /// looking: where names are equally long, never more.
    pub(super) fn room_for(&self, partitions: usize) -> usize {
        let topics = self.starts.len() - 1;
        let name = self.bytes.len().div_ceil(topics.max(1));
        partitions * 4 + partitions.min(topics) * (name + 4)
    }

    /// The name of a topic of this number, if there is one.
    pub(super) fn get(&self, number: usize) -> Option<&[u8]> {
        let bounds = self.starts.get(number..number + 2)?;
        self.bytes.get(bounds[0]..bounds[1])
    }

    pub(super) fn of_topic(&self, topic: TopicId) -> &[u8] {
        self.get(topic.index()).unwrap_or_default()
    }
}
