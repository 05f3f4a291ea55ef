//! The balance one step at a time.

use std::sync::Arc;
use std::vec::IntoIter;

use super::claims::resolve;
use super::movements::PartitionMovements;
use super::network::Network;
use super::plan::{Plan, numbered};
use super::trails::{Hop, trails};
use crate::model::{Assignment, MemberId, Movement, Sheet, TopicPartition};

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

/// A path of moves: each stop but the first receives a partition from the stop before, so only the ends change their loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The partition that starts it, where the path begins with one that had no owner: its followers are all on the path's crowded side.
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

/// The steps of a balance, made one at a time as they are asked for; the last one's assignment is the plan's.
///
/// First every standing claim is kept, then what nobody claims is given out, then paths of moves even out the loads. At no step has a partition
/// two owners, and no partition moves twice.
#[derive(Clone, Debug)]
pub struct Steps {
    plan: Plan,
    under_way: Option<UnderWay>,
}

#[derive(Clone, Debug)]
struct UnderWay {
    fills: IntoIter<Hop<Option<MemberId>, TopicPartition>>,
    reassignments: IntoIter<(Movement, Path)>,
    assignment: Assignment,
    movements: PartitionMovements,
}

impl Plan {
    /// The plan's balance, one step at a time. Nothing is computed until the first step is asked for.
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
        Steps { plan: self.clone(), under_way: None }
    }
}

impl Iterator for Steps {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let (action, next) = match self.under_way.take() {
            None => keep(&self.plan),
            Some(state) => state.advance()?,
        };
        let step = Step { action, assignment: next.assignment.clone(), movements: next.movements.clone() };
        self.under_way = Some(next);
        Some(step)
    }
}

/// The first step: who owns what by the claims that stand.
fn keep(plan: &Plan) -> (Action, UnderWay) {
    let network = Network::of(plan.group());
    let owners = numbered(&network, resolve(plan.group(), &network));
    let kept = Assignment::from_sheet(Sheet::new(network.slots, owners, plan.group().all_members().numbers()));
    let hops: Vec<Hop<Option<MemberId>, TopicPartition>> =
        kept.differences(plan.assignment()).map(|(what, from, to)| Hop { from, to, what }).collect();
    let fills: Vec<_> = hops.iter().filter(|hop| hop.from.is_none()).copied().collect();
    let filled = loads_after(&kept, &fills);
    let reassignments = trails(&hops).into_iter().scan(filled, |loads, trail| Some(reassignments(&trail, loads)));
    let state = UnderWay {
        reassignments: reassignments.flatten().collect::<Vec<_>>().into_iter(),
        fills: fills.into_iter(),
        movements: PartitionMovements::new(),
        assignment: kept,
    };
    (Action::Keep { partitions: state.assignment.len() }, state)
}

/// Loads by member, once what had no owner has one.
fn loads_after(kept: &Assignment, fills: &[Hop<Option<MemberId>, TopicPartition>]) -> im::OrdMap<MemberId, u32> {
    let load = |loads: &im::OrdMap<MemberId, u32>, member: MemberId| loads.get(&member).copied().unwrap_or(kept.load(member));
    let start = kept.iter().map(|(_, member)| (member, kept.load(member))).collect();
    fills.iter().filter_map(|hop| hop.to).fold(start, |loads, member| {
        let more = load(&loads, member) + 1;
        loads.update(member, more)
    })
}

/// The moves of a trail, each with the whole path; and `loads` after them.
fn reassignments(trail: &[Hop<Option<MemberId>, TopicPartition>], loads: &mut im::OrdMap<MemberId, u32>) -> Vec<(Movement, Path)> {
    let filled = trail.first().filter(|hop| hop.from.is_none()).map(|hop| hop.what);
    let moves: Vec<Movement> =
        trail.iter().filter_map(|hop| Some(Movement { partition: hop.what, from: hop.from?, to: hop.to? })).collect();
    let members = moves.first().map(|first| first.from).into_iter().chain(moves.iter().map(|step| step.to));
    let stops: Arc<[Stop]> = members.map(|member| Stop { member, load: loads.get(&member).copied().unwrap_or(0) }).collect();
    if let (Some(first), Some(last)) = (stops.first(), stops.last()) {
        loads.insert(first.member, first.load.saturating_sub(1));
        loads.insert(last.member, last.load + 1);
    }
    moves.into_iter().map(|step| (step, Path { filled, stops: Arc::clone(&stops) })).collect()
}

impl UnderWay {
    fn advance(mut self) -> Option<(Action, Self)> {
        if let Some(Hop { what: partition, to: Some(to), .. }) = self.fills.next() {
            self.assignment = self.assignment.with_owner(partition, to);
            return Some((Action::Fill { partition, to }, self));
        }
        let (movement, path) = self.reassignments.next()?;
        let (assignment, movements, movement) = reassign_partition(self.assignment, self.movements, movement);
        Some((Action::Reassign { movement, path }, Self { assignment, movements, ..self }))
    }
}

/// One move carried out (KIP-54's `reassignPartition`): the assignment and the ledger after it, and the move as it really was.
fn reassign_partition(
    assignment: Assignment,
    movements: PartitionMovements,
    wanted: Movement,
) -> (Assignment, PartitionMovements, Movement) {
    let partition = movements.partition_to_move(wanted.partition, wanted.from, wanted.to);
    let movement = Movement { partition, ..wanted };
    (assignment.with_owner(partition, movement.to), movements.moved(partition, movement.from, movement.to), movement)
}
