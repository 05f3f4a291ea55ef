//! Shortest paths near what changed: a search that touches only what it meets.

/// No node.
pub(super) const NOWHERE: u32 = u32::MAX;

/// A node of the network near the change: topics by number, then members by number.
pub(super) type Node = u32;

/// Distances found so far, from the nearest on; and how each node was found.
///
/// Distances are small whole numbers, so nodes wait in buckets. A node is *arrived at* at its distance, and *left* then or later: where all its arcs
/// are known to cost something, looking at them is put off until something so far away is of interest.
#[derive(Debug)]
pub(super) struct Search {
    found: Vec<Found>,
    reached: Vec<Node>,
    buckets: Vec<Bucket>,
    here: i32,
    /// The root of the node left last.
    root: Node,
}

/// Nodes at one distance: those arrived at go first, then those to be left beside roots, after each root the ends found, and only then what lies further on: the
/// last found before those found earlier, which soon runs into ends.
#[derive(Clone, Debug, Default)]
struct Bucket {
    arriving: Vec<Node>,
    beside_roots: Vec<Node>,
    ends: Vec<Node>,
    leaving: Vec<Node>,
}

#[derive(Clone, Copy, Debug)]
struct Found {
    distance: i32,
    parent: Node,
    root: Node,
    room: u32,
}

const UNSEEN: Found = Found { distance: i32::MAX, parent: NOWHERE, root: NOWHERE, room: 0 };

impl Bucket {
    fn clear(&mut self) {
        [&mut self.arriving, &mut self.beside_roots, &mut self.ends, &mut self.leaving].into_iter().for_each(Vec::clear);
    }
}

/// What the search comes to next.
#[derive(Clone, Debug)]
pub(super) enum Visit {
    Arrive(Node),
    /// All ends found so far at this distance.
    Ends(Vec<Node>),
    Leave(Node),
}

/// A residual arc: where it leads, what it costs at current prices, how much fits at that cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc {
    pub(super) node: Node,
    pub(super) cost: i32,
    pub(super) room: u32,
}

impl Search {
    pub(super) fn new(nodes: usize) -> Self {
        Self { found: vec![UNSEEN; nodes], reached: Vec::new(), buckets: Vec::new(), here: 0, root: NOWHERE }
    }

    /// The search begun anew from these nodes.
    pub(super) fn from(mut self, roots: &[Node]) -> Self {
        self.reached.drain(..).for_each(|node| self.found[node as usize] = UNSEEN);
        self.buckets.iter_mut().for_each(Bucket::clear);
        (self.here, self.root) = (0, NOWHERE);
        for &root in roots {
            self.put(root, Found { distance: 0, parent: NOWHERE, root, room: u32::MAX });
        }
        self
    }

    /// What comes next, and its distance.
    pub(super) fn next(&mut self) -> Option<(Visit, i32)> {
        while let Some(bucket) = self.buckets.get_mut(self.here as usize) {
            while let Some(node) = bucket.arriving.pop() {
                if self.found[node as usize].distance == self.here {
                    return Some((Visit::Arrive(node), self.here));
                }
            }
            let same_root = |node: &Node| bucket.ends.is_empty() || self.found[*node as usize].root == self.root;
            if let Some(node) = bucket.beside_roots.last().copied().filter(same_root) {
                bucket.beside_roots.pop();
                self.root = self.found[node as usize].root;
                return Some((Visit::Leave(node), self.here));
            }
            if !bucket.ends.is_empty() {
                return Some((Visit::Ends(std::mem::take(&mut bucket.ends)), self.here));
            }
            if let Some(node) = bucket.leaving.pop() {
                return Some((Visit::Leave(node), self.here));
            }
            self.here += 1;
        }
        None
    }

    /// Takes note of a way to a node from one that is being left.
    pub(super) fn reach(&mut self, from: Node, arc: Arc) {
        let distance = self.distance(from) + arc.cost;
        if distance < self.distance(arc.node) {
            let root = self.found[from as usize].root;
            self.put(arc.node, Found { distance, parent: from, root, room: arc.room });
        }
    }

    fn put(&mut self, node: Node, found: Found) {
        if !self.was_reached(node) {
            self.reached.push(node);
        }
        self.found[node as usize] = found;
        self.bucket(found.distance).arriving.push(node);
    }

    /// Takes note of an end so much further than the node just arrived at.
    pub(super) fn put_end(&mut self, node: Node, further: i32) {
        let distance = self.here + further;
        self.bucket(distance).ends.push(node);
    }

    /// Has a node left so much later.
    pub(super) fn put_off(&mut self, node: Node, delay: i32) {
        let distance = self.here + delay;
        let beside_root = self.is_beside_root(node);
        let bucket = self.bucket(distance);
        if beside_root { &mut bucket.beside_roots } else { &mut bucket.leaving }.push(node);
    }

    fn bucket(&mut self, distance: i32) -> &mut Bucket {
        let place = distance as usize;
        if self.buckets.len() <= place {
            self.buckets.resize(place + 1, Bucket::default());
        }
        &mut self.buckets[place]
    }

    /// How far a node is, as far as is known; `i32::MAX` for one not found.
    pub(super) fn distance(&self, node: Node) -> i32 {
        self.found[node as usize].distance
    }

    pub(super) fn was_reached(&self, node: Node) -> bool {
        self.distance(node) < i32::MAX
    }

    /// Every node found.
    pub(super) fn reached(&self) -> &[Node] {
        &self.reached
    }

    /// The node that a node was found from; [`NOWHERE`] for a root.
    pub(super) fn parent(&self, node: Node) -> Node {
        self.found[node as usize].parent
    }

    /// The root that a node was found from.
    pub(super) fn root(&self, node: Node) -> Node {
        self.found[node as usize].root
    }

    /// Whether a node is a root, or was found from one.
    pub(super) fn is_beside_root(&self, node: Node) -> bool {
        let parent = self.parent(node);
        parent == NOWHERE || self.parent(parent) == NOWHERE
    }

    /// The steps between a node and its root, each as (node, parent).
    pub(super) fn steps(&self, from: Node) -> impl Iterator<Item = (Node, Node)> + '_ {
        let steps = std::iter::successors(Some(from), |&node| Some(self.parent(node)));
        steps.map(|node| (node, self.parent(node))).take_while(|&(_, parent)| parent != NOWHERE)
    }

    /// How much fits between a node and its root.
    pub(super) fn room(&self, node: Node) -> u32 {
        self.steps(node).map(|(node, _)| self.found[node as usize].room).min().unwrap_or(u32::MAX)
    }

    /// Takes some of the room between a node and its root.
    pub(super) fn take(&mut self, from: Node, amount: u32) {
        let mut node = from;
        while self.parent(node) != NOWHERE {
            self.found[node as usize].room -= amount;
            node = self.parent(node);
        }
    }
}
