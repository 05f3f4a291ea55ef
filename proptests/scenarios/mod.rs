//! Hard cases, each under a name that says what is hard about it. Most were found by a property and
//! shrunk; each stays here for good.

mod balance;
mod claims;
mod goals;
mod rebalance;
mod spread;
mod steps;
mod verify;

use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Group, Plan, balance};

use crate::oracle::{Given, Problem, flow};
use crate::soundness;

/// The document written so.
fn document(text: &str) -> GroupDocument {
    serde_json::from_str(text).expect("a document")
}

/// The group of a document written so.
fn group(text: &str) -> Group {
    Group::try_from(&document(text)).expect("a group")
}

/// The plan of the group, after everything that is true of any plan was found true of it.
fn checked(text: &str) -> Plan {
    let (plan, problem) = (balance(&group(text)), Problem::of(&document(text)));
    soundness::check(&plan, &problem, flow(&problem)).expect("a sound plan");
    plan
}

/// An assignment written as JSON: member, topic, partitions.
fn given_as(text: &str) -> Given {
    serde_json::from_str(text).expect("an assignment")
}

/// The loads of all members, in their order.
fn loads(plan: &Plan) -> Vec<u32> {
    plan.group().members().map(|(member, _)| plan.assignment().load(member)).collect()
}
