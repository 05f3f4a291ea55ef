//! A plan made from the one before it and what moved.

use super::effects::Effects;
use super::readers::Readers;
use crate::balance::plan::{Plan, Summary};
use crate::balance::proof::Proof;
use crate::model::{Assignment, Group, Handed, Movement};

/// What becomes of partitions in a rebalance.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Who owns what before, less the partitions of deleted topics.
    pub(super) claims: Assignment,
    /// What changes hands, ascending.
    pub(super) handed: Vec<Handed>,
    /// What of it left an owner who could have kept it, ascending.
    pub(super) movements: Vec<Movement>,
    /// How many partitions had no owner to stay with: new ones, and those whose owner left or gave up the topic.
    pub(super) placed: u64,
}

impl Plan {
    /// The plan for a group after a change that touched nobody.
    pub(super) fn unmoved(&self, group: &Group, effects: &Effects) -> Self {
        let summary = Summary {
            partitions: group.partition_count(),
            unassigned: group.partition_count() - self.assignment.len(),
            retained: self.assignment.len(),
            moved: 0,
            new: 0,
            ..self.summary
        };
        Self {
            group: group.clone(),
            assignment: self.assignment.clone(),
            movements: [].into(),
            summary,
            proof: self.proof.clone().without_moves(),
            readers: self.readers.clone().after(&self.group, group, effects),
        }
    }

    /// The plan for a group after a change with this outcome.
    pub(super) fn with_outcome(&self, group: &Group, outcome: Outcome, proof: Proof, readers: Readers) -> Self {
        let Outcome { claims, handed, movements, placed } = outcome;
        let assignment = claims.handed_over(&handed);
        let claimed = assignment.len() - placed;
        let summary = Summary::of(group, &assignment, movements.len() as u64, claimed);
        Self {
            summary,
            movements: movements.into(),
            assignment: if assignment.has_many_changes() { assignment.flattened() } else { assignment },
            group: group.clone(),
            proof,
            readers,
        }
    }
}

/// What a partition that changes hands means for the owner that could have kept it.
pub(super) fn movement(&Handed { partition, from, to }: &Handed) -> Option<Movement> {
    Some(Movement { partition, from: from?, to: to? })
}
