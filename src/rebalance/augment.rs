//! Units sent along all augmenting paths to the nearest sinks, depth first.
//!
//! An arc that is listed is given up at most twice, as one right to a sink and as one that leads
//! on, and is looked at beyond that only when a path is tried over it. The arcs of the root at hand
//! have turns instead, and are given up once.

use std::collections::VecDeque;

use crate::rebalance::adjacent::Adjacent;
use crate::rebalance::budget::{ARC, Exhausted};
use crate::rebalance::residual::ResidualNetwork;
use crate::rebalance::search::{ArcPlace, Passage, Search};
use crate::rebalance::state::{Direction, Node, NodeKind};

/// An arc of a root is used for this many units before another has its turn: more would be quicker,
/// but leave a member with many partitions of one topic.
const UNITS_IN_A_TURN: usize = 4;

/// Sends units between roots and the sinks that are nearest, at this distance, as long as there is
/// a path. What a search labelled is enough to find the paths: it arrived at every node nearer than
/// that.
pub(super) fn send_all(
    residual: &mut ResidualNetwork<'_, '_>,
    search: &mut Search,
    (roots, nearest): (&[Node], i32),
) -> Result<(), Exhausted> {
    let mut adjacent = Adjacent::new(residual, nearest);
    let mut phase = Phase { residual, search, nearest };
    for &root in roots {
        // A member whose level fell lacks one less; one whose level rose has one less to give up.
        if phase.residual.state.is_sink(phase.residual.direction(), root, nearest) {
            phase.send(root, &[]);
        }
        adjacent.send(phase.residual, phase.search, root);
        phase.residual.state.check_budget()?;
        if phase.is_unsettled(root) {
            phase.list(root);
            phase.send_in_turn(root)?;
        }
    }
    Ok(())
}

/// The sending of units to the sinks at one distance.
struct Phase<'p, 's, 'a> {
    residual: &'p mut ResidualNetwork<'s, 'a>,
    search: &'p mut Search,
    /// How far the nearest sinks are from any root.
    nearest: i32,
}

impl Phase<'_, '_, '_> {
    fn is_unsettled(&self, root: Node) -> bool {
        self.residual.state.imbalance(self.residual.direction(), root) > 0
    }

    /// Sends units along each arc of a root in turn.
    fn send_in_turn(&mut self, root: Node) -> Result<(), Exhausted> {
        // A node that the search did not meet is taken note of here, as by any path.
        let mut turns: VecDeque<ArcPlace> = self.search.steps(root).collect();
        turns.retain(|&step| self.search.is_passable(root, self.search.arc(step), self.nearest));
        let mut path = Vec::with_capacity(8);
        while self.is_unsettled(root)
            && let Some(first) = turns.pop_front()
        {
            let mut units = 0;
            while units < UNITS_IN_A_TURN && self.is_unsettled(root) {
                self.find_path(root, first, &mut path);
                self.residual.state.spend(path.len(), ARC);
                if path.is_empty() {
                    break;
                }
                self.send(root, &path);
                units += 1;
            }
            if !path.is_empty() {
                turns.push_back(first);
            }
            self.residual.state.check_budget()?;
        }
        Ok(())
    }

    /// Finds a path from a root, beginning with this arc, to a sink: its steps, none where there is
    /// none. Not by recursion, as paths may be thousands of arcs long.
    fn find_path(&mut self, root: Node, first: ArcPlace, path: &mut Vec<ArcPlace>) {
        path.clear();
        self.search.mark(root, Passage::OnThePath);
        let mut next = self.search.is_passable(root, self.search.arc(first), self.nearest).then_some(first);
        while let Some(step) = next {
            path.push(step);
            let node = self.search.arc(step).node;
            if self.residual.state.is_sink(self.residual.direction(), node, self.nearest - self.search.distance(node)) {
                break;
            }
            self.search.mark(node, Passage::OnThePath);
            next = self.next_step(node);
            // No path leads on from the node: back to those before it, until one has another arc.
            while next.is_none()
                && let Some(last) = path.pop()
            {
                self.search.mark(self.search.arc(last).node, Passage::Closed);
                next = path.last().and_then(|&before| self.next_step(self.search.arc(before).node));
            }
        }
        self.search.mark(root, Passage::Open);
        path.iter().for_each(|&step| self.search.mark(self.search.arc(step).node, Passage::Open));
    }

    /// The next arc of a node to try: behind a topic, those right to sinks come first.
    fn next_step(&mut self, node: Node) -> Option<ArcPlace> {
        self.list(node);
        let Self { residual, search, nearest } = self;
        let is_sink = |target, further| residual.state.is_sink(residual.direction(), target, further);
        let to_sink = match residual.state.kind(node) {
            NodeKind::Topic(_) => search.next_to_sink(node, *nearest, is_sink),
            NodeKind::Member(_) => None,
        };
        to_sink.or_else(|| search.next_on(node, *nearest))
    }

    /// Lists the useful arcs of a node. Many a node has none, as all would be too far and nothing
    /// passed by it that could go back: it stays unlisted.
    fn list(&mut self, node: Node) {
        if self.search.is_listed(node) {
            return;
        }
        let Self { residual, search, nearest } = self;
        let most = *nearest - search.distance(node);
        if residual.least_cost(node) <= most {
            search.list(node, |arcs| residual.each_useful_arc(node, most, |arc| arcs.push(arc)));
        } else if !is_untouched(residual, node) {
            search.list(node, |arcs| residual.each_reversal(node, |arc| arcs.push(arc)));
        }
    }

    /// Sends units from a root, or to it, as many as the path and the sink have capacity for.
    fn send(&mut self, root: Node, path: &[ArcPlace]) {
        let direction = self.residual.direction();
        let state = &mut *self.residual.state;
        let end = path.last().map_or(root, |&step| self.search.arc(step).node);
        let capacity = state.sink(direction, end).map_or(0, |sink| sink.capacity).min(state.imbalance(direction, root));
        let amount = path.iter().map(|&step| self.search.arc(step).capacity).fold(capacity, u32::min);
        let mut node = root;
        for &step in path {
            self.search.take(step, amount);
            let next = self.search.arc(step).node;
            let (from, _) = if direction == Direction::Forward { (node, next) } else { (next, node) };
            let (member, topic) = state.pair(node, next);
            let sign = if matches!(state.kind(from), NodeKind::Topic(_)) { 1 } else { -1 };
            state.transfer(member, topic, sign * amount as i32);
            node = next;
        }
        state.settle(direction, root, end, amount);
    }
}

/// Whether nothing passed by a node.
fn is_untouched(residual: &ResidualNetwork<'_, '_>, node: Node) -> bool {
    match residual.state.kind(node) {
        NodeKind::Topic(topic) => residual.state.net_moves().of_topic(topic).is_empty(),
        NodeKind::Member(member) => residual.state.net_moves().is_untouched(member),
    }
}
