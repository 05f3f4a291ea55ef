//! Prices of all sorts: none of them may ever promise too much.

use proptest::prelude::*;
use sticky_assignor::{Goals, Group, Price, Proof};

/// This many prices, most of them near what real ones are, some far beyond.
pub(crate) fn any_prices(count: usize) -> impl Strategy<Value = Vec<Price>> {
    let near = (0..14_i64, -3..4_i64).prop_map(|(squares, moves)| Price::from([squares, moves]));
    let far = (any::<i64>(), any::<i64>()).prop_map(|(squares, moves)| Price::from([squares, moves]));
    prop::collection::vec(prop_oneof![20 => near, 1 => far], count)
}

/// A proof that puts these prices on members and topics, in turn.
pub(crate) fn priced(group: &Group, prices: &[Price]) -> Proof {
    let half = prices.len() / 2;
    Proof::new(Goals::BALANCE_STICKINESS, group, |member| prices[member.index() % half], |topic| prices[half + topic.index() % half])
}
