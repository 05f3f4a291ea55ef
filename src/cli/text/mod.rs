//! Answers as text for a person.

mod answer;
mod explain;
mod members;
mod recorded;
mod replay;
mod simulation;
mod table;
mod verdict;
mod words;

pub(crate) use answer::strategy_answer;
pub(crate) use explain::explain;
pub(crate) use replay::{Replayed, ShownVersion, changes, replay, version, when};
pub(crate) use simulation::simulation;
pub(crate) use verdict::{JudgedAssignment, distance, tally, verdict};
