//! A member's assignment as it is printed: `topic(0,1), other(2)` before Kafka 4.0,
//! `topic:0,1;other:2` since.

use std::collections::BTreeMap;

use super::ImportError;

/// Partitions by topic.
pub(super) type Owned = BTreeMap<String, Vec<i64>>;

/// The topics and partitions of a field.
pub(super) fn parse(line: usize, text: &str) -> Result<Owned, ImportError> {
    let mut owned = Owned::new();
    for entry in entries(text) {
        let (topic, partitions) = topic(entry).ok_or_else(|| ImportError::Assignment { line, text: entry.into() })?;
        owned.entry(topic.into()).or_default().extend(partitions);
    }
    Ok(owned)
}

/// One entry for each topic. The older form also puts commas between partitions, so there entries
/// end with their bracket.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    let end = if text.contains('(') { ')' } else { ';' };
    let entries = text.split_inclusive(end).map(|entry| entry.trim_start_matches(',').trim_end_matches(';').trim());
    entries.filter(|entry| !entry.is_empty())
}

fn topic(entry: &str) -> Option<(&str, Vec<i64>)> {
    let (topic, partitions) = match entry.strip_suffix(')') {
        Some(entry) => entry.rsplit_once('(')?,
        None => entry.rsplit_once(':')?,
    };
    let partitions: Option<Vec<i64>> = partitions.split(',').map(partition).collect();
    let topic = topic.trim();
    Some((topic, partitions?)).filter(|_| !topic.is_empty() && !topic.contains(char::is_whitespace))
}

fn partition(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|partition| *partition >= 0)
}
