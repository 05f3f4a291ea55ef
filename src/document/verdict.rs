//! The verdict document: what `verify` writes.

use serde::{Serialize, Serializer};

use super::movement::MovementsDocument;
use super::numbers::AnyInteger;
use crate::model::Group;
use crate::verify::{GoalVerdict, ProofStanding, Verdict, Violation, Violations};

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
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct GoalVerdictDocument {
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
