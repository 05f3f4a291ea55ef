//! Least-cost flow from excess to need, by the primal-dual method.
//!
//! A search backward from the needs raises *prices*: the price of a node is the least cost at which
//! a unit of excess there reaches a need. Under prices no residual arc has a negative reduced cost,
//! so units sent along arcs of reduced cost zero cost the least, and when the last excess is gone
//! the prices prove it. Many units are sent at once, along labels that fall with every arc (a
//! blocking flow; Dinic 1970).

use crate::flow::graph::{Graph, Residual, UNLIMITED, Visit};

/// The label of a node from which no need is reached.
const NO_LABEL: u32 = u32::MAX;

/// The cursor of a node none of whose arcs leads on.
const NO_ARC_LEFT: u32 = u32::MAX;

/// A flow on its way: what is left over where, what is missing where, and the prices so far.
#[derive(Debug)]
pub(crate) struct Flow {
    pub(crate) graph: Graph,
    /// Units too many at each node.
    pub(crate) excess: Vec<u32>,
    /// Units too few at each node.
    pub(crate) need: Vec<u32>,
    /// The price of each node.
    pub(crate) price: Vec<i32>,
    /// How many arcs of reduced cost zero lead from the node to a need; [`NO_LABEL`] where none do.
    label: Vec<u32>,
    /// The first residual arc out of each node that may still be part of a way.
    cursor: Vec<u32>,
    queue: Vec<u32>,
}

impl Flow {
    /// A flow at these prices, under which no residual arc may have a negative reduced cost.
    pub(crate) fn new(graph: Graph, excess: Vec<u32>, need: Vec<u32>, price: Vec<i32>) -> Self {
        let nodes = graph.node_count();
        Self { graph, excess, need, price, label: vec![NO_LABEL; nodes], cursor: vec![0; nodes], queue: Vec::new() }
    }

    /// Sends all excess to needs at the least cost. Excess that can reach no need stays.
    pub(crate) fn settle(mut self) -> Self {
        while self.excess.iter().any(|&excess| excess > 0) {
            if self.label_nodes() {
                self.send_along_labels();
            } else if !self.raise_prices() {
                break;
            }
        }
        self
    }

    /// Sends as much excess to needs as arcs of reduced cost zero carry; afterwards the labels say
    /// what [`reaches_need`](Self::reaches_need).
    pub(crate) fn send_at_zero_cost(mut self) -> Self {
        while self.label_nodes() {
            self.send_along_labels();
        }
        self
    }

    /// Whether the last search found a way from this node to a need.
    pub(crate) fn reaches_need(&self, node: usize) -> bool {
        self.label[node] != NO_LABEL
    }

    /// Labels nodes by their distance to a need; `true` when an excess is among them. Stops once
    /// all excess is; without any, labels all it can.
    fn label_nodes(&mut self) -> bool {
        self.label.fill(NO_LABEL);
        self.queue.clear();
        for node in (0..self.need.len()).filter(|&node| self.need[node] > 0) {
            self.label[node] = 0;
            self.queue.push(node as u32);
        }
        let mut search = Labelling { label: &mut self.label, price: &self.price, queue: &mut self.queue, next: 0, here: 0 };
        let mut wanting = self.excess.iter().filter(|excess| **excess > 0).count();
        let mut reached = false;
        let mut at = 0;
        while at < search.queue.len() && !(reached && wanting == 0) {
            let node = search.queue[at];
            at += 1;
            if self.excess[node as usize] > 0 {
                wanting -= 1;
                reached = true;
            }
            search.next = search.label[node as usize] + 1;
            search.here = self.price[node as usize];
            self.graph.each_into(node, &mut search);
        }
        reached
    }

    /// A blocking flow: afterwards every way along falling labels is full somewhere.
    fn send_along_labels(&mut self) {
        self.cursor.fill(0);
        let mut path: Vec<Residual> = Vec::new();
        for source in (0..self.excess.len() as u32).filter(|&node| self.label[node as usize] != NO_LABEL).collect::<Vec<_>>() {
            while self.excess[source as usize] > 0 && self.walk(source, &mut path) {
                self.send_along(source, &path);
            }
        }
    }

    /// Finds a way from the source to a need. A node found to be a dead end loses its label, so no
    /// walk enters it again.
    fn walk(&mut self, source: u32, path: &mut Vec<Residual>) -> bool {
        path.clear();
        if self.label[source as usize] == NO_LABEL {
            return false;
        }
        let mut node = source;
        loop {
            if self.label[node as usize] == 0 && self.need[node as usize] > 0 {
                return true;
            }
            match self.advance(node) {
                Some(residual) => {
                    node = residual.node;
                    path.push(residual);
                }
                None => {
                    self.label[node as usize] = NO_LABEL;
                    match path.pop() {
                        Some(_) => node = path.last().map_or(source, |residual| residual.node),
                        None => return false,
                    }
                }
            }
        }
    }

    /// The next residual arc out of a node that costs nothing and leads to a lower label.
    fn advance(&mut self, node: u32) -> Option<Residual> {
        let lower = self.label[node as usize].checked_sub(1)?;
        let (label, price) = (&self.label, &self.price);
        let free = |residual: Residual| residual.cost + price[residual.node as usize] == price[node as usize];
        let found = self.graph.next_out_of(node, self.cursor[node as usize], free, |node| label[node as usize] == lower);
        self.cursor[node as usize] = found.map_or(NO_ARC_LEFT, |(_, number)| number);
        found.map(|(residual, _)| residual)
    }

    fn send_along(&mut self, source: u32, path: &[Residual]) {
        let sink = path.last().map_or(source, |residual| residual.node) as usize;
        let room = path.iter().map(|residual| residual.room).min().unwrap_or(UNLIMITED);
        let amount = room.min(self.excess[source as usize]).min(self.need[sink]);
        path.iter().for_each(|&residual| self.graph.send(residual, amount));
        self.excess[source as usize] -= amount;
        self.need[sink] -= amount;
    }

    /// Raises prices until an excess reaches a need at reduced cost zero; `false` when none can.
    fn raise_prices(&mut self) -> bool {
        let needs: Vec<u32> = (0..self.need.len() as u32).filter(|&node| self.need[node as usize] > 0).collect();
        let mut distance = vec![i32::MAX; self.price.len()];
        needs.iter().for_each(|&node| distance[node as usize] = 0);
        let mut search = Raising { distance, price: &self.price, buckets: vec![needs], here: 0 };
        let mut found = None;
        let mut current = 0;
        while current < search.buckets.len() && found.is_none() {
            while let Some(node) = search.buckets[current].pop() {
                if search.distance[node as usize] == current as i32 {
                    found = found.or((self.excess[node as usize] > 0).then_some(current as i32));
                    search.here = self.price[node as usize] + current as i32;
                    self.graph.each_into(node, &mut search);
                }
            }
            current += 1;
        }
        let distance = search.distance;
        let Some(raise) = found else { return false };
        self.price.iter_mut().zip(distance).for_each(|(price, distance)| *price += raise.min(distance));
        true
    }
}

/// The search that labels nodes, at one of them.
struct Labelling<'f> {
    label: &'f mut [u32],
    price: &'f [i32],
    queue: &'f mut Vec<u32>,
    /// The label of nodes before this one.
    next: u32,
    /// The price of this one.
    here: i32,
}

impl Visit for Labelling<'_> {
    #[inline]
    fn wants(&self, node: u32) -> bool {
        self.label[node as usize] == NO_LABEL
    }

    #[inline]
    fn visit(&mut self, node: u32, cost: i32) {
        if cost + self.here == self.price[node as usize] {
            self.label[node as usize] = self.next;
            self.queue.push(node);
        }
    }
}

/// The search that raises prices, at one node.
struct Raising<'f> {
    distance: Vec<i32>,
    price: &'f [i32],
    /// Nodes found at each distance.
    buckets: Vec<Vec<u32>>,
    /// The price of this node, raised by its distance.
    here: i32,
}

impl Visit for Raising<'_> {
    #[inline]
    fn wants(&self, node: u32) -> bool {
        // An arc costs at least −1, so by way of this node the other is at best this near.
        self.here - self.price[node as usize] - 1 < self.distance[node as usize]
    }

    #[inline]
    fn visit(&mut self, node: u32, cost: i32) {
        let distance = self.here + cost - self.price[node as usize];
        if distance < self.distance[node as usize] {
            self.distance[node as usize] = distance;
            if self.buckets.len() <= distance as usize {
                self.buckets.resize(distance as usize + 1, Vec::new());
            }
            self.buckets[distance as usize].push(node);
        }
    }
}
