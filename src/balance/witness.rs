//! What would improve an assignment that falls short.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Plan;
use super::believed::Believed;
use super::trails::{Hop, trails};
use crate::model::{Assignment, MemberId, Movement, TopicPartition};

/// Moves that improve a valid assignment, none of which can be left out; empty where it is as good as the plan.
///
/// What tells the assignment from the plan falls apart into paths and rings of moves, and because costs are convex one of them is an improvement by itself.
pub(super) fn witness(believed: &Believed, assignment: &Assignment, plan: &Plan) -> Vec<Movement> {
    let judge = Judge { believed, assignment };
    let hops: Vec<Hop<MemberId, TopicPartition>> =
        assignment.differences(plan.assignment()).filter_map(|(what, from, to)| Some(Hop { from: from?, to: to?, what })).collect();
    let candidates = trails(&hops).into_iter().map(|trail| movements(judge.evening_part(&trail)));
    let improving = candidates.filter_map(|moves| Some((judge.gain(&moves)?, moves)));
    let best = improving.min_by_key(|(gain, moves)| (*gain, moves.len()));
    best.map_or_else(Vec::new, |(gain, moves)| judge.without_needless(moves, gain))
}

/// What moves are good for; balance comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gain {
    Balance,
    Stickiness,
}

fn movements(trail: &[Hop<MemberId, TopicPartition>]) -> Vec<Movement> {
    trail.iter().map(|hop| Movement { partition: hop.what, from: hop.from, to: hop.to }).collect()
}

/// Knows what moves change.
struct Judge<'a> {
    believed: &'a Believed,
    assignment: &'a Assignment,
}

impl Judge<'_> {
    /// The shortest part of a trail that leads from a member to one with at least two partitions fewer; without such a part, the whole trail.
    fn evening_part<'t>(&self, trail: &'t [Hop<MemberId, TopicPartition>]) -> &'t [Hop<MemberId, TopicPartition>] {
        let members = trail.first().map(|first| first.from).into_iter().chain(trail.iter().map(|hop| hop.to));
        let loads: Vec<u32> = members.map(|member| self.assignment.load(member)).collect();
        shortest_fall(&loads).map_or(trail, |part| &trail[part])
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
        let stays = |step: &Movement, member| i64::from(self.believed.claimant(step.partition) == Some(member));
        let away = moves.iter().map(|step| stays(step, step.from) - stays(step, step.to)).sum();
        (gains.iter().map(squares).sum(), away)
    }

    /// The moves without those that the improvement does not need.
    fn without_needless(&self, mut moves: Vec<Movement>, gain: Gain) -> Vec<Movement> {
        let mut place = 0;
        while place < moves.len() {
            let step = moves.remove(place);
            if self.gain(&moves).is_some_and(|less| less <= gain) {
                place = 0;
            } else {
                moves.insert(place, step);
                place += 1;
            }
        }
        moves
    }
}

/// The shortest way from a load to a later one that is at least two lower.
fn shortest_fall(loads: &[u32]) -> Option<Range<usize>> {
    // The loads so far that no later one reaches: they fall.
    let mut peaks: Vec<usize> = Vec::new();
    let mut best: Option<Range<usize>> = None;
    for (here, &load) in loads.iter().enumerate() {
        let higher = peaks.partition_point(|&peak| loads[peak] >= load + 2);
        if let Some(&nearest) = peaks[..higher].last()
            && best.as_ref().is_none_or(|best| here - nearest < best.len())
        {
            best = Some(nearest..here);
        }
        while peaks.pop_if(|&mut peak| loads[peak] <= load).is_some() {}
        peaks.push(here);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::shortest_fall;

    /// Every list of five loads below four.
    fn lists() -> impl Iterator<Item = [u32; 5]> {
        (0..4_u32.pow(5)).map(|number| [0, 1, 2, 3, 4].map(|digit| number / 4_u32.pow(digit) % 4))
    }

    #[test]
    fn no_fall_is_shorter_than_the_shortest() {
        for loads in lists() {
            let pairs = (0..loads.len()).flat_map(|end| (0..end).map(move |start| (start, end)));
            let least = pairs.filter(|&(start, end)| loads[start] >= loads[end] + 2).map(|(start, end)| end - start).min();
            let found = shortest_fall(&loads);
            assert_eq!(found.as_ref().map(ExactSizeIterator::len), least, "{loads:?}");
            assert!(found.is_none_or(|part| loads[part.start] >= loads[part.end] + 2), "{loads:?}");
        }
    }
}
