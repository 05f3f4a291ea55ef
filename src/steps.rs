//! The balance one step at a time, and which goal wants each path of moves; and the ledger of who
//! gave what to whom, KIP-54's `partitionMovements`, as a value.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::vec::IntoIter;

use crate::balance::claims::claimed_owners;
use crate::flow::decompose::paths_and_cycles;
use crate::model::{Assignment, Differences, Goal, MemberId, Movement, TopicId, TopicPartition, Transfer};
use crate::plan::Plan;

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
pub struct Steps {
    actions: Actions,
    assignment: Assignment,
    movements: PartitionMovements,
}

/// What happens in a balance, without the versions between: for whoever wants to know why and
/// needs no assignment halfway. Memory is that of two assignments and of what moves.
#[derive(Clone)]
pub struct Actions {
    plan: Plan,
    /// Who owns what by the claims that are valid.
    kept: Assignment,
    /// How many partitions each member has so far, by number.
    loads: Vec<u32>,
    progress: StepsProgress,
}

#[derive(Clone)]
enum StepsProgress {
    Start,
    /// What is still to be given out; what is to move is put aside on the way.
    Fills(Differences, Vec<Movement>),
    Paths(PathsLeft),
}

#[derive(Clone)]
struct PathsLeft {
    paths: IntoIter<Vec<Movement>>,
    /// What members were given that nobody had, for the paths that start at them; the first last.
    filled: BTreeMap<MemberId, Vec<TopicPartition>>,
    of_path: IntoIter<(Movement, Path)>,
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
        Steps { actions: self.actions(), assignment: Assignment::new(), movements: PartitionMovements::new() }
    }

    /// The actions of the plan's steps, without the assignments between them. Nothing is computed
    /// until the first is asked for.
    ///
    /// ```
    /// use sticky_assignor::{Action, Group, NewMember, NewTopic, balance};
    /// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", ["orders"]).owning("orders", 0..3)])?;
    /// let actions: Vec<Action> = balance(&group).actions().collect();
    /// assert_eq!(actions[0], Action::Keep { partitions: 3 });
    /// assert!(matches!(actions[1..], [Action::Fill { .. }]));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn actions(&self) -> Actions {
        Actions { plan: self.clone(), kept: Assignment::new(), loads: Vec::new(), progress: StepsProgress::Start }
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
        let action = self.actions.next()?;
        match &action {
            Action::Keep { .. } => self.assignment = self.actions.kept.clone(),
            Action::Fill { partition, to } => self.assignment = std::mem::take(&mut self.assignment).with_owner(*partition, *to),
            // The paths are those of a best plan, in which no two partitions with replicas in the
            // same racks pass each other between two members: the ledger records the moves and
            // changes none.
            Action::Reassign { movement, .. } => {
                let before = (std::mem::take(&mut self.assignment), std::mem::take(&mut self.movements));
                (self.assignment, self.movements) = reassign_partition(before.0, before.1, *movement);
            }
        }
        Some(Step { action, assignment: self.assignment.clone(), movements: self.movements.clone() })
    }
}

/// Short, however large the plan is.
impl fmt::Debug for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actions").field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl Iterator for Actions {
    type Item = Action;

    /// Claims are kept, then what has no owner is given out, then one move of the paths after the
    /// other is made (one turn of KIP-54's `performReassignments`).
    fn next(&mut self) -> Option<Action> {
        if let StepsProgress::Start = self.progress {
            self.kept = self.plan.claimed_owners();
            self.loads = self.kept.loads();
            self.loads.resize(self.plan.group().all_members().numbers(), 0);
            self.progress = StepsProgress::Fills(self.kept.differences_to(self.plan.assignment()), Vec::new());
            return Some(Action::Keep { partitions: self.kept.len() });
        }
        if let StepsProgress::Fills(differences, moves) = &mut self.progress {
            for Transfer { partition, from, to } in differences.by_ref() {
                match (from, to) {
                    (None, Some(to)) => {
                        self.loads[to.index()] += 1;
                        return Some(Action::Fill { partition, to });
                    }
                    (Some(from), Some(to)) => moves.push(Movement { partition, from, to }),
                    // A plan takes nothing from anybody that it does not give to somebody.
                    (_, None) => {}
                }
            }
            let moves = std::mem::take(moves);
            self.progress = StepsProgress::Paths(self.paths(&moves));
        }
        let StepsProgress::Paths(paths) = &mut self.progress else { return None };
        let (movement, path) = paths.next(&self.plan, &self.loads)?;
        self.loads[movement.from.index()] -= 1;
        self.loads[movement.to.index()] += 1;
        Some(Action::Reassign { movement, path })
    }
}

impl Actions {
    /// The paths of what moves once everything has an owner. Were what is given out part of them,
    /// one could end at a member that something else pushes on.
    fn paths(&self, moves: &[Movement]) -> PathsLeft {
        let ends: Vec<(u32, u32)> = moves.iter().map(|movement| (movement.from.raw(), movement.to.raw())).collect();
        let path = |numbers: &[u32]| numbers.iter().map(|&number| moves[number as usize]).collect();
        let paths: Vec<Vec<Movement>> = paths_and_cycles(self.loads.len(), &ends).iter().map(path).collect();
        let mut starts = vec![0_usize; self.loads.len()];
        paths.iter().filter_map(|path| path.first()).for_each(|first| starts[first.from.index()] += 1);
        // Most of what is given out starts no path, and it may be nearly all there is.
        let mut filled: BTreeMap<MemberId, Vec<TopicPartition>> = BTreeMap::new();
        if !paths.is_empty() {
            for Transfer { partition, to, .. } in
                self.kept.differences_to(self.plan.assignment()).filter(|transfer| transfer.from.is_none())
            {
                if let Some(to) = to.filter(|to| starts[to.index()] > 0) {
                    starts[to.index()] -= 1;
                    filled.entry(to).or_default().push(partition);
                }
            }
        }
        filled.values_mut().for_each(|filled| filled.reverse());
        PathsLeft { paths: paths.into_iter(), filled, of_path: Vec::new().into_iter() }
    }
}

impl PathsLeft {
    /// The next move, and the path it is on; `loads` are those before it.
    fn next(&mut self, plan: &Plan, loads: &[u32]) -> Option<(Movement, Path)> {
        loop {
            if let Some(next) = self.of_path.next() {
                return Some(next);
            }
            let moves = self.paths.next()?;
            let filled = moves.first().and_then(|first| self.filled.get_mut(&first.from)?.pop());
            let goal = wanted_by(plan, &moves);
            self.of_path = along(moves, filled, goal, loads).into_iter();
        }
    }
}

/// The moves of a path, each with the whole path.
fn along(moves: Vec<Movement>, filled: Option<TopicPartition>, goal: Option<Goal>, loads: &[u32]) -> Vec<(Movement, Path)> {
    let members = moves.first().map(|first| first.from).into_iter().chain(moves.iter().map(|step| step.to));
    let stops: Arc<[Stop]> = members.map(|member| Stop { member, load: loads[member.index()] }).collect();
    moves.into_iter().map(|step| (step, Path { filled, goal, stops: Arc::clone(&stops) })).collect()
}

/// One move carried out (KIP-54's `reassignPartition`): the assignment and the ledger after it.
fn reassign_partition(assignment: Assignment, movements: PartitionMovements, movement: Movement) -> (Assignment, PartitionMovements) {
    let Movement { partition, from, to } = movement;
    (assignment.with_owner(partition, to), movements.moved(partition, from, to))
}

/// The first goal of a plan whose cost is higher where these moves are left out: each from the
/// owner that has a valid claim to the partition, along a path. O(moves × log partitions).
fn wanted_by(plan: &Plan, moves: &[Movement]) -> Option<Goal> {
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

/// Who gave which partitions to whom, topic by topic; a persistent value.
///
/// In Java and Sarama this is a pair of maps on an object that callers share, and writing to it
/// from two threads at once is what killed processes (Sarama issues 2422 and 3018). Here each step
/// returns the ledger after it.
///
/// ```
/// use sticky_assignor::{Group, NewMember, NewTopic, PartitionMovements, TopicPartition};
/// let group = Group::new(&[NewTopic::new("t", 2)], &[NewMember::new("a", ["t"]), NewMember::new("b", ["t"])])?;
/// let (t, a, b) = (group.topic_id("t").unwrap(), group.member_id("a").unwrap(), group.member_id("b").unwrap());
/// let (p0, p1) = (TopicPartition { topic: t, partition: 0 }, TopicPartition { topic: t, partition: 1 });
/// let ledger = PartitionMovements::new().moved(p0, b, a);
/// // One of the topic is to move from a to b, but another came from b before: that one goes back home.
/// assert_eq!(ledger.partition_to_move(p1, a, b), p0);
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionMovements {
    by_pair: im::OrdMap<(TopicId, MemberId, MemberId), im::OrdSet<TopicPartition>>,
    by_partition: im::OrdMap<TopicPartition, (MemberId, MemberId)>,
}

impl PartitionMovements {
    /// The empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    /// The partition that a move from one member to another should really take (KIP-54's
    /// `getTheActualPartitionToBeMoved`): if one of the same topic went the other way before, that
    /// one, back home; else the partition asked for. O(log moves).
    pub fn partition_to_move(&self, partition: TopicPartition, from: MemberId, to: MemberId) -> TopicPartition {
        let came_back = self.by_pair.get(&(partition.topic, to, from));
        came_back.and_then(|partitions| partitions.get_min().copied()).unwrap_or(partition)
    }

    /// The ledger after a move. A partition that moves on is written down from its first owner to
    /// its last; one that is back home, not at all. O(log moves).
    #[must_use]
    pub fn moved(mut self, partition: TopicPartition, from: MemberId, to: MemberId) -> Self {
        let home = match self.by_partition.remove(&partition) {
            Some((home, last)) => {
                self = self.struck(partition, home, last);
                home
            }
            None => from,
        };
        if home != to {
            self.by_pair.entry((partition.topic, home, to)).or_default().insert(partition);
            self.by_partition.insert(partition, (home, to));
        }
        self
    }

    fn struck(mut self, partition: TopicPartition, home: MemberId, last: MemberId) -> Self {
        let pair = (partition.topic, home, last);
        if let Some(partitions) = self.by_pair.get_mut(&pair) {
            partitions.remove(&partition);
            if partitions.is_empty() {
                self.by_pair.remove(&pair);
            }
        }
        self
    }

    /// The moves written down, by partition.
    pub fn iter(&self) -> impl Iterator<Item = Movement> + '_ {
        self.by_partition.iter().map(|(&partition, &(from, to))| Movement { partition, from, to })
    }

    /// How many partitions are away from home.
    pub fn len(&self) -> usize {
        self.by_partition.len()
    }

    /// Whether nothing moved, or all is back home.
    pub fn is_empty(&self) -> bool {
        self.by_partition.is_empty()
    }
}
