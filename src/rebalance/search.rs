//! Shortest paths near what changed, by a search that touches only what it meets (Dijkstra's, with
//! Dial's buckets, as distances are small whole numbers).

use std::ops::Range;

use crate::rebalance::budget::Exhausted;
use crate::rebalance::residual::{ResidualArc, ResidualNetwork};
use crate::rebalance::state::{Node, NodeKind};

/// The place of an arc among all that were listed.
pub(super) type ArcPlace = u32;

/// How far nodes are from the nearest root, as far as is known; and the arcs of those that were
/// left.
///
/// A node is *arrived at* at its distance, and *left* then or later: where all its arcs are known
/// to cost something, looking at them is put off until something that far away is of interest.
#[derive(Debug)]
pub(super) struct Search {
    labels: Vec<Label>,
    reached: Vec<Node>,
    arcs: Vec<ResidualArc>,
    /// Of each node whose arcs are listed, where.
    listed: Vec<Listed>,
    buckets: Vec<Bucket>,
    here: i32,
    /// Whether nothing cost less than nothing so far.
    is_sound: bool,
}

/// What is known of a node.
#[derive(Clone, Copy, Debug)]
struct Label {
    distance: i32,
    /// Its place among the listed; [`UNLISTED`] before it is left, or a path comes by.
    listed: u32,
    passage: Passage,
}

const UNLISTED: u32 = u32::MAX;

const UNSEEN: Label = Label { distance: i32::MAX, listed: UNLISTED, passage: Passage::Open };

/// Whether paths may lead through a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    Open,
    OnThePath,
    /// No path leads on from it.
    Closed,
}

/// Where a node's arcs lie among all, and which were given up.
#[derive(Clone, Copy, Debug)]
struct Listed {
    start: ArcPlace,
    end: ArcPlace,
    /// The first that may still lead right to a sink.
    next_sink: ArcPlace,
    /// The first that may still lead on.
    next: ArcPlace,
}

/// What waits at one distance: nodes to arrive at first, then sinks, then nodes to leave, the last
/// found before those found earlier.
#[derive(Debug)]
struct Bucket {
    arriving: Vec<Node>,
    has_sink: bool,
    leaving: Vec<Node>,
}

/// What the search comes to next.
#[derive(Clone, Copy, Debug)]
enum Next {
    Arrive(Node),
    Sink,
    Leave(Node),
}

/// How far the nearest sink is from any root, if there is one.
pub(super) fn nearest_sink(residual: &mut ResidualNetwork<'_, '_>, search: &mut Search) -> Result<Option<i32>, Exhausted> {
    // Where the first topic to be left has an adjacent sink, as most have, no neighbours of topics
    // need be listed. Where it has none, its neighbours have few.
    let mut looks_ahead = true;
    while let Some((next, distance)) = search.next() {
        match next {
            Next::Arrive(node) => {
                if let Some(sink) = residual.state.sink(residual.direction(), node) {
                    search.put_sink(sink.cost);
                }
                residual.each_reversal(node, |arc| search.reach(node, arc));
                search.put_off(node, residual.least_cost(node));
            }
            Next::Sink => return Ok(Some(distance)),
            Next::Leave(node) => {
                let waited = distance - search.distance(node);
                let ahead = if looks_ahead { residual.arc_to_adjacent_sink(node, waited) } else { None };
                looks_ahead &= matches!(residual.state.kind(node), NodeKind::Member(_));
                match ahead {
                    Some(arc) => {
                        search.reach(node, arc);
                        search.put_sink(0);
                    }
                    None => leave(residual, search, node, waited),
                }
            }
        }
        residual.state.check_budget()?;
        if !search.is_sound {
            return Err(Exhausted);
        }
    }
    Ok(None)
}

/// Leaves a node that was put off for this long. Only members with a positive price may be nearer
/// than all others: then those are reached now, and the rest is put off again.
fn leave(residual: &mut ResidualNetwork<'_, '_>, search: &mut Search, node: Node, waited: i32) {
    match (residual.state.kind(node), residual.least_other_cost(node)) {
        (NodeKind::Topic(topic), cost) if cost > waited => {
            residual.each_at_a_positive_price(topic, |arc| search.reach(node, arc));
            search.put_off(node, cost - waited);
        }
        _ => {
            search.list(node, |arcs| residual.each_arc(node, |arc| arcs.push(arc)));
            for step in search.steps(node) {
                search.reach(node, search.arc(step));
            }
        }
    }
}

impl Search {
    /// A search among this many nodes.
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            labels: vec![UNSEEN; nodes],
            reached: Vec::with_capacity(nodes),
            arcs: Vec::with_capacity(nodes),
            listed: Vec::with_capacity(nodes / 4),
            buckets: Vec::new(),
            here: 0,
            is_sound: true,
        }
    }

    /// Begins anew from these nodes. Linear in what was reached before.
    pub(super) fn restart(&mut self, roots: &[Node]) {
        self.reached.drain(..).for_each(|node| self.labels[node.index()] = UNSEEN);
        self.buckets.iter_mut().for_each(Bucket::clear);
        self.arcs.clear();
        self.listed.clear();
        self.here = 0;
        roots.iter().for_each(|&root| self.put(root, 0));
    }

    /// What comes next, and its distance.
    fn next(&mut self) -> Option<(Next, i32)> {
        while let Some(bucket) = self.buckets.get_mut(self.here as usize) {
            while let Some(node) = bucket.arriving.pop() {
                if self.labels[node.index()].distance == self.here {
                    return Some((Next::Arrive(node), self.here));
                }
            }
            if bucket.has_sink {
                return Some((Next::Sink, self.here));
            }
            if let Some(node) = bucket.leaving.pop() {
                return Some((Next::Leave(node), self.here));
            }
            self.here += 1;
        }
        None
    }

    /// Takes note of an arc from a node that was arrived at.
    fn reach(&mut self, from: Node, arc: ResidualArc) {
        let distance = self.distance(from) + self.checked(arc.cost);
        if distance < self.distance(arc.node) {
            self.put(arc.node, distance);
        }
    }

    fn put(&mut self, node: Node, distance: i32) {
        self.label(node, distance);
        self.bucket(distance).arriving.push(node);
    }

    fn label(&mut self, node: Node, distance: i32) {
        if !self.was_reached(node) {
            self.reached.push(node);
        }
        self.labels[node.index()].distance = distance;
    }

    /// Takes note of a sink this much further than the node just arrived at.
    fn put_sink(&mut self, further: i32) {
        let distance = self.here + self.checked(further);
        self.bucket(distance).has_sink = true;
    }

    /// A cost, if it is one: at prices that hold none is less than nothing. Should one be, what the
    /// search finds is not to be trusted.
    fn checked(&mut self, cost: i32) -> i32 {
        debug_assert!(cost >= 0, "an arc costs {cost}");
        self.is_sound &= cost >= 0;
        cost.max(0)
    }

    /// Has a node left this much later.
    fn put_off(&mut self, node: Node, delay: i32) {
        self.bucket(self.here + delay).leaving.push(node);
    }

    fn bucket(&mut self, distance: i32) -> &mut Bucket {
        let place = distance as usize;
        if self.buckets.len() <= place {
            self.buckets.resize_with(place + 1, Bucket::new);
        }
        &mut self.buckets[place]
    }

    /// How far a node is, as far as is known; `i32::MAX` for one that was not reached.
    #[inline]
    pub(super) fn distance(&self, node: Node) -> i32 {
        self.labels[node.index()].distance
    }

    pub(super) fn was_reached(&self, node: Node) -> bool {
        self.distance(node) < i32::MAX
    }

    /// Every node that was reached.
    pub(super) fn reached(&self) -> &[Node] {
        &self.reached
    }

    /// Lists a node's arcs.
    pub(super) fn list(&mut self, node: Node, arcs: impl FnOnce(&mut Vec<ResidualArc>)) {
        let start = self.arcs.len() as ArcPlace;
        arcs(&mut self.arcs);
        let end = self.arcs.len() as ArcPlace;
        self.labels[node.index()].listed = self.listed.len() as u32;
        self.listed.push(Listed { start, end, next_sink: start, next: start });
    }

    /// Has a node's arcs listed anew when they are asked for: their residual capacities changed.
    pub(super) fn unlist(&mut self, node: Node) {
        self.labels[node.index()].listed = UNLISTED;
    }

    pub(super) fn is_listed(&self, node: Node) -> bool {
        self.labels[node.index()].listed != UNLISTED
    }

    /// The arcs of a node, if they are listed.
    pub(super) fn steps(&self, node: Node) -> Range<ArcPlace> {
        let listed = self.listed.get(self.labels[node.index()].listed as usize);
        listed.map_or(0..0, |listed| listed.start..listed.end)
    }

    pub(super) fn arc(&self, step: ArcPlace) -> ResidualArc {
        self.arcs[step as usize]
    }

    /// Takes some of the residual capacity of an arc.
    pub(super) fn take(&mut self, step: ArcPlace, amount: u32) {
        self.arcs[step as usize].capacity -= amount;
    }

    pub(super) fn mark(&mut self, node: Node, passage: Passage) {
        self.labels[node.index()].passage = passage;
    }

    /// Whether an arc of a node can be part of a path to a sink at this distance. A node that no
    /// search met is taken note of if it is as far as the sinks.
    pub(super) fn is_passable(&mut self, node: Node, arc: ResidualArc, nearest: i32) -> bool {
        let distance = self.distance(node) + arc.cost;
        if distance == nearest && !self.was_reached(arc.node) {
            self.label(arc.node, distance);
        }
        arc.capacity > 0 && self.distance(arc.node) == distance && self.labels[arc.node.index()].passage == Passage::Open
    }

    /// The next arc of a node that leads right to a sink.
    pub(super) fn next_to_sink(&mut self, node: Node, nearest: i32, is_sink: impl Fn(Node, i32) -> bool) -> Option<ArcPlace> {
        let place = self.labels[node.index()].listed as usize;
        let Listed { next_sink, end, .. } = *self.listed.get(place)?;
        let found = (next_sink..end).find(|&step| {
            let arc = self.arc(step);
            self.is_passable(node, arc, nearest) && is_sink(arc.node, nearest - self.distance(arc.node))
        });
        self.listed[place].next_sink = found.unwrap_or(end);
        found
    }

    /// The next arc of a node that leads on.
    pub(super) fn next_on(&mut self, node: Node, nearest: i32) -> Option<ArcPlace> {
        let place = self.labels[node.index()].listed as usize;
        let Listed { next, end, .. } = *self.listed.get(place)?;
        let found = (next..end).find(|&step| self.is_passable(node, self.arc(step), nearest));
        self.listed[place].next = found.unwrap_or(end);
        found
    }
}

impl Bucket {
    fn new() -> Self {
        Self { arriving: Vec::with_capacity(64), has_sink: false, leaving: Vec::with_capacity(64) }
    }

    fn clear(&mut self) {
        self.arriving.clear();
        self.leaving.clear();
        self.has_sink = false;
    }
}
