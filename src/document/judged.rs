//! The judged document: what `verify` reads.

use serde::{Deserialize, Serialize};

use super::group::{GroupDocument, MemberDocument, TopicDocument};
use super::numbers::AnyInteger;
use super::objects::{UniqueMap, objects, optional};
use super::proof::ProofDocument;
use crate::verify::GivenAssignment;

/// A group with the assignment some client gave it, and a proof if one came with it.
///
/// ```
/// use sticky_assignor::document::{VerifyInput, VerdictDocument};
/// use sticky_assignor::{Group, verify_given};
/// let text = r#"{"topics": {"t": 2}, "members": [{"id": "a", "topics": "*"}], "assignment": {"a": {"t": [0]}}}"#;
/// let (document, given, proof) = serde_json::from_str::<VerifyInput>(text)?.into_parts();
/// let group = Group::try_from(&document)?;
/// let verdict = verify_given(&group, &given, proof.map(|proof| proof.proof(&group)).as_ref());
/// let written = serde_json::to_string(&VerdictDocument::new(&group, &verdict))?;
/// assert!(written.contains(r#""violations":[{"kind":"unassigned","topic":"t","partition":1}]"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct VerifyInput {
    /// Carried into outputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Topics by name.
    pub topics: UniqueMap<TopicDocument>,
    /// Members, in any order.
    #[serde(deserialize_with = "objects")]
    pub members: Vec<MemberDocument>,
    /// Member → topic → partitions. Anything may stand here; what is wrong with it is for the
    /// verdict to say.
    pub assignment: UniqueMap<UniqueMap<Vec<AnyInteger>>>,
    /// Prices that are said to prove the assignment.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofDocument>,
}

impl VerifyInput {
    /// The group alone, the assignment to judge, and the proof.
    pub fn into_parts(self) -> (GroupDocument, GivenAssignment, Option<ProofDocument>) {
        let Self { name, topics, members, assignment, proof } = self;
        let lists = |topics: UniqueMap<Vec<AnyInteger>>| topics.0.into_iter().map(|(topic, list)| (topic, numbers(list))).collect();
        let given = assignment.0.into_iter().map(|(member, topics)| (member, lists(topics))).collect();
        (GroupDocument { name, topics, members }, GivenAssignment(given), proof)
    }
}

fn numbers(list: Vec<AnyInteger>) -> Vec<i64> {
    list.into_iter().map(|number| number.0).collect()
}
