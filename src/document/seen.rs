//! A group as it was seen at one moment of its life.

use serde::{Deserialize, Serialize};

use super::group::{SubscriptionDocument, TopicDocument};
use super::numbers::AnyInteger;
use super::objects::{UniqueMap, objects};

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
