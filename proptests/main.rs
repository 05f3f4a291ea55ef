//! Every test outside unit tests; README.md beside this file says what is where.

mod cases;
mod oracle;
mod persistence;
#[cfg(feature = "cli")]
mod page;
#[cfg(feature = "cli")]
mod program;
mod replay;
mod strategies;
mod strategy;
