//! Stickiness: of all plans that are balanced best, one that keeps the most claims, with the prices
//! that prove it.
//!
//! The levels leave every balanced plan as a flow on *tight* arcs, from classes to subscribers of
//! the class's own level. A member of level l takes exactly l + 1 units, one of which may be a
//! *slack unit*: each level has as many slack units as its members have loads of l. A unit that
//! stays with its claimant is free, a unit to anybody else costs one.

use crate::balance::actors::ActorNodes;
use crate::balance::claims::ValidClaims;
use crate::balance::holdings::Holdings;
use crate::balance::levels::{Levels, LoadsLeft};
use crate::flow::graph::{ArcUnits, Graph, GraphBuilder, UNLIMITED};
use crate::flow::min_cost::Flow;
use crate::flow::water_fill::{Bin, fill_bins};
use crate::model::NO_OWNER;
use crate::network::Network;

/// A flow that keeps the most claims.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) flow: Flow,
    pub(crate) actors: ActorNodes,
}

/// Which nodes have, or would have, partitions that find no member with a seat for them.
#[derive(Debug)]
pub(crate) struct Stuck {
    pub(crate) classes: Vec<bool>,
    pub(crate) members: Vec<bool>,
    /// Of the slack units of each level, ascending by level.
    pub(crate) levels: Vec<(u32, bool)>,
}

impl Decision {
    /// What is stuck, where not every partition found a member.
    pub(crate) fn stuck(&self) -> Option<Stuck> {
        if self.flow.excess.iter().all(|&excess| excess == 0) {
            return None;
        }
        let reaches = self.flow.reaching_need();
        let members = self.actors.of_members().map(|actor| !reaches[self.actors.node(actor)]);
        let levels = self.actors.levels().iter().map(|&level| (level, !reaches[self.actors.slack_units(level)]));
        Some(Stuck {
            classes: self.actors.classes().map(|class| !reaches[class]).collect(),
            members: members.collect(),
            levels: levels.collect(),
        })
    }
}

/// Decides how many partitions of each class every actor keeps, and how many it or its hub takes
/// from others.
pub(crate) fn decide(network: &Network, resolved: &ValidClaims, holdings: &Holdings, levels: &Levels) -> Decision {
    let actors = ActorNodes::of(network, levels, &resolved.held);
    let graph = graph(network, &resolved.owners, holdings, levels, &actors);
    let filled = fill(keep(network, levels, &actors, graph), network, &actors);
    Decision { flow: perform_reassignments(filled), actors }
}

/// The arcs of a decision, each class's flowing as claimed.
fn graph(network: &Network, owners: &[u32], holdings: &Holdings, levels: &Levels, actors: &ActorNodes) -> Graph {
    let mut builder = GraphBuilder::new();
    let mut claimed = vec![0; actors.len()];
    let mut claiming: Vec<usize> = Vec::new();
    for class in 0..network.topics.len() {
        let subscribers = || network.subscribers.row(class).iter().copied().zip(holdings.of_class(class).iter().copied());
        let tight = || subscribers().filter(|&(shape, _)| levels.is_tight(class, shape));
        let shared = tight().any(|(shape, _)| actors.hub(shape).is_some());
        let owners = if shared { &owners[network.slots_of(class)] } else { &[] };
        let resolved = || owners.iter().copied().filter(|owner| *owner != NO_OWNER);
        claiming.clear();
        for actor in resolved().map(|owner| actors.of_member(owner)) {
            if claimed[actor] == 0 {
                claiming.push(actor);
            }
            claimed[actor] += 1;
        }
        // Of a class that few claim not all members need to be asked: they may be very many.
        let few = (claiming.len() < actors.len() / ACTORS_FOR_ONE_CLAIMING).then(|| {
            claiming.sort_unstable();
            &*claiming
        });
        for (shape, held) in tight() {
            match actors.hub(shape) {
                Some(hub) => shared_arcs(actors, shape, hub, (&claimed, few), &mut builder),
                None => builder.arc(actors.node(actors.of_shape(shape).start) as u32, ArcUnits { flow: held, free: held }),
            }
        }
        claiming.iter().for_each(|&actor| claimed[actor] = 0);
        builder.end_node();
    }
    hub_arcs(network, actors, &mut builder);
    slack_arcs(levels, actors, &mut builder);
    builder.finish(actors.node_count(), actors.first_slack())
}

/// Where fewer than one in so many actors claim any of a class, they are sorted instead of looked
/// for among all.
const ACTORS_FOR_ONE_CLAIMING: usize = 32;

/// Arcs to a shape of several actors: to its hub, and to each actor as much as that claims. Where
/// few claim any, those are given, ascending.
fn shared_arcs(actors: &ActorNodes, shape: u32, hub: usize, (claimed, few): (&[u32], Option<&[usize]>), builder: &mut GraphBuilder) {
    builder.arc(hub as u32, ArcUnits { flow: 0, free: 0 });
    let mut claim = |actor: usize| builder.arc(actors.node(actor) as u32, ArcUnits { flow: claimed[actor], free: claimed[actor] });
    let of_shape = actors.of_shape(shape);
    match few {
        Some(few) => {
            let first = few.partition_point(|&actor| actor < of_shape.start);
            few[first..].iter().copied().take_while(|&actor| actor < of_shape.end).for_each(&mut claim);
        }
        None => of_shape.filter(|&actor| claimed[actor] > 0).for_each(&mut claim),
    }
}

/// From a hub to the actors of its shape everything is free.
fn hub_arcs(network: &Network, actors: &ActorNodes, builder: &mut GraphBuilder) {
    for shape in (0..network.shapes.len() as u32).filter(|&shape| actors.hub(shape).is_some()) {
        actors.of_shape(shape).for_each(|actor| builder.arc(actors.node(actor) as u32, ArcUnits { flow: 0, free: UNLIMITED }));
        builder.end_node();
    }
}

/// From the slack units of a level to its actors, at most one for each member.
fn slack_arcs(levels: &Levels, actors: &ActorNodes, builder: &mut GraphBuilder) {
    (0..actors.len()).for_each(|_| builder.end_node());
    let mut of_level: Vec<Vec<usize>> = vec![Vec::new(); actors.levels().len()];
    for actor in 0..actors.len() {
        let shape = actors.shape(actor) as usize;
        if levels.loads[shape] == LoadsLeft::Either {
            of_level[actors.slack_units(levels.shapes[shape]) - actors.first_slack()].push(actor);
        }
    }
    for same in of_level {
        same.into_iter().for_each(|actor| builder.arc(actors.node(actor) as u32, ArcUnits { flow: 0, free: actors.width(actor) }));
        builder.end_node();
    }
}

/// The flow in which every claim on a tight arc stands, at prices that allow it: a partition of any
/// class costs one.
fn keep(network: &Network, levels: &Levels, actors: &ActorNodes, graph: Graph) -> Flow {
    let surplus = surplus(network, levels, actors, &graph);
    let excess = surplus.iter().map(|&surplus| surplus.max(0) as u32).collect();
    let need = surplus.iter().map(|&surplus| (-surplus).max(0) as u32).collect();
    let mut price = vec![0; actors.node_count()];
    price[actors.classes()].fill(1);
    allocate_slack(Flow::new(graph, excess, need, price), actors)
}

/// By how much each node has too many, below 0 where it has too few: classes the partitions that
/// nobody keeps, actors what they keep beyond their seats, and the slack units of a level the seats
/// that its classes leave empty.
fn surplus(network: &Network, levels: &Levels, actors: &ActorNodes, graph: &Graph) -> Vec<i64> {
    let mut surplus = vec![0; actors.node_count()];
    for class in actors.classes() {
        let supply = i64::from(network.supply(class));
        surplus[class] += supply;
        surplus[actors.slack_units(levels.classes[class])] -= supply;
        for arc in graph.arcs_from(class) {
            let kept = i64::from(graph.units(arc).flow);
            surplus[class] -= kept;
            surplus[graph.head(arc) as usize] += kept;
        }
    }
    for actor in 0..actors.len() {
        let shape = actors.shape(actor) as usize;
        let level = levels.shapes[shape];
        let of_each = if levels.loads[shape] == LoadsLeft::Lower { level } else { level + 1 };
        let seats = i64::from(of_each) * i64::from(actors.width(actor));
        surplus[actors.node(actor)] -= seats;
        surplus[actors.slack_units(level)] += seats;
    }
    surplus
}

/// The flow with each level's slack units allocated, first to the actors that lack the least for
/// each member.
fn allocate_slack(mut flow: Flow, actors: &ActorNodes) -> Flow {
    for node in actors.first_slack()..actors.node_count() {
        let mut arcs: Vec<(u32, usize)> = flow.graph.arcs_from(node).map(|arc| (flow.need[flow.graph.head(arc) as usize], arc)).collect();
        arcs.sort_by_key(|&(need, arc)| need / flow.graph.units(arc).free);
        for (need, arc) in arcs {
            let given = need.min(flow.graph.units(arc).free).min(flow.excess[node]);
            flow.graph.set_flow(arc, given);
            flow.need[flow.graph.head(arc) as usize] -= given;
            flow.excess[node] -= given;
        }
    }
    flow
}

/// How often the free partitions of a topic with several classes are dealt at most. Each class is
/// dealt by what others had then; dealt once more, it makes the topic more even.
const DEALS: usize = 4;

/// The flow with free partitions dealt to subscribers that lack some, those first that have the
/// fewest of the topic. It costs one for each, as it must.
fn fill(mut flow: Flow, network: &Network, actors: &ActorNodes) -> Flow {
    let mut takers = NodesThatLack::of(&flow, actors);
    let mut dealt: Vec<u32> = Vec::new();
    for topic in network.by_topic() {
        if flow.excess[topic.clone()].iter().all(|&excess| excess == 0) {
            continue;
        }
        let arcs = flow.graph.arcs_from(topic.start).start..flow.graph.arcs_from(topic.end - 1).end;
        arcs.clone().for_each(|arc| *takers.content_at(flow.graph.head(arc)) += flow.graph.units(arc).flow);
        dealt.clear();
        dealt.resize(arcs.len(), 0);
        for _ in 0..if topic.len() > 1 { DEALS } else { 1 } {
            let mut has_changed = false;
            for class in topic.clone() {
                let of_class = flow.graph.arcs_from(class);
                let dealt = &mut dealt[of_class.start - arcs.start..of_class.end - arcs.start];
                has_changed |= takers.deal(&mut flow, class, dealt);
            }
            if !has_changed {
                break;
            }
        }
        arcs.for_each(|arc| *takers.content_at(flow.graph.head(arc)) = 0);
    }
    pass_on(flow, actors, &takers.lack)
}

/// The nodes that free partitions are dealt to: hubs, and actors without one.
struct NodesThatLack {
    /// Where what flows to each node ends: at its hub, if it has one.
    ends: Vec<u32>,
    /// How many members each is.
    width: Vec<u32>,
    /// How many it has of a topic.
    content: Vec<u32>,
    /// How many it lacks, of whatever.
    lack: Vec<u32>,
}

impl NodesThatLack {
    fn of(flow: &Flow, actors: &ActorNodes) -> Self {
        let nothing = vec![0; actors.first_slack()];
        let hub_of = |node: u32| actors.at(node).and_then(|actor| actors.hub(actors.shape(actor))).map_or(node, |hub| hub as u32);
        let ends = (0..nothing.len() as u32).map(hub_of).collect();
        let mut takers = Self { ends, width: nothing.clone(), content: nothing.clone(), lack: nothing };
        for actor in 0..actors.len() {
            let node = actors.node(actor);
            let end = takers.end(node as u32);
            takers.lack[end] += flow.need[node];
            takers.width[end] += actors.width(actor);
        }
        takers
    }

    fn end(&self, node: u32) -> usize {
        self.ends[node as usize] as usize
    }

    fn content_at(&mut self, node: u32) -> &mut u32 {
        let end = self.end(node);
        &mut self.content[end]
    }

    /// Deals what a class has free, and what was dealt of it before; whether that changed anything.
    fn deal(&mut self, flow: &mut Flow, class: usize, dealt: &mut [u32]) -> bool {
        let arcs = flow.graph.arcs_from(class);
        let before = dealt.to_vec();
        for (arc, dealt) in arcs.clone().zip(dealt.iter_mut()).filter(|(_, dealt)| **dealt > 0) {
            self.pass(flow, (class, arc), -(std::mem::take(dealt) as i32));
        }
        let open: Vec<usize> = arcs.clone().filter(|&arc| self.lack[flow.graph.head(arc) as usize] > 0).collect();
        let bin = |&arc: &usize| {
            let node = flow.graph.head(arc) as usize;
            Bin { width: self.width[node], content: self.content[node], room: self.lack[node] }
        };
        let filled = fill_bins(flow.excess[class], &open.iter().map(bin).collect::<Vec<_>>());
        for (arc, more) in open.into_iter().zip(filled.taken) {
            self.pass(flow, (class, arc), more as i32);
            dealt[arc - arcs.start] = more;
        }
        before != dealt
    }

    /// Passes so many more of a class on through an arc.
    fn pass(&mut self, flow: &mut Flow, (class, arc): (usize, usize), more: i32) {
        let node = flow.graph.head(arc) as usize;
        flow.excess[class] = flow.excess[class].wrapping_add_signed(-more);
        self.lack[node] = self.lack[node].wrapping_add_signed(-more);
        self.content[node] = self.content[node].wrapping_add_signed(more);
        flow.graph.set_flow(arc, flow.graph.units(arc).flow.wrapping_add_signed(more));
    }
}

/// The flow with what was dealt counted towards the needs of actors, through their hubs where they
/// have one.
fn pass_on(mut flow: Flow, actors: &ActorNodes, lack: &[u32]) -> Flow {
    for actor in 0..actors.len() {
        let node = actors.node(actor);
        if actors.hub(actors.shape(actor)).is_none() {
            flow.need[node] = lack[node];
        }
    }
    for hub in actors.hubs() {
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
    flow
}

/// The flow after every improving path: what is left over goes where it is missing, each along a
/// path that moves the fewest.
fn perform_reassignments(flow: Flow) -> Flow {
    flow.settle()
}
