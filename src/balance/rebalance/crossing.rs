//! A level that a change crosses, crossed at once.
//!
//! Where more is to be placed at a level than its members have room for, the last of it would be sent the longest ways there are, to the few that have room left,
//! before a search from there came to no end and the level rose. So all at that level rise first: whoever had room needs one more now, the others have room again,
//! and no way is long. Where more is needed than can be spared, all fall: whoever could spare one must give it up, and the others can spare one.
//!
//! Nothing else depends on it: a part of the level that this goes too far for is brought back by the search.

use std::collections::BTreeMap;

use super::local_flow::{Direction, LocalFlow, Side};
use super::search::Node;

impl LocalFlow<'_> {
    /// The flow after the level at which most is due was crossed, if that is more than its members have room for; and the direction to send units in first, in which
    /// ends are many.
    pub(super) fn crossed(mut self) -> (Self, Direction) {
        let first = if self.roots(Direction::Onward).is_empty() { Direction::Back } else { Direction::Onward };
        let is_plain = self.roots(first.opposite()).is_empty() && self.moved.is_empty();
        if is_plain
            && let Some((level, due)) = self.most_due(first)
            && self.is_crossed(first, level, due)
        {
            self.cross(first, level);
        }
        (self, first)
    }

    /// The level at which most is due, above 0, and how much.
    fn most_due(&self, direction: Direction) -> Option<(u32, u64)> {
        let mut due = BTreeMap::new();
        for root in self.roots(direction) {
            *due.entry(self.level(root)).or_default() += u64::from(self.due(direction, root));
        }
        due.into_iter().filter(|(level, _)| *level > 0).max_by_key(|(_, due)| *due)
    }

    /// Whether so much is more than what members at this level have room for or can spare, but not more than if all were a level further.
    fn is_crossed(&self, direction: Direction, level: u32, due: u64) -> bool {
        let end = if direction == Direction::Onward { level } else { level + 1 };
        let loads = || self.level[self.topics..].iter().zip(&self.promised).filter(|(at, _)| **at == level).map(|(_, load)| *load);
        let ends = loads().filter(|load| *load == end).count() as u64;
        due > ends && due <= ends + loads().count() as u64
    }

    /// Moves all of a level up or down by one. An end of before is one behind then, or one ahead; and whoever needs some needs one less further down.
    fn cross(&mut self, direction: Direction, level: u32) {
        let crossing: Vec<Node> = (0..self.node_count() as Node).filter(|&node| self.level(node) == level).collect();
        for node in crossing {
            let is_end = self.end(direction, node).is_some();
            self.shift_level(direction, node);
            if let Side::Member(member) = self.side(node)
                && (is_end || self.due(direction, node) > 0)
            {
                let promised = &mut self.promised[member.index()];
                match direction {
                    Direction::Onward => *promised += 1,
                    Direction::Back => *promised -= 1,
                }
                self.put(node, -direction.sign());
            }
        }
    }
}
