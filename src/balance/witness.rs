//! What would improve an assignment that falls short.

use std::collections::BTreeMap;

use super::Plan;
use super::claims::resolve;
use super::network::{NONE, Network};
use super::trails::{Hop, trails};
use crate::model::{Assignment, Group, MemberId, Movement, TopicPartition};

/// Moves that improve a valid assignment, none of which can be left out; empty where it is as good as the plan.
///
/// What tells the assignment from the plan falls apart into paths and rings of moves, and because costs are convex one of them is an improvement by itself.
pub(super) fn witness(group: &Group, assignment: &Assignment, plan: &Plan) -> Vec<Movement> {
    let judge = Judge::of(group, assignment);
    let hops: Vec<Hop<MemberId, TopicPartition>> =
        assignment.differences(plan.assignment()).filter_map(|(what, from, to)| Some(Hop { from: from?, to: to?, what })).collect();
    let candidates = trails(&hops).into_iter().map(|trail| judge.evening_part(trail));
    let improving = candidates.map(movements).filter(|moves| judge.improves(moves));
    let best = improving.min_by_key(|moves| (judge.change(moves).0 >= 0, moves.len()));
    judge.without_needless(best.unwrap_or_default())
}

fn movements(trail: Vec<Hop<MemberId, TopicPartition>>) -> Vec<Movement> {
    trail.into_iter().map(|hop| Movement { partition: hop.what, from: hop.from, to: hop.to }).collect()
}

/// Knows what moves change.
struct Judge<'a> {
    assignment: &'a Assignment,
    network: Network,
    claims: Vec<u32>,
}

impl<'a> Judge<'a> {
    fn of(group: &Group, assignment: &'a Assignment) -> Self {
        let network = Network::of(group);
        Self { assignment, claims: resolve(group, &network), network }
    }

    /// The shortest part of a trail that leads from a member to one with at least two partitions fewer; without such a part, the whole trail.
    fn evening_part(&self, trail: Vec<Hop<MemberId, TopicPartition>>) -> Vec<Hop<MemberId, TopicPartition>> {
        let load = |member| i64::from(self.assignment.load(member));
        let mut best: Option<(usize, usize)> = None;
        for (end, last) in trail.iter().enumerate() {
            let start = (0..=end).rev().find(|&start| load(trail[start].from) >= load(last.to) + 2);
            if let Some(start) = start
                && best.is_none_or(|(from, to)| end - start < to - from)
            {
                best = Some((start, end));
            }
        }
        match best {
            Some((start, end)) => trail[start..=end].to_vec(),
            None => trail,
        }
    }

    fn improves(&self, moves: &[Movement]) -> bool {
        self.change(moves) < (0, 0)
    }

    /// By how much moves raise the sum of squares, and by how much the partitions that do not stay.
    fn change(&self, moves: &[Movement]) -> (i64, i64) {
        let mut gains: BTreeMap<MemberId, i64> = BTreeMap::new();
        for step in moves {
            *gains.entry(step.from).or_default() -= 1;
            *gains.entry(step.to).or_default() += 1;
        }
        let squares = |(&member, &gain): (&MemberId, &i64)| gain * (2 * i64::from(self.assignment.load(member)) + gain);
        let stays = |step: &Movement, member| i64::from(self.claimant(step.partition) == Some(member));
        let away = moves.iter().map(|step| stays(step, step.from) - stays(step, step.to)).sum();
        (gains.iter().map(squares).sum(), away)
    }

    fn claimant(&self, partition: TopicPartition) -> Option<MemberId> {
        let claimant = self.claims[self.network.slots.slot(partition)? as usize];
        (claimant != NONE).then(|| self.network.members[claimant as usize])
    }

    /// The moves without those that the improvement does not need.
    fn without_needless(&self, mut moves: Vec<Movement>) -> Vec<Movement> {
        let mut place = 0;
        while place < moves.len() {
            let step = moves.remove(place);
            if self.improves(&moves) {
                place = 0;
            } else {
                moves.insert(place, step);
                place += 1;
            }
        }
        moves
    }
}
