//! The laws of `balance`, `Steps`, `Proof` and `verify_given`, over generated groups and against
//! the oracle.

mod concurrency;
mod goal_prices;
mod goal_verdicts;
mod goals;
mod history;
mod idempotence;
mod ledger;
mod levels;
mod long_lives;
mod movements;
mod optimum;
mod order;
mod proof;
mod purity;
mod rebalance;
mod spread;
mod steps;
mod verify;
mod witness;

use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Group, Plan, balance};

/// The group of a generated document.
fn group(document: &GroupDocument) -> Group {
    Group::try_from(document).expect("a group")
}

/// Its plan.
fn planned(document: &GroupDocument) -> Plan {
    balance(&group(document))
}
