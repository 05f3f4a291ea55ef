//! Least-cost flow from excess to need, by the primal-dual method.
//!
//! A search backward from the needs raises *prices*: the price of a node is the least cost at which
//! a unit of excess there reaches a need. Under prices no residual arc has a negative reduced cost,
//! so units sent along arcs of reduced cost zero cost the least, and when the last excess is gone
//! the prices prove it. Many units are sent at once, along labels that fall with every arc (a
//! blocking flow; Dinic 1970).
//!
//! Each phase of that looks at about all arcs, so it is bad where every path has another length.
//! When the phases have looked at many more arcs than there are, they take turns with the [search
//! trees](super::search_trees), which are good there: each in turn has twice the budget that it had
//! before, four times if it sent more than the other did for its work. So both together take little
//! longer than the better one of them would alone.

use crate::flow::graph::{Graph, Residual, UNLIMITED, Visit};
use crate::flow::search_trees::{self, FlowParts, PathKind, SendingStatus};

/// How often phases look at each arc and node before search trees have their turn. Ordinary groups
/// are settled before.
const LOOKS_BEFORE_TREES: u64 = 32;

/// Flows on more arcs than these are not checked against the other method in debug builds.
const MOST_ARCS_CHECKED: usize = 1 << 12;

/// The label of a node from which no need is reached.
const NO_LABEL: u32 = u32::MAX;

/// The cursor of a node none of whose arcs leads on.
const NO_ARC_LEFT: u32 = u32::MAX;

/// A flow on its way: what is left over where, what is missing where, and the prices so far.
#[derive(Clone, Debug)]
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
    /// How many ends of arcs were looked at, about.
    work: u64,
}

impl Flow {
    /// A flow at these prices, under which no residual arc may have a negative reduced cost.
    pub(crate) fn new(graph: Graph, excess: Vec<u32>, need: Vec<u32>, price: Vec<i32>) -> Self {
        let nodes = graph.node_count();
        Self { graph, excess, need, price, label: vec![NO_LABEL; nodes], cursor: vec![0; nodes], queue: Vec::new(), work: 0 }
    }

    /// Sends all excess to needs at the least cost. Excess that can reach no need stays.
    pub(crate) fn settle(self) -> Self {
        self.sending(PathKind::OfAnyCost, LOOKS_BEFORE_TREES)
    }

    /// Sends as much excess to needs as arcs of reduced cost zero carry; afterwards the labels say
    /// what [`reaches_need`](Self::reaches_need).
    pub(crate) fn send_at_zero_cost(self) -> Self {
        self.sending(PathKind::OfZeroCost, LOOKS_BEFORE_TREES)
    }

    /// Sends excess to needs, by phases and search trees in turns.
    fn sending(mut self, paths: PathKind, looks: u64) -> Self {
        let start = (cfg!(debug_assertions) && self.graph.arc_count() <= MOST_ARCS_CHECKED).then(|| self.clone());
        let mut budgets = [looks * (self.graph.arc_count() + self.graph.node_count()) as u64; 2];
        let mut left = self.left();
        while self.send_in_phases(paths, budgets[0]) == SendingStatus::Exhausted {
            let by_phases = left - self.left();
            left -= by_phases;
            if self.send_along_trees(paths, budgets[1]) == SendingStatus::Settled {
                // What the last phase finds is that there is no path, and who has one to a need.
                budgets[0] = u64::MAX;
                continue;
            }
            let by_trees = left - self.left();
            left -= by_trees;
            let are_trees_better = u128::from(by_trees) * u128::from(budgets[0]) > u128::from(by_phases) * u128::from(budgets[1]);
            let growth = if are_trees_better { [2, 4] } else { [4, 2] };
            budgets = [0, 1].map(|method| budgets[method].max(1).saturating_mul(growth[method]));
        }
        debug_assert_eq!(start.map_or(Ok(()), |start| start.check_trees(paths, &self)), Ok(()));
        self
    }

    fn send_along_trees(&mut self, paths: PathKind, budget: u64) -> SendingStatus {
        let Self { graph, excess, need, price, .. } = self;
        search_trees::send(FlowParts { graph, excess, need, price }, paths, budget)
    }

    /// What search trees alone, and in the shortest turns with phases, make other than was made
    /// here of the same flow: a check in debug builds, which ordinary groups would not bring about.
    fn check_trees(self, paths: PathKind, settled: &Self) -> Result<(), String> {
        let mut alone = self.clone();
        alone.send_along_trees(paths, u64::MAX);
        let mut turns = self;
        while turns.send_along_trees(paths, 0) == SendingStatus::Exhausted && turns.send_in_phases(paths, 0) == SendingStatus::Exhausted {}
        for flow in [&alone, &turns, settled] {
            flow.check()?;
            let (cost, left) = flow.figures();
            // Where some excess stays, which of it does is open, and so is what the rest costs,
            // unless nothing does.
            let is_cost_open = left > 0 && paths == PathKind::OfAnyCost;
            if left != settled.left() || (!is_cost_open && cost != settled.figures().0) {
                return Err(format!("trees cost and leave {:?}, phases {:?}", flow.figures(), settled.figures()));
            }
        }
        Ok(())
    }

    /// What it costs, and how much excess is left.
    fn figures(&self) -> (u64, u64) {
        let units = (0..self.graph.arc_count()).map(|arc| self.graph.units(arc));
        (units.map(|units| u64::from(units.flow.saturating_sub(units.free))).sum(), self.left())
    }

    /// How much excess is left.
    fn left(&self) -> u64 {
        self.excess.iter().map(|&excess| u64::from(excess)).sum()
    }

    /// The first residual arc that costs less than nothing at the prices.
    fn check(&self) -> Result<(), String> {
        for node in 0..self.graph.node_count() as u32 {
            for residual in (0..self.graph.end_count(node)).filter_map(|number| self.graph.residual_to(self.graph.end(node, number))) {
                if residual.cost + self.price[residual.node as usize] < self.price[node as usize] {
                    return Err(format!("{residual:?} from {node} costs less than nothing"));
                }
            }
        }
        Ok(())
    }

    /// Sends excess to needs phase by phase, until about as many ends of arcs as the budget says
    /// were looked at.
    fn send_in_phases(&mut self, paths: PathKind, budget: u64) -> SendingStatus {
        self.work = 0;
        while paths == PathKind::OfZeroCost || self.excess.iter().any(|&excess| excess > 0) {
            if self.work > budget {
                return SendingStatus::Exhausted;
            }
            if self.label_nodes() {
                self.send_along_labels();
            } else if paths == PathKind::OfZeroCost || !self.raise_prices() {
                break;
            }
        }
        SendingStatus::Settled
    }

    /// Whether the last search found a way from this node to a need.
    pub(crate) fn reaches_need(&self, node: usize) -> bool {
        self.label[node] != NO_LABEL
    }

    /// From which nodes there is a way to a need, whatever it costs. Linear in arcs.
    pub(crate) fn reaching_need(&self) -> Vec<bool> {
        let mut search = Reaching { reaches: self.need.iter().map(|&need| need > 0).collect(), queue: Vec::new() };
        search.queue.extend((0..self.need.len() as u32).filter(|&node| self.need[node as usize] > 0));
        while let Some(node) = search.queue.pop() {
            self.graph.each_into(node, &mut search);
        }
        search.reaches
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
            self.work += u64::from(self.graph.end_count(node));
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
        self.work += path.len() as u64;
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
                    self.work += u64::from(self.graph.end_count(node));
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

/// A search backward from the needs over all residual arcs.
struct Reaching {
    reaches: Vec<bool>,
    queue: Vec<u32>,
}

impl Visit for Reaching {
    fn wants(&self, node: u32) -> bool {
        !self.reaches[node as usize]
    }

    fn visit(&mut self, node: u32, _: i32) {
        self.reaches[node as usize] = true;
        self.queue.push(node);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::graph::{ArcUnits, GraphBuilder};
    use proptest::prelude::*;

    /// A graph from classes to members and slack units to members, with what is over and lacks.
    #[derive(Clone, Debug)]
    struct Drawn {
        arcs: Vec<(u8, u8, u8, u8)>,
        excess: Vec<u8>,
        need: Vec<u8>,
        strict: u8,
    }

    const NODES: u8 = 9;

    /// Arcs between any nodes; what flows is at most what is free, so that nothing costs yet.
    fn drawn() -> impl Strategy<Value = Drawn> {
        let arc = (0..NODES, 0..NODES, 0..4_u8, 0..4_u8).prop_map(|(tail, head, flow, more)| (tail, head, flow, flow + more));
        let amounts = || prop::collection::vec(prop_oneof![2 => Just(0), 1 => 1..9_u8], usize::from(NODES));
        let arcs = prop::collection::vec(arc, 0..60);
        (arcs, amounts(), amounts(), 0..=NODES).prop_map(|(arcs, excess, need, strict)| Drawn { arcs, excess, need, strict })
    }

    fn flow(drawn: &Drawn) -> Flow {
        let mut builder = GraphBuilder::new();
        for node in 0..NODES {
            for &(_, head, flow, free) in drawn.arcs.iter().filter(|(tail, head, ..)| *tail == node && *head != node) {
                builder.arc(head.into(), ArcUnits { flow: flow.into(), free: free.into() });
            }
            builder.end_node();
        }
        let graph = builder.finish(NODES.into(), drawn.strict.into());
        let amounts = |amounts: &[u8]| amounts.iter().map(|&amount| amount.into()).collect::<Vec<u32>>();
        let need = amounts(&drawn.need);
        let excess = amounts(&drawn.excess).iter().zip(&need).map(|(&excess, &need)| if need > 0 { 0 } else { excess }).collect();
        Flow::new(graph, excess, need, vec![0; NODES.into()])
    }

    /// By how much more comes into each node than leaves it.
    fn balance(flow: &Flow) -> Vec<i64> {
        let mut balance: Vec<i64> =
            flow.excess.iter().zip(&flow.need).map(|(&excess, &need)| i64::from(excess) - i64::from(need)).collect();
        for node in 0..usize::from(NODES) {
            for arc in flow.graph.arcs_from(node) {
                balance[node] += i64::from(flow.graph.units(arc).flow);
                balance[flow.graph.head(arc) as usize] -= i64::from(flow.graph.units(arc).flow);
            }
        }
        balance
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn search_trees_settle_as_phases_do(drawn in drawn(), any_cost in any::<bool>(), budget in prop_oneof![Just(u64::MAX), 0..400_u64]) {
            let paths = if any_cost { PathKind::OfAnyCost } else { PathKind::OfZeroCost };
            let mut phases = flow(&drawn);
            prop_assert_eq!(phases.send_in_phases(paths, u64::MAX), SendingStatus::Settled);
            let mut trees = flow(&drawn);
            let ended = trees.send_along_trees(paths, budget);
            prop_assert_eq!(trees.check(), Ok(()));
            prop_assert_eq!(balance(&trees), balance(&phases));
            if ended == SendingStatus::Settled {
                prop_assert_eq!(trees.figures(), phases.figures());
            }
            prop_assert_eq!(trees.send_in_phases(paths, u64::MAX), SendingStatus::Settled);
            prop_assert_eq!(trees.figures(), phases.figures());
            if paths == PathKind::OfZeroCost {
                prop_assert!((0..NODES.into()).all(|node| trees.reaches_need(node) == phases.reaches_need(node)));
            }
        }

        #[test]
        fn turns_of_any_length_settle_the_same(drawn in drawn(), looks in 0..3_u64) {
            let (turns, phases) = (flow(&drawn).sending(PathKind::OfAnyCost, looks), flow(&drawn).settle());
            prop_assert_eq!(turns.figures(), phases.figures());
            prop_assert_eq!(balance(&turns), balance(&phases));
            prop_assert_eq!(turns.check(), Ok(()));
        }
    }
}
