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
#[derive(Serialize)]
struct MovementDocument<'a> {
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

    fn named(&self, movement: &Movement) -> MovementDocument<'a> {
        MovementDocument {
            topic: self.group.topic(movement.partition.topic).name(),
            partition: movement.partition.partition,
            from: self.member(movement.from),
            to: self.member(movement.to),
        }
    }

    fn member(&self, id: MemberId) -> &'a str {
        self.group.member(id).map_or("", |member| member.id())
    }
}

impl Serialize for MovementsDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.movements.iter().map(|movement| self.named(movement)))
    }
}
