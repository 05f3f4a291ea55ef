//! What would improve an assignment that falls short.
//!
//! What tells the assignment from the plan falls apart into paths and rings of moves that visit no
//! member twice, and because costs are convex one of them is an improvement by itself. It may hold
//! a lesser one. Any of its moves are *stretches* that do not touch, and what they change is the
//! sum of what the stretches change: each raises the sum of squares by 2 × (load at its end − load
//! at its start + 1), and has as many partitions fewer stay as its moves say one by one.
//!
//! So where moves lower the sum of squares, one of their stretches does. Where the sum is the least
//! there is, no stretch lowers it; moves that keep it are stretches that keep it, and if more stays
//! after all of them, more stays after one. The shortest stretch that improves the assignment
//! therefore has no part that does, nor has a ring in which no stretch does.

use std::ops::Range;

use crate::flow::decompose::paths_and_cycles;
use crate::model::{Assignment, MemberId, Movement};
use crate::plan::Plan;
use crate::proof::Audit;

/// Moves that improve a valid assignment, and no part of them does; empty where it is as good as
/// the plan.
///
/// They make it more balanced; where it is balanced, more partitions stay with the owner their
/// claims name.
pub(crate) fn witness(audit: &Audit<'_>, assignment: &Assignment, plan: &Plan) -> Vec<Movement> {
    let moves: Vec<Movement> = assignment.differences(plan.assignment()).filter_map(|transfer| transfer.movement()).collect();
    let ends: Vec<(MemberId, MemberId)> = moves.iter().map(|movement| (movement.from, movement.to)).collect();
    let trail = |numbers: Vec<usize>| numbers.into_iter().map(|number| moves[number]).collect();
    let trails: Vec<Vec<Movement>> = paths_and_cycles(&ends).into_iter().map(trail).collect();
    let judge = Judge { audit, assignment };
    let shortest = |goal| trails.iter().filter_map(|trail| judge.least_part(goal, trail)).min_by_key(Vec::len);
    shortest(Goal::Balance).or_else(|| shortest(Goal::Stickiness)).unwrap_or_default()
}

/// What moves are to be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    /// A lower sum of squares.
    Balance,
    /// More that stays, and no higher sum of squares.
    Stickiness,
}

/// How things stand at a member on a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Waypoint {
    /// The member's partitions before any move.
    load: u32,
    /// How many fewer partitions stay once all moves up to the member are made.
    away: i64,
}

/// Knows what moves change.
struct Judge<'a> {
    audit: &'a Audit<'a>,
    assignment: &'a Assignment,
}

impl Judge<'_> {
    /// The shortest stretch of a trail that comes nearer to the goal, or else the whole ring, if it
    /// does.
    fn least_part(&self, goal: Goal, trail: &[Movement]) -> Option<Vec<Movement>> {
        if trail.first()?.from != trail.last()?.to {
            return shortest_improvement(&self.waypoints(goal, trail)).map(|part| trail[part].to_vec());
        }
        // A stretch of a ring may lead over where the ring happens to begin.
        let twice = [trail, trail].concat();
        let waypoints = self.waypoints(goal, &twice);
        let stretch = shortest_improvement(&waypoints).filter(|stretch| stretch.len() < trail.len());
        let whole = (waypoints[trail.len()].away < 0).then_some(0..trail.len());
        stretch.or(whole).map(|part| twice[part].to_vec())
    }

    /// How things stand at each member along these moves, as far as the goal asks.
    fn waypoints(&self, goal: Goal, moves: &[Movement]) -> Vec<Waypoint> {
        let steps = moves.iter().scan(0, |away, step| {
            *away += self.away(goal, step);
            Some((step.to, *away))
        });
        let along = moves.first().map(|first| (first.from, 0)).into_iter().chain(steps);
        along.map(|(member, away)| Waypoint { load: self.assignment.load(member), away }).collect()
    }

    /// How many fewer partitions stay after a move, as far as the goal asks.
    fn away(&self, goal: Goal, step: &Movement) -> i64 {
        let stays = |member| i64::from(self.audit.claimant(step.partition) == Some(member));
        match goal {
            Goal::Balance => 0,
            Goal::Stickiness => stays(step.from) - stays(step.to),
        }
    }
}

/// The shortest stretch that improves things: to a load at least two lower, or to one that is one
/// lower while more stays.
fn shortest_improvement(waypoints: &[Waypoint]) -> Option<Range<usize>> {
    // The places so far from which more can be gained than from any later one: what is gained from
    // them falls.
    let mut peaks: Vec<usize> = Vec::new();
    let mut best: Option<Range<usize>> = None;
    for (here, &waypoint) in waypoints.iter().enumerate() {
        let taken = Waypoint { load: waypoint.load + 1, ..waypoint };
        let higher = peaks.partition_point(|&peak| waypoints[peak] > taken);
        if let Some(&nearest) = peaks[..higher].last()
            && best.as_ref().is_none_or(|best| here - nearest < best.len())
        {
            best = Some(nearest..here);
        }
        while peaks.pop_if(|&mut peak| waypoints[peak] <= waypoint).is_some() {}
        peaks.push(here);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way along five loads below three, whose moves each take one partition away, bring one
    /// home, or do neither.
    fn ways() -> impl Iterator<Item = [Waypoint; 5]> {
        let digit = |number: u32, place: u32| number / 3_u32.pow(place) % 3;
        (0..3_u32.pow(9)).map(move |number| {
            let away = |place| (0..place).map(|step| i64::from(digit(number, 5 + step)) - 1).sum();
            [0, 1, 2, 3, 4].map(|place| Waypoint { load: digit(number, place), away: away(place) })
        })
    }

    /// Whether the moves from one place to another lower the sum of squares, or keep it while more
    /// stays.
    fn improves(start: Waypoint, end: Waypoint) -> bool {
        let squares = 2 * (i64::from(end.load) - i64::from(start.load) + 1);
        squares < 0 || squares == 0 && end.away < start.away
    }

    #[test]
    fn no_improvement_is_shorter_than_the_shortest() {
        for waypoints in ways() {
            let pairs = (0..waypoints.len()).flat_map(|end| (0..end).map(move |start| (start, end)));
            let least = pairs.filter(|&(start, end)| improves(waypoints[start], waypoints[end])).map(|(start, end)| end - start).min();
            let found = shortest_improvement(&waypoints);
            assert_eq!(found.as_ref().map(ExactSizeIterator::len), least, "{waypoints:?}");
            assert!(found.is_none_or(|part| improves(waypoints[part.start], waypoints[part.end])), "{waypoints:?}");
        }
    }
}
