//! The document `plan` reads, and the first line of an event log: a group, whether or not an
//! assignment or a proof for `verify` stands beside it.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::group::{GroupDocument, MemberDocument, TopicDocument};
use super::object::objects;
use super::unique::UniqueMap;

/// A group to plan for. An assignment beside it, as an imported group has one, is passed over, and
/// so is a proof.
///
/// ```
/// use sticky_assignor::document::{GroupDocument, PlanInput};
/// let text = r#"{"topics": {"t": 2}, "members": [{"id": "a", "topics": "*"}], "assignment": {"a": {"t": [0]}}}"#;
/// let document: GroupDocument = serde_json::from_str::<PlanInput>(text)?.into();
/// assert_eq!(document.members.len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct PlanInput {
    name: Option<String>,
    topics: UniqueMap<TopicDocument>,
    #[serde(deserialize_with = "objects")]
    members: Vec<MemberDocument>,
    #[serde(default, rename = "assignment")]
    _assignment: IgnoredAny,
    #[serde(default, rename = "proof")]
    _proof: IgnoredAny,
}

impl From<PlanInput> for GroupDocument {
    fn from(PlanInput { name, topics, members, .. }: PlanInput) -> Self {
        Self { name, topics, members }
    }
}
