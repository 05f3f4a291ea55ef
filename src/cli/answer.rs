//! A plan, beside the one there would be without the change that was asked about; and what another
//! assignor answers for the same group.

use std::hint::black_box;
use std::io::Write;
use std::num::NonZeroU32;

use sticky_assignor::document::{MovementsDocument, StrategyPlanDocument};
use sticky_assignor::replay::Figures;
use sticky_assignor::{Assignment, Group, Movement, Plan, Strategy, Summary};

use super::failure::Failure;
use super::output;
use super::timing::timed_often;

/// A plan and what it answers.
pub(crate) struct Answer {
    /// The plan of the group as it was read, where a change was asked about.
    pub(crate) unchanged: Option<Plan>,
    /// The plan of the group, with the change if there is one.
    pub(crate) plan: Plan,
    /// What each timed call took.
    pub(crate) elapsed_ns: Vec<u64>,
}

impl Answer {
    /// The group before the change.
    pub(crate) fn before(&self) -> &Group {
        self.unchanged.as_ref().unwrap_or(&self.plan).group()
    }

    /// Who owned what before the change, by the claims that stand: where the steps of a plan begin.
    pub(crate) fn owners_before(&self) -> Assignment {
        self.unchanged.as_ref().unwrap_or(&self.plan).claimed_owners()
    }

    /// What the plan moves.
    pub(crate) fn moves(&self) -> Moves {
        self.moves_in(self.plan.assignment())
    }

    /// What an assignment of the group moves: what had an owner, by the claims that stand or as a
    /// member that leaves in the change, and has another now.
    fn moves_in(&self, assignment: &Assignment) -> Moves {
        let standing = self.plan.claimed_owners();
        let mut movements: Vec<Movement> = standing.differences(assignment).filter_map(|transfer| transfer.movement()).collect();
        let owners = if self.unchanged.is_some() { self.owners_before() } else { Assignment::new() };
        let is_forced =
            |movement: &Movement| self.plan.group().member(movement.from).is_none() && standing.owner(movement.partition).is_none();
        let forced = owners.differences(assignment).filter_map(|transfer| transfer.movement()).filter(is_forced);
        movements.extend(forced);
        let forced = movements.iter().filter(|movement| self.plan.group().member(movement.from).is_none()).count() as u64;
        movements.sort_unstable();
        Moves { movements, forced }
    }
}

/// What moves from an owner to another.
pub(crate) struct Moves {
    /// Ascending.
    pub(crate) movements: Vec<Movement>,
    /// How many of them leave a member that leaves.
    pub(crate) forced: u64,
}

impl Moves {
    /// A summary that counted what members that leave had as new.
    pub(crate) fn summary(&self, mut summary: Summary) -> Summary {
        summary.moved += self.forced;
        summary.forced += self.forced;
        summary.new -= self.forced;
        summary
    }
}

/// A strategy's answer.
pub(crate) struct StrategyAnswer {
    pub(crate) strategy: Strategy,
    /// What we answer.
    pub(crate) ours: Answer,
    pub(crate) assignment: Assignment,
    pub(crate) summary: Summary,
    /// How many partitions it moves in the group as it was read, where a change was asked about.
    pub(crate) moved_unchanged: Option<u64>,
    /// What each timed call took.
    pub(crate) elapsed_ns: Vec<u64>,
}

impl StrategyAnswer {
    /// What a strategy answers where we answer this, asked that many times.
    pub(super) fn new(strategy: Strategy, ours: Answer, repeat: NonZeroU32) -> Self {
        let group = ours.plan.group();
        let (assignment, elapsed_ns) = timed_often(repeat, || strategy.assign(black_box(group)));
        let summary = Figures::measure(group, &assignment).summary(group);
        let moved = |group: &Group| Figures::measure(group, &strategy.assign(group)).moved;
        let moved_unchanged = ours.unchanged.as_ref().map(|plan| moved(plan.group()));
        Self { strategy, ours, assignment, summary, moved_unchanged, elapsed_ns }
    }

    /// The group it was asked about.
    pub(crate) fn group(&self) -> &Group {
        self.ours.plan.group()
    }

    /// What it moves.
    pub(crate) fn moves(&self) -> Moves {
        self.ours.moves_in(&self.assignment)
    }

    /// Writes it as a line of JSON.
    pub(super) fn document(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let moves = self.moves();
        let movements = MovementsDocument::between(self.ours.before(), self.group(), &moves.movements);
        output::line(out, &self.figures_document(&moves).whole(self.group(), &self.assignment, movements))
    }

    /// Writes its figures as a line of JSON.
    pub(super) fn figures(&self, out: &mut dyn Write) -> Result<(), Failure> {
        output::line(out, &self.figures_document(&self.moves()))
    }

    fn figures_document(&self, moves: &Moves) -> StrategyPlanDocument<'_> {
        StrategyPlanDocument::figures(self.group(), self.strategy.name(), moves.summary(self.summary), &self.elapsed_ns)
    }
}
