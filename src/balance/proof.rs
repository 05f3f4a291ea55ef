//! Prices that prove a plan: the lower bound they give, evaluated without the solver.

use serde::{Deserialize, Serialize};

/// A cost, compared first by squared loads, then by partitions that do not stay: what one plan is worse by than another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Price {
    /// In sums of squared loads.
    pub squares: i64,
    /// In partitions that do not stay with the owner their claims name.
    pub moves: i64,
}

impl Price {
    /// The price of one more partition at a level: (l + 1)² − l² squares, and moves.
    pub(super) fn of(level: u32, moves: i64) -> Self {
        Self { squares: 2 * i64::from(level) + 1, moves }
    }
}

/// Prices of a group's members and topics.
///
/// The price of a member is what one more partition there costs, the price of a topic what one more partition of it costs.
/// *Any* prices give a lower bound on every plan; the right ones meet the best.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    pub(super) members: im::Vector<Price>,
    pub(super) topics: im::Vector<Price>,
}
