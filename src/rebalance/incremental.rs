//! What is unassigned is placed and what is lacking is pulled, by searches that start where the
//! change was: successive shortest paths, from the optimal flow and prices of the plan before
//! (Ahuja, Magnanti and Orlin, *Network Flows*, sections 9.7 and 9.11; the levels are those of
//! decreasing minimisation, Frank and Murota 2018).
//!
//! A plan is a least-cost flow from topics through members to a *ground*, into which every member's
//! load goes at a rising cost: its partition number l + 1 costs 2l + 1 squares. A flow is optimal
//! when there are prices under which no residual arc has a negative reduced cost. Prices count
//! squares first: the *level* of a node; then moves. Between two rebalances everybody claims what
//! the plan gave them, so the flow in which nothing moves is optimal for what is still there, at
//! the plan's levels and at the prices in moves 1 for every topic, 0 for every member and the
//! ground.
//!
//! Subscribers of a topic are never below its level, and its owners are at its level exactly. What
//! a change leaves is *excess* (partitions without an owner) and *deficits* (members that lost
//! some, or that are new and have as many to get as their level says). Sending a unit from excess
//! to a deficit or the ground, or to a deficit from excess or the ground, along a shortest path
//! keeps the flow optimal. Arcs that cost no squares are *tight*: from a topic to subscribers of
//! its own level, from a member to topics it has some of, and between the ground and members of
//! level l that have l or l + 1. So each phase
//!
//! 1. searches over tight arcs, from all excess or back from all deficits, for how far the nearest
//!    sinks are in moves;
//! 2. sends along augmenting paths to sinks that far, first to adjacent ones, then depth first,
//!    each arc given up at most twice;
//! 3. raises or lowers the prices of what is nearer than those sinks by as much as it is nearer:
//!    now the paths used cost nothing.
//!
//! Where a search comes to no sink, everybody it met has the higher load of the level, or,
//! backward, the lower one. Then that is the set whose level changes: all of it rises by one, or
//! falls by one, and meets the neighbours of its new level. Nothing else is touched.
//!
//! Two things keep a search from looking at most of what it meets. A topic's price may be anything
//! between what its owners and its subscribers allow: before units are sent forward it is the most
//! that is known to be allowed, so that a member's giving something up costs a move; before
//! anything is pulled back it is the least, so that a member's getting something does. Either way
//! the arcs of most nodes need not be looked at before there are sinks that much further away. And
//! after a first search some members have positive prices; where few of them subscribe to a topic,
//! those are looked at before the others.

use crate::balance::even::SpreadPrices;
use crate::model::{Goal, Group};
use crate::network::impact::{Before, Impact};
use crate::network::subscribers::Subscribers;
use crate::plan::Plan;
use crate::rebalance::augment::send_all;
use crate::rebalance::budget::{ARC, Exhausted};
use crate::rebalance::levels::{price_topics, reprice, shift_in_bulk, shift_reached};
use crate::rebalance::residual::ResidualNetwork;
use crate::rebalance::search::{Search, nearest_sink};
use crate::rebalance::spread::spread_out;
use crate::rebalance::start_and_outcome::{carry_out, proof, start};
use crate::rebalance::state::{Direction, State};

/// The next plan, unless finding it would cost about as much as balancing anew.
pub(super) fn rebalance(plan: &Plan, group: &Group, impact: &Impact) -> Option<Plan> {
    let claims = group.claims().previous()?;
    if impact.is_large(Before { group: plan.group(), assignment: plan.assignment() }, group) {
        return None;
    }
    let index = plan.subscribers().clone().after(plan.group(), group, impact);
    let subscribers = Subscribers::of(index, group.all_topics().len());
    debug_assert_eq!(subscribers.check(group), Ok(()));
    let (mut state, unassigned) = start(plan, (group, claims), &subscribers, impact);
    debug_assert_eq!(state.check(), Ok(()));
    solve(&mut state).ok()?;
    debug_assert!(!state.has_roots(Direction::Forward) && !state.has_roots(Direction::Backward));
    let spread = match plan.goals().contains(Goal::Spread) {
        true => spread_out(&mut state).ok()?,
        false => SpreadPrices::default(),
    };
    debug_assert_eq!(state.check(), Ok(()));
    let proof = proof(&state, plan).spread_at(&spread.members, &spread.classes);
    let outcome = carry_out(&state, unassigned);
    Some(Plan::with_outcome(group, outcome, proof, subscribers.into_index()))
}

/// Sends all excess forward and pulls back all that is lacking: the flow stays optimal for what is
/// assigned, so that it is optimal once all is.
fn solve(state: &mut State<'_>) -> Result<(), Exhausted> {
    // Excess first, where there is any: what it fills need not be pulled. And only at rest a level
    // can be shifted in bulk.
    let first = if state.has_roots(Direction::Forward) { Direction::Forward } else { Direction::Backward };
    shift_in_bulk(state, first);
    for direction in [first, first.opposite()] {
        if !state.has_roots(direction) {
            continue;
        }
        let mut residual = ResidualNetwork::new(state, direction);
        // Before the first search, as a price that a path has used is not free to change any more.
        price_topics(&mut residual);
        let mut search = Search::new(residual.state.node_count());
        loop {
            let roots = residual.state.roots(direction);
            if roots.is_empty() {
                break;
            }
            residual.state.spend(roots.len(), ARC);
            residual.state.check_budget()?;
            search.restart(&roots);
            match nearest_sink(&mut residual, &mut search)? {
                // A set that no unit can leave at this level: at the next it meets others. Each
                // level is met once in a direction, so this ends.
                None => shift_reached(&mut residual, &search),
                // The sinks at one distance all at once. Where what is looked at is cut too short
                // and nothing is sent, the same search comes again, and the budget ends it.
                Some(nearest) => {
                    send_all(&mut residual, &mut search, (&roots, nearest))?;
                    reprice(&mut residual, &search, nearest);
                }
            }
        }
    }
    Ok(())
}
