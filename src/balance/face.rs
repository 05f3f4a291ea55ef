//! The network that goals are solved on, and the *face* that a goal leaves: the counts between
//! which every plan lies that is best for it.
//!
//! class → hub → pair → actor → ground. An *actor* is a member, or several that claim nothing and
//! subscribe alike in one rack, who can stand in for one another. A *pair* is a topic at an actor,
//! a *hub* a topic in a rack. Where a topic has but one class there is neither: an arc leads from
//! the class to each actor.

use std::collections::BTreeMap;

use super::claims::ValidClaims;
use super::costs::{ALL, Meaning, PLAIN, Square};
use super::even::sticky_bounds;
use super::racks::{Classes, Resolved};
use super::spread::least_price;
use super::two_goals::TwoGoals;
use crate::flow::convex::{ConvexArc, ConvexCost, bounds};
use crate::flow::csr::Csr;
use crate::flow::water_fill::{Bin, fill_bins};
use crate::model::NO_OWNER;
use crate::network::{NONE, Network};

/// The highest bound of an arc: more than there are partitions.
const MOST: u32 = i32::MAX as u32;

/// How many times what topics of several classes have free is dealt.
const DEALS: usize = 2;

/// Members that are decided on together.
#[derive(Debug)]
pub(crate) struct Actors {
    /// The members of each actor.
    pub(crate) members: Csr,
    /// The actor of each member.
    pub(crate) of_member: Vec<u32>,
    /// The actors of each shape.
    pub(crate) of_shape: Csr,
}

impl Actors {
    /// One for each member.
    fn each_alone(network: &Network) -> Self {
        let members = network.members_of.iter().flatten().map(|&member| [member]);
        let mut first = 0;
        let of_shape = network.members_of.iter().map(|of| {
            first += of.len() as u32;
            first - of.len() as u32..first
        });
        let of_shape = Csr::new(of_shape);
        let mut of_member = vec![NONE; network.members.len()];
        (0..).zip(network.members_of.iter().flatten()).for_each(|(actor, &member)| of_member[member as usize] = actor);
        Self { members: Csr::new(members), of_member, of_shape }
    }

    /// One for each member that claims something, one for all others of a shape and rack.
    pub(crate) fn of(network: &Network, classes: &Classes, held: &[u32]) -> Self {
        let mut members: Vec<Vec<u32>> = Vec::new();
        let mut of_member = vec![NONE; network.members.len()];
        let mut of_shape: Vec<Vec<u32>> = Vec::with_capacity(network.members_of.len());
        for of in network.members_of.iter() {
            let first = members.len();
            let mut idle_in: BTreeMap<u32, usize> = BTreeMap::new();
            for &member in of {
                let next = members.len();
                let actor = match held[member as usize] {
                    0 => *idle_in.entry(classes.rack_of(member)).or_insert(next),
                    _ => next,
                };
                if actor == next {
                    members.push(Vec::new());
                }
                members[actor].push(member);
                of_member[member as usize] = actor as u32;
            }
            of_shape.push((first as u32..members.len() as u32).collect());
        }
        Self { members: Csr::new(members), of_member, of_shape: Csr::new(of_shape) }
    }

    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// The actors that claim partitions of a topic, once for each partition.
    fn claimants<'n>(&'n self, network: &Network, resolved: &'n ValidClaims, topic: usize) -> impl Iterator<Item = usize> + 'n {
        let owners = resolved.owners[network.slots_of(topic)].iter().filter(|owner| **owner != NO_OWNER);
        owners.map(|&owner| self.of_member[owner as usize] as usize)
    }

    /// The actors that subscribe to a topic.
    pub(crate) fn subscribers<'n>(&'n self, network: &'n Network, topic: usize) -> impl Iterator<Item = u32> + 'n {
        network.subscribers.row(topic).iter().flat_map(|&shape| self.of_shape.row(shape as usize)).copied()
    }

    /// The member that stands for all of an actor.
    pub(crate) fn first_member(&self, actor: usize) -> u32 {
        self.members.row(actor)[0]
    }

    /// For how many members an actor stands.
    pub(crate) fn width(&self, actor: usize) -> u32 {
        self.members.row(actor).len() as u32
    }
}

/// The pairs that are written out.
#[derive(Debug)]
pub(crate) enum Pairs {
    /// Of each topic with all actors that subscribe to it.
    All,
    /// Of each topic with these actors, ascending.
    Few(Csr),
}

impl Pairs {
    /// The actors that a topic is paired with.
    pub(crate) fn of_topic(&self, actors: &Actors, network: &Network, topic: usize) -> Vec<u32> {
        match self {
            Self::All => actors.subscribers(network, topic).collect(),
            Self::Few(few) => few.row(topic).to_vec(),
        }
    }
}

/// A topic whose arcs are added.
struct FaceTopic<'n> {
    number: usize,
    network: &'n Network,
    classes: &'n Classes,
    resolved: &'n ValidClaims,
    /// The actors that it is paired with.
    actors: Vec<u32>,
}

/// The network, with bounds on its arcs.
#[derive(Debug)]
pub(crate) struct Face {
    pub(crate) arcs: Vec<ConvexArc>,
    pub(crate) meanings: Vec<Meaning>,
    /// How many partitions each class has.
    pub(crate) supply: Vec<u32>,
    pub(crate) actors: Actors,
    pub(crate) nodes: usize,
    /// The arcs of each topic.
    topics: Vec<u32>,
    /// The number of each topic in the group's network.
    numbers: Vec<u32>,
}

impl Face {
    /// The network of all topics with these pairs, claims standing.
    pub(crate) fn of(group: Resolved<'_>, pairs: &Pairs) -> Self {
        let all: Vec<u32> = (0..group.network.topics.len() as u32).collect();
        Self::of_actors(Actors::of(group.network, group.classes, &group.claims.held), group, pairs, all)
    }

    /// The network of some topics, which ascend, and of all members, each alone.
    pub(crate) fn of_some(group: Resolved<'_>, topics: Vec<u32>) -> Self {
        Self::of_actors(Actors::each_alone(group.network), group, &Pairs::All, topics)
    }

    fn of_actors(actors: Actors, group: Resolved<'_>, pairs: &Pairs, topics: Vec<u32>) -> Self {
        let Resolved { network, classes, claims: resolved } = group;
        let mut face = Self::without_arcs(actors, classes, topics);
        let mut of_actor = vec![0; face.actors.len()];
        for place in 0..face.numbers.len() {
            let number = face.numbers[place] as usize;
            let topic = FaceTopic { number, network, classes, resolved, actors: pairs.of_topic(&face.actors, network, number) };
            match classes.of_topic(number).len() {
                1 => face.add_class(&topic, &mut of_actor),
                _ => face.add_classes(&topic, &mut of_actor),
            }
            face.topics.push(face.arcs.len() as u32);
        }
        for actor in 0..face.actors.len() {
            let meaning = Meaning { loads: face.actors.width(actor), ..PLAIN };
            face.add(face.actor(actor), face.ground(), (0, network.slots.len() as u32), meaning);
        }
        face.stand_claims();
        face
    }

    /// What two goals left where racks mean nothing: arcs that carry nothing in any plan that is
    /// best in balance and stickiness are left out.
    pub(crate) fn of_two_goals(group: Resolved<'_>, pairs: &Pairs, decided: &TwoGoals) -> Self {
        let Resolved { network, classes, claims: resolved } = group;
        let all = (0..network.topics.len() as u32).collect();
        let mut face = Self::without_arcs(Actors::of(network, classes, &resolved.held), classes, all);
        let price_of = |face: &Self, actor: usize| decided.members[face.actors.first_member(actor) as usize];
        let mut claimed = vec![0; face.actors.len()];
        for (topic, &class) in decided.classes.iter().enumerate() {
            face.actors.claimants(network, resolved, topic).for_each(|actor| claimed[actor] += 1);
            for actor in pairs.of_topic(&face.actors, network, topic) {
                let actor = actor as usize;
                let (low, high) = sticky_bounds(class, price_of(&face, actor), claimed[actor]);
                if high > 0 {
                    let bounds = (low, high.min(face.each_could(actor, face.supply[topic])));
                    let meaning = Meaning { counts: face.actors.width(actor), ..PLAIN };
                    face.add(topic, face.actor(actor), bounds, meaning);
                }
            }
            face.actors.claimants(network, resolved, topic).for_each(|actor| claimed[actor] = 0);
            face.topics.push(face.arcs.len() as u32);
        }
        for actor in 0..face.actors.len() {
            let (price, width) = (price_of(&face, actor), face.actors.width(actor));
            let (least, most) = (price.level + u32::from(price.moves > 0), price.level + u32::from(price.moves >= 0));
            face.add(face.actor(actor), face.ground(), (width * least, width * most), Meaning { loads: width, ..PLAIN });
        }
        face
    }

    fn without_arcs(actors: Actors, classes: &Classes, numbers: Vec<u32>) -> Self {
        let mut supply = vec![0; classes.len()];
        numbers.iter().flat_map(|&topic| classes.of_topic(topic as usize)).for_each(|class| supply[class] = classes.size(class));
        let nodes = supply.len() + actors.len() + 1;
        Self { arcs: Vec::new(), meanings: Vec::new(), supply, actors, nodes, topics: vec![0], numbers }
    }

    /// A price for each node, from those of topics and members; 0 at the ground.
    pub(crate) fn prices<P>(&self, topics: &[P], members: &[P], price: impl Fn(&P) -> i32) -> Vec<i32> {
        let actors = (0..self.actors.len()).map(|actor| price(&members[self.actors.first_member(actor) as usize]));
        topics.iter().map(&price).chain(actors).chain([0]).collect()
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

    /// Whether some topic has several classes.
    pub(crate) fn has_hubs(&self) -> bool {
        self.nodes > self.ground() + 1
    }

    /// The number of each topic in the group's network.
    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// How many topics there are.
    pub(crate) fn topics(&self) -> usize {
        self.topics.len() - 1
    }

    /// How many partitions a topic has.
    pub(crate) fn supply_of(&self, topic: usize) -> u32 {
        let of = self.of_topic(topic);
        let classes = self.arcs[of].chunk_by(|one, next| one.tail == next.tail).map(|arcs| arcs[0].tail as usize);
        classes.filter(|&class| class < self.supply.len()).map(|class| self.supply[class]).sum()
    }

    /// The arcs from actors to the ground.
    pub(crate) fn loads(&self) -> std::ops::Range<usize> {
        self.topics[self.topics.len() - 1] as usize..self.arcs.len()
    }

    /// What every actor gets.
    fn inflows(&self) -> Vec<u32> {
        let mut inflows = vec![0; self.actors.len()];
        for arc in &self.arcs[..self.loads().start] {
            if let Some(actor) = self.actor_at(arc.head) {
                inflows[actor] += arc.flow;
            }
        }
        inflows
    }

    /// For each topic a price at which its actors would have about as many as it has, members
    /// costing nothing; all its nodes have that. Arcs know their counts.
    pub(crate) fn flat_prices(&self) -> Vec<i32> {
        let mut price = vec![0; self.nodes];
        for topic in 0..self.topics() {
            let arcs = &self.arcs[self.of_topic(topic)];
            let supply = u64::from(self.supply_of(topic));
            let into_actors = || arcs.iter().filter(|arc| self.actor_at(arc.head).is_some());
            let most = |price: i32| into_actors().map(|arc| u64::from(bounds::<Square>(arc, price).1)).sum::<u64>();
            let highest = into_actors().map(|arc| arc.flow).max().unwrap_or(0) as i32;
            let flat = least_price((0, highest), |price| most(price) >= supply);
            arcs.iter().for_each(|arc| price[arc.tail as usize] = flat);
        }
        price
    }

    /// The face with bounds on what pairs pass on that follow from what they can get.
    pub(crate) fn bounded_by_inflow(mut self) -> Self {
        if !self.has_hubs() {
            return self;
        }
        let mut inflow = vec![(0_u32, 0_u32); self.nodes];
        for number in 0..self.loads().start {
            let (classes_and_actors, meaning) = (self.ground(), self.meanings[number]);
            let arc = &mut self.arcs[number];
            if arc.tail as usize > classes_and_actors && meaning.counts > 0 {
                let (low, high) = inflow[arc.tail as usize];
                (arc.low, arc.high) = (arc.low.max(low), arc.high.min(high));
                arc.flow = arc.flow.clamp(arc.low, arc.high);
            }
            let (low, high) = &mut inflow[arc.head as usize];
            (*low, *high) = (low.saturating_add(arc.low), high.saturating_add(arc.high).min(MOST));
        }
        self
    }

    /// The face with every actor passing on what it gets, as far as its bounds allow.
    pub(crate) fn with_loads(mut self) -> Self {
        let inflows = self.inflows();
        let loads = self.loads();
        for (arc, inflow) in self.arcs[loads].iter_mut().zip(inflows) {
            arc.flow = inflow.clamp(arc.low, arc.high);
        }
        self
    }

    /// The face with what nobody claims dealt to the actors that get the least, of topics with
    /// few subscribers first, as these have little choice.
    pub(crate) fn filled(mut self) -> Self {
        for arc in &mut self.arcs {
            arc.flow = arc.flow.clamp(arc.low, arc.high);
        }
        let mut inflows = self.inflows();
        let mut order: Vec<usize> = (0..self.topics()).collect();
        order.sort_by_key(|&topic| self.of_topic(topic).len());
        let mut open: Vec<usize> = Vec::new();
        let mut bins: Vec<Bin> = Vec::new();
        for &topic in &order {
            if self.deal_classes(topic, &mut inflows) {
                continue;
            }
            let of = self.of_topic(topic);
            let of = of.filter(|&arc| self.actor_at(self.arcs[arc].head).is_some());
            let free = self.supply_of(topic).saturating_sub(of.clone().map(|arc| self.arcs[arc].flow).sum());
            if free == 0 {
                continue;
            }
            open.clear();
            open.extend(of.filter(|&arc| self.arcs[arc].flow < self.arcs[arc].high));
            bins.clear();
            bins.extend(open.iter().map(|&arc| {
                let actor = self.arcs[arc].head as usize - self.supply.len();
                let room = self.arcs[arc].high - self.arcs[arc].flow;
                Bin { width: self.actors.width(actor), content: inflows[actor], room }
            }));
            for (&arc, more) in open.iter().zip(fill_bins(free, &bins).taken) {
                self.arcs[arc].flow += more;
                inflows[self.arcs[arc].head as usize - self.supply.len()] += more;
            }
        }
        // What came first was dealt by what loads were then.
        for _ in 1..DEALS {
            for &topic in &order {
                self.deal_classes(topic, &mut inflows);
            }
        }
        self.with_loads()
    }

    /// Deals what each topic has free to its actors with the least loads; whether that changed
    /// anything.
    pub(crate) fn deal_by_loads(&mut self) -> bool {
        let mut loads = self.inflows();
        let mut has_changed = false;
        let (mut open, mut bins): (Vec<usize>, Vec<Bin>) = (Vec::new(), Vec::new());
        for topic in 0..self.topics() {
            open.clear();
            open.extend(self.of_topic(topic).filter(|&arc| !self.arcs[arc].is_fixed() && self.actor_at(self.arcs[arc].head).is_some()));
            let actor = |arc: usize| self.arcs[arc].head as usize - self.supply.len();
            let free: u32 = open.iter().map(|&arc| self.arcs[arc].flow - self.arcs[arc].low).sum();
            if free == 0 || open.len() < 2 {
                continue;
            }
            bins.clear();
            bins.extend(open.iter().map(|&arc| {
                let ConvexArc { low, high, flow, .. } = self.arcs[arc];
                let content = loads[actor(arc)] - (flow - low);
                Bin { width: self.actors.width(actor(arc)), content, room: high - low }
            }));
            for (&arc, more) in open.iter().zip(fill_bins(free, &bins).taken) {
                let actor = self.arcs[arc].head as usize - self.supply.len();
                let ConvexArc { low, flow, .. } = self.arcs[arc];
                loads[actor] = loads[actor] - flow + low + more;
                has_changed |= low + more != flow;
                self.arcs[arc].flow = low + more;
            }
        }
        has_changed
    }

    /// As many as would be there if each member of an actor had this many. A bound below that could
    /// hold an actor back where its members, each alone, are not, and prices would prove too
    /// little.
    fn each_could(&self, actor: usize, partitions: u32) -> u32 {
        partitions.saturating_mul(self.actors.width(actor)).min(MOST)
    }

    fn add(&mut self, tail: usize, head: usize, (low, high): (u32, u32), meaning: Meaning) {
        self.arcs.push(ConvexArc { tail: tail as u32, head: head as u32, low, high, flow: 0, parameter: 0 });
        self.meanings.push(meaning);
    }

    /// The arcs of a topic whose partitions are all alike. The scratch by actor is all 0 before and
    /// afterwards.
    fn add_class(&mut self, topic: &FaceTopic<'_>, claimed: &mut [u32]) {
        let class = topic.classes.of_topic(topic.number).start;
        self.actors.claimants(topic.network, topic.resolved, topic.number).for_each(|actor| claimed[actor] += 1);
        for &actor in &topic.actors {
            let actor = actor as usize;
            let mismatch = topic.classes.is_mismatch(class, topic.classes.rack_of(self.actors.first_member(actor)));
            let meaning = Meaning { mismatch, kept: claimed[actor], counts: self.actors.width(actor), loads: 0 };
            self.add(class, self.actor(actor), (0, self.each_could(actor, self.supply[class])), meaning);
        }
        self.actors.claimants(topic.network, topic.resolved, topic.number).for_each(|actor| claimed[actor] = 0);
    }

    /// The arcs of a topic that has several classes. The scratch by actor is all 0 before and
    /// afterwards.
    fn add_classes(&mut self, topic: &FaceTopic<'_>, places: &mut [u32]) {
        let FaceTopic { number, network, classes, resolved, actors } = topic;
        let rack_of = |face: &Self, actor: u32| classes.rack_of(face.actors.first_member(actor as usize));
        let racks_of: Vec<u32> = actors.iter().map(|&actor| rack_of(self, actor)).collect();
        let mut racks = racks_of.clone();
        racks.sort_unstable();
        racks.dedup();
        let hub = |face: &Self, rack: u32| face.nodes + racks.partition_point(|&other| other < rack);
        let first_pair = self.nodes + racks.len();
        let mut claims: Vec<(u32, u32)> = network
            .slots_of(*number)
            .filter(|&slot| resolved.owners[slot] != NO_OWNER)
            .map(|slot| (classes.of_slot(*number, slot) as u32, self.actors.of_member[resolved.owners[slot] as usize]))
            .collect();
        claims.sort_unstable();
        (0..).zip(actors).for_each(|(place, &actor)| places[actor as usize] = place);
        let pair_of = |actor: u32| first_pair + places[actor as usize] as usize;
        let mut claims = claims.chunk_by(|a, b| a == b).peekable();
        for class in classes.of_topic(*number) {
            for &rack in &racks {
                let mismatch = classes.is_mismatch(class, rack);
                self.add(class, hub(self, rack), (0, MOST), Meaning { mismatch, kept: 0, ..PLAIN });
            }
            while let Some(same) = claims.next_if(|same| same[0].0 as usize == class) {
                let actor = same[0].1;
                let mismatch = classes.is_mismatch(class, rack_of(self, actor));
                self.add(class, pair_of(actor), (0, same.len() as u32), Meaning { mismatch, ..PLAIN });
            }
        }
        let partitions = network.supply(*number);
        for (place, (&actor, &rack)) in actors.iter().zip(&racks_of).enumerate() {
            let bounds = (0, self.each_could(actor as usize, partitions));
            self.add(hub(self, rack), first_pair + place, bounds, PLAIN);
            let width = self.actors.width(actor as usize);
            self.add(first_pair + place, self.actor(actor as usize), bounds, Meaning { counts: width, ..PLAIN });
        }
        self.nodes = first_pair + actors.len();
        actors.iter().for_each(|&actor| places[actor as usize] = 0);
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

    /// The face with what a cost is to know of each arc, of what its units mean.
    pub(crate) fn costing(mut self, parameter: impl Fn(&Meaning) -> u32) -> Self {
        self.arcs.iter_mut().zip(&self.meanings).for_each(|(arc, meaning)| arc.parameter = parameter(meaning));
        self
    }

    /// The face with each arc carrying a best count at these prices, as near to what it carried as
    /// can be.
    pub(crate) fn at<C: ConvexCost>(mut self, price: &[i32]) -> Self {
        for arc in &mut self.arcs {
            let (low, high) = bounds::<C>(arc, price[arc.tail as usize] - price[arc.head as usize]);
            arc.flow = arc.flow.clamp(low, high);
        }
        self
    }

    /// What is left of the face where these prices are to hold.
    pub(crate) fn narrowed<C: ConvexCost>(mut self, price: &[i32]) -> Self {
        for arc in &mut self.arcs {
            (arc.low, arc.high) = bounds::<C>(arc, price[arc.tail as usize] - price[arc.head as usize]);
        }
        self
    }
}
