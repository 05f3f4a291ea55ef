//! Orders of goals.

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::sample::select;
use sticky_assignor::{Goal, Goals};

/// Any order of any goals, at least one; shrinks towards few of them.
pub(crate) fn any_goals() -> impl Strategy<Value = Goals> {
    select(every_order())
}

/// All 64 orders of at least one goal, short ones first.
pub(crate) fn every_order() -> Vec<Goals> {
    let mut longest: Vec<Vec<Goal>> = vec![Vec::new()];
    let mut orders = Vec::new();
    for _ in Goal::ALL {
        longest = longest.iter().flat_map(|order| longer_by_one(order)).collect();
        orders.extend(longest.iter().map(|order| Goals::new(order.iter().copied()).expect("none twice")));
    }
    orders
}

fn longer_by_one(order: &[Goal]) -> impl Iterator<Item = Vec<Goal>> {
    let absent = Goal::ALL.into_iter().filter(|goal| !order.contains(goal));
    absent.map(|goal| order.iter().copied().chain([goal]).collect())
}

#[test]
fn there_are_64_orders_of_at_least_one_goal() {
    let orders: HashSet<Goals> = every_order().into_iter().collect();
    assert_eq!((orders.len(), every_order().len()), (64, 64));
}
