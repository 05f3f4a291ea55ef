//! Which partitions stay and which go: a decision on counts, carried out on the row of slots.

use super::network::{NONE, Network};
use super::rows::Rows;
use super::stickiness::Decision;
use super::takers::Takers;

/// The owners of all slots on their way from claims to a plan.
#[derive(Debug)]
pub(super) struct Handing {
    /// The member of each slot, or [`NONE`] while it has none.
    pub(super) owners: Vec<u32>,
    /// The slots that leave the member whose claim to them stands, and that member.
    pub(super) released: Vec<(u32, u32)>,
    /// How many claims stood.
    pub(super) claimed: u64,
}

impl Handing {
    /// All owners where their claims put them, so many of which stand.
    pub(super) fn start(owners: Vec<u32>, claimed: u64) -> Self {
        Self { owners, released: Vec::new(), claimed }
    }
}

/// Carries out a decision: of each class an actor keeps the lowest of the partitions it claimed; what is free then goes to those that take it.
pub(super) fn hand_out(network: &Network, owners: Vec<u32>, claimed: u64, decision: &Decision) -> Handing {
    let mut handing = Handing::start(owners, claimed);
    let mut kept = vec![0; network.members.len()];
    let mut left = vec![0; decision.actors.len()];
    let free = Rows::new((0..network.topics.len()).map(|class| {
        kept_of_class(decision, class, |actor, keeps| left[actor] = keeps);
        let free = handing.keep(network.slots_of(class), decision, &mut left, &mut kept);
        kept_of_class(decision, class, |actor, _| left[actor] = 0);
        free
    }));
    handing.fill(network, &free, decision, takers(network, decision, &kept));
    handing
}

/// Visits each actor that keeps some of a class, with how many.
fn kept_of_class(decision: &Decision, class: usize, mut visit: impl FnMut(usize, u32)) {
    let graph = &decision.flow.graph;
    for arc in graph.arcs_from(class) {
        if let Some(actor) = decision.actors.at(graph.head(arc)) {
            visit(actor, graph.units(arc).flow.min(graph.units(arc).free));
        }
    }
}

/// For each shape, what its members take besides what they keep.
fn takers(network: &Network, decision: &Decision, kept: &[u32]) -> Vec<Takers> {
    let (graph, actors) = (&decision.flow.graph, &decision.actors);
    let mut load = vec![0_u32; actors.node_count()];
    (0..actors.node(0)).flat_map(|node| graph.arcs_from(node)).for_each(|arc| load[graph.head(arc) as usize] += graph.units(arc).flow);
    let mut seats: Vec<u32> = (0..actors.len()).map(|actor| load[actors.node(actor)] % actors.width(actor)).collect();
    let mut takes = |&member: &u32| {
        let actor = actors.of_member(member);
        let seat = u32::from(seats[actor] > 0);
        seats[actor] -= seat;
        (member, load[actors.node(actor)] / actors.width(actor) + seat - kept[member as usize])
    };
    network.members_of.iter().map(|members| Takers::new(members.iter().map(&mut takes))).collect()
}

impl Handing {
    /// Leaves slots with their claimants while those have some left to keep; the free ones are returned.
    fn keep(&mut self, slots: std::ops::Range<usize>, decision: &Decision, left: &mut [u32], kept: &mut [u32]) -> Vec<u32> {
        let mut free = Vec::new();
        for slot in slots {
            let owner = self.owners[slot];
            if owner != NONE {
                let left = &mut left[decision.actors.of_member(owner)];
                if *left > 0 {
                    *left -= 1;
                    kept[owner as usize] += 1;
                    continue;
                }
                self.released.push((slot as u32, owner));
                self.owners[slot] = NONE;
            }
            free.push(slot as u32);
        }
        free
    }

    /// Deals the free slots of each class to the shapes that take them.
    fn fill(&mut self, network: &Network, free: &Rows, decision: &Decision, mut takers: Vec<Takers>) {
        let (graph, actors) = (&decision.flow.graph, &decision.actors);
        let mut held = vec![0_u32; network.members.len()];
        let mut taken = vec![0_u32; network.shapes.len()];
        for (class, mut free) in free.iter().enumerate().filter(|(_, free)| !free.is_empty()) {
            for arc in graph.arcs_from(class) {
                taken[actors.shape_at(graph.head(arc)) as usize] += graph.units(arc).flow.saturating_sub(graph.units(arc).free);
            }
            let owned = || network.slots_of(class);
            for slot in owned().filter(|&slot| self.owners[slot] != NONE) {
                held[self.owners[slot] as usize] += 1;
            }
            for &shape in network.followers.row(class) {
                let (slots, rest) = free.split_at(std::mem::take(&mut taken[shape as usize]) as usize);
                free = rest;
                if !slots.is_empty() {
                    takers[shape as usize].deal(slots, |member| held[member as usize], &mut self.owners);
                }
            }
            for slot in owned().filter(|&slot| self.owners[slot] != NONE) {
                held[self.owners[slot] as usize] = 0;
            }
        }
    }
}
