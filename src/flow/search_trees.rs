//! Flow from excess to need along the paths of two search trees that are kept from path to path
//! (Boykov and Kolmogorov 2004), at prices that rise where no path is left.
//!
//! One tree has the nodes that are reached from an excess, the other those that reach a need, both
//! along residual arcs of reduced cost zero; where they touch there is a path. An arc that a path
//! fills takes its node out of its tree, and those beyond it; most find another parent near by. So
//! a path costs what it changes of the trees and not a search of the whole network, however far it
//! leads. The method has no bound of its own worth the name, so it is used in turns with another
//! ([`min_cost`](super::min_cost)).
//!
//! *Prices.* Where the trees do not touch, all nodes outside the tree of needs rise together, until
//! an arc into it costs nothing. That keeps both trees. The rise is one number for all of them.

use std::collections::VecDeque;

use crate::flow::graph::{ArcEnd, Graph, Orientation, Residual, UNLIMITED};

/// In place of a node: none.
const NO_NODE: u32 = u32::MAX;

/// Whether paths of any cost are sent along, or only those that cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathKind {
    OfZeroCost,
    OfAnyCost,
}

/// How sending ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendingStatus {
    /// No path is left that excess could take.
    Settled,
    /// The budget is spent. What was sent so far was sent at the least cost.
    Exhausted,
}

/// What a flow consists of.
#[derive(Debug)]
pub(crate) struct FlowParts<'f> {
    pub(crate) graph: &'f mut Graph,
    pub(crate) excess: &'f mut [u32],
    pub(crate) need: &'f mut [u32],
    pub(crate) price: &'f mut [i32],
}

/// Trees are grown again from adopted nodes as long as that takes at most so many times what
/// freeing nodes took. Beyond that, nodes just freed wait until all orphans are adopted: else,
/// where a few stay free, a dense block of orphans would look for them at all its arcs after each
/// path.
const REGROWTH_FOR_FREEING: u64 = 4;

/// Sends excess to needs along paths of least cost, until none is left, or until about as many ends
/// of arcs as the budget says were looked at. Under the prices no residual arc may have a negative
/// reduced cost; so it is afterwards.
pub(crate) fn send(parts: FlowParts<'_>, paths: PathKind, budget: u64) -> SendingStatus {
    let mut trees = Trees::of(parts, paths, budget);
    let ended = loop {
        match trees.next_joint() {
            Some(joint) => {
                trees.send_through(joint);
                if trees.left.contains(&0) {
                    break SendingStatus::Settled;
                }
                trees.adopt_orphans();
            }
            None if trees.is_exhausted() => break SendingStatus::Exhausted,
            None => break SendingStatus::Settled,
        }
    };
    trees.settle_prices();
    ended
}

/// The tree that a node is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tree {
    Neither,
    Excess,
    Need,
}

/// The arc between a node and its parent; units flow from the parent in the tree of excess, to it
/// in the tree of needs.
#[derive(Clone, Copy, Debug)]
struct Link {
    /// The parent; [`NO_NODE`] for roots.
    node: u32,
    arc: u32,
    orientation: Orientation,
}

const ROOT: Link = Link { node: NO_NODE, arc: 0, orientation: Orientation::Along };

/// A residual arc of reduced cost zero from one tree to the other.
#[derive(Clone, Copy, Debug)]
struct Joint {
    from: u32,
    to: u32,
    arc: u32,
    orientation: Orientation,
}

struct Trees<'f> {
    parts: FlowParts<'f>,
    paths: PathKind,
    work: u64,
    budget: u64,
    tree: Vec<Tree>,
    parent: Vec<Link>,
    /// By how much nodes outside the tree of needs are dearer than `price` says.
    rise: i32,
    /// Nodes at whose arcs a tree may still grow, and the first end of each that was not looked at.
    active: VecDeque<u32>,
    is_active: Vec<bool>,
    cursor: Vec<u32>,
    /// Nodes whose arc to their parent is full, or whose parent is in no tree any more.
    orphans: VecDeque<u32>,
    is_orphan: Vec<bool>,
    /// Nodes that left their tree since the last path, and about how many are in neither still.
    freed: Vec<u32>,
    loose: usize,
    /// How many more ends of arcs trees may be grown again at.
    regrowth: u64,
    /// The units of excess and of need that are left.
    left: [u64; 2],
    /// The path after which a node was last seen to hang on a root.
    attached: Vec<u32>,
    path: u32,
    /// The adoption after which a node was last seen to hang on an orphan.
    detached: Vec<u32>,
    adoption: u32,
    /// For each rise nodes that may then reach the tree of needs, and the least of each node.
    rises: Vec<Vec<u32>>,
    least_rise: Vec<i32>,
}

impl<'f> Trees<'f> {
    fn of(parts: FlowParts<'f>, paths: PathKind, budget: u64) -> Self {
        let nodes = parts.graph.node_count();
        let mut trees = Self {
            parts,
            paths,
            work: 0,
            budget,
            tree: vec![Tree::Neither; nodes],
            parent: vec![ROOT; nodes],
            rise: 0,
            active: VecDeque::new(),
            is_active: vec![false; nodes],
            cursor: vec![0; nodes],
            orphans: VecDeque::new(),
            is_orphan: vec![false; nodes],
            freed: Vec::new(),
            loose: 0,
            regrowth: 0,
            left: [0; 2],
            attached: vec![0; nodes],
            path: 0,
            detached: vec![0; nodes],
            adoption: 0,
            rises: Vec::new(),
            least_rise: vec![i32::MAX; nodes],
        };
        for node in 0..nodes {
            let met = trees.parts.excess[node].min(trees.parts.need[node]);
            trees.parts.excess[node] -= met;
            trees.parts.need[node] -= met;
            trees.left[0] += u64::from(trees.parts.excess[node]);
            trees.left[1] += u64::from(trees.parts.need[node]);
            if trees.parts.need[node] > 0 {
                trees.attach(node as u32, Tree::Need, ROOT);
            } else if trees.parts.excess[node] > 0 {
                trees.attach(node as u32, Tree::Excess, ROOT);
            }
        }
        trees
    }

    fn is_exhausted(&self) -> bool {
        self.work > self.budget
    }

    /// Writes the rise into the prices of the nodes that it is about.
    fn settle_prices(self) {
        let outside = self.parts.price.iter_mut().zip(&self.tree).filter(|(_, tree)| **tree != Tree::Need);
        outside.for_each(|(price, _)| *price += self.rise);
    }

    /// What a unit gains on a residual arc of this cost is less than nothing by this much.
    fn reduced_cost(&self, from: u32, to: u32, cost: i32) -> i32 {
        let price = |node: u32| match self.tree[node as usize] {
            Tree::Need => self.parts.price[node as usize],
            Tree::Excess | Tree::Neither => self.parts.price[node as usize] + self.rise,
        };
        cost + price(to) - price(from)
    }

    /// The residual arc that brings units from a node's neighbour to the root's side in this tree:
    /// into the node in the tree of needs, out of it in that of excess. With its reduced cost.
    fn inward(&self, tree: Tree, node: u32, end: ArcEnd) -> Option<(Residual, i32)> {
        match tree {
            Tree::Need => self.residual_into(node, end),
            Tree::Excess | Tree::Neither => self.residual_out_of(node, end),
        }
    }

    /// The residual arc that would make a node's neighbour its parent in this tree.
    fn rootward(&self, tree: Tree, node: u32, end: ArcEnd) -> Option<(Residual, i32)> {
        match tree {
            Tree::Need => self.residual_out_of(node, end),
            Tree::Excess | Tree::Neither => self.residual_into(node, end),
        }
    }

    fn residual_into(&self, node: u32, end: ArcEnd) -> Option<(Residual, i32)> {
        let residual = self.parts.graph.residual_from(end)?;
        Some((residual, self.reduced_cost(end.node, node, residual.cost)))
    }

    fn residual_out_of(&self, node: u32, end: ArcEnd) -> Option<(Residual, i32)> {
        let residual = self.parts.graph.residual_to(end)?;
        Some((residual, self.reduced_cost(node, end.node, residual.cost)))
    }

    fn attach(&mut self, node: u32, tree: Tree, parent: Link) {
        if tree == Tree::Need {
            self.parts.price[node as usize] += self.rise;
        }
        self.tree[node as usize] = tree;
        self.parent[node as usize] = parent;
        self.attached[node as usize] = self.path;
        self.adoption += 1;
        self.loose = self.loose.saturating_sub(1);
        self.cursor[node as usize] = 0;
        if !std::mem::replace(&mut self.is_active[node as usize], true) {
            self.active.push_back(node);
        }
    }

    /// The next place where the trees touch; none if there is no further path, or the budget is
    /// spent.
    fn next_joint(&mut self) -> Option<Joint> {
        loop {
            let joint = self.grow();
            if joint.is_some() || self.is_exhausted() || self.paths == PathKind::OfZeroCost {
                return joint;
            }
            let (node, end, residual) = self.raise()?;
            let link = Link { node: end, arc: residual.arc, orientation: residual.orientation };
            match self.tree[node as usize] {
                Tree::Excess => return Some(Joint { from: node, to: end, arc: residual.arc, orientation: residual.orientation }),
                Tree::Need | Tree::Neither => self.attach(node, Tree::Need, link),
            }
        }
    }

    /// Grows both trees until they touch, or cannot grow.
    fn grow(&mut self) -> Option<Joint> {
        while let Some(&node) = self.active.front() {
            let tree = self.tree[node as usize];
            if tree != Tree::Neither
                && let Some(joint) = self.grow_at(node, tree)
            {
                return Some(joint);
            }
            if self.is_exhausted() {
                return None;
            }
            self.active.pop_front();
            self.is_active[node as usize] = false;
        }
        None
    }

    fn grow_at(&mut self, node: u32, tree: Tree) -> Option<Joint> {
        let (first, ends) = (self.cursor[node as usize], self.parts.graph.end_count(node));
        for number in first..ends {
            let end = self.parts.graph.end(node, number);
            let there = self.tree[end.node as usize];
            if there == tree {
                continue;
            }
            let Some((residual, reduced)) = self.inward(tree, node, end) else { continue };
            match (reduced, there) {
                (0, Tree::Neither) => {
                    self.attach(end.node, tree, Link { node, arc: residual.arc, orientation: residual.orientation });
                }
                (0, Tree::Excess | Tree::Need) => {
                    // The arc may have capacity left after this path, so it is looked at again.
                    self.cursor[node as usize] = number;
                    self.work += u64::from(number - first + 1);
                    let (from, to) = if tree == Tree::Need { (end.node, node) } else { (node, end.node) };
                    return Some(Joint { from, to, arc: residual.arc, orientation: residual.orientation });
                }
                _ if tree == Tree::Need => self.note_rise(end.node, self.rise + reduced),
                // The node may have left the tree of needs since this end was looked at from there.
                (_, Tree::Need) => self.note_rise(node, self.rise + reduced),
                _ => {}
            }
        }
        self.cursor[node as usize] = ends;
        self.work += u64::from(ends - first);
        None
    }

    /// Takes note that a node outside the tree of needs may reach it at this rise.
    fn note_rise(&mut self, node: u32, rise: i32) {
        if self.paths == PathKind::OfAnyCost && rise < self.least_rise[node as usize] {
            self.least_rise[node as usize] = rise;
            if self.rises.len() <= rise as usize {
                self.rises.resize(rise as usize + 1, Vec::new());
            }
            self.rises[rise as usize].push(node);
        }
    }

    /// Raises all nodes outside the tree of needs until one of them reaches it: that node, the node
    /// it reaches, and the arc.
    fn raise(&mut self) -> Option<(u32, u32, Residual)> {
        let mut rise = self.rise;
        while (rise as usize) < self.rises.len() && !self.is_exhausted() {
            let Some(node) = self.rises[rise as usize].pop() else {
                rise += 1;
                continue;
            };
            if self.least_rise[node as usize] != rise {
                continue;
            }
            self.least_rise[node as usize] = i32::MAX;
            if self.tree[node as usize] == Tree::Need {
                continue;
            }
            // What was noted may have changed since, but not to less.
            let Some((reduced, end, residual)) = self.nearest_need(node) else { continue };
            debug_assert!(self.rise + reduced >= rise);
            if self.rise + reduced > rise {
                self.note_rise(node, self.rise + reduced);
                continue;
            }
            self.rise = rise;
            return Some((node, end, residual));
        }
        None
    }

    /// The cheapest residual arc from a node into the tree of needs.
    fn nearest_need(&mut self, node: u32) -> Option<(i32, u32, Residual)> {
        let ends = self.parts.graph.end_count(node);
        self.work += u64::from(ends);
        let mut nearest: Option<(i32, u32, Residual)> = None;
        for end in (0..ends).map(|number| self.parts.graph.end(node, number)) {
            if self.tree[end.node as usize] == Tree::Need
                && let Some((residual, reduced)) = self.residual_out_of(node, end)
                && nearest.is_none_or(|(least, ..)| reduced < least)
            {
                nearest = Some((reduced, end.node, residual));
            }
        }
        nearest
    }

    /// Sends as much as fits along the path through a joint.
    fn send_through(&mut self, joint: Joint) {
        let (source, of_excess) = self.to_root(joint.from);
        let (sink, of_needs) = self.to_root(joint.to);
        self.work += (of_excess.len() + of_needs.len()) as u64;
        let within = of_excess.iter().chain(&of_needs).map(|&(_, residual)| residual);
        let across = self.parts.graph.residual(joint.arc, joint.orientation);
        let room = within.chain(across).map(|residual| residual.room).min().unwrap_or(UNLIMITED);
        let amount = room.min(self.parts.excess[source as usize]).min(self.parts.need[sink as usize]);
        self.parts.excess[source as usize] -= amount;
        self.parts.need[sink as usize] -= amount;
        self.left.iter_mut().for_each(|left| *left -= u64::from(amount));
        across.into_iter().for_each(|residual| self.parts.graph.send(residual, amount));
        let ends = [(source, self.parts.excess[source as usize]), (sink, self.parts.need[sink as usize])];
        ends.into_iter().filter(|(_, left)| *left == 0).for_each(|(root, _)| self.add_orphan(root));
        // Those nearest to the roots first: what they find, others need not look for.
        for (node, residual) in of_excess.into_iter().rev().chain(of_needs.into_iter().rev()) {
            self.parts.graph.send(residual, amount);
            if residual.room == amount {
                self.add_orphan(node);
            }
        }
        // The arc between the trees may be full and its next unit dearer, or have capacity left.
        self.note_rise(joint.from, self.rise);
    }

    /// The root of a node's tree, and the nodes up to it with the arcs to their parents.
    fn to_root(&self, mut node: u32) -> (u32, Vec<(u32, Residual)>) {
        let mut path = Vec::new();
        while let Link { node: parent, arc, orientation } = self.parent[node as usize]
            && parent != NO_NODE
        {
            path.extend(self.parts.graph.residual(arc, orientation).map(|residual| (node, residual)));
            node = parent;
        }
        (node, path)
    }

    fn add_orphan(&mut self, node: u32) {
        if !std::mem::replace(&mut self.is_orphan[node as usize], true) {
            self.orphans.push_back(node);
        }
    }

    /// Finds other parents for orphans; those that find none leave their tree, and their children
    /// are orphans.
    fn adopt_orphans(&mut self) {
        self.path += 1;
        self.adoption += 1;
        while let Some(node) = self.orphans.pop_front() {
            match self.other_parent(node) {
                Some(parent) => {
                    self.is_orphan[node as usize] = false;
                    self.parent[node as usize] = parent;
                    self.attached[node as usize] = self.path;
                    self.adoption += 1;
                    // Those just freed often hang together by way of this node.
                    if self.loose > 0 && self.regrowth > 0 {
                        self.regrow(node);
                    }
                }
                None => self.free(node),
            }
        }
        while let Some(node) = self.freed.pop() {
            if self.tree[node as usize] == Tree::Neither {
                self.rejoin(node);
            }
        }
        self.loose = 0;
    }

    fn other_parent(&mut self, node: u32) -> Option<Link> {
        let tree = self.tree[node as usize];
        let link = self.parent[node as usize];
        if link.node != NO_NODE && self.still_parent(node, tree, link) {
            return Some(link);
        }
        let ends = self.parts.graph.end_count(node);
        for number in 0..ends {
            let end = self.parts.graph.end(node, number);
            if self.tree[end.node as usize] == tree
                && let Some((residual, 0)) = self.rootward(tree, node, end)
                && self.hangs_on_root(end.node)
            {
                self.work += u64::from(number + 1);
                return Some(Link { node: end.node, arc: residual.arc, orientation: residual.orientation });
            }
        }
        self.work += u64::from(ends);
        None
    }

    /// Whether the parent that a node had can be its parent still.
    fn still_parent(&mut self, node: u32, tree: Tree, link: Link) -> bool {
        let Some(residual) = self.parts.graph.residual(link.arc, link.orientation) else { return false };
        let (from, to) = if tree == Tree::Need { (node, link.node) } else { (link.node, node) };
        self.tree[link.node as usize] == tree && self.reduced_cost(from, to, residual.cost) == 0 && self.hangs_on_root(link.node)
    }

    /// Whether a node's parents lead to a root, and not to an orphan.
    fn hangs_on_root(&mut self, node: u32) -> bool {
        let mut at = node;
        let hangs = loop {
            if self.attached[at as usize] == self.path {
                break true;
            }
            if self.is_orphan[at as usize] || self.detached[at as usize] == self.adoption {
                break false;
            }
            match self.parent[at as usize].node {
                NO_NODE => break true,
                parent => at = parent,
            }
        };
        let (last, mut at) = (at, node);
        loop {
            self.work += 1;
            match hangs {
                true => self.attached[at as usize] = self.path,
                false => self.detached[at as usize] = self.adoption,
            }
            if at == last {
                return hangs;
            }
            at = self.parent[at as usize].node;
        }
    }

    /// Takes an orphan out of its tree.
    fn free(&mut self, node: u32) {
        let tree = std::mem::replace(&mut self.tree[node as usize], Tree::Neither);
        self.is_orphan[node as usize] = false;
        if tree == Tree::Need {
            self.parts.price[node as usize] -= self.rise;
        }
        let ends = self.parts.graph.end_count(node);
        self.work += u64::from(ends);
        self.regrowth += REGROWTH_FOR_FREEING * u64::from(ends);
        for number in 0..ends {
            let other = self.parts.graph.end(node, number).node;
            if self.tree[other as usize] == tree && self.parent[other as usize].node == node {
                self.add_orphan(other);
            }
        }
        self.freed.push(node);
        self.loose += 1;
    }

    /// Grows a tree from a node as far as nodes in neither tree reach.
    fn regrow(&mut self, node: u32) {
        let tree = self.tree[node as usize];
        let mut stack = vec![node];
        while let Some(node) = stack.pop() {
            let ends = self.parts.graph.end_count(node);
            self.work += u64::from(ends);
            self.regrowth = self.regrowth.saturating_sub(u64::from(ends));
            for number in 0..ends {
                let end = self.parts.graph.end(node, number);
                if self.tree[end.node as usize] == Tree::Neither
                    && let Some((residual, 0)) = self.inward(tree, node, end)
                {
                    self.attach(end.node, tree, Link { node, arc: residual.arc, orientation: residual.orientation });
                    stack.push(end.node);
                }
            }
        }
    }

    /// Puts a freed node into a tree that it touches, or takes note of when it will.
    fn rejoin(&mut self, node: u32) {
        if let Some((reduced, end, residual)) = self.nearest_need(node) {
            if reduced == 0 {
                return self.attach(node, Tree::Need, Link { node: end, arc: residual.arc, orientation: residual.orientation });
            }
            self.note_rise(node, self.rise + reduced);
        }
        let ends = self.parts.graph.end_count(node);
        self.work += u64::from(ends);
        for end in (0..ends).map(|number| self.parts.graph.end(node, number)) {
            if self.tree[end.node as usize] == Tree::Excess
                && let Some((residual, 0)) = self.residual_into(node, end)
            {
                return self.attach(node, Tree::Excess, Link { node: end.node, arc: residual.arc, orientation: residual.orientation });
            }
        }
    }
}
