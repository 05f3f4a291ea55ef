//! The event document: every line of an event log but the first; the whole group as it was seen is
//! one of the things it can say.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::at::At;
use super::group::{SubscriptionDocument, TopicDocument};
use super::reading::{AnyInteger, UniqueMap, objects, optional};
use crate::model::{Event, NewMember, NewTopic};

/// Something that happened to a group, and when.
///
/// ```
/// use sticky_assignor::{Event, document::EventDocument};
/// let event: EventDocument = serde_json::from_str(r#"{"at": 12.5, "leave": "c1"}"#)?;
/// assert_eq!((event.at.seconds(), event.content.events()), (12.5, vec![Event::Leave("c1".into())]));
/// assert!(serde_json::from_str::<EventDocument>(r#"{"at": 12.5}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "EventFields", into = "EventFields")]
pub struct EventDocument {
    /// When.
    pub at: At,
    /// What.
    pub content: EventContent,
}

/// Something that can happen to a group, written as an object with one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventContent {
    /// A member joins.
    Join(JoinDocument),
    /// The member with this id leaves.
    Leave(String),
    /// A member subscribes to other topics.
    Subscribe(SubscribeDocument),
    /// Topics are created, grow, or (null) go.
    Topics(UniqueMap<Option<TopicDocument>>),
    /// The whole group as it was then: what differs from before happened.
    Group(SeenGroupDocument),
    /// A rebalance without a change, whose state is not known: why there was one.
    Rebalance(String),
}

/// A member that joins. It has no claims to state: those of each rebalance are the assignment
/// before it.
///
/// ```
/// use sticky_assignor::document::JoinDocument;
/// let join: JoinDocument = serde_json::from_str(r#"{"id": "c1", "topics": ["orders"], "instance": "pod-1"}"#)?;
/// assert_eq!(join.member().instance.as_deref(), Some("pod-1"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct JoinDocument {
    /// The member id.
    pub id: String,
    /// The topics it subscribes to.
    pub topics: SubscriptionDocument,
    /// Its rack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rack: Option<String>,
    /// Its `group.instance.id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// A member that subscribes anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct SubscribeDocument {
    /// The member id.
    pub id: String,
    /// The topics it subscribes to from now on.
    pub topics: SubscriptionDocument,
}

/// Why an object is not an event.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EventError {
    /// None, or several, of the things that can happen.
    #[error("one of `join`, `leave`, `subscribe`, `topics`, `group`, `rebalance` is expected, found {found}")]
    Happenings {
        /// How many there are.
        found: usize,
    },
}

/// An event as its fields lie in the object.
#[derive(Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(transform = one_content))]
#[serde(deny_unknown_fields, expecting = "an object")]
struct EventFields {
    at: At,
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    join: Option<JoinDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leave: Option<String>,
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    subscribe: Option<SubscribeDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    topics: Option<UniqueMap<Option<TopicDocument>>>,
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    group: Option<SeenGroupDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rebalance: Option<String>,
}

/// An event has one of the things that can happen.
#[cfg(feature = "schema")]
fn one_content(schema: &mut schemars::Schema) {
    let kinds = ["join", "leave", "subscribe", "topics", "group", "rebalance"];
    schema.insert("oneOf".into(), kinds.map(|kind| serde_json::json!({"required": [kind]})).to_vec().into());
}

impl TryFrom<EventFields> for EventDocument {
    type Error = EventError;

    fn try_from(fields: EventFields) -> Result<Self, EventError> {
        let given = [
            fields.join.map(EventContent::Join),
            fields.leave.map(EventContent::Leave),
            fields.subscribe.map(EventContent::Subscribe),
            fields.topics.map(EventContent::Topics),
            fields.group.map(EventContent::Group),
            fields.rebalance.map(EventContent::Rebalance),
        ];
        let mut contents: Vec<EventContent> = given.into_iter().flatten().collect();
        match (contents.len(), contents.pop()) {
            (1, Some(content)) => Ok(Self { at: fields.at, content }),
            (found, _) => Err(EventError::Happenings { found }),
        }
    }
}

impl From<EventDocument> for EventFields {
    fn from(event: EventDocument) -> Self {
        let fields = Self { at: event.at, ..Self::default() };
        match event.content {
            EventContent::Join(join) => Self { join: Some(join), ..fields },
            EventContent::Leave(id) => Self { leave: Some(id), ..fields },
            EventContent::Subscribe(subscribe) => Self { subscribe: Some(subscribe), ..fields },
            EventContent::Topics(topics) => Self { topics: Some(topics), ..fields },
            EventContent::Group(group) => Self { group: Some(group), ..fields },
            EventContent::Rebalance(reason) => Self { rebalance: Some(reason), ..fields },
        }
    }
}

impl EventContent {
    /// The events it stands for: one, or one for each topic in the order of their names. None for a
    /// rebalance without a change, and for a whole group: what that changes depends on the group
    /// before.
    pub fn events(&self) -> Vec<Event> {
        match self {
            Self::Join(join) => vec![Event::Join(join.member())],
            Self::Leave(id) => vec![Event::Leave(id.clone())],
            Self::Subscribe(subscribe) => {
                vec![Event::Subscribe { member: subscribe.id.clone(), subscription: subscribe.topics.0.clone() }]
            }
            Self::Topics(topics) => topics.0.iter().map(|(name, topic)| topic_event(name, topic.as_ref())).collect(),
            Self::Group(_) | Self::Rebalance(_) => Vec::new(),
        }
    }
}

impl JoinDocument {
    /// The member that joins.
    pub fn member(&self) -> NewMember {
        let member = NewMember::new(self.id.clone(), self.topics.0.clone());
        NewMember { rack: self.rack.clone(), instance: self.instance.clone(), ..member }
    }
}

fn topic_event(name: &str, topic: Option<&TopicDocument>) -> Event {
    match topic {
        Some(topic) => Event::Topic(topic.described(name)),
        None => Event::DeleteTopic(name.into()),
    }
}

impl From<&NewMember> for JoinDocument {
    fn from(member: &NewMember) -> Self {
        Self {
            id: member.id.clone(),
            topics: SubscriptionDocument(member.subscription.clone()),
            rack: member.rack.clone(),
            instance: member.instance.clone(),
        }
    }
}

impl From<&NewTopic> for TopicDocument {
    fn from(topic: &NewTopic) -> Self {
        Self { partitions: topic.partitions, racks: topic.racks.clone() }
    }
}

/// The whole group as it was: what a `group` line of an event log holds.
///
/// ```
/// use sticky_assignor::document::{EventContent, EventDocument};
/// let line = r#"{"at": 3, "group": {"topics": {"t": 2}, "members": [{"id": "a", "topics": "*"}], "assignment": {"a": {"t": [0, 1]}}}}"#;
/// let EventContent::Group(seen) = serde_json::from_str::<EventDocument>(line)?.content else { unreachable!("it is one") };
/// assert_eq!((seen.members.len(), seen.assignment.is_some()), (1, true));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct SeenGroupDocument {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its generation, or the epoch of its target assignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
    /// The topics there were, by name.
    pub topics: UniqueMap<TopicDocument>,
    /// The members there were, in any order.
    #[serde(deserialize_with = "objects")]
    pub members: Vec<SeenMemberDocument>,
    /// What the group's own assignor decided, where that is known: member → topic → partitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<UniqueMap<UniqueMap<Vec<AnyInteger>>>>,
}

/// A member as it was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct SeenMemberDocument {
    /// The member id.
    pub id: String,
    /// The topics it subscribed to.
    pub topics: SubscriptionDocument,
    /// What it held, where that is known: on the way to a new assignment this is not yet what was
    /// decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned: Option<UniqueMap<Vec<AnyInteger>>>,
    /// Its rack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rack: Option<String>,
    /// Its `group.instance.id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}
