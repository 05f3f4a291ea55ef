//! Stickiness: of all plans that are balanced best, one that keeps the most claims, with the prices that prove it.
//!
//! The levels leave every balanced plan as a flow on *tight* arcs, from classes to followers of the class's own level. A member of level l takes exactly
//! l + 1 units, one of which may be a *blank*: each level has as many blanks as its members have loads of l. A unit that stays with its
//! claimant is free, a unit to anybody else costs one.

use super::flow::Flow;
use super::graph::{GraphBuilder, Units};
use super::levels::Levels;
use super::network::{NONE, Network};
use super::spread::{Vessel, pour};

/// The numbers of nodes: classes, then one hub for each shape that several members have, then members, then the blanks of each level.
///
/// A hub stands for "some member of this shape, which one is decided later": it saves an arc from every class to every member.
#[derive(Debug)]
pub(super) struct Nodes {
    pub(super) classes: usize,
    pub(super) hubs: usize,
    pub(super) members: usize,
    /// The node of each shape: its only member, or its hub.
    pub(super) of_shape: Vec<u32>,
    /// Whether each member is the only one of its shape.
    single: Vec<bool>,
    /// The distinct levels, ascending, each with a node for its blanks.
    levels: Vec<u32>,
}

impl Nodes {
    fn of(network: &Network, levels: &Levels) -> Self {
        let classes = network.topics.len();
        let wide = |shape: usize| network.members_of.row(shape).len() > 1;
        let hubs = (0..network.shapes.len()).filter(|&shape| wide(shape)).count();
        let mut next_hub = classes as u32;
        let of_shape = (0..network.shapes.len())
            .map(|shape| match (wide(shape), network.members_of.row(shape)) {
                (true, _) => {
                    next_hub += 1;
                    next_hub - 1
                }
                (false, &[member]) => (classes + hubs) as u32 + member,
                (false, _) => NONE,
            })
            .collect();
        let mut distinct = levels.shapes.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let single = network.shape_of.iter().map(|&shape| !wide(shape as usize)).collect();
        Self { classes, hubs, members: network.members.len(), of_shape, single, levels: distinct }
    }

    pub(super) fn member(&self, member: usize) -> usize {
        self.classes + self.hubs + member
    }

    /// The member of a node that is one.
    pub(super) fn as_member(&self, node: u32) -> Option<usize> {
        let first = self.classes + self.hubs;
        (node as usize).checked_sub(first).filter(|&member| member < self.members)
    }

    fn first_blank(&self) -> usize {
        self.classes + self.hubs + self.members
    }

    pub(super) fn blanks_of(&self, level: u32) -> usize {
        self.first_blank() + self.levels.partition_point(|&other| other < level)
    }

    fn count(&self) -> usize {
        self.first_blank() + self.levels.len()
    }
}

/// A flow that keeps the most claims.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) flow: Flow,
    pub(super) nodes: Nodes,
}

/// Decides how many partitions of each class every member keeps, and how many it or its hub takes from others.
pub(super) fn decide(network: &Network, owners: &[u32], levels: &Levels) -> Decision {
    let nodes = Nodes::of(network, levels);
    let builder = class_arcs(network, owners, levels, &nodes);
    let kept = keep(network, levels, &nodes, other_arcs(network, levels, &nodes, builder));
    let filled = fill(kept, network, &nodes);
    Decision { flow: perform_reassignments(filled), nodes }
}

/// The arcs of classes: to followers of the class's level, each as wide for free as its member's claims.
fn class_arcs(network: &Network, owners: &[u32], levels: &Levels, nodes: &Nodes) -> GraphBuilder {
    let mut builder = GraphBuilder::new();
    let mut arc_of = vec![NONE; network.members.len()];
    let mut tight = vec![NONE; network.shapes.len()];
    for class in 0..network.topics.len() {
        let first = builder.next_arc();
        for &shape in network.followers.row(class) {
            if levels.shapes[shape as usize] == levels.classes[class] {
                tight[shape as usize] = class as u32;
                if let &[member] = network.members_of.row(shape as usize) {
                    arc_of[member as usize] = builder.next_arc();
                }
                builder.arc(nodes.of_shape[shape as usize], Units { flow: 0, free: 0 });
            }
        }
        for &owner in owners[network.slots_of(class)].iter().filter(|owner| **owner != NONE) {
            let arc = &mut arc_of[owner as usize];
            let known = *arc != NONE && *arc >= first;
            if !known && tight[network.shape_of[owner as usize] as usize] != class as u32 {
                continue;
            }
            if !known {
                *arc = builder.next_arc();
                builder.arc(nodes.member(owner as usize) as u32, Units { flow: 0, free: 0 });
            }
            let units = builder.units(*arc);
            *units = Units { flow: units.flow + 1, free: units.free + 1 };
        }
        builder.end_node();
    }
    builder
}

/// The arcs from hubs to their members, and from blanks to the members of their level.
fn other_arcs(network: &Network, levels: &Levels, nodes: &Nodes, mut builder: GraphBuilder) -> GraphBuilder {
    for members in network.members_of.iter().filter(|members| members.len() > 1) {
        for &member in members {
            builder.arc(nodes.member(member as usize) as u32, Units { flow: 0, free: NONE });
        }
        builder.end_node();
    }
    (0..nodes.members).for_each(|_| builder.end_node());
    for &level in &nodes.levels {
        for (shape, _) in levels.shapes.iter().enumerate().filter(|(_, other)| **other == level) {
            for &member in network.members_of.row(shape) {
                builder.arc(nodes.member(member as usize) as u32, Units { flow: 0, free: 1 });
            }
        }
        builder.end_node();
    }
    builder
}

/// The flow in which every claim on a tight arc stands, at prices that allow it: a partition of any class costs one.
fn keep(network: &Network, levels: &Levels, nodes: &Nodes, builder: GraphBuilder) -> Flow {
    let graph = builder.finish(nodes.count(), nodes.first_blank());
    let mut load = vec![0_u32; nodes.count()];
    let mut excess = vec![0; nodes.count()];
    let mut need = vec![0; nodes.count()];
    let mut price = vec![0; nodes.count()];
    let mut supply_of_level = vec![0_i64; nodes.levels.len()];
    for class in 0..nodes.classes {
        price[class] = 1;
        excess[class] = network.supply(class);
        supply_of_level[nodes.blanks_of(levels.classes[class]) - nodes.first_blank()] += i64::from(network.supply(class));
        for arc in graph.arcs_from(class) {
            load[graph.head(arc) as usize] += graph.units(arc).flow;
            excess[class] -= graph.units(arc).flow;
        }
    }
    for member in 0..nodes.members {
        let (node, seats) = (nodes.member(member), levels.shapes[network.shape_of[member] as usize] + 1);
        excess[node] = load[node].saturating_sub(seats);
        need[node] = seats.saturating_sub(load[node]);
    }
    Flow::new(graph, excess, need, price).with_blanks(levels, nodes, &supply_of_level, network)
}

impl Flow {
    /// The flow with each level's blanks, handed first to the members that lack the least.
    fn with_blanks(mut self, levels: &Levels, nodes: &Nodes, supply: &[i64], network: &Network) -> Self {
        let seats = |member: usize| levels.shapes[network.shape_of[member] as usize] + 1;
        let mut seats_of_level = vec![0_i64; nodes.levels.len()];
        for member in 0..nodes.members {
            seats_of_level[nodes.blanks_of(seats(member) - 1) - nodes.first_blank()] += i64::from(seats(member));
        }
        for (place, (seats, supply)) in seats_of_level.into_iter().zip(supply).enumerate() {
            let blanks = nodes.first_blank() + place;
            self.excess[blanks] = (seats - supply) as u32;
            let mut arcs: Vec<usize> = self.graph.arcs_from(blanks).collect();
            arcs.sort_by_key(|&arc| self.need[self.graph.head(arc) as usize]);
            let lacking = |arc: &usize| self.need[self.graph.head(*arc) as usize] > 0;
            let lacking: Vec<usize> = arcs.into_iter().filter(lacking).take(self.excess[blanks] as usize).collect();
            for arc in lacking {
                self.graph.set_flow(arc, 1);
                self.need[self.graph.head(arc) as usize] -= 1;
                self.excess[blanks] -= 1;
            }
        }
        self
    }
}

/// The flow with free partitions poured over followers that lack some, those first that have the fewest of the class.
/// It costs one for each, as it must.
fn fill(mut flow: Flow, network: &Network, nodes: &Nodes) -> Flow {
    let node_of = |member: usize| nodes.of_shape[network.shape_of[member] as usize] as usize;
    let mut lack = vec![0; nodes.first_blank()];
    let mut width = vec![0; nodes.first_blank()];
    for member in 0..nodes.members {
        lack[node_of(member)] += flow.need[nodes.member(member)];
        width[node_of(member)] += 1;
    }
    let mut content = vec![0; nodes.first_blank()];
    for class in 0..nodes.classes {
        if flow.excess[class] == 0 {
            continue;
        }
        let end = |arc: usize| match nodes.as_member(flow.graph.head(arc)) {
            Some(member) => node_of(member),
            None => flow.graph.head(arc) as usize,
        };
        let arcs = flow.graph.arcs_from(class);
        arcs.clone().for_each(|arc| content[end(arc)] += flow.graph.units(arc).flow);
        let open: Vec<usize> = arcs.clone().filter(|&arc| lack[flow.graph.head(arc) as usize] > 0).collect();
        let vessel = |&arc: &usize| {
            let node = flow.graph.head(arc) as usize;
            Vessel { width: width[node], content: content[node], room: lack[node] }
        };
        let taken = pour(flow.excess[class], &open.iter().map(vessel).collect::<Vec<_>>());
        arcs.for_each(|arc| content[end(arc)] = 0);
        for (arc, more) in open.into_iter().zip(taken) {
            flow.excess[class] -= more;
            lack[flow.graph.head(arc) as usize] -= more;
            flow.graph.set_flow(arc, flow.graph.units(arc).flow + more);
        }
    }
    meet_needs(flow, nodes, &lack)
}

/// The flow with what was poured counted towards the needs of members, through their hubs where they have one.
fn meet_needs(mut flow: Flow, nodes: &Nodes, lack: &[u32]) -> Flow {
    for hub in nodes.classes..nodes.classes + nodes.hubs {
        let needs: u32 = flow.graph.arcs_from(hub).map(|arc| flow.need[flow.graph.head(arc) as usize]).sum();
        let mut left = needs - lack[hub];
        for arc in flow.graph.arcs_from(hub) {
            let need = &mut flow.need[flow.graph.head(arc) as usize];
            let met = left.min(*need);
            *need -= met;
            left -= met;
            flow.graph.set_flow(arc, met);
        }
    }
    for member in (0..nodes.members).filter(|&member| nodes.single[member]) {
        flow.need[nodes.member(member)] = lack[nodes.member(member)];
    }
    flow
}

/// The flow after every improving path: what is left over goes where it is missing, each along a path that moves the fewest.
fn perform_reassignments(flow: Flow) -> Flow {
    flow.settle()
}
