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

    /// What goes from members that the change removes to those that stay or join, and that none of
    /// them has an older claim to.
    pub(crate) fn inherited(&self) -> Vec<Movement> {
        self.inherited_in(self.plan.assignment())
    }

    /// The same, where the group is given another assignment.
    fn inherited_in(&self, assignment: &Assignment) -> Vec<Movement> {
        if self.unchanged.is_none() {
            return Vec::new();
        }
        let (owners, standing) = (self.owners_before(), self.plan.claimed_owners());
        let moves = owners.differences(assignment).filter_map(|transfer| transfer.movement());
        let is_new =
            |movement: &Movement| self.plan.group().member(movement.from).is_none() && standing.owner(movement.partition).is_none();
        moves.filter(is_new).collect()
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
    /// What a strategy answers where we answer this, asked so many times.
    pub(super) fn new(strategy: Strategy, ours: Answer, repeat: NonZeroU32) -> Self {
        let group = ours.plan.group();
        let (assignment, elapsed_ns) = timed_often(repeat, || strategy.assign(black_box(group)));
        let summary = summary(group, &Figures::measure(group, &assignment));
        let moved = |group: &Group| Figures::measure(group, &strategy.assign(group)).moved;
        let moved_unchanged = ours.unchanged.as_ref().map(|plan| moved(plan.group()));
        Self { strategy, ours, assignment, summary, moved_unchanged, elapsed_ns }
    }

    /// The group it was asked about.
    pub(crate) fn group(&self) -> &Group {
        self.ours.plan.group()
    }

    /// What goes from members that the change removes to others.
    pub(crate) fn inherited(&self) -> Vec<Movement> {
        self.ours.inherited_in(&self.assignment)
    }

    /// What leaves the owner that its claims name.
    fn movements(&self) -> Vec<Movement> {
        let owners = self.ours.plan.claimed_owners();
        let changed = owners.differences(&self.assignment);
        changed.filter_map(|transfer| transfer.movement()).collect()
    }

    /// Writes it as a line of JSON.
    pub(super) fn document(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let (movements, inherited) = (self.movements(), self.inherited());
        let mut document = self.figures_document().whole(self.group(), &self.assignment, &movements);
        if self.ours.unchanged.is_some() {
            document = document.inheriting(MovementsDocument::between(self.ours.before(), self.group(), &inherited));
        }
        output::line(out, &document)
    }

    /// Writes its figures as a line of JSON.
    pub(super) fn figures(&self, out: &mut dyn Write) -> Result<(), Failure> {
        output::line(out, &self.figures_document())
    }

    fn figures_document(&self) -> StrategyPlanDocument<'_> {
        StrategyPlanDocument::figures(self.group(), self.strategy.name(), self.summary, &self.elapsed_ns)
    }
}

fn summary(group: &Group, figures: &Figures) -> Summary {
    let Figures { partitions: assigned, retained, moved, new, min, max, sum_of_squares, .. } = *figures;
    let partitions = group.partition_count();
    Summary { partitions, assigned, unassigned: partitions - assigned, retained, moved, new, min, max, sum_of_squares }
}
