//! Least-cost flow where each arc carries between its bounds and what a unit costs there rises with
//! their number.
//!
//! Every node has a *price*: what a unit there costs on its way to where units are missing. At a
//! difference of prices between its ends an arc has counts that are best; a flow that has a best
//! count on every arc costs the least of all flows with its imbalances. So the solver starts at any
//! prices, with best counts, and moves what is left over to where it is missing along arcs that
//! stay best, raising prices where no way is left (the primal-dual method: Ford and Fulkerson;
//! blocking flows: Dinic 1970; buckets: Dial 1969).

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::marker::PhantomData;

/// An arc: where it leads, what it carries, between which bounds, and what units cost there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConvexArc {
    pub(crate) tail: u32,
    pub(crate) head: u32,
    pub(crate) low: u32,
    pub(crate) high: u32,
    pub(crate) flow: u32,
    /// What a [`ConvexCost`] knows of the arc.
    pub(crate) parameter: u32,
}

impl ConvexArc {
    /// Whether its bounds leave no choice.
    pub(crate) fn is_fixed(&self) -> bool {
        self.low == self.high
    }
}

/// What units cost on arcs of some parameter.
pub(crate) trait ConvexCost {
    /// What the unit of this number costs on an arc, from 1 on; never less than the unit before it.
    fn of_unit(parameter: u32, unit: u32) -> i32;

    /// The least and the most units that are best on an arc between nodes whose prices differ by
    /// this much: the last costs no more, the next no less.
    fn best(parameter: u32, price: i32) -> (u32, u32);
}

/// The bounds of an arc at this difference of prices.
#[inline]
pub(crate) fn bounds<C: ConvexCost>(arc: &ConvexArc, price: i32) -> (u32, u32) {
    let (low, high) = C::best(arc.parameter, price);
    (low.clamp(arc.low, arc.high), high.clamp(arc.low, arc.high))
}

/// The label of a node from which nothing missing is reached.
const NO_LABEL: u32 = u32::MAX;

/// A distance that no search reached.
const FAR: i32 = i32::MAX;

/// How many distances have a bucket of their own.
const BUCKETS: i32 = 1 << 12;

/// One end of an arc, seen from the other: the node there, and the arc.
#[derive(Clone, Copy, Debug)]
struct IncidentArc {
    node: u32,
    /// The arc's number, doubled; odd where the arc leads from there to here.
    arc: u32,
    /// How many units go from here to there without the arc ceasing to be best,
    to: u32,
    /// and how many from there to here. Kept here, as most arcs that are looked at take none, and
    /// then nothing else has to be.
    from: u32,
}

/// The arcs that leave a choice, by their nodes.
#[derive(Debug)]
struct Near {
    starts: Vec<u32>,
    ends: Vec<IncidentArc>,
    /// Where each arc is among the ends: seen from its tail, and from its head.
    places: Vec<[u32; 2]>,
}

impl Near {
    fn of(nodes: usize, arcs: &[ConvexArc]) -> Self {
        let mut starts = vec![0_u32; nodes + 1];
        for arc in arcs.iter().filter(|arc| !arc.is_fixed()) {
            starts[arc.tail as usize + 1] += 1;
            starts[arc.head as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut ends = vec![IncidentArc { node: 0, arc: 0, to: 0, from: 0 }; starts[nodes] as usize];
        let mut places = vec![[0; 2]; arcs.len()];
        for (number, arc) in (0_u32..).zip(arcs).filter(|(_, arc)| !arc.is_fixed()) {
            for (here, there, side) in [(arc.tail, arc.head, 0), (arc.head, arc.tail, 1)] {
                let place = &mut next[here as usize];
                ends[*place as usize] = IncidentArc { node: there, arc: 2 * number + side, to: 0, from: 0 };
                places[number as usize][side as usize] = *place;
                *place += 1;
            }
        }
        Self { starts, ends, places }
    }

    /// Notes how many units an arc takes in its direction, and how many back.
    #[inline]
    fn set_rooms(&mut self, arc: usize, (on, back): (u32, u32)) {
        let [tail, head] = self.places[arc].map(|place| place as usize);
        (self.ends[tail].to, self.ends[tail].from) = (on, back);
        (self.ends[head].to, self.ends[head].from) = (back, on);
    }

    fn of_node(&self, node: u32) -> std::ops::Range<usize> {
        self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize
    }
}

/// Settles a flow: afterwards no node has too much or too little, every arc has a best count at the
/// prices, and so nothing costs less.
///
/// `excess` is what each node has too much, below 0 what it has too little; every arc has a best
/// count at the prices given. Returns what is left, all zero where there is a flow at all.
pub(crate) fn settle<C: ConvexCost>(arcs: &mut [ConvexArc], price: &mut [i32], excess: Vec<i64>) -> Vec<i64> {
    debug_assert!(arcs.iter().all(|arc| {
        let (low, high) = bounds::<C>(arc, price[arc.tail as usize] - price[arc.head as usize]);
        (low..=high).contains(&arc.flow)
    }));
    if excess.iter().all(|&excess| excess == 0) {
        return excess;
    }
    let nodes = price.len();
    let near = Near::of(nodes, arcs);
    let mut settling: Settling<'_, C> = Settling {
        arcs,
        near,
        cost: PhantomData,
        price,
        excess,
        label: vec![NO_LABEL; nodes],
        cursor: vec![0; nodes],
        queue: Vec::new(),
        search: DistanceSearch::of(nodes),
        searches: 0,
        looked: 0,
    };
    settling.find_rooms();
    settling.settle();
    settling.excess
}

/// A flow on its way.
struct Settling<'f, C> {
    arcs: &'f mut [ConvexArc],
    near: Near,
    cost: PhantomData<C>,
    price: &'f mut [i32],
    excess: Vec<i64>,
    /// How many arcs lead from the node to what is missing; [`NO_LABEL`] where none do.
    label: Vec<u32>,
    /// The end at each node that is looked at next.
    cursor: Vec<u32>,
    queue: Vec<u32>,
    search: DistanceSearch,
    /// How many searches from one node there were, and how many ends they looked at.
    searches: u64,
    looked: u64,
}

/// Distances of one search, and what it met.
struct DistanceSearch {
    distance: Vec<i32>,
    /// The end by which each node was reached, as its number among all ends.
    by: Vec<u32>,
    /// The nodes that have a distance.
    met: Vec<u32>,
    buckets: Vec<Vec<u32>>,
    beyond: BinaryHeap<Reverse<(i32, u32)>>,
}

impl DistanceSearch {
    fn of(nodes: usize) -> Self {
        Self { distance: vec![FAR; nodes], by: vec![0; nodes], met: Vec::new(), buckets: vec![Vec::new()], beyond: BinaryHeap::new() }
    }

    fn clear(&mut self) {
        for node in self.met.drain(..) {
            self.distance[node as usize] = FAR;
        }
        self.buckets.iter_mut().for_each(Vec::clear);
        self.beyond.clear();
    }

    #[inline]
    fn meet(&mut self, node: u32, distance: i32, by: u32) {
        if self.distance[node as usize] == FAR {
            self.met.push(node);
        }
        self.distance[node as usize] = distance;
        self.by[node as usize] = by;
        if distance >= BUCKETS {
            self.beyond.push(Reverse((distance, node)));
            return;
        }
        if self.buckets.len() <= distance as usize {
            self.buckets.resize(distance as usize + 1, Vec::new());
        }
        self.buckets[distance as usize].push(node);
    }

    /// The nearest node not yet looked at, at this distance or farther.
    #[inline]
    fn nearest(&mut self, from: &mut i32) -> Option<u32> {
        while (*from as usize) < self.buckets.len() {
            match self.buckets[*from as usize].pop() {
                None => *from += 1,
                Some(node) if self.distance[node as usize] == *from => return Some(node),
                Some(_) => {}
            }
        }
        while let Some(Reverse((distance, node))) = self.beyond.pop() {
            if self.distance[node as usize] == distance {
                *from = distance;
                return Some(node);
            }
        }
        None
    }
}

/// Up to this many units are served one by one, where a search from all nodes found no way at once:
/// about as many searches as cost what one from all nodes and its flow cost.
const FEW: i64 = 4;

/// While a search from one node looks at less than this part of what one from all nodes does.
const NEAR: u64 = 8;

impl<C: ConvexCost> Settling<'_, C> {
    fn settle(&mut self) {
        // How many units went since prices last rose, at the cost of a few looks at everything.
        let mut sent = i64::MAX;
        while self.left_over() > 0 {
            if self.label_nodes() {
                let before = self.left_over();
                self.send_along_labels();
                sent = sent.saturating_add(before - self.left_over());
                continue;
            }
            let is_way_found = if sent <= FEW && self.is_sink_near() { self.serve_some() } else { self.raise_prices() };
            if !is_way_found {
                break;
            }
            sent = 0;
        }
    }

    /// How many units are left over.
    fn left_over(&self) -> i64 {
        self.excess.iter().filter(|excess| **excess > 0).sum()
    }

    /// Finds how many units each arc takes at the prices.
    fn find_rooms(&mut self) {
        for number in 0..self.arcs.len() {
            if !self.arcs[number].is_fixed() {
                self.find_room(number);
            }
        }
    }

    /// Finds how many units the arcs at a node take, after its price has changed.
    fn find_rooms_at(&mut self, node: u32) {
        for place in self.near.of_node(node) {
            self.find_room((self.near.ends[place].arc >> 1) as usize);
        }
    }

    #[inline]
    fn find_room(&mut self, number: usize) {
        let arc = &self.arcs[number];
        let (low, high) = bounds::<C>(arc, self.price[arc.tail as usize] - self.price[arc.head as usize]);
        self.near.set_rooms(number, (high - arc.flow, arc.flow - low));
    }

    /// What one more unit costs from `here` to the node at an end, beyond the difference of prices;
    /// `None` where the bounds take none.
    #[inline]
    fn reduced_cost(&self, here: u32, end: IncidentArc) -> Option<i32> {
        let arc = &self.arcs[(end.arc >> 1) as usize];
        let rise = self.price[end.node as usize] - self.price[here as usize];
        match end.arc & 1 {
            0 => (arc.flow < arc.high).then(|| C::of_unit(arc.parameter, arc.flow + 1) + rise),
            _ => (arc.flow > arc.low).then(|| rise - C::of_unit(arc.parameter, arc.flow)),
        }
    }

    /// What one more unit costs from the node at an end to `here`.
    #[inline]
    fn reduced_cost_back(&self, here: u32, end: IncidentArc) -> Option<i32> {
        self.reduced_cost(end.node, IncidentArc { node: here, arc: end.arc ^ 1, to: end.from, from: end.to })
    }

    /// Labels nodes by their distance to what is missing along arcs that stay best; `true` where
    /// something left over is among them. Stops once all of that is.
    fn label_nodes(&mut self) -> bool {
        self.label.fill(NO_LABEL);
        self.queue.clear();
        let mut wanting = 0;
        for node in 0..self.excess.len() {
            if self.excess[node] < 0 {
                self.label[node] = 0;
                self.queue.push(node as u32);
            }
            wanting += usize::from(self.excess[node] > 0);
        }
        let (mut at, mut is_reached) = (0, false);
        while at < self.queue.len() && wanting > 0 {
            let node = self.queue[at];
            at += 1;
            let farther = self.label[node as usize] + 1;
            for end in &self.near.ends[self.near.of_node(node)] {
                // First what lies beside: most arcs take none.
                if end.from > 0 && self.label[end.node as usize] == NO_LABEL {
                    self.label[end.node as usize] = farther;
                    self.queue.push(end.node);
                    if self.excess[end.node as usize] > 0 {
                        wanting -= 1;
                        is_reached = true;
                    }
                }
            }
        }
        is_reached
    }

    /// A blocking flow: afterwards every way along falling labels is full somewhere.
    fn send_along_labels(&mut self) {
        for node in 0..self.cursor.len() {
            self.cursor[node] = self.near.starts[node];
        }
        let mut path: Vec<(u32, IncidentArc)> = Vec::new();
        for source in 0..self.excess.len() as u32 {
            while self.excess[source as usize] > 0 && self.walk(source, &mut path) {
                self.send_along(source, &path);
            }
        }
    }

    /// Finds a way from the source to what is missing. A node found to be a dead end loses its
    /// label, so no walk enters it again.
    fn walk(&mut self, source: u32, path: &mut Vec<(u32, IncidentArc)>) -> bool {
        path.clear();
        if self.label[source as usize] == NO_LABEL {
            return false;
        }
        let mut node = source;
        loop {
            if self.excess[node as usize] < 0 {
                return true;
            }
            match self.advance(node) {
                Some(end) => {
                    path.push((node, end));
                    node = end.node;
                }
                None => {
                    self.label[node as usize] = NO_LABEL;
                    match path.pop() {
                        Some((before, _)) => node = before,
                        None => return false,
                    }
                }
            }
        }
    }

    /// The next arc out of a node that takes a unit to a lower label and stays best.
    fn advance(&mut self, node: u32) -> Option<IncidentArc> {
        let lower = self.label[node as usize].checked_sub(1)?;
        let cursor = &mut self.cursor[node as usize];
        let rest = &self.near.ends[*cursor as usize..self.near.starts[node as usize + 1] as usize];
        let next = rest.iter().position(|end| end.to > 0 && self.label[end.node as usize] == lower);
        *cursor += next.unwrap_or(rest.len()) as u32;
        next.map(|next| rest[next])
    }

    fn send_along(&mut self, source: u32, path: &[(u32, IncidentArc)]) {
        let sink = path.last().map_or(source, |(_, end)| end.node) as usize;
        let most = (self.excess[source as usize]).min(-self.excess[sink]);
        let room =
            path.iter().map(|&(_, end)| self.near.ends[self.near.places[(end.arc >> 1) as usize][(end.arc & 1) as usize] as usize].to);
        let amount = room.min().map_or(0, |room| most.min(room.into())) as u32;
        for (_, end) in path {
            let number = (end.arc >> 1) as usize;
            let flow = &mut self.arcs[number].flow;
            let tail = self.near.ends[self.near.places[number][0] as usize];
            match end.arc & 1 {
                0 => {
                    *flow += amount;
                    self.near.set_rooms(number, (tail.to - amount, tail.from + amount));
                }
                _ => {
                    *flow -= amount;
                    self.near.set_rooms(number, (tail.to + amount, tail.from - amount));
                }
            }
        }
        self.excess[source as usize] -= i64::from(amount);
        self.excess[sink] += i64::from(amount);
    }

    /// Raises prices until something left over has a way to what is missing; `false` when nothing
    /// can.
    fn raise_prices(&mut self) -> bool {
        self.search.clear();
        for node in 0..self.excess.len() as u32 {
            if self.excess[node as usize] < 0 {
                self.search.meet(node, 0, 0);
            }
        }
        let mut wanting = self.excess.iter().filter(|excess| **excess > 0).count();
        let (mut at, mut found) = (0, FAR);
        while let Some(node) = self.search.nearest(&mut at) {
            if self.excess[node as usize] > 0 {
                found = at;
                wanting -= 1;
                if wanting == 0 {
                    break;
                }
            }
            for place in self.near.of_node(node) {
                let end = self.near.ends[place];
                // Where an arc takes units at the prices, they cost nothing.
                if self.search.distance[end.node as usize] > at
                    && let Some(cost) = if end.from > 0 { Some(0) } else { self.reduced_cost_back(node, end) }
                    && at + cost < self.search.distance[end.node as usize]
                {
                    self.search.meet(end.node, at + cost, place as u32);
                }
            }
        }
        if found == FAR {
            return false;
        }
        // Everybody not met is as far as what was found, so it is the others that fall behind.
        for &node in &self.search.met {
            let distance = self.search.distance[node as usize];
            self.price[node as usize] -= (found - distance).max(0);
        }
        self.find_rooms();
        true
    }

    /// Whether searches from one node have stopped early so far.
    fn is_sink_near(&self) -> bool {
        self.looked * NEAR <= self.searches * self.near.ends.len() as u64
    }

    /// Serves some of what is left over one by one, each search stopping at the first node that
    /// lacks something; `false` when none is found.
    fn serve_some(&mut self) -> bool {
        let mut served = 0;
        for source in 0..self.excess.len() as u32 {
            while self.excess[source as usize] > 0 {
                if served == 4 * FEW || !self.is_sink_near() {
                    return true;
                }
                if !self.serve(source) {
                    break;
                }
                served += 1;
            }
        }
        served > 0
    }

    /// Sends units from a node to the nearest that lacks some; `false` when none can be reached.
    fn serve(&mut self, source: u32) -> bool {
        self.search.clear();
        self.searches += 1;
        self.search.meet(source, 0, 0);
        let (mut at, mut sink) = (0, None);
        while let Some(node) = self.search.nearest(&mut at) {
            if self.excess[node as usize] < 0 {
                sink = Some(node);
                break;
            }
            self.looked += self.near.of_node(node).len() as u64;
            for place in self.near.of_node(node) {
                let end = self.near.ends[place];
                if self.search.distance[end.node as usize] > at
                    && let Some(cost) = self.reduced_cost(node, end)
                    && at + cost < self.search.distance[end.node as usize]
                {
                    self.search.meet(end.node, at + cost, place as u32);
                }
            }
        }
        let Some(sink) = sink else { return false };
        for &node in &self.search.met {
            let distance = self.search.distance[node as usize];
            self.price[node as usize] += (at - distance).max(0);
        }
        for number in 0..self.search.met.len() {
            self.find_rooms_at(self.search.met[number]);
        }
        let mut path = Vec::new();
        let mut node = sink;
        while node != source {
            let end = self.near.ends[self.search.by[node as usize] as usize];
            let arc = &self.arcs[(end.arc >> 1) as usize];
            let before = if end.arc & 1 == 0 { arc.tail } else { arc.head };
            path.push((before, end));
            node = before;
        }
        path.reverse();
        self.send_along(source, &path);
        true
    }
}
