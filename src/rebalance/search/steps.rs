//! The arcs on shortest paths, once it is known how far the nearest ends are.

use crate::rebalance::search::{Node, Passage, ResidualArc, Search};

/// The place of an arc among all that were listed.
pub(crate) type Step = u32;

/// Whether a node's arcs are listed; none are before it is left, or a way comes by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Listing {
    /// Not yet; for an end beside the node, a topic, so many of the shapes that follow it were
    /// looked at.
    Not { looked_at: u32 },
    /// At this place among all that are.
    Listed(u32),
}

pub(crate) const UNLISTED: Listing = Listing::Not { looked_at: 0 };

/// Where a node's arcs lie among all, and which were given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    start: Step,
    end: Step,
    /// The first that may still lead right to an end.
    next_end: Step,
    /// The first that may still lead on.
    next: Step,
}

impl Search {
    /// Lists a node's arcs.
    pub(crate) fn list(&mut self, node: Node, arcs: impl FnOnce(&mut Vec<ResidualArc>)) {
        let start = self.arcs.len() as u32;
        arcs(&mut self.arcs);
        let end = self.arcs.len() as u32;
        self.labels[node as usize].listing = Listing::Listed(self.listed.len() as u32);
        self.listed.push(Listed { start, end, next_end: start, next: start });
    }

    /// How many shapes that follow a topic were looked at for an end, before its arcs are listed.
    pub(crate) fn looked_at(&self, node: Node) -> Option<u32> {
        match self.labels[node as usize].listing {
            Listing::Not { looked_at } => Some(looked_at),
            Listing::Listed(_) => None,
        }
    }

    /// Takes note that so many shapes that follow a topic were looked at, whose arcs are not listed
    /// yet.
    pub(crate) fn set_looked_at(&mut self, node: Node, looked_at: u32) {
        self.labels[node as usize].listing = Listing::Not { looked_at };
    }

    /// Adds an arc that is not listed with the others of its node.
    pub(crate) fn add(&mut self, arc: ResidualArc) -> Step {
        self.arcs.push(arc);
        self.arcs.len() as Step - 1
    }

    /// Has a node's arcs listed anew when they are asked for: there may be less room on them than
    /// there was.
    pub(crate) fn unlist(&mut self, node: Node) {
        self.labels[node as usize].listing = UNLISTED;
    }

    pub(crate) fn is_listed(&self, node: Node) -> bool {
        self.listed(node).is_some()
    }

    /// The arcs of a node, if they are listed.
    pub(crate) fn steps(&self, node: Node) -> std::ops::Range<Step> {
        self.listed(node).map_or(0..0, |listed| self.listed[listed].start..self.listed[listed].end)
    }

    /// The place of a node among those whose arcs are listed.
    fn listed(&self, node: Node) -> Option<usize> {
        match self.labels[node as usize].listing {
            Listing::Listed(place) => Some(place as usize),
            Listing::Not { .. } => None,
        }
    }

    /// Where an arc leads.
    pub(crate) fn arc(&self, step: Step) -> ResidualArc {
        self.arcs[step as usize]
    }

    /// Takes note of how much fits on an arc.
    pub(crate) fn set_room(&mut self, step: Step, room: u32) {
        self.arcs[step as usize].room = room;
    }

    /// Takes some of the room of an arc.
    pub(crate) fn take(&mut self, step: Step, amount: u32) {
        self.arcs[step as usize].room -= amount;
    }

    pub(crate) fn mark(&mut self, node: Node, passage: Passage) {
        self.labels[node as usize].passage = passage;
    }

    /// Whether an arc of a node can be part of a way to an end at this distance. A node that no
    /// search met is taken note of if it is as far as the ends.
    pub(crate) fn is_passable(&mut self, node: Node, arc: ResidualArc, nearest: i32) -> bool {
        let distance = self.distance(node) + arc.cost;
        if distance == nearest && !self.was_reached(arc.node) {
            self.label(arc.node, distance);
        }
        arc.room > 0 && self.distance(arc.node) == distance && self.labels[arc.node as usize].passage == Passage::Open
    }

    /// The next arc of a node that leads right to an end.
    pub(crate) fn step_to_end(&mut self, node: Node, nearest: i32, is_end: impl Fn(Node, i32) -> bool) -> Option<Step> {
        let place = self.listed(node)?;
        let Listed { next_end, end, .. } = self.listed[place];
        let found = (next_end..end).find(|&step| {
            let arc = self.arc(step);
            self.is_passable(node, arc, nearest) && is_end(arc.node, nearest - self.distance(arc.node))
        });
        self.listed[place].next_end = found.unwrap_or(end);
        found
    }

    /// The next arc of a node that leads on.
    pub(crate) fn step_on(&mut self, node: Node, nearest: i32) -> Option<Step> {
        let place = self.listed(node)?;
        let Listed { next, end, .. } = self.listed[place];
        let found = (next..end).find(|&step| self.is_passable(node, self.arc(step), nearest));
        self.listed[place].next = found.unwrap_or(end);
        found
    }
}
