//! Which goal wants a path of moves.

use std::collections::BTreeMap;

use crate::model::{Goal, MemberId, Movement, TopicId};
use crate::plan::Plan;

/// The first goal of a plan whose cost is higher where these moves are left out: each from the
/// owner that has a valid claim to the partition, along a path. O(moves × log partitions).
pub(super) fn wanted_by(plan: &Plan, moves: &[Movement]) -> Option<Goal> {
    let goals = plan.proof().goals();
    goals.iter().find(|&goal| rise(plan, moves, goal) > 0)
}

/// By how much the cost of a goal is higher where these moves are left out.
fn rise(plan: &Plan, moves: &[Movement], goal: Goal) -> i64 {
    match goal {
        Goal::Balance => {
            let changes = net(moves.iter().flat_map(|step| [(step.from, 1), (step.to, -1)]));
            changes.map(|(member, change)| squares(plan.assignment().load(member), change)).sum()
        }
        Goal::Rack => {
            let is_one = |member: MemberId, step: &Movement| i64::from(plan.group().is_rack_mismatch(member, step.partition));
            moves.iter().map(|step| is_one(step.from, step) - is_one(step.to, step)).sum()
        }
        // Whoever has a partition in the claims would have it still.
        Goal::Stickiness => -(moves.len() as i64),
        Goal::Spread => {
            let changes = net(moves.iter().flat_map(|step| {
                let topic = step.partition.topic;
                [((topic, step.from), 1), ((topic, step.to), -1)]
            }));
            let count = |(topic, member): (TopicId, MemberId)| plan.assignment().count_of(member, topic);
            changes.map(|(share, change)| squares(count(share), change)).sum()
        }
    }
}

/// What changes at each place, added up.
fn net<P: Ord>(changes: impl Iterator<Item = (P, i64)>) -> impl Iterator<Item = (P, i64)> {
    let mut net: BTreeMap<P, i64> = BTreeMap::new();
    changes.for_each(|(place, change)| *net.entry(place).or_default() += change);
    net.into_iter()
}

/// By how much a count squared is higher once it has changed.
fn squares(count: u32, change: i64) -> i64 {
    change * (2 * i64::from(count) + change)
}
