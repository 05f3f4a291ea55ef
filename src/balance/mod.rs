//! The algorithm, one step a file.

mod plan;
mod proof;
mod verdict;

pub use plan::{Plan, Summary};
pub use proof::{Price, Proof};
pub use verdict::{ProofStanding, Verdict, Violation};
