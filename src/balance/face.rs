//! The network that goals are solved on, and the *face* that a goal leaves: the counts between
//! which every plan lies that is best for it.
//!
//! class → hub → pair → actor → ground. An *actor* is a member, or several that claim nothing and
//! subscribe alike in one rack, who can stand in for one another. A *pair* is a topic at an actor,
//! a *hub* a topic in a rack. Where a topic has but one class there is neither: an arc leads from
//! the class to each actor.

use super::claims::Standing;
use super::racks::Classes;
use crate::flow::convex::{Arc, Cost, bounds};
use crate::flow::csr::Rows;
use crate::model::NO_OWNER;
use crate::network::{NONE, Network};

/// As many units as there are.
pub(crate) const ALL: u32 = u32::MAX;

/// What a unit on an arc means to each goal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meaning {
    /// What each unit costs as a mismatch of racks.
    pub(crate) mismatch: bool,
    /// So many units stay with the owner their claims name, or mean nothing to stickiness; each
    /// further one does not.
    pub(crate) kept: u32,
    /// For how many members' counts of a topic the arc stands; 0 for none.
    pub(crate) counts: u32,
    /// For how many members' loads the arc stands; 0 for none.
    pub(crate) loads: u32,
}

/// An arc that means nothing to any goal.
const PLAIN: Meaning = Meaning { mismatch: false, kept: ALL, counts: 0, loads: 0 };

/// Members that are decided on together.
#[derive(Debug)]
pub(crate) struct Actors {
    /// The members of each actor.
    pub(crate) members: Rows,
    /// The actor of each member.
    pub(crate) of_member: Vec<u32>,
    /// The actors of each shape.
    pub(crate) of_shape: Rows,
}

impl Actors {
    /// One for each member that claims something, one for all others of a shape and rack.
    pub(crate) fn of(network: &Network, classes: &Classes, held: &[u32]) -> Self {
        let mut members: Vec<Vec<u32>> = Vec::new();
        let mut of_member = vec![NONE; network.members.len()];
        let mut of_shape: Vec<Vec<u32>> = Vec::with_capacity(network.members_of.len());
        for of in network.members_of.iter() {
            let first = members.len();
            let mut idle: Vec<(u32, usize)> = Vec::new();
            for &member in of {
                let rack = classes.rack_of(member);
                let known = idle.iter().find(|idle| held[member as usize] == 0 && idle.0 == rack).map(|idle| idle.1);
                let actor = known.unwrap_or(members.len());
                if known.is_none() {
                    members.push(Vec::new());
                    if held[member as usize] == 0 {
                        idle.push((rack, actor));
                    }
                }
                members[actor].push(member);
                of_member[member as usize] = actor as u32;
            }
            of_shape.push((first as u32..members.len() as u32).collect());
        }
        Self { members: Rows::new(members), of_member, of_shape: Rows::new(of_shape) }
    }

    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// For how many members an actor stands.
    pub(crate) fn width(&self, actor: usize) -> u32 {
        self.members.row(actor).len() as u32
    }
}

/// The network, with bounds on its arcs.
#[derive(Debug)]
pub(crate) struct Face {
    pub(crate) arcs: Vec<Arc>,
    pub(crate) meanings: Vec<Meaning>,
    /// How many partitions each class has.
    pub(crate) supply: Vec<u32>,
    pub(crate) actors: Actors,
    pub(crate) nodes: usize,
    /// The arcs of each topic.
    topics: Vec<u32>,
}

impl Face {
    /// The whole network, claims standing and the rest of each class dealt evenly.
    pub(crate) fn of(network: &Network, classes: &Classes, standing: &Standing) -> Self {
        let actors = Actors::of(network, classes, &standing.held);
        let supply: Vec<u32> = (0..classes.len()).map(|class| classes.size(class)).collect();
        let nodes = supply.len() + actors.len() + 1;
        let mut face = Self { arcs: Vec::new(), meanings: Vec::new(), supply, actors, nodes, topics: vec![0] };
        let mut claimed = vec![0; face.actors.len()];
        for topic in 0..network.topics.len() {
            let subscribers: Vec<u32> =
                network.followers.row(topic).iter().flat_map(|&shape| face.actors.of_shape.row(shape as usize)).copied().collect();
            match classes.of_topic(topic) {
                of if of.len() == 1 => face.add_class(network, classes, standing, topic, &subscribers, &mut claimed),
                _ => face.add_classes(network, classes, standing, topic, &subscribers),
            }
            face.topics.push(face.arcs.len() as u32);
        }
        for actor in 0..face.actors.len() {
            let width = face.actors.width(actor);
            face.add(face.actor(actor), face.ground(), network.slots.len() as u32, Meaning { loads: width, ..PLAIN });
        }
        face.stand_claims();
        face
    }

    /// The node of an actor.
    pub(crate) fn actor(&self, actor: usize) -> usize {
        self.supply.len() + actor
    }

    /// The actor of a node that is one.
    pub(crate) fn actor_at(&self, node: u32) -> Option<usize> {
        (node as usize).checked_sub(self.supply.len()).filter(|&actor| actor < self.actors.len())
    }

    /// The node where all units end.
    pub(crate) fn ground(&self) -> usize {
        self.supply.len() + self.actors.len()
    }

    /// The arcs of a topic, from its classes to actors.
    pub(crate) fn of_topic(&self, topic: usize) -> std::ops::Range<usize> {
        self.topics[topic] as usize..self.topics[topic + 1] as usize
    }

    fn add(&mut self, tail: usize, head: usize, high: u32, meaning: Meaning) {
        self.arcs.push(Arc { tail: tail as u32, head: head as u32, low: 0, high, flow: 0 });
        self.meanings.push(meaning);
    }

    /// The arcs of a topic whose partitions are all alike.
    fn add_class(
        &mut self,
        network: &Network,
        classes: &Classes,
        standing: &Standing,
        topic: usize,
        subscribers: &[u32],
        claimed: &mut [u32],
    ) {
        let class = classes.of_topic(topic).start;
        let owners = || standing.owners[network.slots_of(topic)].iter().filter(|owner| **owner != NO_OWNER);
        owners().for_each(|&owner| claimed[self.actors.of_member[owner as usize] as usize] += 1);
        for &actor in subscribers {
            let actor = actor as usize;
            let mismatch = classes.is_mismatch(class, classes.rack_of(self.actors.members.row(actor)[0]));
            let meaning = Meaning { mismatch, kept: claimed[actor], counts: self.actors.width(actor), loads: 0 };
            self.add(class, self.actor(actor), self.supply[class], meaning);
        }
        owners().for_each(|&owner| claimed[self.actors.of_member[owner as usize] as usize] = 0);
    }

    /// The arcs of a topic that has several classes.
    fn add_classes(&mut self, network: &Network, classes: &Classes, standing: &Standing, topic: usize, subscribers: &[u32]) {
        let racks_of: Vec<u32> = subscribers.iter().map(|&actor| classes.rack_of(self.actors.members.row(actor as usize)[0])).collect();
        let mut racks = racks_of.clone();
        racks.sort_unstable();
        racks.dedup();
        let hub = |face: &Self, rack: u32| face.nodes + racks.partition_point(|&other| other < rack);
        let first_pair = self.nodes + racks.len();
        let mut claims: Vec<(u32, u32)> = network
            .slots_of(topic)
            .filter(|&slot| standing.owners[slot] != NO_OWNER)
            .map(|slot| (classes.of_slot(topic, slot) as u32, self.actors.of_member[standing.owners[slot] as usize]))
            .collect();
        claims.sort_unstable();
        let pair_of = |actor: u32| first_pair + subscribers.iter().position(|&other| other == actor).unwrap_or(0);
        let mut claims = claims.chunk_by(|a, b| a == b).peekable();
        for class in classes.of_topic(topic) {
            for &rack in &racks {
                let mismatch = classes.is_mismatch(class, rack);
                self.add(class, hub(self, rack), self.supply[class], Meaning { mismatch, kept: 0, ..PLAIN });
            }
            while let Some(same) = claims.next_if(|same| same[0].0 as usize == class) {
                let actor = same[0].1;
                let mismatch = classes.is_mismatch(class, classes.rack_of(self.actors.members.row(actor as usize)[0]));
                self.add(class, pair_of(actor), same.len() as u32, Meaning { mismatch, ..PLAIN });
            }
        }
        let partitions = network.supply(topic);
        for (place, (&actor, &rack)) in subscribers.iter().zip(&racks_of).enumerate() {
            self.add(hub(self, rack), first_pair + place, partitions, PLAIN);
            let width = self.actors.width(actor as usize);
            self.add(first_pair + place, self.actor(actor as usize), partitions, Meaning { counts: width, ..PLAIN });
        }
        self.nodes = first_pair + subscribers.len();
    }

    /// Every claim stands: what nobody claims is left over at its class.
    fn stand_claims(&mut self) {
        let mut inflow = vec![0; self.nodes];
        // Arcs lie in the order in which units flow, so that what a node gets is known when its
        // arcs are met.
        for (arc, meaning) in self.arcs.iter_mut().zip(&self.meanings) {
            arc.flow = match (arc.tail as usize) < self.supply.len() {
                true if meaning.kept == ALL => arc.high,
                true => meaning.kept,
                false if arc.tail as usize > self.supply.len() + self.actors.len() && meaning.counts == 0 => 0,
                false => inflow[arc.tail as usize],
            };
            inflow[arc.head as usize] += arc.flow;
        }
    }

    /// By how much each node has too much.
    pub(crate) fn excess(&self) -> Vec<i64> {
        let mut excess = vec![0; self.nodes];
        for (excess, &supply) in excess.iter_mut().zip(&self.supply) {
            *excess = i64::from(supply);
        }
        excess[self.ground()] = -self.supply.iter().map(|&supply| i64::from(supply)).sum::<i64>();
        for arc in &self.arcs {
            excess[arc.tail as usize] -= i64::from(arc.flow);
            excess[arc.head as usize] += i64::from(arc.flow);
        }
        excess
    }

    /// The face with each arc carrying a best count at these prices, as near to what it carried as
    /// can be.
    pub(crate) fn at(mut self, price: &[i32], cost: &impl Cost) -> Self {
        for (number, arc) in self.arcs.iter_mut().enumerate() {
            let (low, high) = bounds(cost, number, arc, price[arc.tail as usize] - price[arc.head as usize]);
            arc.flow = arc.flow.clamp(low, high);
        }
        self
    }

    /// What is left of the face where these prices are to hold.
    pub(crate) fn narrowed(mut self, price: &[i32], cost: &impl Cost) -> Self {
        for (number, arc) in self.arcs.iter_mut().enumerate() {
            (arc.low, arc.high) = bounds(cost, number, arc, price[arc.tail as usize] - price[arc.head as usize]);
        }
        self
    }
}
