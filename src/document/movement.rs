//! Movements, written by name.

use serde::{Serialize, Serializer};

use crate::model::{Group, Movement};

/// Movements, to be written down one after another; those of which the groups do not know the topic
/// or a member are left out.
#[derive(Clone, Copy, Debug)]
pub struct MovementsDocument<'a> {
    before: &'a Group,
    after: &'a Group,
    movements: &'a [Movement],
}

/// One movement by the names of what moves.
#[derive(Clone, Debug, Serialize)]
pub(super) struct MovementDocument<'a> {
    topic: &'a str,
    partition: u32,
    from: &'a str,
    to: &'a str,
}

impl<'a> MovementsDocument<'a> {
    /// These movements within a group.
    pub fn new(group: &'a Group, movements: &'a [Movement]) -> Self {
        Self::between(group, group, movements)
    }

    /// These movements from the members of a group to those of a later version of it.
    pub fn between(before: &'a Group, after: &'a Group, movements: &'a [Movement]) -> Self {
        Self { before, after, movements }
    }
}

impl<'a> MovementDocument<'a> {
    /// This movement from a member of one group to a member of the other, if they know both, and
    /// the topic.
    pub(super) fn between(before: &'a Group, after: &'a Group, movement: &Movement) -> Option<Self> {
        Some(Self {
            topic: after.known_topic(movement.partition.topic)?.name(),
            partition: movement.partition.partition,
            from: before.member(movement.from)?.id(),
            to: after.member(movement.to)?.id(),
        })
    }
}

impl Serialize for MovementsDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = |movement| MovementDocument::between(self.before, self.after, movement);
        serializer.collect_seq(self.movements.iter().filter_map(named))
    }
}
