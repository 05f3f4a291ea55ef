//! `kafka-topics.sh --describe`, and what `kcat -L` prints: how many partitions topics have, and
//! where their replicas are.

use std::collections::{BTreeMap, BTreeSet};

use super::error::ImportError;
use super::partitions;
use crate::document::TopicDocument;

/// All topics that an input describes.
#[derive(Clone, Debug, Default)]
pub(super) struct DescribedTopics {
    described: BTreeMap<String, DescribedTopic>,
    /// The topic that kcat's next lines are about.
    listed: Option<String>,
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
    kcat_topic(text).is_some()
        || kcat_partition(text).is_some()
        || text.starts_with("Topic:") && (text.contains("PartitionCount:") || (text.contains("Partition:") && text.contains("Replicas:")))
}

impl DescribedTopics {
    /// The topics with what one line says.
    ///
    /// # Errors
    ///
    /// Where a number of it is none.
    pub(super) fn with(mut self, line: usize, text: &str) -> Result<Self, ImportError> {
        let unreadable = || ImportError::Topic { line };
        if let Some((name, count)) = kcat_topic(text) {
            self.described.entry(name.into()).or_default().count = Some(i64::from(partitions::number(count).ok_or_else(unreadable)?));
            self.listed = Some(name.into());
            return Ok(self);
        }
        if let Some((partition, replicas)) = kcat_partition(text) {
            let topic = self.listed.clone().and_then(|name| self.described.get_mut(&name)).ok_or_else(unreadable)?;
            topic.replicas.insert(partitions::number(partition).ok_or_else(unreadable)?, brokers(replicas).ok_or_else(unreadable)?);
            return Ok(self);
        }
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
            topic.replicas.insert(partition, brokers(field(text, "Replicas:").unwrap_or_default()).ok_or_else(unreadable)?);
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

/// The numbers of a list of brokers.
fn brokers(list: &str) -> Option<Vec<i32>> {
    list.split(',').filter(|broker| !broker.is_empty()).map(|broker| broker.parse().ok()).collect()
}

/// The name and the count of `topic "orders" with 3 partitions:`.
fn kcat_topic(text: &str) -> Option<(&str, &str)> {
    let (name, count) = text.trim().strip_prefix("topic \"")?.rsplit_once("\" with ")?;
    Some((name, count.strip_suffix(':')?.strip_suffix(" partitions").or_else(|| count.strip_suffix(" partition:"))?))
}

/// The number and the replicas of `partition 0, leader 1, replicas: 1,2, isrs: 1,2`.
fn kcat_partition(text: &str) -> Option<(&str, &str)> {
    let (partition, rest) = text.trim().strip_prefix("partition ")?.split_once(", leader ")?;
    let (_, replicas) = rest.split_once(", replicas: ")?;
    Some((partition, replicas.split_once(", isrs:").map_or(replicas, |(replicas, _)| replicas)))
}

/// What stands behind a name, up to the next space.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    // The name of one field may end with that of another.
    let begins = |at: &usize| *at == 0 || text[..*at].ends_with(char::is_whitespace);
    let (at, _) = text.match_indices(name).find(|(at, _)| begins(at))?;
    text[at + name.len()..].split_whitespace().next().filter(|value| !value.ends_with(':'))
}
