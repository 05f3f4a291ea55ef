//! Shortest paths near what changed: a search that touches only what it meets.

/// A node of the network near the change: topics by number, then members by number.
pub(super) type Node = u32;

/// How far nodes are from the nearest root, as far as is known; and the arcs of those that were left.
///
/// Distances are small whole numbers, so nodes wait in buckets. A node is *arrived at* at its distance, and *left* then or later: where all its arcs
/// are known to cost something, looking at them is put off until something so far away is of interest.
#[derive(Debug)]
pub(super) struct Search {
    labels: Vec<Label>,
    reached: Vec<Node>,
    arcs: Vec<Arc>,
    buckets: Vec<Bucket>,
    here: i32,
}

/// What waits at one distance: nodes to arrive at first, then ends, then nodes to leave, the last found before those found earlier.
#[derive(Clone, Debug, Default)]
struct Bucket {
    arriving: Vec<Node>,
    ends: bool,
    leaving: Vec<Node>,
}

/// What is known of a node.
#[derive(Clone, Copy, Debug)]
struct Label {
    distance: i32,
    /// Where its arcs lie among all; none are listed before it is left.
    arcs: Option<(u32, u32)>,
    /// The first arc that may still lead to an end, and the first that may still lead on.
    next_end: u32,
    next: u32,
    state: State,
}

/// Whether ways may lead through a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Open,
    OnTheWay,
    /// No way leads on from it.
    Closed,
}

const UNSEEN: Label = Label { distance: i32::MAX, arcs: None, next_end: 0, next: 0, state: State::Open };

/// What the search comes to next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Visit {
    Arrive(Node),
    End,
    Leave(Node),
}

/// A residual arc: where it leads, what it costs at current prices, how much fits at that cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc {
    pub(super) node: Node,
    pub(super) cost: i32,
    pub(super) room: u32,
}

/// The place of an arc among all that were listed.
pub(super) type Step = u32;

impl Search {
    pub(super) fn new(nodes: usize) -> Self {
        Self { labels: vec![UNSEEN; nodes], reached: Vec::new(), arcs: Vec::new(), buckets: Vec::new(), here: 0 }
    }

    /// The search begun anew from these nodes.
    pub(super) fn from(mut self, roots: &[Node]) -> Self {
        self.reached.drain(..).for_each(|node| self.labels[node as usize] = UNSEEN);
        self.buckets.iter_mut().for_each(Bucket::clear);
        self.arcs.clear();
        self.here = 0;
        roots.iter().for_each(|&root| self.put(root, 0));
        self
    }

    /// What comes next, and its distance.
    pub(super) fn next(&mut self) -> Option<(Visit, i32)> {
        while let Some(bucket) = self.buckets.get_mut(self.here as usize) {
            while let Some(node) = bucket.arriving.pop() {
                if self.labels[node as usize].distance == self.here {
                    return Some((Visit::Arrive(node), self.here));
                }
            }
            if bucket.ends {
                return Some((Visit::End, self.here));
            }
            if let Some(node) = bucket.leaving.pop() {
                return Some((Visit::Leave(node), self.here));
            }
            self.here += 1;
        }
        None
    }

    /// Lists a node's arcs, and takes note of where they lead.
    pub(super) fn leave(&mut self, node: Node, arcs: impl FnOnce(&mut Vec<Arc>)) {
        self.list(node, arcs);
        for place in self.steps(node) {
            self.reach(node, self.arcs[place as usize]);
        }
    }

    /// Takes note of a way to a node from one that was arrived at.
    pub(super) fn reach(&mut self, from: Node, arc: Arc) {
        let distance = self.distance(from) + arc.cost;
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
    pub(super) fn put_end(&mut self, further: i32) {
        self.bucket(self.here + further).ends = true;
    }

    /// Has a node left so much later.
    pub(super) fn put_off(&mut self, node: Node, delay: i32) {
        self.bucket(self.here + delay).leaving.push(node);
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
        self.labels[node as usize].distance
    }

    pub(super) fn was_reached(&self, node: Node) -> bool {
        self.distance(node) < i32::MAX
    }

    /// Every node found.
    pub(super) fn reached(&self) -> &[Node] {
        &self.reached
    }
}

/// What is asked once it is known how far the nearest ends are.
impl Search {
    /// Lists a node's arcs.
    pub(super) fn list(&mut self, node: Node, arcs: impl FnOnce(&mut Vec<Arc>)) {
        let start = self.arcs.len() as u32;
        arcs(&mut self.arcs);
        let label = &mut self.labels[node as usize];
        (label.arcs, label.next_end, label.next) = (Some((start, self.arcs.len() as u32)), start, start);
    }

    /// Has a node's arcs listed anew when they are asked for: there may be less room on them than there was.
    pub(super) fn unlist(&mut self, node: Node) {
        self.labels[node as usize].arcs = None;
    }

    pub(super) fn is_listed(&self, node: Node) -> bool {
        self.labels[node as usize].arcs.is_some()
    }

    /// The arcs of a node that was left.
    pub(super) fn steps(&self, node: Node) -> std::ops::Range<Step> {
        self.labels[node as usize].arcs.map_or(0..0, |(start, end)| start..end)
    }

    /// Where an arc leads.
    pub(super) fn arc(&self, step: Step) -> Arc {
        self.arcs[step as usize]
    }

    /// Takes some of the room of an arc.
    pub(super) fn take(&mut self, step: Step, amount: u32) {
        self.arcs[step as usize].room -= amount;
    }

    pub(super) fn mark(&mut self, node: Node, state: State) {
        self.labels[node as usize].state = state;
    }

    /// Whether an arc of a node can be part of a way to an end at this distance.
    pub(super) fn is_passable(&mut self, node: Node, step: Step, nearest: i32) -> bool {
        let (arc, before) = (self.arc(step), self.distance(node));
        let distance = before + arc.cost;
        if distance == nearest && !self.was_reached(arc.node) {
            self.label(arc.node, distance);
        }
        arc.room > 0 && self.distance(arc.node) == distance && self.labels[arc.node as usize].state == State::Open
    }

    /// The next arc of a node that leads right to an end.
    pub(super) fn step_to_end(&mut self, node: Node, nearest: i32, is_end: impl Fn(Node, i32) -> bool) -> Option<Step> {
        let end = self.steps(node).end;
        while self.labels[node as usize].next_end < end {
            let step = self.labels[node as usize].next_end;
            let target = self.arc(step).node;
            if self.is_passable(node, step, nearest) && is_end(target, nearest - self.distance(target)) {
                return Some(step);
            }
            self.labels[node as usize].next_end += 1;
        }
        None
    }

    /// The next arc of a node that leads on.
    pub(super) fn step_on(&mut self, node: Node, nearest: i32) -> Option<Step> {
        let end = self.steps(node).end;
        while self.labels[node as usize].next < end {
            let step = self.labels[node as usize].next;
            if self.is_passable(node, step, nearest) {
                return Some(step);
            }
            self.labels[node as usize].next += 1;
        }
        None
    }
}

impl Bucket {
    fn clear(&mut self) {
        self.arriving.clear();
        self.leaving.clear();
        self.ends = false;
    }
}
