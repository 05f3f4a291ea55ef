//! `kafka-topics.sh --describe`: how many partitions topics have, and where their replicas are.

use std::collections::{BTreeMap, BTreeSet};

use super::error::ImportError;
use super::partitions;
use crate::document::TopicDocument;

/// All topics that an input describes.
#[derive(Clone, Debug, Default)]
pub(super) struct DescribedTopics {
    described: BTreeMap<String, DescribedTopic>,
}

#[derive(Clone, Debug, Default)]
struct DescribedTopic {
    /// The id, which records of groups have in place of the name.
    id: Option<String>,
    count: Option<i64>,
    /// The brokers of each partition.
    replicas: BTreeMap<i32, Vec<i32>>,
}

/// Whether this is a line of that output.
pub(super) fn is_line(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("Topic:") && (text.contains("PartitionCount:") || (text.contains("Partition:") && text.contains("Replicas:")))
}

impl DescribedTopics {
    /// The topics with what one line says.
    ///
    /// # Errors
    ///
    /// Where a number of it is none.
    pub(super) fn with(mut self, line: usize, text: &str) -> Result<Self, ImportError> {
        let unreadable = || ImportError::Topic { line };
        let name = field(text, "Topic:").ok_or_else(unreadable)?;
        let topic = self.described.entry(name.into()).or_default();
        if let Some(id) = field(text, "TopicId:") {
            topic.id = Some(id.into());
        }
        if let Some(count) = field(text, "PartitionCount:") {
            let count = count.parse().ok().filter(|count| (0..=i64::from(i32::MAX)).contains(count));
            topic.count = Some(count.ok_or_else(unreadable)?);
        } else {
            let partition = field(text, "Partition:").and_then(partitions::number).ok_or_else(unreadable)?;
            let brokers = field(text, "Replicas:").unwrap_or_default().split(',').filter(|broker| !broker.is_empty());
            let brokers = brokers.map(str::parse).collect::<Result<_, _>>().map_err(|_| unreadable())?;
            topic.replicas.insert(partition, brokers);
        }
        Ok(self)
    }

    /// The names of topics, by id.
    #[cfg(feature = "kafka")]
    pub(super) fn names(&self) -> BTreeMap<String, String> {
        let named = self.described.iter().filter_map(|(name, topic)| Some((topic.id.clone()?, name.clone())));
        named.collect()
    }

    /// The document of each topic, its replicas in these racks, and the brokers whose rack was not
    /// given.
    pub(super) fn documents(&self, racks: &BTreeMap<i32, String>) -> (BTreeMap<String, TopicDocument>, BTreeSet<i32>) {
        let document = |(name, topic): (&String, &DescribedTopic)| (name.clone(), topic.document(racks));
        let brokers = self.described.values().flat_map(|topic| topic.replicas.values().flatten()).copied();
        let unknown = brokers.filter(|broker| !racks.is_empty() && !racks.contains_key(broker)).collect();
        (self.described.iter().map(document).collect(), unknown)
    }
}

impl DescribedTopic {
    fn document(&self, racks: &BTreeMap<i32, String>) -> TopicDocument {
        let listed = self.replicas.keys().next_back().map_or(0, |highest| i64::from(*highest) + 1);
        let partitions = self.count.unwrap_or(listed).max(listed);
        let of_partition = |partition: i64| {
            let brokers = i32::try_from(partition).ok().and_then(|partition| self.replicas.get(&partition));
            brokers.into_iter().flatten().filter_map(|broker| racks.get(broker).cloned()).collect()
        };
        // A number alone is no reason to list a billion partitions.
        let known = !racks.is_empty() && i64::try_from(self.replicas.len()).is_ok_and(|listed| listed == partitions);
        TopicDocument { partitions, racks: known.then(|| (0..partitions).map(of_partition).collect()) }
    }
}

/// What stands behind a name, up to the next space.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    // The name of one field may end with that of another.
    let begins = |at: &usize| *at == 0 || text[..*at].ends_with(char::is_whitespace);
    let (at, _) = text.match_indices(name).find(|(at, _)| begins(at))?;
    text[at + name.len()..].split_whitespace().next().filter(|value| !value.ends_with(':'))
}
