//! A residual network: nodes, arcs, and what flows on them.

use crate::flow::csr::Csr;

/// Room for as many units as there are.
pub(crate) const UNLIMITED: u32 = u32::MAX;

/// Nodes with arcs from tail to head. Each arc carries units: the first `free` at no cost, the
/// others at a cost of one, but from *strict* nodes none beyond the free ones.
///
/// In the residual network a unit may also go back from head to tail; that returns what it cost.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    /// The first arc of each node, for arcs leaving it; arcs are numbered by their tails.
    out: Vec<u32>,
    heads: Vec<u32>,
    tails: Vec<u32>,
    /// For each node the arcs that enter it.
    into: Csr,
    first_strict: u32,
    /// Units on each arc, and how many of them are free.
    units: Vec<ArcUnits>,
}

/// What an arc carries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArcUnits {
    /// Units it carries now.
    pub(crate) flow: u32,
    /// Units it can carry at no cost.
    pub(crate) free: u32,
}

/// A residual arc out of a node or into it: where it leads or comes from, what it costs, how much
/// fits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Residual {
    pub(crate) node: u32,
    pub(crate) arc: u32,
    pub(crate) orientation: Orientation,
    pub(crate) cost: i32,
    pub(crate) room: u32,
}

/// Whether a unit on a residual arc goes along an arc, which adds to its flow, or against it, which
/// takes from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Orientation {
    Along,
    Against,
}

impl Orientation {
    fn opposite(self) -> Self {
        match self {
            Self::Along => Self::Against,
            Self::Against => Self::Along,
        }
    }
}

/// An end of an arc, as the node at its other end sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArcEnd {
    /// The node at this end.
    pub(crate) node: u32,
    arc: u32,
    /// The residual arc to this end goes along the arc, the one from it against; or the other way
    /// round.
    to: Orientation,
}

/// What a search does at the nodes it meets.
pub(crate) trait Visit {
    /// Whether a residual arc from this node is of interest.
    fn wants(&self, node: u32) -> bool;
    /// Takes note of a residual arc from this node, of this cost.
    fn visit(&mut self, node: u32, cost: i32);
}

/// Collects arcs, tail by tail.
#[derive(Debug)]
pub(crate) struct GraphBuilder {
    out: Vec<u32>,
    heads: Vec<u32>,
    tails: Vec<u32>,
    units: Vec<ArcUnits>,
}

impl GraphBuilder {
    pub(crate) fn new() -> Self {
        Self { out: vec![0], heads: Vec::new(), tails: Vec::new(), units: Vec::new() }
    }

    /// Adds an arc that leaves the current node.
    pub(crate) fn arc(&mut self, head: u32, units: ArcUnits) {
        self.heads.push(head);
        self.tails.push(self.out.len() as u32 - 1);
        self.units.push(units);
    }

    /// Ends the current node; the next arcs leave the next one.
    pub(crate) fn end_node(&mut self) {
        self.out.push(self.heads.len() as u32);
    }

    /// The graph with `nodes` nodes; those from `first_strict` that have arcs are strict.
    pub(crate) fn finish(mut self, nodes: usize, first_strict: usize) -> Graph {
        self.out.resize(nodes + 1, self.heads.len() as u32);
        let into = Csr::by_key(nodes, &self.heads);
        Graph { out: self.out, heads: self.heads, tails: self.tails, into, first_strict: first_strict as u32, units: self.units }
    }
}

impl Graph {
    pub(crate) fn node_count(&self) -> usize {
        self.out.len() - 1
    }

    pub(crate) fn head(&self, arc: usize) -> u32 {
        self.heads[arc]
    }

    pub(crate) fn units(&self, arc: usize) -> ArcUnits {
        self.units[arc]
    }

    pub(crate) fn set_flow(&mut self, arc: usize, flow: u32) {
        self.units[arc].flow = flow;
    }

    /// The arcs that leave a node.
    pub(crate) fn arcs_from(&self, node: usize) -> std::ops::Range<usize> {
        self.out[node] as usize..self.out[node + 1] as usize
    }

    /// How many arcs there are.
    pub(crate) fn arc_count(&self) -> usize {
        self.heads.len()
    }

    /// How many arcs leave a node or enter it.
    pub(crate) fn end_count(&self, node: u32) -> u32 {
        (self.arcs_from(node as usize).len() + self.into.row(node as usize).len()) as u32
    }

    /// The other end of an arc that leaves a node or enters it.
    #[inline]
    pub(crate) fn end(&self, node: u32, number: u32) -> ArcEnd {
        let arcs = self.arcs_from(node as usize);
        match (number as usize).checked_sub(arcs.len()) {
            None => {
                let arc = arcs.start as u32 + number;
                ArcEnd { node: self.heads[arc as usize], arc, to: Orientation::Along }
            }
            Some(entering) => {
                let arc = self.into.row(node as usize)[entering];
                ArcEnd { node: self.tails[arc as usize], arc, to: Orientation::Against }
            }
        }
    }

    /// The residual arc to this end from the other.
    #[inline]
    pub(crate) fn residual_to(&self, end: ArcEnd) -> Option<Residual> {
        self.residual(end.arc, end.to)
    }

    /// The residual arc from this end to the other.
    #[inline]
    pub(crate) fn residual_from(&self, end: ArcEnd) -> Option<Residual> {
        self.residual(end.arc, end.to.opposite())
    }

    /// The residual arc along an arc or against it.
    #[inline]
    pub(crate) fn residual(&self, arc: u32, orientation: Orientation) -> Option<Residual> {
        match orientation {
            Orientation::Along => self.adding(self.tails[arc as usize], arc),
            Orientation::Against => self.taking(arc),
        }
    }

    /// Visits each residual arc that leads into a node from a node that is wanted, with that node
    /// and the cost. Whether a node is wanted is asked first, as most are not and what arcs carry
    /// is far away.
    #[inline]
    pub(crate) fn each_into(&self, node: u32, state: &mut impl Visit) {
        for &arc in self.into.row(node as usize) {
            let tail = self.tails[arc as usize];
            if state.wants(tail) {
                let units = self.units[arc as usize];
                if units.flow < units.free || tail < self.first_strict {
                    state.visit(tail, i32::from(units.flow >= units.free));
                }
            }
        }
        for arc in self.arcs_from(node as usize) {
            let head = self.heads[arc];
            if state.wants(head) && self.units[arc].flow > 0 {
                state.visit(head, -i32::from(self.units[arc].flow > self.units[arc].free));
            }
        }
    }

    /// The first residual arc out of a node, from a number on, that leads to a wanted node and is
    /// itself wanted; with its number.
    #[inline]
    pub(crate) fn next_out_of(
        &self,
        node: u32,
        from: u32,
        wanted: impl Fn(Residual) -> bool,
        wants: impl Fn(u32) -> bool,
    ) -> Option<(Residual, u32)> {
        let arcs = self.arcs_from(node as usize);
        let leaving = arcs.len() as u32;
        for number in from..leaving {
            let arc = arcs.start as u32 + number;
            if wants(self.heads[arc as usize])
                && let Some(residual) = self.adding(node, arc)
                && wanted(residual)
            {
                return Some((residual, number));
            }
        }
        let entering = self.into.row(node as usize);
        for number in from.max(leaving)..leaving + entering.len() as u32 {
            let arc = entering[(number - leaving) as usize];
            if wants(self.tails[arc as usize])
                && let Some(residual) = self.taking(arc)
                && wanted(residual)
            {
                return Some((residual, number));
            }
        }
        None
    }

    fn adding(&self, tail: u32, arc: u32) -> Option<Residual> {
        let units = self.units[arc as usize];
        let (cost, room) = match units.flow < units.free {
            true => (0, units.free - units.flow),
            false if tail < self.first_strict => (1, UNLIMITED - units.flow),
            false => return None,
        };
        Some(Residual { node: self.heads[arc as usize], arc, orientation: Orientation::Along, cost, room })
    }

    fn taking(&self, arc: u32) -> Option<Residual> {
        let units = self.units[arc as usize];
        let (cost, room) = match units.flow > units.free {
            true => (-1, units.flow - units.free),
            false if units.flow > 0 => (0, units.flow),
            false => return None,
        };
        Some(Residual { node: self.tails[arc as usize], arc, orientation: Orientation::Against, cost, room })
    }

    /// Sends units along a residual arc.
    pub(crate) fn send(&mut self, residual: Residual, amount: u32) {
        let flow = &mut self.units[residual.arc as usize].flow;
        match residual.orientation {
            Orientation::Along => *flow += amount,
            Orientation::Against => *flow -= amount,
        }
    }
}
