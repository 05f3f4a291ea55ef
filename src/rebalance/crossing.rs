//! Levels that a change crosses, crossed at once: a head start.
//!
//! Where more is to be placed at a level than its members have room for, the last of it would be
//! sent the longest ways there are, to the few that have room left, before a search from there came
//! to no end and the level rose. So all at that level rise first: whoever had room needs one more
//! now, the others have room again, and no way is long. Where more is needed than can be spared,
//! all fall: whoever could spare one must give it up, and the others can spare one. If that is
//! still too little, they cross the next level.
//!
//! What crosses is what hangs together with what is due, by topics that are followed at that level.
//! That keeps the flow best where it is at rest, that is, where nothing moved yet and nothing is
//! due in the other direction but what crosses along: topics have price 1 then and members 0, so
//! nodes that become neighbours at the new level meet at a cost of 1 + 0 − 1, and members and the
//! ground at 0. And a topic stays with those who have some of it, as they are all at its level.
//! What this takes too far changes its level again, by a search that comes to no end.

use std::collections::BTreeMap;
use std::mem::take;

use crate::rebalance::search::Node;
use crate::rebalance::state::{Direction, LocalFlow, Side};

/// So many levels are crossed at most.
const MOST_LEVELS: u64 = 8;

impl LocalFlow<'_> {
    /// The direction in which units are sent first: onward, if any are to be.
    pub(crate) fn first_direction(&self) -> Direction {
        if self.is_any_due(Direction::Onward) { Direction::Onward } else { Direction::Back }
    }

    /// The flow after levels were crossed at which more is due in a direction than they can take or
    /// spare.
    pub(crate) fn crossed(mut self, direction: Direction) -> Self {
        let is_at_rest = self.moved.is_empty() && !self.is_any_due(direction.opposite());
        let mut left = if is_at_rest { MOST_LEVELS } else { 0 };
        while left > 0 && self.crosses_one(direction, left) {
            left -= 1;
        }
        self
    }

    /// Crosses the level at which most is due, if that is too much for it but not for so many more;
    /// whether it was.
    fn crosses_one(&mut self, direction: Direction, levels: u64) -> bool {
        let roots = self.roots(direction);
        let Some((level, due)) = self.most_due(direction, &roots) else { return false };
        let all = self.topics as Node..self.node_count() as Node;
        if self.room(direction, level) >= due || !self.exceeds((due, levels), direction, level, all) {
            return false;
        }
        let around = self.around(roots, level);
        let crosses = self.exceeds((due, levels), direction, level, around.iter().copied());
        if crosses {
            self.cross(direction, &around);
        }
        crosses
    }

    /// The level at which most is due, and how much. At level 0 there are members that read
    /// nothing, who have as many as the level says but no room; and there is nothing below.
    fn most_due(&self, direction: Direction, roots: &[Node]) -> Option<(u32, u64)> {
        let mut due = BTreeMap::new();
        for &root in roots {
            *due.entry(self.level(root)).or_default() += u64::from(self.due(direction, root));
        }
        due.into_iter().filter(|(level, _)| *level > 0).max_by_key(|(_, due)| *due)
    }

    /// How many members at a level have room for one more, or can spare one. Mostly that is enough,
    /// and seen at a glance.
    fn room(&self, direction: Direction, level: u32) -> u64 {
        let load = direction.load_at_end(level);
        let members = self.level[self.topics..].iter().zip(&self.promised);
        members.filter(|&(&of_member, &promised)| of_member == level && promised == load).count() as u64
    }

    /// Whether so much is more than the members of these nodes that are at a level would then need
    /// if they crossed it, but not more than if they went so many levels further: few members that
    /// many levels are to be crossed by are searched quickly.
    fn exceeds(&self, (due, levels): (u64, u64), direction: Direction, level: u32, nodes: impl Iterator<Item = Node>) -> bool {
        let members = nodes.filter(|&node| matches!(self.side(node), Side::Member(_)) && self.is_at(node, level));
        let needed = members.map(|member| self.end(direction, member).map_or(0, |_| 1 + u64::from(self.due(direction.opposite(), member))));
        let (members, needed) = needed.fold((0, 0), |(members, all), needed| (members + 1, all + needed));
        due > needed && due <= needed + levels * members
    }

    /// The nodes at a level that hang together with some of these, and those themselves.
    fn around(&mut self, roots: Vec<Node>, level: u32) -> Vec<Node> {
        let mut found = Found::none_of((0..self.node_count() as Node).map(|node| self.is_at(node, level)).collect());
        let (mut open, mut is_unseen) = (roots, vec![true; self.followers.shape_count()]);
        open.retain(|&node| found.find(node));
        // Mostly all hang together, which a few neighbourhoods show.
        while found.missing > 0
            && let Some(node) = open.pop()
        {
            match self.side(node) {
                Side::Topic(topic) => {
                    for shape in self.followers.shapes_of(topic).filter(|&shape| take(&mut is_unseen[shape as usize])) {
                        open.extend(self.first_found(shape, &mut found));
                    }
                }
                Side::Member(member) => {
                    let topics = self.group.subscribed_topics(member).map(|topic| self.topic(topic));
                    open.extend(topics.filter(|&topic| found.find(topic)));
                }
            }
        }
        self.patience -= found.looked_at;
        found.nodes
    }

    /// Finds the members of a shape; the first that was not found yet, as the others follow the
    /// same topics.
    fn first_found(&self, shape: u32, found: &mut Found) -> Option<Node> {
        let mut first = None;
        for node in self.followers.members_of(shape).map(|member| self.member(member)) {
            if found.find(node) {
                first.get_or_insert(node);
            }
        }
        first
    }

    /// Whether a node is at a level. A member that left is at none, though it keeps the level it
    /// had: above level 0 it has less than that says.
    fn is_at(&self, node: Node, level: u32) -> bool {
        self.level(node) == level && self.promised_to(node).is_none_or(|load| load >= level)
    }

    fn promised_to(&self, node: Node) -> Option<u32> {
        match self.side(node) {
            Side::Topic(_) => None,
            Side::Member(member) => Some(self.promised[member.index()]),
        }
    }

    fn cross(&mut self, direction: Direction, crossing: &[Node]) {
        for &node in crossing {
            // Whoever had room needs one; whoever could spare one must give it up. Who needs some,
            // needs one less where all fall.
            let is_concerned = self.end(direction, node).is_some() || self.due(direction, node) > 0;
            self.shift_level(direction, node);
            if let Side::Member(member) = self.side(node)
                && is_concerned
            {
                self.promise(direction, member, 1);
                self.add_due(node, -direction.sign());
            }
        }
    }
}

/// The nodes at a level that were found so far.
struct Found {
    is_missing: Vec<bool>,
    missing: usize,
    nodes: Vec<Node>,
    looked_at: i64,
}

impl Found {
    /// None yet of the nodes that are to be found.
    fn none_of(is_missing: Vec<bool>) -> Self {
        let missing = is_missing.iter().filter(|is_missing| **is_missing).count();
        Self { is_missing, missing, nodes: Vec::with_capacity(missing), looked_at: 0 }
    }

    /// Takes note of a node; whether it is one to be found that was not.
    fn find(&mut self, node: Node) -> bool {
        self.looked_at += 1;
        let is_first = take(&mut self.is_missing[node as usize]);
        if is_first {
            self.missing -= 1;
            self.nodes.push(node);
        }
        is_first
    }
}
