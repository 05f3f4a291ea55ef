//! Records of `__consumer_offsets`, which brokers keep of their groups, in the forms that people
//! get them in: JSON, in objects of the console consumer, one after another, and in the lines of
//! the log dump since Kafka 3.8; and lines of hex or base64, `timestamp offset key value`, an
//! absent value as `-` or nothing.
//!
//! Here a record of a text is read into what it tells; `life` puts what is told of a group together
//! to moments.

mod life;

use std::mem;

use data_encoding::{BASE64, Encoding, HEXLOWER_PERMISSIVE};
use serde::Deserialize;
use serde_json::Value;

use super::error::ImportError;
use super::history::SeenMember;
use super::{offsets_dump, partitions};
use crate::document::Date;
use crate::kafka::records::{GroupRecord, Heard, PassedOver, RecordError};
use crate::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, TopicPartitions};
use life::{ById, Generation, Told, ToldTopic, date, subscription};

pub(super) use life::Records;

/// A record as the console consumer prints it.
#[derive(Deserialize)]
struct ConsoleRecord {
    key: Option<RecordKey>,
    value: Option<Body>,
    /// When it was written, where who printed it put that beside it.
    #[serde(alias = "ts")]
    timestamp: Option<i64>,
}

/// What kind of record it is, and whose.
#[derive(Deserialize)]
struct RecordKey {
    #[serde(rename = "type", alias = "version")]
    kind: Number,
    data: Option<KeyData>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyData {
    #[serde(alias = "groupId")]
    group: Option<String>,
    member_id: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    version: Number,
    data: Option<Value>,
}

/// A number, which some versions print as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(i16),
    Text(String),
}

impl Number {
    fn get(&self) -> Option<i16> {
        match self {
            Self::Plain(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GenerationData {
    protocol_type: String,
    generation: i32,
    current_state_timestamp: Option<i64>,
    #[serde(default)]
    members: Vec<MemberData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MemberData {
    member_id: String,
    group_instance_id: Option<String>,
    client_id: Option<String>,
    #[serde(default)]
    subscription: Value,
    #[serde(default)]
    assignment: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionData {
    topics: Vec<String>,
    #[serde(default)]
    owned_partitions: Vec<ListedPartitions>,
    rack_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssignmentData {
    assigned_partitions: Vec<ListedPartitions>,
}

#[derive(Deserialize)]
struct ListedPartitions {
    topic: String,
    partitions: Vec<i32>,
}

#[derive(Deserialize)]
struct EpochData {
    epoch: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetEpochData {
    assignment_epoch: i32,
}

#[derive(Deserialize)]
struct TopicsData {
    topics: Vec<TopicDescriptionData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TopicDescriptionData {
    topic_id: String,
    topic_name: String,
    num_partitions: i32,
    #[serde(default)]
    partition_metadata: Vec<RacksData>,
}

#[derive(Deserialize)]
struct RacksData {
    partition: i32,
    racks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConsumerData {
    instance_id: Option<String>,
    rack_id: Option<String>,
    client_id: Option<String>,
    #[serde(default)]
    subscribed_topic_names: Vec<String>,
    subscribed_topic_regex: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetData {
    topic_partitions: Vec<IdData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CurrentData {
    assigned_partitions: Vec<IdData>,
    #[serde(default)]
    partitions_pending_revocation: Vec<IdData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IdData {
    topic_id: String,
    partitions: Vec<i32>,
}

impl Records {
    /// With the record that a JSON document is, if it is one: an object with a key and a value.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub(crate) fn json(&mut self, line: usize, document: &str) -> Option<Result<(), ImportError>> {
        let fault = |error: serde_json::Error| {
            let (line, reason) = (line + error.line().saturating_sub(1), format!("the record cannot be read: {error}"));
            ImportError::Json { line, reason }
        };
        let named = |name: &str| document.contains(name);
        if !(named("\"key\"") && named("\"value\"")) {
            return None;
        }
        match serde_json::from_str::<ConsoleRecord>(document) {
            Ok(ConsoleRecord { key: None, .. }) if !begins(document) => None,
            Ok(ConsoleRecord { key, value, timestamp }) => Some(self.found(line, key, value, timestamp.and_then(date))),
            Err(error) => begins(document).then(|| Err(fault(error))),
        }
    }

    /// With what a line of the log dump tells.
    ///
    /// # Errors
    ///
    /// Where the record cannot be read.
    pub(crate) fn dumped(&mut self, line: usize, text: &str) -> Result<(), ImportError> {
        let unreadable = |error: serde_json::Error| ImportError::Log { line, reason: format!("the record cannot be read: {error}") };
        let Some((before, entry)) = text.split_once(" key: ") else { return Ok(()) };
        let mut keys = serde_json::Deserializer::from_str(entry).into_iter::<RecordKey>();
        let key = keys.next().transpose().map_err(unreadable)?;
        let payload = entry.get(keys.byte_offset()..).unwrap_or_default().trim().strip_prefix("payload:").unwrap_or_default().trim();
        let value = match payload {
            "" | "null" | "<DELETE>" => None,
            payload => Some(serde_json::from_str::<Body>(payload).map_err(unreadable)?),
        };
        self.found(line, key, value, offsets_dump::created(before))
    }

    /// With what a record tells; nothing where it has no key.
    fn found(&mut self, line: usize, key: Option<RecordKey>, value: Option<Body>, at: Option<Date>) -> Result<(), ImportError> {
        let Some(key) = key else { return Ok(()) };
        let unreadable = |reason: String| ImportError::Json { line, reason };
        let number = |number: &Number| number.get().ok_or_else(|| unreadable("the record's type or version is no number".into()));
        let kind = number(&key.kind)?;
        let version = value.as_ref().map(|value| number(&value.version)).transpose()?;
        let key = key.data.unwrap_or_default();
        if let Some(passed) = PassedOver::of(kind, version) {
            self.pass_over(passed);
            return Ok(());
        }
        let group = key.group.ok_or_else(|| unreadable("the record's key names no group".into()))?;
        let member = key.member_id.unwrap_or_default();
        let told = told(kind, &member, value.and_then(|value| value.data))
            .map_err(|reason| unreadable(format!("the record cannot be read: {reason}")))?;
        self.life(group).learn(at, told);
        Ok(())
    }

    /// With what a line of hex or base64 tells.
    ///
    /// # Errors
    ///
    /// Where hex is none, or a record of a known kind cannot be read.
    pub(crate) fn hex(&mut self, line: usize, record: &HexRecord<'_>) -> Result<(), ImportError> {
        /// Before 1973, or more records than a topic has.
        const NEITHER: i64 = 100_000_000_000;
        let unreadable = |reason: String| ImportError::Log { line, reason };
        if (0..NEITHER).contains(&record.timestamp) && record.offset >= NEITHER {
            return Err(unreadable("a record is `timestamp offset key value`, and here the offset stands first".into()));
        }
        let (encoding, written): (&Encoding, _) = match record.form {
            Form::Hex => (&HEXLOWER_PERMISSIVE, "hex"),
            Form::Base64 => (&BASE64, "base64"),
        };
        let not_in = |part: &str| unreadable(format!("the {part} of the record is not in {written}"));
        // Out of `self`, so that what is read from them can be told to it.
        let mut buffers = mem::take(&mut self.buffers);
        let key = decoded(encoding, record.key, &mut buffers.key).ok_or_else(|| not_in("key"))?;
        // A topic is for the most part offsets, whose values nobody needs.
        if let Some(passed) = key.first_chunk().and_then(|kind| PassedOver::of(i16::from_be_bytes(*kind), None)) {
            self.pass_over(passed);
        } else {
            let value =
                record.value.map(|value| decoded(encoding, value, &mut buffers.value).ok_or_else(|| not_in("value"))).transpose()?;
            self.heard(record.timestamp, key, value).map_err(|error| unreadable(error.to_string()))?;
        }
        self.buffers = buffers;
        Ok(())
    }

    fn heard(&mut self, timestamp: i64, key: &[u8], value: Option<&[u8]>) -> Result<(), RecordError> {
        match Heard::decode(key, value)? {
            Heard::PassedOver(passed) => self.pass_over(passed),
            Heard::Record(GroupRecord { group, body }) => self.life(group.into()).hear(date(timestamp), &body)?,
        }
        Ok(())
    }
}

/// The bytes of a text, in a buffer that is used again.
fn decoded<'a>(encoding: &Encoding, text: &str, buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    buffer.resize(encoding.decode_len(text.len()).ok()?, 0);
    let length = encoding.decode_mut(text.as_bytes(), buffer).ok()?;
    Some(&buffer[..length])
}

/// Whether a document begins as the console consumer's records do.
fn begins(text: &str) -> bool {
    let key = ["{", "\"key\"", ":"].iter().try_fold(text, |text, token| text.trim_start().strip_prefix(token));
    key.is_some_and(|key| key.trim_start().starts_with(['{', 'n']))
}

/// Whether this is a line of the log dump with a record in JSON.
pub(crate) fn is_dump_line(text: &str) -> bool {
    let parts = text.split_once(" key: {").and_then(|(before, entry)| Some((before, entry.split_once(" payload: ")?.0)));
    parts.is_some_and(|(before, key)| {
        before.contains("offset: ") && key.contains("\"data\"") && (key.contains("\"type\"") || key.contains("\"version\""))
    })
}

fn told(kind: i16, member: &str, value: Option<Value>) -> Result<Told<'_>, String> {
    fn data<T: for<'a> Deserialize<'a>>(value: Option<Value>) -> Result<Option<T>, String> {
        value.map(|value| serde_json::from_value(value).map_err(|error| error.to_string())).transpose()
    }
    Ok(match kind {
        2 => Told::Generation(data::<GenerationData>(value)?.map(generation).transpose()?),
        3 => Told::GroupEpoch(data::<EpochData>(value)?.map(|data| data.epoch)),
        4 => Told::Topics(data::<TopicsData>(value)?.map(|data| data.topics.into_iter().map(ToldTopic::from).collect())),
        5 => Told::Member { said: data::<ConsumerData>(value)?.map(|data| data.said_by(member)), id: member },
        6 => Told::TargetEpoch(data::<TargetEpochData>(value)?.map(|data| data.assignment_epoch)),
        7 => Told::Target { member, partitions: data::<TargetData>(value)?.map(|data| by_id(data.topic_partitions)) },
        _ => Told::Current {
            member,
            partitions: data::<CurrentData>(value)?
                .map(|data| by_id(data.assigned_partitions).into_iter().chain(by_id(data.partitions_pending_revocation)).collect()),
        },
    })
}

fn generation(data: GenerationData) -> Result<Generation, String> {
    let GenerationData { protocol_type, generation: number, current_state_timestamp, members } = data;
    let since = current_state_timestamp.and_then(date);
    let mut generation = Generation { protocol_type, number, since, ..Generation::default() };
    if generation.is_of_consumers() {
        members.into_iter().try_for_each(|member| member.add_to(&mut generation))?;
    }
    Ok(generation.with_members_once())
}

/// What stands in a field that some versions print as JSON and others as bytes in base64.
enum JsonOrBytes<T> {
    Nothing,
    Json(T),
    Bytes(Vec<u8>),
}

impl<T: for<'a> Deserialize<'a>> JsonOrBytes<T> {
    fn of(value: Value) -> Result<Self, String> {
        match value {
            Value::Object(_) => serde_json::from_value(value).map(Self::Json).map_err(|error| error.to_string()),
            Value::String(text) if !text.is_empty() => partitions::of_base64(&text).map(Self::Bytes),
            _ => Ok(Self::Nothing),
        }
    }
}

impl MemberData {
    /// Adds the member, with what it said and was given.
    fn add_to(self, generation: &mut Generation) -> Result<(), String> {
        let client = self.client_id.filter(|id| !id.is_empty());
        let seen = SeenMember { id: self.member_id, instance: self.group_instance_id, client, ..SeenMember::default() };
        let (said, given) = (JsonOrBytes::<SubscriptionData>::of(self.subscription)?, JsonOrBytes::<AssignmentData>::of(self.assignment)?);
        let said = match &said {
            JsonOrBytes::Nothing => None,
            JsonOrBytes::Json(said) => Some(said.subscription()),
            JsonOrBytes::Bytes(bytes) => Some(ConsumerProtocolSubscription::decode(bytes).map_err(|error| error.to_string())?),
        };
        let given = match &given {
            JsonOrBytes::Nothing => None,
            JsonOrBytes::Json(given) => Some(given.assignment()),
            JsonOrBytes::Bytes(bytes) => Some(ConsumerProtocolAssignment::decode(bytes).map_err(|error| error.to_string())?),
        };
        generation.add(seen, said.as_ref(), given.as_ref());
        Ok(())
    }
}

impl SubscriptionData {
    fn subscription(&self) -> ConsumerProtocolSubscription<'_> {
        ConsumerProtocolSubscription {
            topics: self.topics.iter().map(String::as_str).collect(),
            owned_partitions: self.owned_partitions.iter().map(ListedPartitions::partitions).collect(),
            rack: self.rack_id.as_deref(),
            ..ConsumerProtocolSubscription::default()
        }
    }
}

impl AssignmentData {
    fn assignment(&self) -> ConsumerProtocolAssignment<'_> {
        let assigned_partitions = self.assigned_partitions.iter().map(ListedPartitions::partitions).collect();
        ConsumerProtocolAssignment { assigned_partitions, ..ConsumerProtocolAssignment::default() }
    }
}

impl ListedPartitions {
    fn partitions(&self) -> TopicPartitions<'_> {
        TopicPartitions { topic: &self.topic, partitions: self.partitions.iter().copied().collect() }
    }
}

impl From<TopicDescriptionData> for ToldTopic {
    fn from(data: TopicDescriptionData) -> Self {
        let racks = data.partition_metadata.into_iter().map(|of| (of.partition, of.racks)).collect();
        Self { id: data.topic_id.into(), name: data.topic_name, partitions: data.num_partitions, racks }
    }
}

impl ConsumerData {
    fn said_by(self, id: &str) -> SeenMember {
        SeenMember {
            id: id.into(),
            instance: self.instance_id,
            client: self.client_id.filter(|id| !id.is_empty()),
            rack: self.rack_id,
            subscription: subscription(self.subscribed_topic_names, self.subscribed_topic_regex.as_deref()),
            ..SeenMember::default()
        }
    }
}

fn by_id(topics: Vec<IdData>) -> ById {
    topics.into_iter().map(|topic| (topic.topic_id.into(), topic.partitions)).collect()
}

/// The parts of a line that is a record.
pub(crate) struct HexRecord<'a> {
    timestamp: i64,
    offset: i64,
    key: &'a str,
    value: Option<&'a str>,
    form: Form,
}

/// In which letters bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Hex,
    Base64,
}

impl<'a> HexRecord<'a> {
    /// Those of a line, if it is one.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let (timestamp, rest) = word(text)?;
        let timestamp = timestamp.parse().ok()?;
        let (offset, rest) = word(rest)?;
        let offset = offset.parse().ok()?;
        let (written, rest) = word(rest)?;
        let (key, form) = key(written)?;
        // The value is long, and looked at once, where it is decoded.
        let value = rest.trim_ascii();
        let is_nothing = value.is_empty() || value == "-" || value.eq_ignore_ascii_case("null");
        Some(Self { timestamp, offset, key, value: (!is_nothing).then(|| digits(value)), form })
    }
}

/// The first word of a text, and what stands behind it.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_ascii_start();
    let end = text.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The digits of a text that may say that they are hex.
fn digits(text: &str) -> &str {
    text.strip_prefix("0x").or_else(|| text.strip_prefix("\\x")).unwrap_or(text)
}

/// A key and its form: it begins with a type, which is a small number.
fn key(text: &str) -> Option<(&str, Form)> {
    let digits = digits(text);
    let is_hex = digits.len() >= 4 && digits.starts_with("00") && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let is_base64 = || text.len() >= 8 && text.len().is_multiple_of(4) && text.starts_with("AA") && BASE64.decode(text.as_bytes()).is_ok();
    if is_hex { Some((digits, Form::Hex)) } else { is_base64().then_some((text, Form::Base64)) }
}

/// Whether a line that is no record has one's key among its first words: what stands around it is
/// not what is due there, or the key is cut off.
pub(crate) fn misplaced_hex(text: &str) -> bool {
    const SHORTEST: usize = 12;
    let is_cut_off = |word: &str| word.starts_with("000") && word.bytes().all(|digit| digit.is_ascii_alphanumeric());
    let is_key = |word: &str| word.len() >= SHORTEST && (key(word).is_some() || is_cut_off(word));
    text.split_ascii_whitespace().take(6).any(is_key)
}
