//! Members' subscriptions and assignments in the bytes of Kafka's consumer protocol, as some
//! clients hand them on.

use super::history::PartitionsByTopic;

#[cfg(feature = "kafka")]
use crate::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};

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
