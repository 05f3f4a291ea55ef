//! What the best plan of a group costs, worked out a second time and slowly: meant to be read and
//! believed.
//!
//! It starts from a document and shares nothing with the crate but the types of documents and of
//! violations: its own claims, its own numbers for names, no persistent maps. It knows every goal
//! and any order of them. [`costs_of_every_plan`] tries every plan of a tiny group; [`least_costs`]
//! sends one partition after another along a cheapest path; [`judge`] counts what a given
//! assignment costs. They check one another, and are checked against figures of a third solver that
//! come with the [cases](crate::cases).

mod brute_force;
mod change;
mod claims;
mod costs;
mod flow;
mod judge;
mod problem;
mod self_check;

use serde::Deserialize;
use sticky_assignor::Goals;
use sticky_assignor::document::GroupDocument;

pub(crate) use brute_force::{costs_of_every_plan, least_of, plans};
pub(crate) use change::changed;
pub(crate) use costs::Costs;
pub(crate) use flow::{best_plan, least_costs};
pub(crate) use judge::{Given, Judgement, judge};
pub(crate) use problem::Problem;

/// What plans that are best in balance and then in stickiness have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Optimum {
    /// The least sum of squared loads.
    pub(crate) sum_of_squares: u64,
    /// Among the plans with that sum, the most partitions that stay with the owner their claims
    /// name.
    pub(crate) retained: u64,
}

impl Optimum {
    /// The figures of a plan with these costs.
    fn of(problem: &Problem, balance: u64, stickiness: u64) -> Self {
        Self { sum_of_squares: balance, retained: problem.partitions().count() as u64 - stickiness }
    }

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

/// The figures of the best plans.
pub(crate) fn flow(problem: &Problem) -> Optimum {
    let least = least_costs(problem, &Goals::BALANCE_STICKINESS);
    Optimum::of(problem, least[0], least[1])
}
