//! What was set free is placed and what is missing is fetched, by searches that start where the change was.
//!
//! A plan is a least-cost flow from topics through members to a *ground*, into which every member's load goes at a rising cost: its partition number l + 1 costs
//! 2l + 1 squares. A flow is best when there are prices under which no step of a unit, forth or back, costs less than nothing. Prices count squares first: the
//! *level* of a node; then moves. Between two rebalances everybody claims what the plan gave them, so the flow in which nothing moves is the best for what is
//! still there, at the plan's levels and at the prices in moves 1 for every topic, 0 for every member and the ground.
//!
//! What a change leaves is excess (partitions without an owner) and need (members that lost some, or that are new and have as many to get as their level says).
//! Sending a unit from excess to a need or the ground, or to a need from the ground, along a way that costs the least keeps the flow best. Ways that
//! cost no squares are *tight*: from a topic to followers of its own level, from a member to topics it has some of, and between the ground and
//! members of level l that have l or l + 1. So each round
//!
//! 1. searches over tight arcs, from all excess or back from all need, for the nearest ends in moves;
//! 2. makes what is nearer than those dearer or cheaper by as much as it is nearer: now the ways found cost nothing;
//! 3. sends along all of them, as far as they have room.
//!
//! Where a search comes to no end, everybody it met is full at the level's higher load, or down at its lower one. Then that is the set whose level changes: all
//! of it rises by one, or falls by one, and meets the neighbours of its new level. Nothing else is touched.

use std::collections::BTreeMap;

use super::effects::Effects;
use super::local_flow::{LocalFlow, Way};
use super::search::{Node, Search, Visit};
use crate::balance::plan::Plan;
use crate::model::{Claims, Group};

/// The next plan, unless finding it would cost about as much as balancing anew.
pub(super) fn rebalance(plan: &Plan, group: &Group, effects: &Effects) -> Option<Plan> {
    let Claims::Previous(claims) = group.claims() else { return None };
    let readers = plan.readers.clone().current(&plan.group).after(&plan.group, group, effects);
    let flow = LocalFlow::resting(plan, group, &readers, claims).touched_by(plan, effects);
    let settled = settle(settle(flow, Way::Onward)?, Way::Back)?;
    let (handover, proof) = (settled.carried_out(), settled.proof(plan));
    Some(plan.handed_over(group, handover, proof, readers))
}

/// Sends all excess onward, or brings back all that is needed.
fn settle(mut flow: LocalFlow, way: Way) -> Option<LocalFlow> {
    let mut roots = flow.roots(way);
    let mut search = Search::new(if roots.is_empty() { 0 } else { flow.node_count() });
    while !roots.is_empty() {
        let found = nearest_ends(&mut flow, way, &roots, search)?;
        search = match found.ends.is_empty() {
            true => flow.change_levels(way, found.search),
            false => flow.send(way, found),
        };
        roots = flow.roots(way);
    }
    Some(flow)
}

/// The ends that a search came to, all at one distance, and how many units go to or from each.
pub(super) struct Found {
    pub(super) search: Search,
    pub(super) ends: Vec<(Node, u32)>,
    pub(super) distance: i32,
}

/// The ends nearest to some roots, for as many units as the roots have and ways have room; `None` when the search costs too much.
fn nearest_ends(flow: &mut LocalFlow, way: Way, roots: &[Node], search: Search) -> Option<Found> {
    let mut wanted: BTreeMap<Node, u32> = roots.iter().map(|&root| (root, flow.imbalance(root))).collect();
    let mut found = Found { search: search.from(roots), ends: Vec::new(), distance: i32::MAX };
    while let Some((visit, distance)) = found.search.next() {
        let search = &mut found.search;
        match visit {
            _ if distance > found.distance || wanted.is_empty() => break,
            Visit::Arrive(node) => {
                if let Some((further, _)) = flow.end(way, node) {
                    search.put_end(node, further);
                }
                flow.each_regained(way, node, |arc| search.reach(node, arc));
                search.put_off(node, flow.least_cost(way, node));
            }
            Visit::Ends(ends) => {
                found.distance = distance;
                for end in flow.in_turn(way, search, ends) {
                    let amount = reserve(flow, way, search, end, &mut wanted);
                    found.ends.extend((amount > 0).then_some((end, amount)));
                }
            }
            Visit::Leave(node) if distance == found.distance && is_used_up(search, node, &wanted) => {}
            Visit::Leave(node) => flow.each_arc(way, node, |arc| search.reach(node, arc)),
        }
        flow.has_patience()?;
    }
    Some(found)
}

/// Takes room for as many units as an end, its root and the way between them allow.
fn reserve(flow: &LocalFlow, way: Way, search: &mut Search, end: Node, wanted: &mut BTreeMap<Node, u32>) -> u32 {
    let root = search.root(end);
    let (Some((_, room)), Some(of_root)) = (flow.end(way, end), wanted.get_mut(&root)) else { return 0 };
    let amount = search.room(end).min(room).min(*of_root);
    search.take(end, amount);
    *of_root -= amount;
    if *of_root == 0 {
        wanted.remove(&root);
    }
    amount
}

/// Whether nothing more can come of what lies beyond a node, as far as it is equally near.
fn is_used_up(search: &Search, node: Node, wanted: &BTreeMap<Node, u32>) -> bool {
    !wanted.contains_key(&search.root(node)) || search.room(node) == 0
}
