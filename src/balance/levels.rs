//! Balance: the level of every shape, which describes all plans whose loads are as even as can be.
//!
//! A member of *level* l has l or l + 1 partitions in every best balanced plan, and a class is read
//! only by subscribers of the lowest level among its subscribers. So levels are prices: one more
//! partition at a member of level l costs (l + 1)² − l² = 2l + 1 (decreasing minimisation; Harvey,
//! Ladner, Lovász, Tamir 2006; Frank and Murota). They are found on merged nodes: members that
//! subscribe alike, and classes that are subscribed to alike.

use crate::balance::holdings::Holdings;
use crate::balance::merged::{MergedNetwork, NetworkPart};
use crate::flow::graph::Graph;
use crate::flow::min_cost::Flow;
use crate::network::Network;

/// The levels of a network.
#[derive(Debug)]
pub(crate) struct Levels {
    /// The level of each shape.
    pub(crate) shapes: Vec<u32>,
    /// The level of each class: the lowest of its subscribers.
    pub(crate) classes: Vec<u32>,
    /// Which loads are left to the members of each shape.
    pub(crate) loads: Vec<LoadsLeft>,
}

impl Levels {
    /// Whether members of a shape may have some of a class in a balanced plan.
    pub(crate) fn is_tight(&self, class: usize, shape: u32) -> bool {
        self.shapes[shape as usize] == self.classes[class]
    }

    /// The shapes whose members may.
    pub(crate) fn tight_shapes<'n>(&'n self, network: &'n Network, class: usize) -> impl Iterator<Item = u32> + use<'n> {
        network.subscribers.row(class).iter().copied().filter(move |&shape| self.is_tight(class, shape))
    }
}

/// Which loads the goals so far leave to a member of some level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoadsLeft {
    /// Its level.
    Lower,
    /// Its level, or one more.
    Either,
    /// One more than its level.
    Upper,
}

/// The levels of a network in which these claims stand.
///
/// Divide and conquer by the mean load: what a surplus cannot get rid of belongs to a higher level,
/// what a shortage cannot make up for to a lower one, and the rest is at the mean.
pub(crate) fn levels(network: &Network, holdings: &Holdings) -> Levels {
    let mut merged = MergedNetwork::of(network, holdings).filled();
    let mut levels = vec![0; network.shapes.len()];
    let mut parts = vec![NetworkPart { classes: merged.all_classes(), shapes: merged.all_shapes() }];
    while let Some(part) = parts.pop() {
        if part.shapes.is_empty() {
            continue;
        }
        let split = merged.split(&part);
        split.middle.iter().for_each(|&shape| levels[shape as usize] = split.level);
        merged = split.merged;
        parts.extend(split.rest);
    }
    let lowest = |subscribers: &[u32]| subscribers.iter().map(|&shape| levels[shape as usize]).min().unwrap_or(0);
    let loads = vec![LoadsLeft::Either; levels.len()];
    Levels { classes: network.subscribers.iter().map(lowest).collect(), shapes: levels, loads }
}

/// A part after its split at the mean: the shapes at that level, and the parts above and below.
struct Split {
    merged: MergedNetwork,
    level: u32,
    middle: Vec<u32>,
    rest: Vec<NetworkPart>,
}

impl MergedNetwork {
    /// The part, split at its mean load.
    fn split(self, part: &NetworkPart) -> Split {
        let level = self.mean(part);
        if part.shapes.iter().all(|&shape| self.is_at(shape, level)) {
            return Split { merged: self, level, middle: part.shapes.clone(), rest: Vec::new() };
        }
        let (drained, graph, above) = self.drained_above(part, level + 1);
        let (merged, below) = drained.filled_below(part, level, graph, &above);
        let middle = part.of_nodes(|node| !above[node] && !below[node]).shapes;
        let rest = vec![part.of_nodes(|node| above[node]), part.of_nodes(|node| below[node])];
        Split { merged, level, middle, rest }
    }

    /// The network after members that have more than this load gave what they could to those that
    /// have less; its graph; and which nodes belong to a higher level: if some have more still, all
    /// that cannot give anything away.
    fn drained_above(self, part: &NetworkPart, load: u32) -> (Self, Graph, Vec<bool>) {
        let (excess, need) = self.beyond(part, load);
        let flow = sent(self.graph(part), excess, need);
        let surplus = flow.excess.iter().any(|&excess| excess > 0);
        let above = (0..part.node_count()).map(|node| surplus && !flow.reaches_need(node)).collect();
        (self.reading(part, &flow.graph), flow.graph, above)
    }

    /// The network after members that have less than this load got what others could give, those
    /// above aside; and which nodes belong to a lower level: all that could give to members that
    /// have less still.
    fn filled_below(self, part: &NetworkPart, load: u32, graph: Graph, above: &[bool]) -> (Self, Vec<bool>) {
        let (mut excess, need) = self.beyond(part, load);
        excess.iter_mut().zip(above).filter(|(_, above)| **above).for_each(|(excess, _)| *excess = 0);
        let flow = sent(graph, excess, need);
        let below = (0..part.node_count()).map(|node| flow.reaches_need(node)).collect();
        (self.reading(part, &flow.graph), below)
    }
}

/// What is over sent to where it lacks, as far as that goes.
fn sent(graph: Graph, excess: Vec<u32>, need: Vec<u32>) -> Flow {
    let price = vec![0; graph.node_count()];
    Flow::new(graph, excess, need, price).send_at_zero_cost()
}
