//! Which partitions stay and which go: a decision on counts, carried out on the row of slots.

use super::claims::Standing;
use super::holdings::Holdings;
use super::network::{NONE, Network};
use super::stickiness::Decision;
use super::takers::Takers;
use super::tally::Tally;

/// The owners of all slots on their way from claims to a plan.
#[derive(Debug)]
pub(super) struct Handing {
    /// The member of each slot, or [`NONE`] while it has none.
    pub(super) owners: Vec<u32>,
    /// How many slots each member holds of those whose claims stood and were not released.
    pub(super) held: Vec<u32>,
    /// How many each shall have.
    pub(super) loads: Vec<u32>,
    /// The slots that leave the member whose claim to them stands, and that member.
    pub(super) released: Vec<(u32, u32)>,
    /// How many claims stood.
    pub(super) claimed: u64,
}

impl Handing {
    /// All owners where their claims put them, and the loads they shall have.
    pub(super) fn start(standing: Standing, loads: Vec<u32>) -> Self {
        let claimed = standing.total();
        Self { owners: standing.owners, held: standing.held, loads, released: Vec::new(), claimed }
    }

    /// Takes a slot from the member that claims it.
    pub(super) fn release(&mut self, slot: u32) {
        let owner = std::mem::replace(&mut self.owners[slot as usize], NONE);
        self.held[owner as usize] -= 1;
        self.released.push((slot, owner));
    }

    /// The slots without an owner among some.
    pub(super) fn free_among(&self, slots: std::ops::Range<usize>) -> Vec<u32> {
        slots.filter(|&slot| self.owners[slot] == NONE).map(|slot| slot as u32).collect()
    }

    /// Those of some members that take more than they hold.
    pub(super) fn takers(&self, members: &[u32]) -> Takers {
        Takers::new(members.iter().map(|&member| (member, self.loads[member as usize] - self.held[member as usize])))
    }
}

/// Carries out a decision: of each class an actor keeps the lowest of the partitions it claimed; what is free then goes to those that take it.
pub(super) fn hand_out(network: &Network, standing: Standing, holdings: &Holdings, decision: &Decision) -> Handing {
    let handing = Handing::start(standing, loads(network, decision));
    let kept = keep(network, handing, holdings, decision);
    fill(network, kept, decision)
}

/// The load of each member: that of its actor, shared evenly.
fn loads(network: &Network, decision: &Decision) -> Vec<u32> {
    let (graph, actors) = (&decision.flow.graph, &decision.actors);
    let mut load = vec![0_u32; actors.node_count()];
    (0..actors.node(0)).flat_map(|node| graph.arcs_from(node)).for_each(|arc| load[graph.head(arc) as usize] += graph.units(arc).flow);
    let mut seats: Vec<u32> = (0..actors.len()).map(|actor| load[actors.node(actor)] % actors.width(actor)).collect();
    let load_of = |member: u32| {
        let actor = actors.of_member(member);
        let seat = u32::from(seats[actor] > 0);
        seats[actor] -= seat;
        load[actors.node(actor)] / actors.width(actor) + seat
    };
    (0..network.members.len() as u32).map(load_of).collect()
}

/// Leaves slots with their claimants while those have some left to keep, and releases the others.
fn keep(network: &Network, mut handing: Handing, holdings: &Holdings, decision: &Decision) -> Handing {
    let mut left = vec![0; decision.actors.len()];
    for class in 0..network.topics.len() {
        let keeps = |visit: &mut dyn FnMut(usize, u32)| kept_of_class(decision, class, visit);
        let mut kept = 0;
        keeps(&mut |_, keeps| kept += u64::from(keeps));
        if kept == holdings.of_class(class).iter().map(|&held| u64::from(held)).sum() {
            continue;
        }
        keeps(&mut |actor, keeps| left[actor] = keeps);
        for slot in network.slots_of(class).filter(|&slot| handing.owners[slot] != NONE).collect::<Vec<_>>() {
            match &mut left[decision.actors.of_member(handing.owners[slot])] {
                0 => handing.release(slot as u32),
                left => *left -= 1,
            }
        }
        keeps(&mut |actor, _| left[actor] = 0);
    }
    handing
}

/// Visits each actor that keeps some of a class, with how many.
fn kept_of_class(decision: &Decision, class: usize, visit: &mut dyn FnMut(usize, u32)) {
    let graph = &decision.flow.graph;
    for arc in graph.arcs_from(class) {
        if let Some(actor) = decision.actors.at(graph.head(arc)) {
            visit(actor, graph.units(arc).flow.min(graph.units(arc).free));
        }
    }
}

/// Deals the free slots of each class to the shapes that take them.
fn fill(network: &Network, mut handing: Handing, decision: &Decision) -> Handing {
    let (graph, actors) = (&decision.flow.graph, &decision.actors);
    let mut takers: Vec<Takers> = network.members_of.iter().map(|members| handing.takers(members)).collect();
    let mut taken = vec![0_u32; network.shapes.len()];
    let mut tally = Tally::new(network.members.len());
    for class in 0..network.topics.len() {
        let slots = network.slots_of(class);
        let free = handing.free_among(slots.clone());
        if free.is_empty() {
            continue;
        }
        let mut choice = false;
        for arc in graph.arcs_from(class) {
            let shape = actors.shape_at(graph.head(arc)) as usize;
            let more = graph.units(arc).flow.saturating_sub(graph.units(arc).free);
            choice |= more > 0 && takers[shape].are_several();
            taken[shape] += more;
        }
        if choice {
            tally = tally.counted(&handing.owners[slots.clone()]);
        }
        let mut free = free.as_slice();
        for &shape in network.followers.row(class) {
            let (dealt, rest) = free.split_at(std::mem::take(&mut taken[shape as usize]) as usize);
            free = rest;
            if !dealt.is_empty() {
                takers[shape as usize].deal(dealt, &tally, &mut handing.owners);
            }
        }
        if choice {
            tally = tally.cleared(&handing.owners[slots]);
        }
    }
    handing
}
