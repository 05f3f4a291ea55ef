//! What the log dump of `__consumer_offsets` printed before Kafka 3.8: assignments by generation,
//! and no subscriptions.
//!
//! `key: metadata::orders payload: consumer:range:1:{c1=[t-0]}`, or both in JSON, the map being a
//! string within.

use std::sync::Arc;

use serde::Deserialize;

use super::error::ImportError;
use super::history::{SeenGroup, SeenMember};
use super::partitions;
use crate::document::Date;

/// What a line of the dump says.
pub(super) enum Dumped {
    /// A group at one generation.
    Group { name: String, seen: SeenGroup, at: Option<Date> },
    /// A group of another protocol, which assigns other things than partitions.
    OtherProtocol { name: String, protocol: String },
    /// An offset, or a group that is gone.
    PassedOver,
}

#[derive(Deserialize)]
struct DumpKey {
    metadata: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    protocol_type: String,
    generation_id: i64,
    assignment: String,
}

/// Whether this is a line of the dump.
pub(super) fn is_line(text: &str) -> bool {
    let Some((_, entry)) = text.split_once("key: ") else { return false };
    let known = ["metadata::", "offset_commit::", "offset::", "{\"metadata\"", "{\"topic\""].iter().any(|begin| entry.starts_with(begin));
    known && entry.contains(" payload: ")
}

/// What the line says.
///
/// # Errors
///
/// Where the assignment cannot be read.
pub(super) fn read(line: usize, text: &str) -> Result<Dumped, ImportError> {
    let unreadable = || ImportError::Log { line, reason: "the assignment of the group cannot be read".into() };
    let (before, entry) = text.split_once("key: ").ok_or_else(unreadable)?;
    let (key, payload) = entry.split_once(" payload: ").ok_or_else(unreadable)?;
    let name = match key.strip_prefix("metadata::") {
        Some(name) => Some(name.to_string()),
        None => serde_json::from_str::<DumpKey>(key).ok().and_then(|key| key.metadata),
    };
    let Some(name) = name else { return Ok(Dumped::PassedOver) };
    let payload = payload.trim();
    if matches!(payload, "" | "<DELETE>" | "null") {
        return Ok(Dumped::PassedOver);
    }
    let (protocol, generation, map) = match serde_json::from_str::<Payload>(payload) {
        Ok(Payload { protocol_type, generation_id, assignment }) => (protocol_type, generation_id, assignment),
        Err(_) => plain(payload).ok_or_else(unreadable)?,
    };
    if protocol != "consumer" {
        return Ok(Dumped::OtherProtocol { name, protocol });
    }
    let seen = SeenGroup { generation: Some(generation), members: members(&map).ok_or_else(unreadable)?, ..SeenGroup::default() };
    Ok(Dumped::Group { name, seen, at: created(before) })
}

/// `consumer:range:1:{…}`.
fn plain(payload: &str) -> Option<(String, i64, String)> {
    let (head, map) = payload.split_once('{')?;
    let mut fields = head.trim_end_matches(':').rsplitn(2, ':');
    let (generation, protocols) = (fields.next()?.parse().ok()?, fields.next()?);
    let (protocol_type, _) = protocols.split_once(':')?;
    Some((protocol_type.into(), generation, format!("{{{map}")))
}

/// `CreateTime: 1772359203110` in what stands before.
pub(super) fn created(before: &str) -> Option<Date> {
    let (_, time) = before.split_once("CreateTime: ")?;
    Date::from_milliseconds(time.split_whitespace().next()?.parse().ok()?)
}

/// The members of `{c1=[t-0, t-1], c2=[]}`.
fn members(map: &str) -> Option<Vec<Arc<SeenMember>>> {
    let mut members = Vec::new();
    let mut rest = map.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    while !rest.is_empty() {
        let (id, behind) = rest.split_once("=[")?;
        let (list, behind) = behind.split_once(']')?;
        let decided = Some(partitions::all_joined(list).ok()?);
        members.push(Arc::new(SeenMember { id: id.into(), decided, ..SeenMember::default() }));
        rest = behind.strip_prefix(',').unwrap_or(behind).trim();
    }
    Some(members)
}
