//! `plan --strategy`: what another assignor answers for a group.

use std::hint::black_box;
use std::io::Write;
use std::num::NonZeroU32;

use sticky_assignor::document::RivalDocument;
use sticky_assignor::replay::Figures;
use sticky_assignor::{Assignment, Group, Movement, Strategy, Summary, balance};

use super::failure::Failure;
use super::output;
use super::timing::timed_often;

/// A strategy's answer.
pub(crate) struct Rival<'a> {
    pub(crate) strategy: Strategy,
    pub(crate) group: &'a Group,
    /// Who owned what before, by the claims that stand.
    pub(crate) before: Assignment,
    pub(crate) assignment: Assignment,
    pub(crate) summary: Summary,
    /// The least sum of squared loads there is.
    pub(crate) best_sum_of_squares: u64,
    /// What each timed call took.
    pub(crate) elapsed_ns: Vec<u64>,
}

impl<'a> Rival<'a> {
    /// What a strategy answers for a group, asked so many times.
    pub(super) fn new(strategy: Strategy, group: &'a Group, repeat: NonZeroU32) -> Self {
        let (assignment, elapsed_ns) = timed_often(repeat, || strategy.assign(black_box(group)));
        let best = balance(group);
        let before = best.claimed_owners();
        let summary = summary(group, &Figures::measure(group, &assignment));
        Self { strategy, group, before, assignment, summary, best_sum_of_squares: best.summary().sum_of_squares, elapsed_ns }
    }

    /// What leaves the owner that its claims name.
    fn movements(&self) -> Vec<Movement> {
        let changed = self.before.differences(&self.assignment);
        changed.filter_map(|(partition, from, to)| Some(Movement { partition, from: from?, to: to? })).collect()
    }

    /// Writes it as a line of JSON.
    pub(super) fn document(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let movements = self.movements();
        output::line(out, &self.figures_document().whole(self.group, &self.assignment, &movements))
    }

    /// Writes its figures as a line of JSON.
    pub(super) fn figures(&self, out: &mut dyn Write) -> Result<(), Failure> {
        output::line(out, &self.figures_document())
    }

    fn figures_document(&self) -> RivalDocument<'_> {
        RivalDocument::figures(self.group, self.strategy.name(), self.summary, &self.elapsed_ns)
    }
}

fn summary(group: &Group, figures: &Figures) -> Summary {
    let Figures { partitions: assigned, retained, moved, new, min, max, sum_of_squares, .. } = *figures;
    let partitions = group.partition_count();
    Summary { partitions, assigned, unassigned: partitions - assigned, retained, moved, new, min, max, sum_of_squares }
}
