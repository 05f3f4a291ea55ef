//! The balance one step at a time.

mod movements;

pub use movements::PartitionMovements;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::vec::IntoIter;

use crate::balance::claims::claimed_owners;
use crate::flow::decompose::paths_and_cycles;
use crate::model::{Assignment, MemberId, Movement, TopicPartition, Transfer};
use crate::plan::Plan;

/// One step of a balance, and the assignment after it.
#[derive(Clone, Debug)]
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
    /// Every claim that stands is honoured.
    Keep {
        /// How many partitions that gives an owner.
        partitions: u64,
    },
    /// A partition that nobody has a standing claim to gets an owner.
    Fill {
        /// The partition.
        partition: TopicPartition,
        /// Its owner.
        to: MemberId,
    },
    /// A partition moves, because its path evens out the loads.
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
pub struct Path {
    /// The partition that starts it, where the first member was given one that had no owner: its
    /// followers are all on the path's crowded side.
    pub filled: Option<TopicPartition>,
    /// The members along the path.
    pub stops: Arc<[Stop]>,
}

/// A member on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The member.
    pub member: MemberId,
    /// Its load before the path was carried out.
    pub load: u32,
}

/// The steps of a balance, made one at a time as they are asked for; the last one's assignment is
/// the plan's.
///
/// First every standing claim is kept, then what nobody claims is given out, then paths of moves
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
    fills: IntoIter<Transfer>,
    /// What is still to be reassigned; found once the fills are through.
    reassignments: Reassignments,
    assignment: Assignment,
    movements: PartitionMovements,
}

#[derive(Clone, Debug)]
enum Reassignments {
    Wanted {
        fills: Vec<Transfer>,
        moves: Vec<Movement>,
    },
    Found {
        trails: IntoIter<Vec<Movement>>,
        /// What members were given that nobody had, for the paths that start at them.
        filled: BTreeMap<MemberId, Vec<TopicPartition>>,
        of_trail: IntoIter<(Movement, Path)>,
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

    /// Who owned what by the claims that stand: where the steps begin. Linear in claims,
    /// partitions, members and different subscriptions.
    pub fn claimed_owners(&self) -> Assignment {
        claimed_owners(&self.group)
    }
}

impl Iterator for Steps {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let (action, next) = match std::mem::replace(&mut self.0, Progress::Done) {
            Progress::Start(plan) => first_step(&plan),
            Progress::UnderWay(state) => state.advance()?,
            Progress::Done => return None,
        };
        let step = Step { action, assignment: next.assignment.clone(), movements: next.movements.clone() };
        self.0 = Progress::UnderWay(Box::new(next));
        Some(step)
    }
}

/// The first step: who owns what by the claims that stand.
fn first_step(plan: &Plan) -> (Action, UnderWay) {
    let kept = plan.claimed_owners();
    // What is kept is claimed by subscribers, so none of it goes to nobody.
    let (fills, moves): (Vec<Transfer>, Vec<Transfer>) = kept.differences(plan.assignment()).partition(|transfer| transfer.from.is_none());
    let moves = moves.iter().filter_map(Transfer::movement).collect();
    let partitions = kept.len();
    let state = UnderWay {
        fills: fills.clone().into_iter(),
        reassignments: Reassignments::Wanted { fills, moves },
        assignment: kept,
        movements: PartitionMovements::new(),
    };
    (Action::Keep { partitions }, state)
}

impl UnderWay {
    fn advance(mut self) -> Option<(Action, Self)> {
        if let Some(Transfer { partition, to: Some(to), .. }) = self.fills.next() {
            self.assignment = self.assignment.with_owner(partition, to);
            return Some((Action::Fill { partition, to }, self));
        }
        let (movement, path) = self.reassignments.next(&self.assignment)?;
        let (assignment, movements, movement) = reassign_partition(self.assignment, self.movements, movement);
        Some((Action::Reassign { movement, path }, Self { assignment, movements, ..self }))
    }
}

impl Reassignments {
    /// The next move, and the path it is on; `assignment` is how things stand before it.
    fn next(&mut self, assignment: &Assignment) -> Option<(Movement, Path)> {
        if let Self::Wanted { fills, moves } = self {
            *self = Self::found(fills, moves);
        }
        let Self::Found { trails, filled, of_trail } = self else { return None };
        loop {
            if let Some(next) = of_trail.next() {
                return Some(next);
            }
            let trail = trails.next()?;
            let filled = trail.first().and_then(|first| filled.get_mut(&first.from)?.pop());
            *of_trail = along(trail, filled, assignment).into_iter();
        }
    }

    /// The trails of what moves once everything has an owner. Were what is given out part of them,
    /// one could end at a member that something else pushes on.
    fn found(fills: &[Transfer], moves: &[Movement]) -> Self {
        let mut filled: BTreeMap<MemberId, Vec<TopicPartition>> = BTreeMap::new();
        for (fill, to) in fills.iter().rev().filter_map(|fill| Some((fill, fill.to?))) {
            filled.entry(to).or_default().push(fill.partition);
        }
        let ends: Vec<(MemberId, MemberId)> = moves.iter().map(|movement| (movement.from, movement.to)).collect();
        let trail = |numbers: Vec<usize>| numbers.into_iter().map(|number| moves[number]).collect();
        let trails: Vec<Vec<Movement>> = paths_and_cycles(&ends).into_iter().map(trail).collect();
        Self::Found { trails: trails.into_iter(), filled, of_trail: Vec::new().into_iter() }
    }
}

/// The moves of a trail, each with the whole path.
fn along(moves: Vec<Movement>, filled: Option<TopicPartition>, assignment: &Assignment) -> Vec<(Movement, Path)> {
    let members = moves.first().map(|first| first.from).into_iter().chain(moves.iter().map(|step| step.to));
    let stops: Arc<[Stop]> = members.map(|member| Stop { member, load: assignment.load(member) }).collect();
    moves.into_iter().map(|step| (step, Path { filled, stops: Arc::clone(&stops) })).collect()
}

/// One move carried out (KIP-54's `reassignPartition`): the assignment and the ledger after it, and
/// the move as it really was.
fn reassign_partition(
    assignment: Assignment,
    movements: PartitionMovements,
    wanted: Movement,
) -> (Assignment, PartitionMovements, Movement) {
    let partition = movements.partition_to_move(wanted.partition, wanted.from, wanted.to);
    let movement = Movement { partition, ..wanted };
    (assignment.with_owner(partition, movement.to), movements.moved(partition, movement.from, movement.to), movement)
}
