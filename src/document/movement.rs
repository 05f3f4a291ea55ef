//! Movements, written by name.

use serde::{Serialize, Serializer};

use crate::model::{Group, MemberId, Movement};

/// Movements within a group, to be written down one after another.
#[derive(Clone, Copy, Debug)]
pub struct MovementsDocument<'a> {
    group: &'a Group,
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
    /// These movements of that group.
    pub fn new(group: &'a Group, movements: &'a [Movement]) -> Self {
        Self { group, movements }
    }
}

impl<'a> MovementDocument<'a> {
    /// This movement of that group.
    pub(super) fn new(group: &'a Group, movement: &Movement) -> Self {
        let member = |id: MemberId| -> &'a str { group.member(id).map_or("", |member| member.id()) };
        Self {
            topic: group.topic(movement.partition.topic).name(),
            partition: movement.partition.partition,
            from: member(movement.from),
            to: member(movement.to),
        }
    }
}

impl Serialize for MovementsDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.movements.iter().map(|movement| MovementDocument::new(self.group, movement)))
    }
}
