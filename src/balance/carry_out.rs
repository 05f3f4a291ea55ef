//! Which partitions stay and which go: counts of a face, carried out on the row of slots.

use super::allocate::Allocation;
use super::claims::ValidClaims;
use super::face::Face;
use super::racks::Classes;
use crate::model::NO_OWNER;
use crate::network::Network;

/// Carries out a flow: of each class an actor keeps the lowest of the partitions it claimed, as
/// many as it is to have; what is free then goes to those that lack some.
pub(crate) fn carry_out(network: &Network, classes: &Classes, resolved: ValidClaims, face: &Face) -> Allocation {
    let allocation = Allocation::start(resolved, vec![0; network.members.len()]);
    let mut allocation = carry_out_topics(network, classes, allocation, face);
    for &owner in allocation.owners.iter().filter(|owner| **owner != NO_OWNER) {
        allocation.loads[owner as usize] += 1;
    }
    allocation
}

/// Carries out a flow where it is one of some topics, whose owners are those that claim them; loads
/// are left as they are.
pub(crate) fn carry_out_topics(network: &Network, classes: &Classes, mut allocation: Allocation, face: &Face) -> Allocation {
    let mut turns = vec![0; face.actors.len()];
    let mut counts = Counts::default();
    let mut lacks: Vec<u32> = vec![0; face.actors.len()];
    for (place, topic) in face.numbers().iter().map(|&number| number as usize).enumerate() {
        counts.read(face, place);
        for (class, of_class) in counts.by_class() {
            of_class.iter().for_each(|&(actor, count)| lacks[actor as usize] += count);
            let slots = network.slots_of(topic).filter(|&slot| classes.of_slot(topic, slot) == class);
            for slot in slots.clone().filter(|&slot| allocation.owners[slot] != NO_OWNER).collect::<Vec<_>>() {
                match &mut lacks[face.actors.of_member[allocation.owners[slot] as usize] as usize] {
                    0 => allocation.release(slot as u32),
                    lacks => *lacks -= 1,
                }
            }
            let mut takers = of_class
                .iter()
                .flat_map(|&(actor, _)| std::iter::repeat_n(actor as usize, std::mem::take(&mut lacks[actor as usize]) as usize));
            for slot in slots.filter(|&slot| allocation.owners[slot] == NO_OWNER).collect::<Vec<_>>() {
                let Some(actor) = takers.next() else { break };
                let members = face.actors.members.row(actor);
                allocation.owners[slot] = members[turns[actor] % members.len()];
                turns[actor] += 1;
            }
        }
    }
    allocation
}

/// How many partitions of each class of a topic each actor has.
#[derive(Default)]
struct Counts {
    /// Class, actor, and how many; ascending.
    counts: Vec<(u32, u32, u32)>,
}

impl Counts {
    /// Reads what flows in a topic.
    fn read(&mut self, face: &Face, topic: usize) {
        self.counts.clear();
        let classes = face.supply.len() as u32;
        let arcs = &face.arcs[face.of_topic(topic)];
        let actor = |node: u32| face.actor_at(node);
        // What comes to a hub, class by class, and what goes on from there to pairs.
        let mut into: Vec<(u32, u32, u32)> = Vec::new();
        let mut on: Vec<(u32, u32, u32)> = Vec::new();
        let mut actor_of_pair: Vec<(u32, u32)> = Vec::new();
        let is_pair = |arc: &crate::flow::convex::ConvexArc| arc.tail >= classes && actor(arc.head).is_some();
        for arc in arcs.iter().filter(|arc| is_pair(arc)) {
            actor_of_pair.push((arc.tail, actor(arc.head).unwrap_or(0) as u32));
        }
        let of_pair = |node: u32| actor_of_pair.binary_search_by_key(&node, |of| of.0).ok().map(|place| actor_of_pair[place].1);
        for arc in arcs.iter().filter(|arc| arc.flow > 0) {
            match (arc.tail < classes, actor(arc.head), of_pair(arc.head)) {
                (true, Some(actor), _) => self.counts.push((arc.tail, actor as u32, arc.flow)),
                (true, None, Some(actor)) => self.counts.push((arc.tail, actor, arc.flow)),
                (true, None, None) => into.push((arc.head, arc.tail, arc.flow)),
                (false, None, Some(actor)) => on.push((arc.tail, actor, arc.flow)),
                _ => {}
            }
        }
        into.sort_unstable();
        on.sort_unstable();
        let mut on = on.into_iter();
        let mut open = on.next();
        for (hub, class, mut count) in into {
            while count > 0 {
                let Some((from, actor, left)) = open else { break };
                debug_assert_eq!(from, hub);
                let part = left.min(count);
                self.counts.push((class, actor, part));
                count -= part;
                open = if left == part { on.next() } else { Some((from, actor, left - part)) };
            }
        }
        self.counts.sort_unstable();
    }

    /// For each class its actors and counts.
    fn by_class(&self) -> Vec<(usize, Vec<(u32, u32)>)> {
        let runs = self.counts.chunk_by(|a, b| a.0 == b.0);
        runs.map(|run| (run[0].0 as usize, run.iter().map(|&(_, actor, count)| (actor, count)).collect())).collect()
    }
}
