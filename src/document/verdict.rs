//! What `verify` reads, an assignment beside its group, and what it writes, the verdict.

use serde::{Deserialize, Serialize, Serializer};

use super::group::{GroupDocument, MemberDocument, TopicDocument};
use super::plan::MovementsDocument;
use super::proof::ProofDocument;
use super::reading::{AnyInteger, UniqueMap, objects, optional};
use crate::model::Group;
use crate::verify::{GivenAssignment, GoalVerdict, ProofStanding, Verdict, Violation, Violations};

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
        (GroupDocument { name, topics, members }, given(assignment), proof)
    }
}

/// An assignment as somebody gave it, to be judged: member → topic → partitions.
pub(crate) fn given(assignment: UniqueMap<UniqueMap<Vec<AnyInteger>>>) -> GivenAssignment {
    let numbers = |list: Vec<AnyInteger>| list.into_iter().map(|number| number.0).collect();
    let lists = |topics: UniqueMap<Vec<AnyInteger>>| topics.0.into_iter().map(|(topic, list)| (topic, numbers(list))).collect();
    GivenAssignment(assignment.0.into_iter().map(|(member, topics)| (member, lists(topics))).collect())
}

/// A verdict, to be written down.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::{document::VerdictDocument, verify};
/// let verdict = verify(&group, plan.assignment());
/// let written = serde_json::to_string(&VerdictDocument::new(&group, &verdict))?;
/// assert!(written.starts_with(r#"{"valid":true,"violations":[]"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VerdictDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    valid: bool,
    #[serde(serialize_with = "violations")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<ViolationDocument<'_>>"))]
    violations: &'a Violations,
    #[serde(skip_serializing_if = "Option::is_none")]
    balanced: Option<bool>,
    sum_of_squares: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    optimal_sum_of_squares: Option<u64>,
    retained: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    optimal_retained: Option<u64>,
    goals: Vec<GoalVerdictDocument>,
    optimal: bool,
    witness: MovementsDocument<'a>,
    proof: &'static str,
}

impl<'a> VerdictDocument<'a> {
    /// This verdict on an assignment of that group.
    pub fn new(group: &'a Group, verdict: &'a Verdict) -> Self {
        Self {
            name: group.name(),
            valid: verdict.is_valid(),
            violations: &verdict.violations,
            balanced: verdict.balanced(),
            sum_of_squares: verdict.sum_of_squares,
            optimal_sum_of_squares: verdict.optimal_sum_of_squares(),
            retained: verdict.retained,
            optimal_retained: verdict.optimal_retained(),
            goals: verdict.of_goals().map(GoalVerdictDocument::from).collect(),
            optimal: verdict.is_optimal(),
            witness: MovementsDocument::new(group, &verdict.witness),
            proof: standing(verdict.proof),
        }
    }
}

/// The form of [`GoalVerdict`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct GoalVerdictDocument {
    goal: &'static str,
    cost: u64,
    optimal: u64,
}

impl From<GoalVerdict> for GoalVerdictDocument {
    fn from(GoalVerdict { goal, cost, optimal }: GoalVerdict) -> Self {
        Self { goal: goal.name(), cost, optimal }
    }
}

/// One by one: there may be millions, and they are never all at hand.
fn violations<S: Serializer>(violations: &Violations, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(violations.iter().map(OneViolation))
}

struct OneViolation(Violation);

impl Serialize for OneViolation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ViolationDocument::from(&self.0).serialize(serializer)
    }
}

fn standing(proof: ProofStanding) -> &'static str {
    match proof {
        ProofStanding::Absent => "absent",
        ProofStanding::Holds => "holds",
        ProofStanding::Short => "short",
    }
}

/// A violation, to be written down.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ViolationDocument<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<&'a str>,
    /// Left out where it is so far beyond all partitions that its number was not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    partition: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    /// Who has a duplicate already.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<&'a str>,
}

impl<'a> From<&'a Violation> for ViolationDocument<'a> {
    fn from(violation: &'a Violation) -> Self {
        let at = |kind, topic: &'a str, partition: &i64| Self {
            kind,
            topic: Some(topic),
            partition: AnyInteger(*partition).as_written(),
            ..Self::default()
        };
        match violation {
            Violation::Duplicate { topic, partition, member, first } => {
                Self { member: Some(member), first: Some(first), ..at("duplicate", topic, partition) }
            }
            Violation::Unassigned { topic, partition } => at("unassigned", topic, partition),
            Violation::NotSubscribed { topic, partition, member } => {
                Self { member: Some(member), ..at("not_subscribed", topic, partition) }
            }
            Violation::UnknownTopic { topic, member } => {
                Self { kind: "unknown_topic", topic: Some(topic), member: Some(member), ..Self::default() }
            }
            Violation::UnknownPartition { topic, partition, member } => {
                Self { member: Some(member), ..at("unknown_partition", topic, partition) }
            }
            Violation::UnknownMember { member } => Self { kind: "unknown_member", member: Some(member), ..Self::default() },
        }
    }
}
