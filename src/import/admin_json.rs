//! JSON of admin clients' describe: members with their assignments, or partitions with their
//! owners, in the spellings of the common clients. Which client it was is not asked: names are
//! compared without case and separators.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::error::ImportError;
use super::history::{PartitionsByTopic, SeenMember};
use super::note::{About, ImportNote};
use super::table::{Assigned, GroupTable, TableKind};
use super::text::is_rebalancing;
use super::{partitions, time};
use crate::document::Date;
use crate::model::Subscription;

/// What a document says.
pub(super) enum Document {
    /// Groups, and partitions with their owners.
    Groups(Vec<DescribedGroup>, Vec<OwnedPartition>),
    /// Lines of a log, and when they were written.
    Logged { text: String, at: Option<Date> },
}

/// A group as it is described.
pub(super) struct DescribedGroup {
    pub(super) table: GroupTable,
    pub(super) notes: Vec<ImportNote>,
}

/// A partition, and whose it is.
pub(super) struct OwnedPartition {
    pub(super) group: Option<String>,
    pub(super) topic: String,
    pub(super) partition: i32,
    pub(super) owner: Option<SeenMember>,
}

/// Reads a document, which begins in this line, or what stands in one under a name.
///
/// # Errors
///
/// Where it is not JSON, or neither a description of groups nor an entry of a log.
pub(super) fn read(line: usize, name: Option<&str>, text: &str) -> Result<Document, ImportError> {
    let document = parsed(line, text)?;
    if let Some((what, taken)) = own(&document) {
        return Err(ImportError::Document { line, what, taken });
    }
    if let Some(logged) = logged(&document) {
        return Ok(logged);
    }
    let mut found = Found::default();
    found.within(line, (name, None), &document)?;
    match found.groups.is_empty() && found.owned.is_empty() {
        true => Err(ImportError::Json { line, reason: "this JSON describes no group: an object with `members` is expected".into() }),
        false => Ok(Document::Groups(found.groups, found.owned)),
    }
}

/// Reads what is left of a document whose parts were read by themselves, and which ends in this
/// line.
///
/// # Errors
///
/// Where it is not JSON, or something that is no object stands among the parts.
pub(super) fn read_rest(line: usize, text: &str) -> Result<Document, ImportError> {
    let document = parsed(line, text).map_err(|error| match error {
        ImportError::Json { reason, .. } => ImportError::Json { line, reason },
        other => other,
    })?;
    if let Some(odd) = document.as_array().and_then(|list| list.iter().find(|value| !value.is_null() && !value.is_array())) {
        return Err(ImportError::Json { line, reason: format!("{} describes no group", super::note::short(&odd.to_string())) });
    }
    let mut found = Found::default();
    found.within(line, (None, None), &document)?;
    Ok(Document::Groups(found.groups, found.owned))
}

fn parsed(line: usize, text: &str) -> Result<Value, ImportError> {
    serde_json::from_str(text).map_err(|error| {
        let (line, reason) = (line + error.line().saturating_sub(1), format!("this is no JSON: {error}"));
        ImportError::Json { line, reason }
    })
}

/// An entry of a log: an object with a message, as containers and their programs write them.
fn logged(document: &Value) -> Option<Document> {
    let text = ["log", "message", "msg"].iter().find_map(|name| document.get(name)?.as_str())?;
    let time = ["time", "@timestamp", "timestamp", "ts"].iter().find_map(|name| document.get(name)?.as_str());
    Some(Document::Logged { text: text.into(), at: time.and_then(time::rfc_3339) })
}

/// What a document of this program is, and which command takes it.
fn own(document: &Value) -> Option<(&'static str, &'static str)> {
    let has = |names: &[&str]| names.iter().all(|name| document.get(name).is_some());
    let is_object = |name: &str| document.get(name).is_some_and(Value::is_object);
    match () {
        () if has(&["at"]) => Some(("a line of an event log", "`replay` takes it as it is")),
        () if has(&["version", "group", "rebalances"]) => Some(("a history that the library wrote", "no command takes it")),
        () if has(&["valid", "violations"]) => Some(("a verdict", "no command takes it")),
        () if has(&["summary"]) && has(&["assignment"]) => {
            Some(("a plan", "`verify` takes its `assignment` and `proof` beside the `topics` and `members` of its group"))
        }
        () if has(&["goals"]) && is_object("members") => {
            Some(("a proof", "`verify` takes it as `proof`, beside a group and its `assignment`"))
        }
        () if has(&["members", "assignment"]) && has(&["topics"]) => {
            Some(("a group document with its assignment", "`verify` takes it as it is"))
        }
        () if has(&["members"]) && is_object("topics") => {
            Some(("a group document", "`plan` takes it as it is, and `replay` where events follow it"))
        }
        () => None,
    }
}

/// Names under which anything may stand.
const WRAPPERS: [&str; 8] = ["data", "value", "result", "response", "body", "payload", "group", "description"];

/// What is described in a document.
#[derive(Default)]
struct Found {
    groups: Vec<DescribedGroup>,
    owned: Vec<OwnedPartition>,
}

impl Found {
    /// Adds what is described within a value; what stands under a name may be the group of that
    /// name, and its partitions may be of the group that is named beside them.
    fn within(&mut self, line: usize, (name, beside): (Option<&str>, Option<&str>), value: &Value) -> Result<(), ImportError> {
        let object = match value {
            Value::Array(values) => return values.iter().try_for_each(|value| self.within(line, (None, beside), value)),
            Value::Object(object) => object,
            _ => return Ok(()),
        };
        let fields = ObjectFields::of(object);
        match fields.0.get("members") {
            Some(members) if members.is_array() || members.is_object() || members.is_null() => {
                self.groups.push(group(line, name, &fields, members)?);
            }
            _ if let Some(owned) = owned_partition(line, beside, &fields)? => self.owned.push(owned),
            _ => {
                let named = fields.text(&GROUP_NAMES);
                let beside = named.as_deref().or(beside);
                object.iter().try_for_each(|(name, value)| self.within(line, (Some(name), beside), value))?;
            }
        }
        Ok(())
    }
}

const GROUP_NAMES: [&str; 5] = ["groupid", "consumergroupid", "consumergroup", "groupname", "group"];

/// The partition of these fields, if they say whose it is.
fn owned_partition(line: usize, beside: Option<&str>, fields: &ObjectFields<'_>) -> Result<Option<OwnedPartition>, ImportError> {
    const OWNERS: [&str; 4] = ["consumerid", "memberid", "consumer", "member"];
    let topic = fields.text(&["topic", "topicname"]);
    let numbered = fields.first(&["partition", "partitionid", "partitionindex"]).filter(|value| value.is_number());
    let (Some(topic), Some(numbered), true) = (topic, numbered, OWNERS.iter().any(|name| fields.0.contains_key(*name))) else {
        return Ok(None);
    };
    let partition = number(numbered).map_err(|reason| ImportError::Json { line, reason })?;
    let of_object = |owner: &Value| ObjectFields::of(owner.as_object()?).text(&["memberid", "consumerid", "id"]);
    let id = fields.text(&OWNERS).or_else(|| of_object(fields.first(&OWNERS)?));
    let owner = id.filter(|id| id != "-").map(|id| SeenMember {
        id,
        instance: fields.text(&["groupinstanceid", "instanceid", "instance"]),
        client: fields.text(&["clientid", "client"]),
        ..SeenMember::default()
    });
    let group = fields.text(&GROUP_NAMES).or_else(|| beside.map(String::from));
    Ok(Some(OwnedPartition { group, topic, partition, owner }))
}

/// The fields of an object, by their names without case and separators.
struct ObjectFields<'a>(BTreeMap<String, &'a Value>);

impl<'a> ObjectFields<'a> {
    fn of(object: &'a Map<String, Value>) -> Self {
        let plain = |name: &String| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        Self(object.iter().map(|(name, value)| (plain(name), value)).collect())
    }

    fn first(&self, names: &[&str]) -> Option<&'a Value> {
        names.iter().find_map(|name| self.0.get(*name).copied().filter(|value| !value.is_null()))
    }

    fn text(&self, names: &[&str]) -> Option<String> {
        let text = |name: &&str| self.0.get(*name).and_then(|value| value.as_str()).filter(|text| !text.is_empty());
        names.iter().find_map(text).map(String::from)
    }
}

fn group(line: usize, name: Option<&str>, fields: &ObjectFields<'_>, members: &Value) -> Result<DescribedGroup, ImportError> {
    let name = name.filter(|name| !WRAPPERS.contains(&name.to_ascii_lowercase().as_str())).map(String::from);
    let name = fields.text(&["groupid", "group", "groupname", "id", "name"]).or(name);
    let mut table = GroupTable::new(name, TableKind::Members, None, 0);
    let members: Vec<(Option<&str>, &Value)> = match members {
        Value::Array(members) => members.iter().map(|member| (None, member)).collect(),
        Value::Object(members) => members.iter().map(|(id, member)| (Some(id.as_str()), member)).collect(),
        _ => Vec::new(),
    };
    let state = fields.text(&["state", "groupstate"]);
    table.rebalancing = state.as_deref().is_some_and(is_rebalancing);
    table.generation = fields.first(&["targetassignmentepoch", "assignmentepoch"]).and_then(Value::as_i64);
    if members.is_empty() {
        table.assigned = Assigned::ToNobody;
    }
    let mut ids = BTreeSet::new();
    for (id, value) in members {
        let (member, target) = member(line, id, value)?;
        if member.held.is_some() || member.decided.is_some() {
            table.assigned = table.assigned.max(if target == Target::Said { Assigned::Decided } else { Assigned::Held });
            if target == Target::NotSaid {
                table.untargeted.push(member.id.clone());
            }
        }
        if !ids.insert(member.id.clone()) {
            let reason = format!("member \"{}\" is there twice", super::note::short(&member.id));
            return Err(ImportError::Json { line, reason });
        }
        table.members.push(member);
    }
    let notes = if table.assigned >= Assigned::Held { without_more(&mut table) } else { Vec::new() };
    Ok(DescribedGroup { table, notes })
}

/// Some clients leave out what is nothing: members of whom no assignment is said, where it is of
/// others, have none.
fn without_more(table: &mut GroupTable) -> Vec<ImportNote> {
    let unsaid = table.members.iter_mut().filter(|member| member.held.is_none() && member.decided.is_none());
    let members: Vec<String> = unsaid
        .map(|member| {
            (member.held, member.decided) = (Some(PartitionsByTopic::new()), Some(PartitionsByTopic::new()));
            member.id.clone()
        })
        .collect();
    let about = (!members.is_empty()).then_some(About::TakenToHaveNothing { members });
    about.map(|about| ImportNote::of(table.group.as_deref(), about)).into_iter().collect()
}

/// Whether a member says what was decided for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Said,
    NotSaid,
}

fn member(line: usize, id: Option<&str>, value: &Value) -> Result<(SeenMember, Target), ImportError> {
    let fault = |reason: String| ImportError::Json { line, reason };
    let object = value.as_object().ok_or_else(|| fault("a member is no object".into()))?;
    let fields = ObjectFields::of(object);
    let id = fields.text(&["memberid", "consumerid", "id"]).or_else(|| id.map(String::from));
    let id = id.ok_or_else(|| fault("a member has no id".into()))?;
    let list = |names: &[&str]| match fields.first(names) {
        None => Ok(None),
        Some(value) => partitions(value).map(Some).map_err(|reason| fault(format!("member \"{}\": {reason}", super::note::short(&id)))),
    };
    let held = list(&["memberassignment", "assignment", "assigned", "currentassignment", "assignedpartitions", "assignments"])?;
    let target = list(&["targetassignment", "target"])?.flatten();
    let said = if target.is_some() { Target::Said } else { Target::NotSaid };
    let held = held.flatten();
    let subscription = ["membermetadata", "metadata", "subscription", "join", "subscribedtopicnames", "topics", "subscribedtopics"];
    let subscription = subscription.iter().find_map(|name| fields.0.get(*name).and_then(|value| topics(value)));
    let member = SeenMember {
        instance: fields.text(&["groupinstanceid", "instanceid"]),
        client: fields.text(&["clientid", "client"]),
        rack: fields.text(&["rackid", "rack", "clientrack"]),
        subscription: subscription.map(Subscription::Named),
        decided: target.or_else(|| held.clone()),
        held,
        id,
    };
    Ok((member, said))
}

/// The partitions of a value, however it lists them; none where it is nothing.
fn partitions(value: &Value) -> Result<Option<PartitionsByTopic>, String> {
    let mut found = PartitionsByTopic::new();
    match value {
        Value::Null => return Ok(None),
        Value::String(text) => return partitions::assignment(&partitions::of_base64(text)?),
        Value::Array(entries) => {
            for entry in entries {
                listed(entry, &mut found)?;
            }
        }
        Value::Object(object) => {
            if let Some(bytes) = bytes(object) {
                return partitions::assignment(&bytes);
            }
            let fields = ObjectFields::of(object);
            let inner = ["topicpartitions", "assignedpartitions", "partitions", "assignment", "topics"];
            if let Some(inner) = fields.first(&inner).filter(|inner| inner.is_array() || inner.is_object()) {
                return partitions(inner);
            }
            for (topic, list) in object {
                let list = list.as_array().ok_or_else(|| format!("\"{}\" has no list of partitions", super::note::short(topic)))?;
                found.entry(topic.clone()).or_default().extend(numbers(list)?);
            }
        }
        other => return Err(format!("{other} is no list of partitions")),
    }
    Ok(Some(found))
}

/// An entry of a list: a topic with a partition or several, or both in one string.
fn listed(entry: &Value, found: &mut PartitionsByTopic) -> Result<(), String> {
    let (topic, partitions) = match entry {
        Value::Object(object) => {
            let fields = ObjectFields::of(object);
            let topic = fields.text(&["topic", "topicname", "name"]).ok_or("an entry names no topic")?;
            match fields.first(&["partition", "partitions", "partitionindex", "id"]) {
                Some(Value::Array(list)) => (topic, numbers(list)?),
                Some(one) => (topic, vec![number(one)?]),
                None => return Err(format!("topic \"{}\" has no partitions", super::note::short(&topic))),
            }
        }
        Value::Array(pair) => match pair.as_slice() {
            [Value::String(topic), Value::Array(list)] => (topic.clone(), numbers(list)?),
            [Value::String(topic), one] => (topic.clone(), vec![number(one)?]),
            _ => return Err("an entry is no topic with its partitions".into()),
        },
        Value::String(text) => {
            let (topic, partition) = partitions::joined(text).ok_or_else(|| format!("\"{}\" is no partition", super::note::short(text)))?;
            (topic.to_string(), vec![partition])
        }
        other => return Err(format!("{other} is no partition")),
    };
    found.entry(topic).or_default().extend(partitions);
    Ok(())
}

fn numbers(list: &[Value]) -> Result<Vec<i32>, String> {
    list.iter().map(number).collect()
}

fn number(value: &Value) -> Result<i32, String> {
    partitions::number(&value.to_string()).ok_or_else(|| format!("{value} is not the number of a partition"))
}

/// The topics that a value subscribes to, if it says so.
fn topics(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(names) => names.iter().map(|name| name.as_str().map(String::from)).collect(),
        Value::Object(object) => match bytes(object) {
            Some(bytes) => partitions::subscription(&bytes),
            None => topics(ObjectFields::of(object).first(&["topics", "subscription", "subscribedtopicnames"])?),
        },
        Value::String(text) => partitions::subscription(&partitions::of_base64(text).ok()?),
        _ => None,
    }
}

/// Bytes as Node writes them: `{"type": "Buffer", "data": [0, 1]}`.
fn bytes(object: &Map<String, Value>) -> Option<Vec<u8>> {
    let data = object.get("data").filter(|_| object.get("type").and_then(Value::as_str) == Some("Buffer"))?;
    data.as_array()?.iter().map(|byte| byte.as_u64().and_then(|byte| u8::try_from(byte).ok())).collect()
}
