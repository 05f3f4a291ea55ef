//! Answers as text for a person.

mod answer;
mod explain;
mod members;
mod moves;
mod partitions;
mod replay;
mod simulation;
mod strategy_answer;
mod table;
mod verdict;

use anstyle::{AnsiColor, Style};

pub(crate) use explain::explain;
pub(crate) use replay::{Replayed, Version, changes, replay, version};
pub(crate) use simulation::simulation;
pub(crate) use sticky_assignor::document::printable;
pub(crate) use strategy_answer::strategy_answer;
pub(crate) use verdict::{JudgedAssignment, tally, verdict};

/// Titles.
pub(crate) const HEADING: Style = Style::new().bold();
/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is not.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// Remarks.
pub(crate) const FAINT: Style = Style::new().dimmed();
