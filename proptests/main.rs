//! Every test outside unit tests; README.md beside this file says what is where.

mod cases;
mod cooperative;
mod dependencies;
#[cfg(feature = "cli")]
mod documents;
#[cfg(feature = "kafka")]
mod end_to_end;
#[cfg(not(feature = "kafka"))]
#[path = "end_to_end/left_out.rs"]
mod end_to_end;
mod errors;
mod house;
#[cfg(feature = "json")]
mod import;
mod interface;
#[cfg(feature = "kafka")]
mod kafka;
mod oracle;
mod package;
#[cfg(feature = "cli")]
mod page;
mod persistence;
#[cfg(feature = "cli")]
mod program;
mod properties;
mod replay;
mod scenarios;
#[cfg(feature = "cli")]
mod simulate;
mod soundness;
mod strategies;
mod strategy;
mod two_goals;
