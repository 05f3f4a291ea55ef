//! Topics whose partitions are not all alike: class → hub → pair → actor, and class → pair for
//! claims.
//!
//! The arcs of such a topic lie in this order: of each class first those to the hubs, one for each,
//! then those of claims; after all classes, of each pair the arc that leads into it from its hub
//! and the one that leads on to its actor.

use std::ops::Range;

use super::costs::Linear;
use super::face::Face;
use crate::flow::ascent::Joined;
use crate::flow::convex::{ConvexArc, ConvexCost, bounds, settle};
use crate::flow::water_fill::{Bin, fill_bins};

/// Up to this many hubs, what is confined to each set of them is known; beyond that there are too
/// many sets, and hubs start with one price.
const MOST_HUBS: usize = 8;

/// Where the arcs and nodes of a topic with several classes are.
#[derive(Clone, Debug)]
struct Hubs {
    from_classes: Range<usize>,
    pairs: Range<usize>,
    first_hub: u32,
    first_pair: u32,
}

impl Hubs {
    fn len(&self) -> usize {
        (self.first_pair - self.first_hub) as usize
    }

    /// The arc that leads from a pair to its actor; the one before leads into it.
    fn out_of(&self, pair: u32) -> usize {
        self.pairs.start + 2 * (pair - self.first_pair) as usize + 1
    }

    /// The hub, as its place among those of the topic, that an arc from a class leads to, or that
    /// the pair it leads to belongs to.
    fn hub_of(&self, arcs: &[ConvexArc], head: u32) -> usize {
        let hub = if head < self.first_pair { head } else { arcs[self.out_of(head) - 1].tail };
        (hub - self.first_hub) as usize
    }

    /// The arcs of each class, ascending.
    fn classes<'a>(&self, arcs: &'a [ConvexArc]) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let mut start = self.from_classes.start;
        arcs[self.from_classes.clone()].chunk_by(|one, next| one.tail == next.tail).map(move |of| {
            start += of.len();
            start - of.len()..start
        })
    }
}

/// What the sources of a topic send, one source for each of its hubs or one in all.
#[derive(Debug)]
pub(crate) struct Sources {
    /// How many units can come from no others than each set of the sources.
    confined: Vec<i32>,
    /// What each source sends more or less than that, whatever the prices.
    beside: Vec<i32>,
    hub_of_pair: Vec<u32>,
    first_pair: u32,
}

impl Sources {
    /// The source of what leaves a node for an actor.
    pub(crate) fn source_of(&self, tail: u32) -> u32 {
        tail.checked_sub(self.first_pair).and_then(|pair| self.hub_of_pair.get(pair as usize)).copied().unwrap_or(0)
    }

    /// So many units are not looked at.
    pub(crate) fn less(&mut self, source: u32, units: u32) {
        self.beside[source as usize] -= units as i32;
    }

    /// All of them, numbered from here on.
    pub(crate) fn joined(self, first: u32) -> Joined {
        let mut joined = Joined { sources: first..first + self.beside.len() as u32, confined: self.confined };
        for set in 1..joined.confined.len() {
            let beside: i32 = joined.of_set(set).map(|source| self.beside[(source - first) as usize]).sum();
            joined.confined[set] += beside;
        }
        joined
    }
}

impl Face {
    /// Where the arcs of a topic are that has several classes.
    fn hubs(&self, topic: usize) -> Option<Hubs> {
        let of = self.of_topic(topic);
        let first = self.arcs[of.clone()].first().filter(|arc| self.actor_at(arc.head).is_none())?;
        let classes = self.arcs[of.clone()].partition_point(|arc| (arc.tail as usize) < self.supply.len());
        let (from_classes, pairs) = (of.start..of.start + classes, of.start + classes..of.end);
        let first_pair = self.arcs.get(pairs.start)?.head;
        Some(Hubs { from_classes, pairs, first_hub: first.head, first_pair })
    }

    /// Makes a topic carry these: class, actor and how many, ascending. The scratch by actor is all
    /// 0 before and afterwards.
    pub(crate) fn carry(&mut self, topic: usize, counts: &[(u32, u32, u32)], left: &mut [u32]) {
        let Some(hubs) = self.hubs(topic) else {
            counts.iter().for_each(|&(_, actor, count)| left[actor as usize] = count);
            for arc in self.of_topic(topic) {
                self.arcs[arc].flow = std::mem::take(&mut left[self.arcs[arc].head as usize - self.supply.len()]);
            }
            return;
        };
        let actor_of = |face: &Self, out: usize| face.arcs[out].head as usize - face.supply.len();
        hubs.pairs.clone().for_each(|arc| self.arcs[arc].flow = 0);
        for class in hubs.classes(&self.arcs).collect::<Vec<_>>() {
            let number = self.arcs[class.start].tail;
            let first = counts.partition_point(|count| count.0 < number);
            let of_class = || counts[first..].iter().take_while(|count| count.0 == number);
            of_class().for_each(|&(_, actor, count)| left[actor as usize] = count);
            for claim in class.start + hubs.len()..class.end {
                let out = hubs.out_of(self.arcs[claim].head);
                let left = &mut left[actor_of(self, out)];
                let kept = (*left).min(self.arcs[claim].high);
                *left -= kept;
                self.arcs[claim].flow = kept;
                self.arcs[out].flow += kept;
            }
            self.arcs[class.start..class.start + hubs.len()].iter_mut().for_each(|arc| arc.flow = 0);
            for pair in hubs.pairs.clone().step_by(2) {
                let more = std::mem::take(&mut left[actor_of(self, pair + 1)]);
                if more > 0 {
                    let to_hub = class.start + (self.arcs[pair].tail - hubs.first_hub) as usize;
                    [to_hub, pair, pair + 1].into_iter().for_each(|arc| self.arcs[arc].flow += more);
                }
            }
        }
    }

    /// Deals what each class of a topic has free to the actors in its racks that get the least; to
    /// others only where nobody is in any of its racks. What was dealt before is taken back; claims
    /// stand as far as pairs have room for them. Says `false`, and does nothing, where there is but
    /// one class.
    pub(crate) fn deal_classes(&mut self, topic: usize, inflows: &mut [u32]) -> bool {
        let Some(hubs) = self.hubs(topic) else { return false };
        for pair in hubs.pairs.clone().step_by(2) {
            inflows[self.arcs[pair + 1].head as usize - self.supply.len()] -= self.arcs[pair + 1].flow;
            (self.arcs[pair].flow, self.arcs[pair + 1].flow) = (0, 0);
        }
        let classes: Vec<Range<usize>> = hubs.classes(&self.arcs).collect();
        for claim in classes.iter().flat_map(|class| class.start + hubs.len()..class.end) {
            let out = hubs.out_of(self.arcs[claim].head);
            let stands = self.arcs[claim].flow.min(self.arcs[out].high - self.arcs[out].flow);
            self.arcs[claim].flow = stands;
            self.arcs[out].flow += stands;
            inflows[self.arcs[out].head as usize - self.supply.len()] += stands;
        }
        let (mut open, mut bins): (Vec<usize>, Vec<Bin>) = (Vec::new(), Vec::new());
        for class in classes {
            let to_hubs = class.start..class.start + hubs.len();
            let claimed: u32 = self.arcs[to_hubs.end..class.end].iter().map(|arc| arc.flow).sum();
            let free = self.supply[self.arcs[class.start].tail as usize] - claimed;
            self.arcs[to_hubs.clone()].iter_mut().for_each(|arc| arc.flow = 0);
            if free == 0 {
                continue;
            }
            let nobody_matches = self.meanings[to_hubs.clone()].iter().all(|meaning| meaning.mismatch);
            let hub_arc = |face: &Self, pair: usize| to_hubs.start + (face.arcs[pair].tail - hubs.first_hub) as usize;
            open.clear();
            bins.clear();
            for pair in hubs.pairs.clone().step_by(2) {
                let ConvexArc { flow, high, head, .. } = self.arcs[pair + 1];
                if flow < high && (nobody_matches || !self.meanings[hub_arc(self, pair)].mismatch) {
                    let actor = head as usize - self.supply.len();
                    open.push(pair);
                    bins.push(Bin { width: self.actors.width(actor), content: inflows[actor], room: high - flow });
                }
            }
            for (&pair, more) in open.iter().zip(fill_bins(free, &bins).taken) {
                for arc in [hub_arc(self, pair), pair, pair + 1] {
                    self.arcs[arc].flow += more;
                }
                inflows[self.arcs[pair + 1].head as usize - self.supply.len()] += more;
            }
        }
        true
    }

    /// The face with the units of topics that have several classes sent to where pairs pass them
    /// on, as far as that can be done within each topic.
    pub(crate) fn settled_within_topics<C: ConvexCost>(mut self, price: &[i32]) -> Self {
        let excess = self.excess();
        let nowhere = u32::MAX;
        let mut place_of = vec![nowhere; self.nodes];
        let (mut nodes, mut arcs, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        for topic in 0..self.topics() {
            let Some(hubs) = self.hubs(topic) else { continue };
            nodes.clear();
            arcs.clear();
            numbers.clear();
            for number in hubs.from_classes.chain(hubs.pairs.step_by(2)) {
                let arc = self.arcs[number];
                let (low, high) = bounds::<C>(&arc, price[arc.tail as usize] - price[arc.head as usize]);
                let [tail, head] = [arc.tail, arc.head].map(|node| {
                    if place_of[node as usize] == nowhere {
                        place_of[node as usize] = nodes.len() as u32;
                        nodes.push(node as usize);
                    }
                    place_of[node as usize]
                });
                if low < high {
                    arcs.push(ConvexArc { tail, head, low, high, flow: arc.flow, parameter: 0 });
                    numbers.push(number);
                }
            }
            settle::<Linear>(&mut arcs, &mut vec![0; nodes.len()], nodes.iter().map(|&node| excess[node]).collect());
            numbers.iter().zip(&arcs).for_each(|(&number, arc)| self.arcs[number].flow = arc.flow);
            nodes.iter().for_each(|&node| place_of[node] = nowhere);
        }
        self
    }

    /// What a topic sends to actors, and from where.
    pub(crate) fn sources(&self, topic: usize) -> Sources {
        let Some(hubs) = self.hubs(topic) else {
            let confined = vec![0, self.supply_of(topic) as i32];
            return Sources { confined, beside: vec![0], hub_of_pair: Vec::new(), first_pair: 0 };
        };
        let is_each_set_known = hubs.len() <= MOST_HUBS;
        let mut confined = vec![0; if is_each_set_known { 1 << hubs.len() } else { 2 }];
        let mut beside = vec![0; hubs.len()];
        let mut room = vec![0_u64; hubs.len()];
        for class in hubs.classes(&self.arcs) {
            let arcs = &self.arcs[class];
            let mut units = i64::from(self.supply[arcs[0].tail as usize]);
            // How many units can go by each hub: as many as there are, or to its claimants alone.
            room.fill(0);
            for arc in arcs {
                let hub = hubs.hub_of(&self.arcs, arc.head);
                units -= i64::from(arc.low);
                beside[hub] += arc.low as i32;
                room[hub] += u64::from(arc.high - arc.low);
            }
            for (set, confined) in confined.iter_mut().enumerate().skip(1) {
                let others = room.iter().enumerate().filter(|(hub, _)| is_each_set_known && set >> hub & 1 == 0);
                let elsewhere: u64 = others.map(|(_, room)| room).sum();
                *confined += (units - elsewhere as i64).max(0) as i32;
            }
        }
        let hub_of_pair = self.arcs[hubs.pairs.clone()].iter().step_by(2).map(|arc| arc.tail - hubs.first_hub).collect();
        Sources { confined, beside, hub_of_pair, first_pair: hubs.first_pair }
    }

    /// Sets the prices of a topic's nodes from those of its sources; a class has that of the
    /// dearest it needs when its units go where that costs the least.
    pub(crate) fn price_topic(&self, topic: usize, price: &mut [i32], of_source: impl Fn(u32) -> i32) {
        let Some(hubs) = self.hubs(topic) else {
            self.arcs[self.of_topic(topic)].iter().for_each(|arc| price[arc.tail as usize] = of_source(0));
            return;
        };
        for arc in self.arcs[hubs.pairs.clone()].iter().step_by(2) {
            let of_hub = of_source(arc.tail - hubs.first_hub);
            (price[arc.tail as usize], price[arc.head as usize]) = (of_hub, of_hub);
        }
        let mut open: Vec<(i32, u32)> = Vec::new();
        for class in hubs.classes(&self.arcs) {
            let arcs = &self.arcs[class];
            let mut left = i64::from(self.supply[arcs[0].tail as usize]) - arcs.iter().map(|arc| i64::from(arc.low)).sum::<i64>();
            open.clear();
            open.extend(arcs.iter().filter(|arc| !arc.is_fixed()).map(|arc| (price[arc.head as usize], arc.high - arc.low)));
            open.sort_unstable();
            let dearest = open.iter().find(|&&(_, room)| {
                left -= i64::from(room);
                left <= 0
            });
            price[arcs[0].tail as usize] = dearest.or(open.last()).map_or_else(|| of_source(0), |dearest| dearest.0);
        }
    }

    /// A price for each node from those of classes and members: a pair has that of its actor, a hub
    /// the least of the pairs that it may send to, or if there are none the highest there is.
    pub(crate) fn prices_by_actor<P>(&self, classes: &[P], members: &[P], price: impl Fn(&P) -> i32) -> Vec<i32> {
        let mut prices = self.prices(classes, members, price);
        let highest = prices.iter().copied().max().unwrap_or(0);
        prices.resize(self.nodes, highest);
        for topic in 0..self.topics() {
            let Some(hubs) = self.hubs(topic) else { continue };
            for pair in hubs.pairs.step_by(2) {
                let (into, out) = (self.arcs[pair], self.arcs[pair + 1]);
                prices[out.tail as usize] = prices[out.head as usize];
                if into.high > 0 {
                    prices[into.tail as usize] = prices[into.tail as usize].min(prices[into.head as usize]);
                }
            }
        }
        prices
    }

    /// Prices to start with where each mismatch costs 1: a class that is in no rack of anybody's
    /// has to pay that.
    pub(crate) fn mismatch_prices(&self) -> Vec<i32> {
        let mut price = vec![0; self.nodes];
        price[..self.supply.len()].fill(1);
        for (arc, meaning) in self.arcs.iter().zip(&self.meanings) {
            if let Some(price) = price[..self.supply.len()].get_mut(arc.tail as usize)
                && arc.high > 0
                && !meaning.mismatch
            {
                *price = 0;
            }
        }
        price
    }

    /// The face without claims that are mismatches and need not be.
    pub(crate) fn without_mismatched_claims(mut self) -> Self {
        let price = self.mismatch_prices();
        for topic in 0..self.topics() {
            let hubs = self.hubs(topic);
            for number in self.of_topic(topic) {
                let arc = self.arcs[number];
                if self.meanings[number].mismatch && price[arc.tail as usize] == 0 && arc.flow > 0 {
                    self.arcs[number].flow = 0;
                    if let Some(hubs) = &hubs {
                        self.arcs[hubs.out_of(arc.head)].flow -= arc.flow;
                    }
                }
            }
        }
        self.with_loads()
    }
}
