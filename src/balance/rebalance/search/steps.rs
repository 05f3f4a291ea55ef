//! The arcs on shortest paths, once it is known how far the nearest ends are.

use super::{Arc, Node, Search, State};

/// The place of an arc among all that were listed.
pub(in crate::balance::rebalance) type Step = u32;

impl Search {
    /// Lists a node's arcs.
    pub(in crate::balance::rebalance) fn list(&mut self, node: Node, arcs: impl FnOnce(&mut Vec<Arc>)) {
        let start = self.arcs.len() as u32;
        arcs(&mut self.arcs);
        let label = &mut self.labels[node as usize];
        (label.arcs, label.next_end, label.next) = (Some((start, self.arcs.len() as u32)), start, start);
    }

    /// How many neighbours of a node were looked at for an end, before its arcs were listed.
    pub(in crate::balance::rebalance) fn looked_at(&self, node: Node) -> u32 {
        self.labels[node as usize].next_end
    }

    pub(in crate::balance::rebalance) fn look_on(&mut self, node: Node) {
        self.labels[node as usize].next_end += 1;
    }

    /// Adds an arc that is not listed with the others of its node.
    pub(in crate::balance::rebalance) fn add(&mut self, arc: Arc) -> Step {
        self.arcs.push(arc);
        self.arcs.len() as Step - 1
    }

    /// Has a node's arcs listed anew when they are asked for: there may be less room on them than there was.
    pub(in crate::balance::rebalance) fn unlist(&mut self, node: Node) {
        let label = &mut self.labels[node as usize];
        (label.arcs, label.next_end) = (None, 0);
    }

    pub(in crate::balance::rebalance) fn is_listed(&self, node: Node) -> bool {
        self.labels[node as usize].arcs.is_some()
    }

    /// The arcs of a node that was left.
    pub(in crate::balance::rebalance) fn steps(&self, node: Node) -> std::ops::Range<Step> {
        self.labels[node as usize].arcs.map_or(0..0, |(start, end)| start..end)
    }

    /// Where an arc leads.
    pub(in crate::balance::rebalance) fn arc(&self, step: Step) -> Arc {
        self.arcs[step as usize]
    }

    /// Takes note of how much fits on an arc.
    pub(in crate::balance::rebalance) fn set_room(&mut self, step: Step, room: u32) {
        self.arcs[step as usize].room = room;
    }

    /// Takes some of the room of an arc.
    pub(in crate::balance::rebalance) fn take(&mut self, step: Step, amount: u32) {
        self.arcs[step as usize].room -= amount;
    }

    pub(in crate::balance::rebalance) fn mark(&mut self, node: Node, state: State) {
        self.labels[node as usize].state = state;
    }

    /// Whether an arc of a node can be part of a way to an end at this distance.
    pub(in crate::balance::rebalance) fn is_passable(&mut self, node: Node, arc: Arc, nearest: i32) -> bool {
        let distance = self.distance(node) + arc.cost;
        if distance == nearest && !self.was_reached(arc.node) {
            self.label(arc.node, distance);
        }
        arc.room > 0 && self.distance(arc.node) == distance && self.labels[arc.node as usize].state == State::Open
    }

    /// The next arc of a node that leads right to an end.
    pub(in crate::balance::rebalance) fn step_to_end(
        &mut self,
        node: Node,
        nearest: i32,
        is_end: impl Fn(Node, i32) -> bool,
    ) -> Option<Step> {
        let end = self.steps(node).end;
        while self.labels[node as usize].next_end < end {
            let step = self.labels[node as usize].next_end;
            let target = self.arc(step).node;
            if self.is_passable(node, self.arc(step), nearest) && is_end(target, nearest - self.distance(target)) {
                return Some(step);
            }
            self.labels[node as usize].next_end += 1;
        }
        None
    }

    /// The next arc of a node that leads on.
    pub(in crate::balance::rebalance) fn step_on(&mut self, node: Node, nearest: i32) -> Option<Step> {
        let end = self.steps(node).end;
        while self.labels[node as usize].next < end {
            let step = self.labels[node as usize].next;
            if self.is_passable(node, self.arc(step), nearest) {
                return Some(step);
            }
            self.labels[node as usize].next += 1;
        }
        None
    }
}
