//! The verdict document: what `verify` writes.

use serde::{Serialize, Serializer};

use super::movement::MovementsDocument;
use super::numbers::AnyInteger;
use crate::model::Group;
use crate::verify::{ProofStanding, Verdict, Violation};

/// A verdict, to be written down.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    valid: bool,
    #[serde(serialize_with = "violations")]
    violations: &'a [Violation],
    balanced: bool,
    sum_of_squares: u64,
    optimal_sum_of_squares: u64,
    retained: u64,
    optimal_retained: u64,
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
            balanced: verdict.balanced,
            sum_of_squares: verdict.sum_of_squares,
            optimal_sum_of_squares: verdict.optimal_sum_of_squares,
            retained: verdict.retained,
            optimal_retained: verdict.optimal_retained,
            witness: MovementsDocument::new(group, &verdict.witness),
            proof: standing(verdict.proof),
        }
    }
}

/// One by one: there may be millions.
fn violations<S: Serializer>(violations: &[Violation], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(violations.iter().map(ViolationDocument::from))
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
