//! Partitions, topic by topic, as they are written: printed as `topic(0,1), other(2)` before Kafka
//! 4.0, as `topic:0,1;other:2` since, and in the bytes of Kafka's consumer protocol, as some
//! clients hand them on.

use super::error::ImportError;
use super::history::PartitionsByTopic;

#[cfg(feature = "kafka")]
use crate::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};

/// The topics and partitions of a field.
pub(super) fn parse(line: usize, text: &str) -> Result<PartitionsByTopic, ImportError> {
    let mut owned = PartitionsByTopic::new();
    for entry in entries(text) {
        let (topic, partitions) = topic(entry).ok_or_else(|| ImportError::Assignment { line, text: entry.into() })?;
        owned.entry(topic.into()).or_default().extend(partitions);
    }
    Ok(owned)
}

/// The number of a partition.
pub(super) fn partition(line: usize, text: &str) -> Result<i32, ImportError> {
    number(text).ok_or_else(|| ImportError::Assignment { line, text: text.into() })
}

/// One entry for each topic. The older form also puts commas between partitions, so there entries
/// end with their bracket.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    let end = if text.contains('(') { ')' } else { ';' };
    let entries = text.split_inclusive(end).map(|entry| entry.trim_start_matches(',').trim_end_matches(';').trim());
    entries.filter(|entry| !entry.is_empty())
}

fn topic(entry: &str) -> Option<(&str, Vec<i32>)> {
    let (topic, partitions) = match entry.strip_suffix(')') {
        Some(entry) => entry.rsplit_once('(')?,
        None => entry.rsplit_once(':')?,
    };
    let partitions: Option<Vec<i32>> = partitions.split(',').map(number).collect();
    let topic = topic.trim();
    Some((topic, partitions?)).filter(|_| !topic.is_empty() && !topic.contains(char::is_whitespace))
}

/// The highest number a partition may have, for their count is an `i32` too.
const HIGHEST: i32 = i32::MAX - 1;

pub(super) fn number(text: &str) -> Option<i32> {
    text.trim().parse().ok().filter(|partition| (0..=HIGHEST).contains(partition))
}

/// A partition as Kafka's clients print it: `topic-0`.
pub(super) fn joined(text: &str) -> Option<(&str, i32)> {
    let (topic, partition) = text.trim().rsplit_once('-')?;
    Some((topic, number(partition)?)).filter(|_| !topic.is_empty())
}

/// Partitions in that form, `topic-0, other-2`; else the text among them that is none.
pub(super) fn all_joined(list: &str) -> Result<PartitionsByTopic, &str> {
    let mut found = PartitionsByTopic::new();
    for text in list.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let (topic, partition) = joined(text).ok_or(text)?;
        found.entry(topic.into()).or_default().push(partition);
    }
    Ok(found)
}

/// The bytes of a text in base64.
pub(super) fn of_base64(text: &str) -> Result<Vec<u8>, String> {
    data_encoding::BASE64.decode(text.as_bytes()).map_err(|_| "an assignment in neither JSON nor base64".into())
}

/// The partitions of an assignment; none where there are no bytes.
#[cfg(feature = "kafka")]
pub(super) fn assignment(bytes: &[u8]) -> Result<Option<PartitionsByTopic>, String> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let read = ConsumerProtocolAssignment::decode(bytes).map_err(|error| error.to_string())?;
    let mut found = PartitionsByTopic::new();
    for topic in &read.assigned_partitions {
        found.entry(topic.topic.to_string()).or_default().extend(topic.partitions.iter());
    }
    Ok(Some(found))
}

/// The topics of a subscription, if the bytes are one.
#[cfg(feature = "kafka")]
pub(super) fn subscription(bytes: &[u8]) -> Option<Vec<String>> {
    let read = ConsumerProtocolSubscription::decode(bytes).ok()?;
    Some(read.topics.iter().map(|topic| (*topic).to_string()).collect())
}

/// Without the consumer protocol its bytes cannot be read.
#[cfg(not(feature = "kafka"))]
pub(super) fn assignment(_: &[u8]) -> Result<Option<PartitionsByTopic>, String> {
    Err("an assignment in bytes, which this program was built not to read (feature `kafka`)".into())
}

#[cfg(not(feature = "kafka"))]
pub(super) fn subscription(_: &[u8]) -> Option<Vec<String>> {
    None
}
