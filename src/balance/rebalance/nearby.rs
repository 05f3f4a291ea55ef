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
    let mut search = Search::new(flow.node_count());
    loop {
        let roots = flow.roots(way);
        if roots.is_empty() {
            return Some(flow);
        }
        let found = nearest_ends(&mut flow, way, &roots, search)?;
        search = match found.ends.is_empty() {
            true => flow.change_levels(way, found.search),
            false => flow.send(way, found),
        };
    }
}

/// The ends that a search came to, all at one distance.
pub(super) struct Found {
    pub(super) search: Search,
    pub(super) ends: Vec<Node>,
    pub(super) distance: i32,
}

/// The ends nearest to some roots, about as many as the roots have units for; `None` when the search costs too much.
fn nearest_ends(flow: &mut LocalFlow, way: Way, roots: &[Node], search: Search) -> Option<Found> {
    let mut search = search.from(roots);
    let mut nearest = Nearest::to(flow, roots);
    while let Some((visit, distance)) = search.next() {
        match visit {
            _ if distance > nearest.distance => break,
            Visit::Arrive(node) => {
                if let Some((further, room)) = flow.end(way, node) {
                    nearest.note(node, search.root(node), distance + further, room);
                }
                search.put_off(node, flow.least_cost(way, node));
            }
            Visit::Leave(node) if distance == nearest.distance && nearest.are_enough() && !search.is_beside_root(node) => break,
            Visit::Leave(node) => flow.each_arc(way, node, |arc| search.reach(node, arc)),
        }
        flow.has_patience()?;
    }
    Some(Found { search, ends: nearest.ends, distance: nearest.distance })
}

/// The nearest ends so far, and how many units the roots have that no end was found for.
struct Nearest {
    ends: Vec<Node>,
    distance: i32,
    units: BTreeMap<Node, u32>,
    wanted: BTreeMap<Node, u32>,
}

impl Nearest {
    fn to(flow: &LocalFlow, roots: &[Node]) -> Self {
        let units: BTreeMap<Node, u32> = roots.iter().map(|&root| (root, flow.imbalance(root))).collect();
        Self { ends: Vec::new(), distance: i32::MAX, wanted: units.clone(), units }
    }

    fn note(&mut self, end: Node, root: Node, distance: i32, room: u32) {
        if distance < self.distance {
            self.ends.clear();
            self.wanted.clone_from(&self.units);
            self.distance = distance;
        }
        if distance == self.distance {
            self.ends.push(end);
            if let Some(wanted) = self.wanted.get_mut(&root) {
                *wanted = wanted.saturating_sub(room);
                if *wanted == 0 {
                    self.wanted.remove(&root);
                }
            }
        }
    }

    fn are_enough(&self) -> bool {
        self.wanted.is_empty()
    }
}
