//! What was set free is placed and what is missing is fetched, by searches that start where the
//! change was.
//!
//! A plan is a least-cost flow from topics through members to a *ground*, into which every member's
//! load goes at a rising cost: its partition number l + 1 costs 2l + 1 squares. A flow is best when
//! there are prices under which no step of a unit, forth or back, costs less than nothing. Prices
//! count squares first: the *level* of a node; then moves. Between two rebalances everybody claims
//! what the plan gave them, so the flow in which nothing moves is the best for what is still there,
//! at the plan's levels and at the prices in moves 1 for every topic, 0 for every member and the
//! ground.
//!
//! Followers of a topic are never below its level, and whoever has some of it is at its level
//! exactly. What a change leaves is *excess* (partitions without an owner) and *need* (members that
//! lost some, or that are new and have as many to get as their level says). Sending a unit from
//! excess to a need or the ground, or to a need from excess or the ground, along a way that costs
//! the least keeps the flow best. Ways that cost no squares are *tight*: from a topic to followers
//! of its own level, from a member to topics it has some of, and between the ground and members of
//! level l that have l or l + 1. So each round
//!
//! 1. searches over tight arcs, from all excess or back from all need, for how far the nearest ends
//!    are in moves;
//! 2. sends along ways to ends that far, first to those right beside, then depth first, each arc
//!    given up at most a few times (see `ways.rs`);
//! 3. makes what is nearer than those ends dearer or cheaper by as much as it is nearer: now the
//!    ways used cost nothing.
//!
//! A topic's price may be anything between what its holders and its followers allow. Before units
//! are sent onward it is the most that is known to be allowed, so that a member's giving something
//! up costs a move; before anything is brought back it is the least, so that a member's taking
//! something does. Either way most of what a search meets need not be looked at before there are
//! ends so much further away. After a first search some members are dearer than 0; where few of
//! them follow a topic, those are looked at before the others (see `dear.rs`).
//!
//! Where a search comes to no end, everybody it met is full at the level's higher load, or down at
//! its lower one. Then that is the set whose level changes: all of it rises by one, or falls by
//! one, and meets the neighbours of its new level. Nothing else is touched.
//!
//! A head start is that a level changes as a whole before the first search, where more is due there
//! than its members can take or spare (see `crossing.rs`): then members that could spare one are
//! excess too, or members that had room are in need.

use crate::model::Group;
use crate::network::followers::Followers;
use crate::network::impact::Effects;
use crate::plan::Plan;
use crate::rebalance::neighbours::Neighbours;
use crate::rebalance::patience::GivenUp;
use crate::rebalance::round::Round;
use crate::rebalance::search::{Next, Node, Search};
use crate::rebalance::state::{Direction, LocalFlow, Side};

/// The next plan, unless finding it would cost about as much as balancing anew.
pub(crate) fn rebalance(plan: &Plan, group: &Group, effects: &Effects) -> Option<Plan> {
    let claims = group.claims().previous()?;
    if effects.is_large(plan, group) {
        return None;
    }
    let readers = plan.readers.clone().after(&plan.group, group, effects);
    let followers = Followers::of(readers, group.all_topics().len());
    let flow = LocalFlow::resting(plan, group, &followers, claims).touched_by(plan, effects);
    let first = flow.first_direction();
    let settled = settle(flow.crossed(first), first).and_then(|flow| settle(flow, first.opposite())).ok()?;
    let (proof, outcome) = (settled.proof(plan), settled.carried_out());
    Some(plan.with_outcome(group, outcome, proof, followers.into_readers()))
}

/// Sends all excess onward, or brings back all that is needed.
fn settle(mut flow: LocalFlow, direction: Direction) -> Result<LocalFlow, GivenUp> {
    let mut roots = flow.roots(direction);
    if roots.is_empty() {
        return Ok(flow);
    }
    flow.price_topics(direction);
    let mut search = Search::new(flow.node_count());
    flow.neighbours = Neighbours::unknown(flow.node_count());
    while !roots.is_empty() {
        flow.patience -= roots.len() as i64;
        flow.check_patience()?;
        search = search.from(&roots);
        match nearest_end(&mut flow, direction, &mut search)? {
            None => flow.change_levels(direction, &search),
            Some(distance) => {
                flow.send_all(Round::new(&flow, direction, &mut search, distance), &roots)?;
                flow.reprice(direction, &search, distance);
            }
        }
        roots = flow.roots(direction);
    }
    Ok(flow)
}

/// How far the nearest end is from any root, if there is one.
fn nearest_end(flow: &mut LocalFlow, direction: Direction, search: &mut Search) -> Result<Option<i32>, GivenUp> {
    // Where the first topic to be left has an end beside it, as most have, nothing beside topics
    // need be listed. Where it has none, its neighbours have few.
    let mut looks_ahead = true;
    while let Some((next, distance)) = search.next() {
        match next {
            Next::Arrive(node) => {
                if let Some((further, _)) = flow.end(direction, node) {
                    search.put_end(further);
                }
                flow.each_regained(direction, node, |arc| search.reach(node, arc));
                search.put_off(node, flow.least_cost(direction, node));
            }
            Next::End => return Ok(Some(distance)),
            Next::Leave(node) => {
                let further = distance - search.distance(node);
                let ahead = if looks_ahead { flow.arc_to_end_beside(direction, node, further) } else { None };
                looks_ahead &= matches!(flow.side(node), Side::Member(_));
                match ahead {
                    Some(arc) => {
                        search.reach(node, arc);
                        search.put_end(0);
                    }
                    None => leave(flow, direction, search, (node, distance)),
                }
            }
        }
        flow.check_patience()?;
        if !search.is_sound() {
            return Err(GivenUp);
        }
    }
    Ok(None)
}

/// Leaves a node that was put off up to this distance. Only dear members may be nearer than all
/// others: then those are reached now, and the rest is put off again.
fn leave(flow: &mut LocalFlow, direction: Direction, search: &mut Search, (node, distance): (Node, i32)) {
    let waited = distance - search.distance(node);
    match (flow.side(node), flow.cost_beyond_dear(direction, node)) {
        (Side::Topic(topic), cost) if cost > waited => {
            flow.each_dear(topic, |arc| search.reach(node, arc));
            search.put_off(node, cost - waited);
        }
        _ => search.leave(node, |arcs| flow.each_arc(direction, node, |arc| arcs.push(arc))),
    }
}
