//! Answers as text for a person.

mod plan;
mod replay;
mod simulation;
mod table;
mod verdict;

pub(crate) use plan::{explain, strategy_answer};
pub(crate) use replay::{Replayed, ShownVersion, changes, replay, version, when};
pub(crate) use simulation::simulation;
pub(crate) use verdict::{Distance, JudgedAssignment, distance, tally, verdict};
