//! Which partitions stay and which go: a decision on counts, carried out on the row of slots.

use crate::balance::claims::ValidClaims;
use crate::balance::holdings::Holdings;
use crate::balance::stickiness::Decision;
use crate::balance::takers::Takers;
use crate::balance::tally::Tally;
use crate::model::NO_OWNER;
use crate::network::Network;
use crate::plan::Allocated;

/// The owners of all slots on their way from claims to a plan.
#[derive(Debug)]
pub(crate) struct Allocation {
    /// The member of each slot, or [`NO_OWNER`] while it has none.
    pub(crate) owners: Vec<u32>,
    /// How many slots each member holds of those whose claims stood and were not released.
    pub(crate) held: Vec<u32>,
    /// How many each shall have.
    pub(crate) loads: Vec<u32>,
    /// The slots that leave the member whose claim to them stands, and that member.
    pub(crate) released: Vec<(u32, u32)>,
    /// How many claims stood.
    pub(crate) claimed: u64,
}

impl Allocation {
    /// All owners where their claims put them, and the loads they shall have.
    pub(crate) fn start(resolved: ValidClaims, loads: Vec<u32>) -> Self {
        let claimed = resolved.total();
        Self { owners: resolved.owners, held: resolved.held, loads, released: Vec::new(), claimed }
    }

    /// What the plan is made of, once every slot has its owner.
    pub(crate) fn allocated(self) -> Allocated {
        Allocated { owners: self.owners, loads: self.loads, released: self.released, claimed: self.claimed }
    }

    /// Takes a slot from the member that claims it.
    pub(crate) fn release(&mut self, slot: u32) {
        let owner = std::mem::replace(&mut self.owners[slot as usize], NO_OWNER);
        self.held[owner as usize] -= 1;
        self.released.push((slot, owner));
    }

    /// Those of some members that take more than they hold.
    pub(crate) fn takers(&self, members: &[u32]) -> Takers {
        Takers::new(members.iter().map(|&member| (member, self.loads[member as usize] - self.held[member as usize])))
    }
}

/// Carries out a decision: of each class an actor keeps the lowest of the partitions it claimed;
/// what is free then goes to those that take it.
pub(crate) fn allocate(network: &Network, resolved: ValidClaims, holdings: &Holdings, decision: &Decision) -> Allocation {
    let allocation = Allocation::start(resolved, loads(network, decision));
    let kept = leave_kept_slots(network, allocation, holdings, decision);
    deal_free_slots(network, kept, decision)
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
fn leave_kept_slots(network: &Network, mut allocation: Allocation, holdings: &Holdings, decision: &Decision) -> Allocation {
    let mut left = vec![0; decision.actors.len()];
    for class in 0..network.topics.len() {
        let keeps = |visit: &mut dyn FnMut(usize, u32)| kept_of_class(decision, class, visit);
        let mut kept = 0;
        keeps(&mut |_, keeps| kept += u64::from(keeps));
        if kept == holdings.of_class(class).iter().map(|&held| u64::from(held)).sum::<u64>() {
            continue;
        }
        keeps(&mut |actor, keeps| left[actor] = keeps);
        for slot in network.slots_of(class).filter(|&slot| allocation.owners[slot] != NO_OWNER).collect::<Vec<_>>() {
            match &mut left[decision.actors.of_member(allocation.owners[slot])] {
                0 => allocation.release(slot as u32),
                left => *left -= 1,
            }
        }
        keeps(&mut |actor, _| left[actor] = 0);
    }
    allocation
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
fn deal_free_slots(network: &Network, mut allocation: Allocation, decision: &Decision) -> Allocation {
    let mut takers: Vec<Takers> = network.members_of.iter().map(|members| allocation.takers(members)).collect();
    let mut taken = vec![0_u32; network.shapes.len()];
    let mut tally = Tally::new(network.members.len());
    for of in network.by_topic() {
        let of_topic = network.slots_of_all(of.clone());
        for class in of.clone() {
            let slots = network.slots_of(class);
            if !allocation.owners[slots.clone()].contains(&NO_OWNER) {
                continue;
            }
            taken_of_class(decision, class, |shape, more| taken[shape] += more);
            let taking = network.subscribers.row(class).iter().map(|&shape| shape as usize).filter(|&shape| taken[shape] > 0);
            if tally.is_empty() && taking.clone().any(|shape| takers[shape].are_several()) {
                tally = tally.counted(&allocation.owners[of_topic.clone()]);
            }
            let counts_for_others = class + 1 < of.end && !tally.is_empty();
            let dealt: Vec<usize> = slots.clone().filter(|&slot| counts_for_others && allocation.owners[slot] == NO_OWNER).collect();
            {
                let mut free = free_slots(&mut allocation.owners[slots]);
                taking.for_each(|shape| takers[shape].deal(taken[shape] as usize, free.by_ref(), &tally));
            }
            taken_of_class(decision, class, |shape, _| taken[shape] = 0);
            tally = tally.counted(&dealt.into_iter().map(|slot| allocation.owners[slot]).collect::<Vec<u32>>());
        }
        tally = tally.cleared(&allocation.owners[of_topic]);
    }
    allocation
}

/// Visits each shape that takes some of a class besides what its members keep, with how many;
/// perhaps more than once.
fn taken_of_class(decision: &Decision, class: usize, mut visit: impl FnMut(usize, u32)) {
    let (graph, actors) = (&decision.flow.graph, &decision.actors);
    for arc in graph.arcs_from(class) {
        let more = graph.units(arc).flow.saturating_sub(graph.units(arc).free);
        visit(actors.shape_at(graph.head(arc)) as usize, more);
    }
}

/// The slots of these owners that have none, to be given one.
pub(crate) fn free_slots(owners: &mut [u32]) -> impl Iterator<Item = &mut u32> {
    owners.iter_mut().filter(|owner| **owner == NO_OWNER)
}
