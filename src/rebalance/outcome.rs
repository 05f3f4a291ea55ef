//! A plan made from the one before it and what moved.

use crate::model::{Assignment, Group, Movement, Transfer};
use crate::network::impact::Effects;
use crate::network::subscribers::Readers;
use crate::plan::{Plan, Summary};
use crate::proof::Proof;

/// What becomes of partitions in a rebalance.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Who owns what before, less the partitions of deleted topics.
    pub(crate) claims: Assignment,
    /// What changes hands, ascending.
    pub(crate) handed: Vec<Transfer>,
    /// What of it left an owner who could have kept it, ascending.
    pub(crate) movements: Vec<Movement>,
    /// How many partitions had no owner to stay with: new ones, and those whose owner left or gave
    /// up the topic.
    pub(crate) placed: u64,
}

impl Plan {
    /// The plan for a group after a change that touched nobody.
    pub(crate) fn unmoved(&self, group: &Group, effects: &Effects) -> Self {
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
    pub(crate) fn with_outcome(&self, group: &Group, outcome: Outcome, proof: Proof, readers: Readers) -> Self {
        let Outcome { claims, handed, movements, placed } = outcome;
        let assignment = claims.after(&handed);
        let claimed = assignment.len() - placed;
        let summary = Summary::of(group, &assignment, movements.len() as u64, claimed);
        Self {
            summary,
            movements: movements.into(),
            assignment: if assignment.has_many_transfers() { assignment.flattened() } else { assignment },
            group: group.clone(),
            proof,
            readers,
        }
    }
}

/// What a partition that changes hands means for the owner that could have kept it.
pub(crate) fn movement(&Transfer { partition, from, to }: &Transfer) -> Option<Movement> {
    Some(Movement { partition, from: from?, to: to? })
}
