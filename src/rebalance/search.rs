//! Shortest paths near what changed: a search that touches only what it meets.

mod steps;

pub(crate) use crate::rebalance::search::steps::Step;
use crate::rebalance::search::steps::{Listed, Listing, UNLISTED};

/// A node of the network near the change: topics by number, then members by number.
pub(crate) type Node = u32;

/// How far nodes are from the nearest root, as far as is known; and the arcs of those that were
/// left.
///
/// Distances are small whole numbers, so nodes wait in buckets. A node is *arrived at* at its
/// distance, and *left* then or later: where all its arcs are known to cost something, looking at
/// them is put off until something so far away is of interest.
#[derive(Debug)]
pub(crate) struct Search {
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

/// What waits at one distance: nodes to arrive at first, then ends, then nodes to leave, the last
/// found before those found earlier.
#[derive(Debug)]
struct Bucket {
    arriving: Vec<Node>,
    ends: bool,
    leaving: Vec<Node>,
}

/// What is known of a node.
#[derive(Clone, Copy, Debug)]
struct Label {
    distance: i32,
    listing: Listing,
    passage: Passage,
}

/// Whether ways may lead through a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    Open,
    OnTheWay,
    /// No way leads on from it.
    Closed,
}

const UNSEEN: Label = Label { distance: i32::MAX, listing: UNLISTED, passage: Passage::Open };

/// What the search comes to next.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    Arrive(Node),
    End,
    Leave(Node),
}

/// A residual arc: where it leads, what it costs at current prices, how much fits at that cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResidualArc {
    pub(crate) node: Node,
    pub(crate) cost: i32,
    pub(crate) room: u32,
}

impl ResidualArc {
    /// The room of an arc of which how much fits is looked up once a way leads along it.
    pub(crate) const NOT_LOOKED_UP: u32 = u32::MAX;

    /// The room of an arc on which everything fits. Room only gets less, so that it never looks as
    /// if it had to be looked up.
    pub(crate) const UNLIMITED: u32 = u32::MAX - 1;
}

impl Search {
    pub(crate) fn new(nodes: usize) -> Self {
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

    /// The search begun anew from these nodes.
    pub(crate) fn from(mut self, roots: &[Node]) -> Self {
        self.reached.drain(..).for_each(|node| self.labels[node as usize] = UNSEEN);
        self.buckets.iter_mut().for_each(Bucket::clear);
        self.arcs.clear();
        self.listed.clear();
        self.here = 0;
        roots.iter().for_each(|&root| self.put(root, 0));
        self
    }

    /// What comes next, and its distance.
    pub(crate) fn next(&mut self) -> Option<(Next, i32)> {
        while let Some(bucket) = self.buckets.get_mut(self.here as usize) {
            while let Some(node) = bucket.arriving.pop() {
                if self.labels[node as usize].distance == self.here {
                    return Some((Next::Arrive(node), self.here));
                }
            }
            if bucket.ends {
                return Some((Next::End, self.here));
            }
            if let Some(node) = bucket.leaving.pop() {
                return Some((Next::Leave(node), self.here));
            }
            self.here += 1;
        }
        None
    }

    /// Lists a node's arcs, and takes note of where they lead.
    pub(crate) fn leave(&mut self, node: Node, arcs: impl FnOnce(&mut Vec<ResidualArc>)) {
        self.list(node, arcs);
        for place in self.steps(node) {
            self.reach(node, self.arcs[place as usize]);
        }
    }

    /// Takes note of a way to a node from one that was arrived at.
    pub(crate) fn reach(&mut self, from: Node, arc: ResidualArc) {
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
        self.labels[node as usize].distance = distance;
    }

    /// Takes note of an end so much further than the node just arrived at.
    pub(crate) fn put_end(&mut self, further: i32) {
        let distance = self.here + self.checked(further);
        self.bucket(distance).ends = true;
    }

    /// A cost, if it is one: at prices that hold none is less than nothing. Should one be, what the
    /// search finds is not to be believed.
    fn checked(&mut self, cost: i32) -> i32 {
        debug_assert!(cost >= 0, "a way costs {cost}");
        self.is_sound &= cost >= 0;
        cost.max(0)
    }

    /// Whether what was found can be believed.
    pub(crate) fn is_sound(&self) -> bool {
        self.is_sound
    }

    /// Has a node left so much later.
    pub(crate) fn put_off(&mut self, node: Node, delay: i32) {
        self.bucket(self.here + delay).leaving.push(node);
    }

    fn bucket(&mut self, distance: i32) -> &mut Bucket {
        let place = distance as usize;
        if self.buckets.len() <= place {
            self.buckets.resize_with(place + 1, Bucket::new);
        }
        &mut self.buckets[place]
    }

    /// How far a node is, as far as is known; `i32::MAX` for one not found.
    pub(crate) fn distance(&self, node: Node) -> i32 {
        self.labels[node as usize].distance
    }

    pub(crate) fn was_reached(&self, node: Node) -> bool {
        self.distance(node) < i32::MAX
    }

    /// Every node found.
    pub(crate) fn reached(&self) -> &[Node] {
        &self.reached
    }
}

impl Bucket {
    fn new() -> Self {
        Self { arriving: Vec::with_capacity(64), ends: false, leaving: Vec::with_capacity(64) }
    }

    fn clear(&mut self) {
        self.arriving.clear();
        self.leaving.clear();
        self.ends = false;
    }
}
