//! What the best plan of a group costs, worked out a second time and slowly: meant to be read and
//! believed.
//!
//! It starts from a document and shares nothing with the crate but the types of documents and of
//! violations: its own claims, its own numbers for names, no persistent maps. [`brute_force`] tries
//! every plan of a tiny group; [`flow`] places one partition after another along a cheapest path.
//! Each checks the other, and both are checked against figures of a third solver that come with the
//! [cases](crate::cases).

mod brute_force;
mod change;
mod claims;
mod flow;
mod judge;
mod problem;
mod self_check;

use serde::Deserialize;
use sticky_assignor::document::GroupDocument;

pub(crate) use brute_force::brute_force;
pub(crate) use change::changed;
pub(crate) use flow::flow;
pub(crate) use judge::{Given, Judgement, judge};
pub(crate) use problem::Problem;

/// What the best plans of a group have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Optimum {
    /// The least sum of squared loads.
    pub(crate) sum_of_squares: u64,
    /// Among the plans with that sum, the most partitions that stay with the owner their claims
    /// name.
    pub(crate) retained: u64,
}

impl Optimum {
    /// Whether these figures are better than others: first a lower sum, then more retained.
    pub(crate) fn beats(self, other: Self) -> bool {
        self.cost() < other.cost()
    }

    fn cost(self) -> (u64, std::cmp::Reverse<u64>) {
        (self.sum_of_squares, std::cmp::Reverse(self.retained))
    }
}

/// The figures of the best plans of a document's group.
pub(crate) fn optimum(document: &GroupDocument) -> Optimum {
    flow(&Problem::of(document))
}
