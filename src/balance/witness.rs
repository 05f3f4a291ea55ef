//! What would improve an assignment that falls short.

use std::collections::BTreeMap;

use super::Plan;
use super::believed::Believed;
use super::trails::{Hop, trails};
use crate::model::{Assignment, Group, MemberId, Movement, TopicPartition};

/// Moves that improve a valid assignment, none of which can be left out; empty where it is as good as the plan.
///
/// What tells the assignment from the plan falls apart into paths and rings of moves, and because costs are convex one of them is an improvement by itself.
pub(super) fn witness(group: &Group, believed: &Believed, assignment: &Assignment, plan: &Plan) -> Vec<Movement> {
    let judge = Judge { group, believed, assignment };
    let hops: Vec<Hop<MemberId, TopicPartition>> =
        assignment.differences(plan.assignment()).filter_map(|(what, from, to)| Some(Hop { from: from?, to: to?, what })).collect();
    let candidates: Vec<Vec<Movement>> =
        trails(&hops).into_iter().map(|trail| movements(judge.evening_part(trail))).filter(|moves| judge.gain(moves).is_some()).collect();
    let best = candidates.into_iter().min_by_key(|moves| (judge.gain(moves), moves.len()));
    judge.without_needless(best.unwrap_or_default())
}

/// What moves are good for; balance comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gain {
    Balance,
    Stickiness,
}

fn movements(trail: Vec<Hop<MemberId, TopicPartition>>) -> Vec<Movement> {
    trail.into_iter().map(|hop| Movement { partition: hop.what, from: hop.from, to: hop.to }).collect()
}

/// Knows what moves change.
struct Judge<'a> {
    group: &'a Group,
    believed: &'a Believed,
    assignment: &'a Assignment,
}

impl Judge<'_> {
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

    /// What the moves improve, if they improve anything.
    fn gain(&self, moves: &[Movement]) -> Option<Gain> {
        match self.change(moves) {
            (..0, _) => Some(Gain::Balance),
            (0, ..0) => Some(Gain::Stickiness),
            _ => None,
        }
    }

    /// By how much moves raise the sum of squares, and by how much the partitions that do not stay.
    fn change(&self, moves: &[Movement]) -> (i64, i64) {
        let mut gains: BTreeMap<MemberId, i64> = BTreeMap::new();
        for step in moves {
            *gains.entry(step.from).or_default() -= 1;
            *gains.entry(step.to).or_default() += 1;
        }
        let squares = |(&member, &gain): (&MemberId, &i64)| gain * (2 * i64::from(self.assignment.load(member)) + gain);
        let stays = |step: &Movement, member| i64::from(self.believed.claimant(self.group, step.partition) == Some(member));
        let away = moves.iter().map(|step| stays(step, step.from) - stays(step, step.to)).sum();
        (gains.iter().map(squares).sum(), away)
    }

    /// The moves without those that the improvement does not need.
    fn without_needless(&self, mut moves: Vec<Movement>) -> Vec<Movement> {
        let gain = self.gain(&moves);
        let mut place = 0;
        while place < moves.len() {
            let step = moves.remove(place);
            if self.gain(&moves).is_some_and(|less| Some(less) <= gain) {
                place = 0;
            } else {
                moves.insert(place, step);
                place += 1;
            }
        }
        moves
    }
}
