//! The network merged: classes that the same shapes subscribe to are one merged class, members that
//! subscribe alike one shape.

use std::collections::BTreeMap;

use crate::balance::holdings::Holdings;
use crate::flow::csr::Csr;
use crate::flow::graph::{ArcUnits, Graph, GraphBuilder, UNLIMITED};
use crate::flow::water_fill::{Bin, fill_bins};
use crate::network::{NONE, Network};

/// Shapes, and *merged classes*: each all classes that the same shapes subscribe to. With how much
/// of each merged class each shape reads.
pub(crate) struct MergedNetwork {
    /// The shapes that subscribe to each merged class.
    subscribers: Csr,
    supply: Vec<u32>,
    /// The members of each shape.
    width: Vec<u32>,
    load: Vec<u32>,
    /// For each merged class, what each of its subscribers reads of it.
    reads: Vec<Vec<u32>>,
}

/// Some classes, and the shapes that read them and nothing else.
pub(crate) struct NetworkPart {
    pub(crate) classes: Vec<u32>,
    pub(crate) shapes: Vec<u32>,
}

impl NetworkPart {
    /// How many nodes its graph has: its classes, then its shapes.
    pub(crate) fn node_count(&self) -> usize {
        self.classes.len() + self.shapes.len()
    }

    /// What some nodes of its graph stand for.
    pub(crate) fn of_nodes(&self, wanted: impl Fn(usize) -> bool) -> Self {
        let (classes, shapes) = (self.classes.iter().enumerate(), (self.classes.len()..).zip(&self.shapes));
        Self {
            classes: classes.filter(|(node, _)| wanted(*node)).map(|(_, &merged_class)| merged_class).collect(),
            shapes: shapes.filter(|(node, _)| wanted(*node)).map(|(_, &shape)| shape).collect(),
        }
    }
}

impl MergedNetwork {
    /// The merged network, shapes reading what their members claim.
    pub(crate) fn of(network: &Network, holdings: &Holdings) -> Self {
        let (merged_class_of, subscribers) = merge_classes(network);
        let mut supply = vec![0; subscribers.len()];
        let mut reads: Vec<Vec<u32>> = subscribers.iter().map(|row| vec![0; row.len()]).collect();
        for (class, &merged_class) in merged_class_of.iter().enumerate() {
            supply[merged_class as usize] += network.supply(class);
            reads[merged_class as usize].iter_mut().zip(holdings.of_class(class)).for_each(|(read, held)| *read += held);
        }
        let mut load = vec![0; network.shapes.len()];
        for (row, reads) in subscribers.iter().zip(&reads) {
            row.iter().zip(reads).for_each(|(&shape, read)| load[shape as usize] += read);
        }
        let width = network.members_of.iter().map(|members| members.len() as u32).collect();
        Self { subscribers, supply, width, load, reads }
    }

    /// The network with what nobody claims dealt to the subscribers with the lowest loads; classes
    /// with few subscribers first, as they have little choice.
    pub(crate) fn filled(mut self) -> Self {
        let mut order = self.all_classes();
        order.sort_by_key(|&merged_class| self.subscribers.row(merged_class as usize).len());
        for merged_class in order {
            let merged_class = merged_class as usize;
            let free = self.supply[merged_class] - self.reads[merged_class].iter().sum::<u32>();
            let row = self.subscribers.row(merged_class);
            let bin = |&shape: &u32| Bin { width: self.width[shape as usize], content: self.load[shape as usize], room: UNLIMITED };
            let bins: Vec<Bin> = row.iter().map(bin).collect();
            for ((&shape, read), more) in row.iter().zip(&mut self.reads[merged_class]).zip(fill_bins(free, &bins).taken) {
                *read += more;
                self.load[shape as usize] += more;
            }
        }
        self
    }

    pub(crate) fn all_classes(&self) -> Vec<u32> {
        (0..self.supply.len() as u32).collect()
    }

    /// The shapes that subscribe to anything; the others have no load, and level 0.
    pub(crate) fn all_shapes(&self) -> Vec<u32> {
        let mut subscribes = vec![false; self.width.len()];
        self.subscribers.iter().flatten().for_each(|&shape| subscribes[shape as usize] = true);
        (0..self.width.len() as u32).filter(|&shape| subscribes[shape as usize]).collect()
    }

    /// What the part's classes have for each member of its shapes, rounded down.
    pub(crate) fn mean(&self, part: &NetworkPart) -> u32 {
        let supply: u64 = part.classes.iter().map(|&merged_class| u64::from(self.supply[merged_class as usize])).sum();
        let width: u64 = part.shapes.iter().map(|&shape| u64::from(self.width[shape as usize])).sum();
        (supply / width) as u32
    }

    /// Whether the members of a shape can all have `level` or one more.
    pub(crate) fn is_at(&self, shape: u32, level: u32) -> bool {
        let (load, width) = (u64::from(self.load[shape as usize]), u64::from(self.width[shape as usize]));
        (u64::from(level) * width..=(u64::from(level) + 1) * width).contains(&load)
    }

    /// By how much the part's shapes are over and under a load for each of their members, as excess
    /// and need of its nodes.
    pub(crate) fn beyond(&self, part: &NetworkPart, each: u32) -> (Vec<u32>, Vec<u32>) {
        let load = |&shape: &u32| u64::from(self.load[shape as usize]);
        let bound = |&shape: &u32| u64::from(each) * u64::from(self.width[shape as usize]);
        let over = part.shapes.iter().map(|shape| load(shape).saturating_sub(bound(shape)) as u32);
        let under = part.shapes.iter().map(|shape| bound(shape).saturating_sub(load(shape)) as u32);
        let of_classes = || std::iter::repeat_n(0, part.classes.len());
        (of_classes().chain(over).collect(), of_classes().chain(under).collect())
    }

    /// The part as a graph in which nothing costs: its classes, then its shapes.
    pub(crate) fn graph(&self, part: &NetworkPart) -> Graph {
        let mut node_of = vec![NONE; self.width.len()];
        for (place, &shape) in part.shapes.iter().enumerate() {
            node_of[shape as usize] = (part.classes.len() + place) as u32;
        }
        let mut builder = GraphBuilder::new();
        for &merged_class in &part.classes {
            for (&shape, &flow) in self.subscribers.row(merged_class as usize).iter().zip(&self.reads[merged_class as usize]) {
                if node_of[shape as usize] != NONE {
                    builder.arc(node_of[shape as usize], ArcUnits { flow, free: UNLIMITED });
                }
            }
            builder.end_node();
        }
        builder.finish(part.node_count(), part.node_count())
    }

    /// The network, the part's shapes reading what flows in the part's graph.
    pub(crate) fn reading(mut self, part: &NetworkPart, graph: &Graph) -> Self {
        let mut within = vec![false; self.width.len()];
        for &shape in &part.shapes {
            within[shape as usize] = true;
            self.load[shape as usize] = 0;
        }
        for (node, &merged_class) in part.classes.iter().enumerate() {
            let row = self.subscribers.row(merged_class as usize).iter().zip(&mut self.reads[merged_class as usize]);
            for ((&shape, read), arc) in row.filter(|(shape, _)| within[**shape as usize]).zip(graph.arcs_from(node)) {
                *read = graph.units(arc).flow;
                self.load[shape as usize] += *read;
            }
        }
        self
    }
}

/// The merged class of each class, and the shapes that subscribe to each merged class.
fn merge_classes(network: &Network) -> (Vec<u32>, Csr) {
    let mut numbers: BTreeMap<&[u32], u32> = BTreeMap::new();
    let mut rows: Vec<Vec<u32>> = Vec::new();
    let mut merged_class_of = Vec::with_capacity(network.subscribers.len());
    for row in network.subscribers.iter() {
        let merged_class = *numbers.entry(row).or_insert_with(|| {
            rows.push(row.to_vec());
            rows.len() as u32 - 1
        });
        merged_class_of.push(merged_class);
    }
    (merged_class_of, Csr::new(rows))
}
