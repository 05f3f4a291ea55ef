//! Balance: the level of every shape, which describes all plans whose loads are as even as can be.
//!
//! A member of *level* l has l or l + 1 partitions in every best balanced plan, and a class is read only by
//! followers of the lowest level among its followers. So levels are prices: one more partition at a member of level l costs (l + 1)² − l² = 2l + 1
//! (decreasing minimisation; Harvey, Ladner, Lovász, Tamir 2006; Frank and Murota). They are found on merged nodes: members that
//! follow alike, and classes that are followed alike.

use std::collections::BTreeMap;

use super::flow::Flow;
use super::graph::{Graph, GraphBuilder, UNLIMITED, Units};
use super::holdings::Holdings;
use super::network::{NONE, Network};
use super::rows::Rows;
use super::spread::{Vessel, pour};

/// The levels of a network.
#[derive(Debug)]
pub(super) struct Levels {
    /// The level of each shape.
    pub(super) shapes: Vec<u32>,
    /// The level of each class: the lowest of its followers.
    pub(super) classes: Vec<u32>,
}

/// The levels of a network in which these claims stand.
///
/// Divide and conquer by the mean load: what a surplus cannot get rid of belongs to a higher level, what a shortage cannot make up for to a lower one,
/// and the rest is at the mean.
pub(super) fn levels(network: &Network, holdings: &Holdings) -> Levels {
    let mut merged = Merged::of(network, holdings).filled();
    let mut levels = vec![0; network.shapes.len()];
    let mut parts = vec![Part { groups: merged.all_groups(), shapes: merged.all_shapes() }];
    while let Some(part) = parts.pop() {
        if part.shapes.is_empty() {
            continue;
        }
        let split = merged.split(&part);
        split.middle.iter().for_each(|&shape| levels[shape as usize] = split.level);
        merged = split.merged;
        parts.extend(split.rest);
    }
    let lowest = |followers: &[u32]| followers.iter().map(|&shape| levels[shape as usize]).min().unwrap_or(0);
    Levels { classes: network.followers.iter().map(lowest).collect(), shapes: levels }
}

/// Groups of classes that the same shapes follow, and shapes; with how much of each group each shape reads.
struct Merged {
    /// The shapes that follow each group.
    followers: Rows,
    supply: Vec<u32>,
    /// The members of each shape.
    width: Vec<u32>,
    load: Vec<u32>,
    /// For each group, what each of its followers reads of it.
    reads: Vec<Vec<u32>>,
}

/// Some groups, and the shapes that read them and nothing else.
struct Part {
    groups: Vec<u32>,
    shapes: Vec<u32>,
}

/// A part after its split at the mean: the shapes at that level, and the parts above and below.
struct Split {
    merged: Merged,
    level: u32,
    middle: Vec<u32>,
    rest: Vec<Part>,
}

impl Merged {
    /// The merged network, shapes reading what their members claim.
    fn of(network: &Network, holdings: &Holdings) -> Self {
        let (group_of, followers) = merge_classes(network);
        let mut supply = vec![0; followers.len()];
        let mut reads: Vec<Vec<u32>> = followers.iter().map(|row| vec![0; row.len()]).collect();
        for (class, &group) in group_of.iter().enumerate() {
            supply[group as usize] += network.supply(class);
            reads[group as usize].iter_mut().zip(holdings.of_class(class)).for_each(|(read, held)| *read += held);
        }
        let mut load = vec![0; network.shapes.len()];
        for (row, reads) in followers.iter().zip(&reads) {
            row.iter().zip(reads).for_each(|(&shape, read)| load[shape as usize] += read);
        }
        let width = network.members_of.iter().map(|members| members.len() as u32).collect();
        Self { followers, supply, width, load, reads }
    }

    /// The network with what nobody claims poured over the followers with the lowest loads; groups with few followers first, as they have little choice.
    fn filled(mut self) -> Self {
        let mut order = self.all_groups();
        order.sort_by_key(|&group| self.followers.row(group as usize).len());
        for group in order {
            let group = group as usize;
            let free = self.supply[group] - self.reads[group].iter().sum::<u32>();
            let row = self.followers.row(group);
            let vessel = |&shape: &u32| Vessel { width: self.width[shape as usize], content: self.load[shape as usize], room: UNLIMITED };
            let vessels: Vec<Vessel> = row.iter().map(vessel).collect();
            for ((&shape, read), more) in row.iter().zip(&mut self.reads[group]).zip(pour(free, &vessels).taken) {
                *read += more;
                self.load[shape as usize] += more;
            }
        }
        self
    }

    fn all_groups(&self) -> Vec<u32> {
        (0..self.supply.len() as u32).collect()
    }

    /// The shapes that follow anything; the others have no load, and level 0.
    fn all_shapes(&self) -> Vec<u32> {
        let mut follows = vec![false; self.width.len()];
        self.followers.iter().flatten().for_each(|&shape| follows[shape as usize] = true);
        (0..self.width.len() as u32).filter(|&shape| follows[shape as usize]).collect()
    }

    fn split(mut self, part: &Part) -> Split {
        let supply: u64 = part.groups.iter().map(|&group| u64::from(self.supply[group as usize])).sum();
        let width: u64 = part.shapes.iter().map(|&shape| u64::from(self.width[shape as usize])).sum();
        let level = (supply / width) as u32;
        if part.shapes.iter().all(|&shape| self.is_at(shape, level)) {
            return Split { merged: self, level, middle: part.shapes.clone(), rest: Vec::new() };
        }
        let groups = part.groups.len();
        let node = |shape: usize| groups + shape;
        let bounds = |over: u32| part.shapes.iter().map(move |&shape| (shape as usize, over)).collect::<Vec<_>>();
        let nodes = groups + part.shapes.len();

        let (excess, need) = self.beyond(&bounds(level + 1), groups);
        let flow = Flow::new(self.graph(part), excess, need, vec![0; nodes]).send_at_zero_cost();
        let surplus = flow.excess.iter().any(|&excess| excess > 0);
        let above: Vec<bool> = (0..nodes).map(|node| surplus && !flow.reaches_need(node)).collect();
        self = self.reading(part, &flow.graph);

        let (mut excess, need) = self.beyond(&bounds(level), groups);
        above.iter().zip(&mut excess).filter(|(above, _)| **above).for_each(|(_, excess)| *excess = 0);
        let flow = Flow::new(flow.graph, excess, need, vec![0; nodes]).send_at_zero_cost();
        let below: Vec<bool> = (0..nodes).map(|node| flow.reaches_need(node)).collect();
        self = self.reading(part, &flow.graph);

        let of = |wanted: &dyn Fn(usize) -> bool| Part {
            groups: (0..groups).filter(|&group| wanted(group)).map(|group| part.groups[group]).collect(),
            shapes: (0..part.shapes.len()).filter(|&shape| wanted(node(shape))).map(|shape| part.shapes[shape]).collect(),
        };
        let middle = of(&|node| !above[node] && !below[node]).shapes;
        Split { merged: self, level, middle, rest: vec![of(&|node| above[node]), of(&|node| below[node])] }
    }

    /// Whether the members of a shape can all have `level` or one more.
    fn is_at(&self, shape: u32, level: u32) -> bool {
        let (load, width) = (u64::from(self.load[shape as usize]), u64::from(self.width[shape as usize]));
        (u64::from(level) * width..=(u64::from(level) + 1) * width).contains(&load)
    }

    /// By how much shapes are over and under a load for each of their members, as excess and need of nodes that follow the groups'.
    fn beyond(&self, shapes: &[(usize, u32)], groups: usize) -> (Vec<u32>, Vec<u32>) {
        let by = |&(shape, each): &(usize, u32)| (u64::from(self.load[shape]), u64::from(each) * u64::from(self.width[shape]));
        let over = shapes.iter().map(by).map(|(load, bound)| load.saturating_sub(bound) as u32);
        let under = shapes.iter().map(by).map(|(load, bound)| bound.saturating_sub(load) as u32);
        let nothing = || std::iter::repeat_n(0, groups);
        (nothing().chain(over).collect(), nothing().chain(under).collect())
    }

    /// The part as a graph in which nothing costs: its groups, then its shapes.
    fn graph(&self, part: &Part) -> Graph {
        let mut node_of = vec![NONE; self.width.len()];
        for (place, &shape) in part.shapes.iter().enumerate() {
            node_of[shape as usize] = (part.groups.len() + place) as u32;
        }
        let mut builder = GraphBuilder::new();
        for &group in &part.groups {
            for (&shape, &flow) in self.followers.row(group as usize).iter().zip(&self.reads[group as usize]) {
                if node_of[shape as usize] != NONE {
                    builder.arc(node_of[shape as usize], Units { flow, free: UNLIMITED });
                }
            }
            builder.end_node();
        }
        let nodes = part.groups.len() + part.shapes.len();
        builder.finish(nodes, nodes)
    }

    /// The network, the part's shapes reading what flows in the part's graph.
    fn reading(mut self, part: &Part, graph: &Graph) -> Self {
        let mut within = vec![false; self.width.len()];
        for &shape in &part.shapes {
            within[shape as usize] = true;
            self.load[shape as usize] = 0;
        }
        for (node, &group) in part.groups.iter().enumerate() {
            let row = self.followers.row(group as usize).iter().zip(&mut self.reads[group as usize]);
            for ((&shape, read), arc) in row.filter(|(shape, _)| within[**shape as usize]).zip(graph.arcs_from(node)) {
                *read = graph.units(arc).flow;
                self.load[shape as usize] += *read;
            }
        }
        self
    }
}

/// The group of each class, and the shapes that follow each group.
fn merge_classes(network: &Network) -> (Vec<u32>, Rows) {
    let mut numbers: BTreeMap<&[u32], u32> = BTreeMap::new();
    let mut rows: Vec<Vec<u32>> = Vec::new();
    let mut group_of = Vec::with_capacity(network.followers.len());
    for row in network.followers.iter() {
        let group = *numbers.entry(row).or_insert_with(|| {
            rows.push(row.to_vec());
            rows.len() as u32 - 1
        });
        group_of.push(group);
    }
    (group_of, Rows::new(rows))
}
