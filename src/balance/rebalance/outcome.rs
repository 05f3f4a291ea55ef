//! A plan made from the one before it and what moved.

use super::effects::Effects;
use crate::balance::plan::{Plan, Summary};
use crate::balance::proof::Proof;
use crate::model::{Assignment, Group, MemberId, Movement, TopicPartition};

/// What becomes of partitions in a rebalance.
#[derive(Debug)]
pub(super) struct Handover {
    /// Who owns what so far; at first as before the change, less the partitions of deleted topics.
    pub(super) assignment: Assignment,
    /// Partitions that left an owner who could have kept them.
    pub(super) movements: Vec<Movement>,
    /// How many partitions have no owner to stay with: new ones, and those whose owner left or gave up the topic.
    pub(super) free: u64,
}

impl Handover {
    /// Gives a partition that has no owner to stay with to a member.
    pub(super) fn fill(mut self, partition: TopicPartition, to: MemberId) -> Self {
        self.assignment = self.assignment.with_owner(partition, to);
        self.free += 1;
        self
    }

    /// Moves a partition from a member that could have kept it to another.
    pub(super) fn reassign(mut self, partition: TopicPartition, from: MemberId, to: MemberId) -> Self {
        self.assignment = self.assignment.with_owner(partition, to);
        self.movements.push(Movement { partition, from, to });
        self
    }
}

impl Plan {
    /// The plan for a group after a change that touched nobody.
    pub(super) fn unmoved(&self, group: &Group) -> Self {
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
            readers: self.readers.clone(),
        }
    }

    /// The plan for a group after a change, from what was handed over.
    pub(super) fn handed_over(&self, group: &Group, effects: &Effects, mut handover: Handover, proof: Proof) -> Self {
        handover.movements.sort_unstable();
        let assignment = handover.assignment;
        let claimed = assignment.len() - handover.free;
        let summary = Summary::of(group, &assignment, handover.movements.len() as u64, claimed);
        Self {
            summary,
            movements: handover.movements.into(),
            assignment: if assignment.has_many_changes() { assignment.flattened() } else { assignment },
            group: group.clone(),
            proof,
            readers: self.readers.clone().after(group, effects),
        }
    }
}
