//! What was set free is placed and what is missing is fetched, by searches that start where the change was.
//!
//! Between two rebalances everybody claims what the plan gave them, so the flow in which nothing moves costs nothing and is optimal for what is still there, at
//! the plan's levels and at the prices in moves 1 for every topic, 0 for every member. What changed is excess (partitions without an owner) and need (members that lost
//! some, or are new and short of their level). Sending units from excess to need, or to a member with a seat to fill, each along a shortest path, keeps the flow
//! optimal. As long as that goes without changing a level, only what the searches meet is touched; where it does not, the answer is `None`.

use std::collections::BTreeMap;

use super::effects::Effects;
use super::local_flow::LocalFlow;
use super::search::Search;
use crate::balance::plan::Plan;
use crate::model::{Claims, Group, MemberId, TopicId};

/// The next plan, if no level changes.
pub(super) fn rebalance(plan: &Plan, group: &Group, effects: &Effects) -> Option<Plan> {
    let Claims::Previous(claims) = group.claims() else { return None };
    if plan.readers.are_old() || plan.readers.only_subscription().is_some() {
        return None;
    }
    let readers = plan.readers.clone().after(group, effects);
    let flow = LocalFlow::new(plan, group, &readers, claims).touched_by(plan, effects)?;
    let settled = fetch_needs(place_excess(flow.filled())?)?;
    let proof = settled.proof(plan)?;
    Some(plan.handed_over(group, effects, settled.carried_out(), proof))
}

/// A node of the network near the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Topic(TopicId),
    Member(MemberId),
    /// The seats of a level that nobody fills.
    Blanks(u32),
}

/// How many nodes all searches may visit in one direction; beyond that, balancing anew is quicker.
const MOST_VISITS: usize = 400;

/// Sends every partition without an owner to a member that needs one, or that has a seat to fill; each along a shortest path.
fn place_excess(mut flow: LocalFlow) -> Option<LocalFlow> {
    let mut visits = 0..MOST_VISITS;
    while let Some((&topic, _)) = flow.excess.first_key_value() {
        let mut search = Search::from(Node::Topic(topic));
        let end = loop {
            visits.next()?;
            let (node, distance) = search.next()?;
            if flow.takes(node) {
                break (node, distance);
            }
            flow.each_after(node, |next, cost| search.reach(next, distance + cost, node));
        };
        flow.raise_prices(search.nearer_than(end.1).map(|(node, distance)| (node, end.1 - distance)));
        let mut way = search.way_back(end.0);
        way.reverse();
        flow.send_along(&way);
    }
    Some(flow)
}

/// Fetches for every member in need what others can spare, from those with a seat to give back; each along a shortest path.
fn fetch_needs(mut flow: LocalFlow) -> Option<LocalFlow> {
    let mut visits = 0..MOST_VISITS;
    while let Some((&member, _)) = flow.need.first_key_value() {
        let mut search = Search::from(Node::Member(member));
        let start = loop {
            visits.next()?;
            let (node, distance) = search.next()?;
            if flow.spares(node) {
                break (node, distance);
            }
            flow.each_before(node, |before, cost| search.reach(before, distance + cost, node));
        };
        flow.raise_prices(search.nearer_than(start.1).map(|(node, distance)| (node, distance - start.1)));
        flow.send_along(&search.way_back(start.0));
        flow.fetch_directly(member);
    }
    Some(flow)
}

/// Something counted by key, without the keys that have none.
pub(super) fn take_one<K: Ord>(counts: &mut BTreeMap<K, u32>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
