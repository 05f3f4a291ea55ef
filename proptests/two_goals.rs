//! The order `balance, stickiness`, KIP-54's two goals, under the names that the crate gives to the
//! default order: for properties of what only that order promises, and for what the oracle of two
//! goals judges.

use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Assignment, GivenAssignment, Goals, Group, Plan, Proof, Verdict};

pub(crate) fn balance(group: &Group) -> Plan {
    Goals::BALANCE_STICKINESS.balance(group)
}

pub(crate) fn verify(group: &Group, assignment: &Assignment) -> Verdict {
    Goals::BALANCE_STICKINESS.verify(group, assignment)
}

pub(crate) fn verify_given(group: &Group, given: &GivenAssignment, proof: Option<&Proof>) -> Verdict {
    Goals::BALANCE_STICKINESS.verify_given(group, given, proof)
}

/// The plan for a generated document.
pub(crate) fn planned(document: &GroupDocument) -> Plan {
    balance(&Group::try_from(document).expect("a group"))
}
