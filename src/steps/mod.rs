//! The balance one step at a time.

mod movements;
mod reason;

pub use movements::PartitionMovements;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::vec::IntoIter;

use crate::balance::claims::claimed_owners;
use crate::flow::decompose::paths_and_cycles;
use crate::model::{Assignment, Goal, MemberId, Movement, TopicPartition, Transfer};
use crate::plan::Plan;
use reason::wanted_by;

/// One step of a balance, and the assignment after it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step {
    /// What happened, and why.
    pub action: Action,
    /// Who owns what after it; a version of its own, for the caller to keep.
    pub assignment: Assignment,
    /// Who gave what to whom so far.
    pub movements: PartitionMovements,
}

/// What happens in a step of a balance, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Every valid claim is honoured.
    Keep {
        /// How many partitions that gives an owner.
        partitions: u64,
    },
    /// A partition that nobody has a valid claim to gets an owner.
    Fill {
        /// The partition.
        partition: TopicPartition,
        /// Its owner.
        to: MemberId,
    },
    /// A partition moves, because a goal wants its path.
    Reassign {
        /// The move.
        movement: Movement,
        /// The path that the move is part of.
        path: Path,
    },
}

/// A path of moves: each stop but the first receives a partition from the stop before, so only the
/// ends change their loads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Path {
    /// The partition that starts it, where the first member was given one that had no owner.
    pub filled: Option<TopicPartition>,
    /// The goal that wants it: the first whose cost is higher in a plan that leaves the path out.
    /// None where no goal of the plan asks for it, and a tie was broken this way.
    pub goal: Option<Goal>,
    /// The members along the path.
    pub stops: Arc<[Stop]>,
}

/// A member on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stop {
    /// The member.
    pub member: MemberId,
    /// Its load before the path was carried out.
    pub load: u32,
}

/// The steps of a balance, made one at a time as they are asked for; the last one's assignment is
/// the plan's.
///
/// First every valid claim is kept, then what nobody claims is given out, then paths of moves
/// even out the loads. At no step has a partition two owners, and no partition moves twice.
#[derive(Clone, Debug)]
pub struct Steps(Progress);

#[derive(Clone, Debug)]
enum Progress {
    Start(Box<Plan>),
    UnderWay(Box<UnderWay>),
    Done,
}

#[derive(Clone, Debug)]
struct UnderWay {
    fills: IntoIter<Fill>,
    /// What is still to be reassigned; found once the fills are through.
    reassignments: Reassignments,
    assignment: Assignment,
    movements: PartitionMovements,
}

/// A partition that nobody has a valid claim to, and who gets it.
type Fill = (TopicPartition, MemberId);

#[derive(Clone, Debug)]
enum Reassignments {
    Wanted {
        plan: Box<Plan>,
        fills: Vec<Fill>,
        moves: Vec<Movement>,
    },
    Found {
        plan: Box<Plan>,
        paths: IntoIter<Vec<Movement>>,
        /// What members were given that nobody had, for the paths that start at them.
        filled: BTreeMap<MemberId, Vec<TopicPartition>>,
        of_path: IntoIter<(Movement, Path)>,
    },
}

impl Plan {
    /// The plan's balance, one step at a time. Nothing is computed until the first step is asked
    /// for.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// let members = [NewMember::new("c1", ["orders"]).owning("orders", 0..4), NewMember::new("c2", ["orders"])];
    /// let plan = balance(&Group::new(&[NewTopic::new("orders", 4)], &members)?);
    /// let steps: Vec<_> = plan.steps().collect();
    /// assert_eq!(steps.len(), 3); // keep, and two moves
    /// assert_eq!(&steps[2].assignment, plan.assignment());
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn steps(&self) -> Steps {
        Steps(Progress::Start(Box::new(self.clone())))
    }

    /// Who owned what by the claims that are valid: where the steps begin. Linear in claims,
    /// partitions, members and different subscriptions.
    pub fn claimed_owners(&self) -> Assignment {
        claimed_owners(self.group())
    }
}

impl Iterator for Steps {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let (action, next) = match std::mem::replace(&mut self.0, Progress::Done) {
            Progress::Start(plan) => first_step(plan),
            Progress::UnderWay(state) => state.advance()?,
            Progress::Done => return None,
        };
        let step = Step { action, assignment: next.assignment.clone(), movements: next.movements.clone() };
        self.0 = Progress::UnderWay(Box::new(next));
        Some(step)
    }
}

/// The first step: who owns what by the claims that are valid.
fn first_step(plan: Box<Plan>) -> (Action, UnderWay) {
    let kept = plan.claimed_owners();
    let (mut fills, mut moves) = (Vec::new(), Vec::new());
    for Transfer { partition, from, to } in kept.differences(plan.assignment()) {
        match (from, to) {
            (None, Some(to)) => fills.push((partition, to)),
            (Some(from), Some(to)) => moves.push(Movement { partition, from, to }),
            // A plan takes nothing from anybody that it does not give to somebody.
            (_, None) => {}
        }
    }
    let partitions = kept.len();
    let state = UnderWay {
        fills: fills.clone().into_iter(),
        reassignments: Reassignments::Wanted { plan, fills, moves },
        assignment: kept,
        movements: PartitionMovements::new(),
    };
    (Action::Keep { partitions }, state)
}

impl UnderWay {
    fn advance(mut self) -> Option<(Action, Self)> {
        if let Some((partition, to)) = self.fills.next() {
            self.assignment = self.assignment.with_owner(partition, to);
            return Some((Action::Fill { partition, to }, self));
        }
        self.perform_reassignments()
    }

    /// The next move of the paths that are left (one turn of KIP-54's `performReassignments`). The
    /// paths are those of a best plan, in which no two partitions with replicas in the same racks
    /// pass each other between two members: the ledger records the moves and changes none.
    fn perform_reassignments(mut self) -> Option<(Action, Self)> {
        let (movement, path) = self.reassignments.next(&self.assignment)?;
        let (assignment, movements) = reassign_partition(self.assignment, self.movements, movement);
        Some((Action::Reassign { movement, path }, Self { assignment, movements, ..self }))
    }
}

impl Reassignments {
    /// The next move, and the path it is on; `assignment` is how things stand before it.
    fn next(&mut self, assignment: &Assignment) -> Option<(Movement, Path)> {
        if let Self::Wanted { plan, fills, moves } = self {
            *self = Self::found(plan.clone(), fills, moves);
        }
        let Self::Found { plan, paths, filled, of_path } = self else { return None };
        loop {
            if let Some(next) = of_path.next() {
                return Some(next);
            }
            let moves = paths.next()?;
            let filled = moves.first().and_then(|first| filled.get_mut(&first.from)?.pop());
            let goal = wanted_by(plan, &moves);
            *of_path = along(moves, filled, goal, assignment).into_iter();
        }
    }

    /// The paths of what moves once everything has an owner. Were what is given out part of them,
    /// one could end at a member that something else pushes on.
    fn found(plan: Box<Plan>, fills: &[Fill], moves: &[Movement]) -> Self {
        let mut filled: BTreeMap<MemberId, Vec<TopicPartition>> = BTreeMap::new();
        fills.iter().rev().for_each(|&(partition, to)| filled.entry(to).or_default().push(partition));
        let ends: Vec<(u32, u32)> = moves.iter().map(|movement| (movement.from.raw(), movement.to.raw())).collect();
        let path = |numbers: Vec<usize>| numbers.into_iter().map(|number| moves[number]).collect();
        let paths: Vec<Vec<Movement>> = paths_and_cycles(plan.group().all_members().numbers(), &ends).into_iter().map(path).collect();
        Self::Found { plan, paths: paths.into_iter(), filled, of_path: Vec::new().into_iter() }
    }
}

/// The moves of a path, each with the whole path.
fn along(moves: Vec<Movement>, filled: Option<TopicPartition>, goal: Option<Goal>, assignment: &Assignment) -> Vec<(Movement, Path)> {
    let members = moves.first().map(|first| first.from).into_iter().chain(moves.iter().map(|step| step.to));
    let stops: Arc<[Stop]> = members.map(|member| Stop { member, load: assignment.load(member) }).collect();
    moves.into_iter().map(|step| (step, Path { filled, goal, stops: Arc::clone(&stops) })).collect()
}

/// One move carried out (KIP-54's `reassignPartition`): the assignment and the ledger after it.
fn reassign_partition(assignment: Assignment, movements: PartitionMovements, movement: Movement) -> (Assignment, PartitionMovements) {
    let Movement { partition, from, to } = movement;
    (assignment.with_owner(partition, to), movements.moved(partition, from, to))
}
