//! Least-cost flow from excess to need, by the primal-dual method.
//!
//! A search backward from the needs raises *prices*: the price of a node is the least cost at which a unit of excess there reaches a need.
//! Under prices no residual arc has a negative reduced cost, so units sent along arcs of reduced cost zero cost the least, and when the last excess is
//! gone the prices prove it. Many units are sent at once, along labels that fall with every arc (a blocking flow; Dinic 1970).

use super::graph::{Graph, Residual};
use super::network::NONE;

/// A flow on its way: what is left over where, what is missing where, and the prices so far.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) graph: Graph,
    /// Units too many at each node.
    pub(super) excess: Vec<u32>,
    /// Units too few at each node.
    pub(super) need: Vec<u32>,
    /// The price of each node.
    pub(super) price: Vec<i32>,
    /// How many arcs of reduced cost zero lead from the node to a need; [`NONE`] where none do.
    label: Vec<u32>,
    cursor: Vec<u32>,
    queue: Vec<u32>,
}

impl Flow {
    /// A flow at these prices, under which no residual arc may have a negative reduced cost.
    pub(super) fn new(graph: Graph, excess: Vec<u32>, need: Vec<u32>, price: Vec<i32>) -> Self {
        let nodes = graph.node_count();
        Self { graph, excess, need, price, label: vec![NONE; nodes], cursor: vec![0; nodes], queue: Vec::new() }
    }

    /// Sends all excess to needs at the least cost. Excess that can reach no need stays.
    pub(super) fn settle(mut self) -> Self {
        loop {
            self = self.send_at_zero_cost();
            match self.excess.iter().any(|&excess| excess > 0) && self.raise_prices() {
                true => {}
                false => return self,
            }
        }
    }

    /// Sends as much excess to needs as arcs of reduced cost zero carry.
    pub(super) fn send_at_zero_cost(mut self) -> Self {
        while self.label_nodes() {
            self.send_along_labels();
        }
        self
    }

    /// Whether the last search found a way from this node to a need.
    pub(super) fn reaches_need(&self, node: usize) -> bool {
        self.label[node] != NONE
    }

    /// Labels nodes by their distance to a need; `true` when an excess is among them.
    fn label_nodes(&mut self) -> bool {
        self.label.fill(NONE);
        self.queue.clear();
        for node in (0..self.need.len()).filter(|&node| self.need[node] > 0) {
            self.label[node] = 0;
            self.queue.push(node as u32);
        }
        let mut reached = false;
        let mut at = 0;
        while at < self.queue.len() {
            let node = self.queue[at];
            at += 1;
            let (label, price, queue) = (&mut self.label, &self.price, &mut self.queue);
            let (next, here) = (label[node as usize] + 1, price[node as usize]);
            reached |= self.excess[node as usize] > 0;
            self.graph.each_into(node, |before, cost| {
                if label[before as usize] == NONE && cost + here == price[before as usize] {
                    label[before as usize] = next;
                    queue.push(before);
                }
            });
        }
        reached
    }

    /// A blocking flow: afterwards every way along falling labels is full somewhere.
    fn send_along_labels(&mut self) {
        self.cursor.fill(0);
        let mut path: Vec<Residual> = Vec::new();
        for source in (0..self.excess.len() as u32).filter(|&node| self.label[node as usize] != NONE).collect::<Vec<_>>() {
            while self.excess[source as usize] > 0 && self.walk(source, &mut path) {
                self.send_along(source, &path);
            }
        }
    }

    /// Finds a way from the source to a need. A node found to be a dead end loses its label, so no walk enters it again.
    fn walk(&mut self, source: u32, path: &mut Vec<Residual>) -> bool {
        path.clear();
        if self.label[source as usize] == NONE {
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
                    self.label[node as usize] = NONE;
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
        while let Ok(residual) = self.graph.out_of(node, self.cursor[node as usize]) {
            if let Some(residual) = residual
                && self.label[residual.node as usize] == lower
                && residual.cost + self.price[residual.node as usize] == self.price[node as usize]
            {
                return Some(residual);
            }
            self.cursor[node as usize] += 1;
        }
        None
    }

    fn send_along(&mut self, source: u32, path: &[Residual]) {
        let sink = path.last().map_or(source, |residual| residual.node) as usize;
        let room = path.iter().map(|residual| residual.room).min().unwrap_or(NONE);
        let amount = room.min(self.excess[source as usize]).min(self.need[sink]);
        path.iter().for_each(|&residual| self.graph.send(residual, amount));
        self.excess[source as usize] -= amount;
        self.need[sink] -= amount;
    }

    /// Raises prices until an excess reaches a need at reduced cost zero; `false` when none can.
    fn raise_prices(&mut self) -> bool {
        let unreached = i32::MAX;
        let mut distance = vec![unreached; self.price.len()];
        let mut buckets: Vec<Vec<u32>> = vec![(0..self.need.len() as u32).filter(|&node| self.need[node as usize] > 0).collect()];
        buckets[0].iter().for_each(|&node| distance[node as usize] = 0);
        let mut found = None;
        let mut current = 0;
        while current < buckets.len() && found.is_none() {
            while let Some(node) = buckets[current].pop() {
                if distance[node as usize] != current as i32 {
                    continue;
                }
                if self.excess[node as usize] > 0 {
                    found = Some(current as i32);
                }
                let here = self.price[node as usize] + current as i32;
                let price = &self.price;
                self.graph.each_into(node, |before, cost| {
                    let to = here + cost - price[before as usize];
                    if to < distance[before as usize] {
                        distance[before as usize] = to;
                        if buckets.len() <= to as usize {
                            buckets.resize(to as usize + 1, Vec::new());
                        }
                        buckets[to as usize].push(before);
                    }
                });
            }
            current += 1;
        }
        let Some(raise) = found else { return false };
        for (price, distance) in self.price.iter_mut().zip(&distance) {
            *price += raise.min(*distance);
        }
        true
    }
}
