//! Spread after balance, racks and stickiness: near those topics that are not as even as these
//! goals allow by themselves.
//!
//! As in [`spread`](super::spread), but a topic has classes, and each has bounds of its own at each
//! member. A topic all of whose classes have one price is at its best where counts of the whole
//! topic are; that is looked at first. The others are a *region*, solved on the network of all
//! goals, all else standing still.

use std::collections::BTreeMap;

use crate::balance::allocate::Allocation;
use crate::balance::by_rack::ThreeGoals;
use crate::balance::carry_out::carry_out_topics;
use crate::balance::claims::ValidClaims;
use crate::balance::costs::Square;
use crate::balance::even::{SpreadPrices, price_if_even, price_within_bounds, sticky_bounds};
use crate::balance::exchange::exchange;
use crate::balance::face::Face;
use crate::balance::racks::Resolved;
use crate::balance::spread::{Load, Place, least_price, price_between, within_all};
use crate::balance::stages::{left_by_three, stage};
use crate::balance::tally::Tally;
use crate::flow::convex::{ConvexArc, ConvexCost, bounds};

/// Where more than a few partitions, and more than one in so many of all, are misplaced, spread is
/// solved from a start of its own.
const MISPLACED: usize = 256;
const FEW: usize = 32;

/// A region of more than one in so many of the topics becomes one of all.
const A_LARGE_PART: usize = 4;

/// Prices are sought at which a plan is best as it is where uneven topics and members are fewer
/// pairs than this for each slot, and some more.
const PLACES_FOR_A_SLOT: usize = 4;
const PLACES: usize = 1 << 20;

/// Between which prices a topic is at its best; `None` where it is at none.
type TopicPriceBounds = Option<(i32, i32)>;

/// Where nobody claims anything, members are few actors: with fewer than one subscriber, of all
/// classes together, in so many slots, spread is quickly solved for all at once.
const SLOTS_FOR_A_SUBSCRIBER: usize = 8;

/// A plan that is best in the three goals made best in spread, too, with the prices that prove it,
/// those of classes and members; the plan without prices where too much of it is misplaced.
///
/// Exchanges first, after which mostly nothing is left but what few members have too much of, as
/// they have no claims to anything else: then these have prices. Otherwise a region of what is
/// uneven still is solved. That gives its members prices, at which topics beside it may not be at
/// their best any more. These join it, until none does.
pub(crate) fn evened(group: Resolved<'_>, mut decided: ThreeGoals) -> (ThreeGoals, Option<SpreadPrices>) {
    let topics = group.network.topics.len();
    let uneven = |bounds: &[TopicPriceBounds]| -> Vec<u32> {
        (0..).zip(bounds).filter(|(_, bounds)| bounds.is_none()).map(|(topic, _)| topic).collect()
    };
    let mut reader = TopicReader::of(group, &decided, None);
    let mut bounds: Vec<TopicPriceBounds> = (0..topics).map(|topic| reader.flat_price(topic)).collect();
    let standing = reader.standing;
    let subscribers = decided.confined().network.subscribers.item_count();
    if uneven(&bounds).is_empty() {
        return (decided, Some(prices(group, &bounds, None, &[])));
    }
    if group.claims.total() == 0 && SLOTS_FOR_A_SUBSCRIBER * subscribers < group.network.slots.len() {
        return (decided, None);
    }
    let Some(changed) = exchange(group, &mut decided, &uneven(&bounds)) else { return (decided, None) };
    let mut reader = TopicReader::of(group, &decided, standing);
    changed.iter().for_each(|&topic| bounds[topic as usize] = reader.flat_price(topic as usize));
    let mut region = uneven(&bounds);
    if let Some(members) = reader.prices_as_it_is(&region, &mut bounds) {
        return (decided, Some(prices(group, &bounds, None, &members)));
    }
    loop {
        let start = RackRegion::of(group, &decided, region.clone());
        if start.misplaced() > FEW + group.network.slots.len() / MISPLACED {
            return (decided, None);
        }
        let solved = start.solved();
        let members = solved.priced_members();
        // Each time from what they were at first, as members have other prices than before.
        let mut bound = bounds.clone();
        let more = reader.bound_by(&members, &region, &mut bound);
        if more.is_empty() {
            let prices = prices(group, &bound, Some(&solved), &members);
            decided.two_goals.allocation = solved.carried_out(group, decided.two_goals.allocation);
            return (decided, Some(prices));
        }
        region.extend(more);
        region.sort_unstable();
        // What has spread this far goes on: better all at once than round by round.
        if region.len() > topics / A_LARGE_PART {
            region = (0..topics as u32).collect();
        }
    }
}

/// The prices of all classes: those of the region, and of other topics one within their bounds.
fn prices(group: Resolved<'_>, bounds: &[TopicPriceBounds], region: Option<&RackRegion>, members: &[(u32, i32)]) -> SpreadPrices {
    let mut prices = SpreadPrices { classes: vec![0; group.classes.len()], members: vec![0; group.network.members.len()] };
    members.iter().for_each(|&(member, price)| prices.members[member as usize] = price);
    for (topic, bounds) in bounds.iter().enumerate() {
        let price = bounds.map_or(0, |(least, most)| price_between(least, most));
        prices.classes[group.classes.of_topic(topic)].fill(price);
    }
    if let Some(region) = region {
        for class in region.face.numbers().iter().flat_map(|&topic| group.classes.of_topic(topic as usize)) {
            prices.classes[class] = region.price[class];
        }
    }
    prices
}

/// Reads who has how much of what, and between which bounds.
struct TopicReader<'n> {
    group: Resolved<'n>,
    decided: &'n ThreeGoals,
    /// The claims that can stand, in the network of classes, once somebody asked.
    standing: Option<ValidClaims>,
    tally: Tally,
    may_have: Vec<bool>,
}

impl<'n> TopicReader<'n> {
    fn of(group: Resolved<'n>, decided: &'n ThreeGoals, standing: Option<ValidClaims>) -> Self {
        let may_have = vec![false; decided.confined().network.shapes.len()];
        Self { group, decided, standing, tally: Tally::new(group.network.members.len()), may_have }
    }

    /// Between which prices a topic is as even as can be by itself, members costing nothing.
    fn flat_price(&mut self, topic: usize) -> Option<(i32, i32)> {
        let owners = self.owners(topic);
        let members = self.decided.at_level(self.group.network, topic).count();
        let even = self.tally.read(owners, |tally| price_if_even(owners, tally, members));
        even.or_else(|| price_within_bounds(self.all_places(topic).into_iter()))
    }

    /// Prices of members at which these topics, and all others, are at their best as they are, and
    /// the bounds of topics then; `None` where those that come to mind are none.
    ///
    /// A topic costs what it would if members cost nothing. Whoever then has too much or too little
    /// of it costs as much more or less as that takes.
    fn prices_as_it_is(&mut self, uneven: &[u32], bounds: &mut Vec<TopicPriceBounds>) -> Option<Vec<(u32, i32)>> {
        let network = self.group.network;
        if uneven.len() * network.members.len() > PLACES_FOR_A_SLOT * network.slots.len() + PLACES {
            return None;
        }
        let mut of_members: BTreeMap<u32, (i32, i32)> = BTreeMap::new();
        for &topic in uneven {
            let places = self.all_places(topic as usize);
            let price = price_with_enough(&places);
            for place in &places {
                let (least, most) = place.member_price_bounds(place.count, price);
                if least > 0 || most < 0 {
                    let of_member = of_members.entry(place.member).or_insert((i32::MIN, i32::MAX));
                    *of_member = (of_member.0.max(least), of_member.1.min(most));
                }
            }
        }
        let loads = &self.decided.two_goals.allocation.loads;
        let member = |(member, (least, most)): (u32, (i32, i32))| {
            let Load { load, least: least_load, most: most_load } = self.decided.load(member, loads[member as usize]);
            let price = 0.max(least).min(most);
            let may_cost = price == 0 || price < 0 && load == least_load || price > 0 && load == most_load;
            (least <= most && may_cost).then_some((member, price))
        };
        let members: Vec<(u32, i32)> = of_members.into_iter().map(member).collect::<Option<_>>()?;
        let mut as_it_is = bounds.clone();
        for &topic in uneven {
            let places = self.all_places(topic as usize);
            as_it_is[topic as usize] = Some(price_bounds(&places, |member| price_among(&members, member)));
        }
        let are_at_best = self.bound_by(&members, uneven, &mut as_it_is).is_empty();
        let is_possible = |bounds: &TopicPriceBounds| bounds.is_some_and(|(least, most)| least <= most);
        (are_at_best && as_it_is.iter().all(is_possible)).then(|| {
            *bounds = as_it_is;
            members
        })
    }

    /// The topics beside the region that are not at their best any more where members have these
    /// prices; of the others, the bounds.
    fn bound_by(&mut self, members: &[(u32, i32)], region: &[u32], bounds: &mut [TopicPriceBounds]) -> Vec<u32> {
        let network = self.group.network;
        let of_member = |&(member, _): &(u32, i32)| {
            network.shapes.row(network.shape_of[member as usize] as usize).iter().map(move |&topic| (topic, member))
        };
        let mut pairs: Vec<(u32, u32)> =
            members.iter().flat_map(of_member).filter(|&(topic, member)| self.decided.is_at_level(network, topic, member)).collect();
        pairs.sort_unstable();
        let price_of = |member: u32| price_among(members, member);
        let mut more = Vec::new();
        for pairs in pairs.chunk_by(|one, next| one.0 == next.0).filter(|pairs| region.binary_search(&pairs[0].0).is_err()) {
            let topic = pairs[0].0;
            let Some(mut of_topic) = bounds[topic as usize] else { continue };
            for place in self.places(topic as usize, &pairs.iter().map(|pair| pair.1).collect::<Vec<u32>>()) {
                let (least, most) = place.price_bounds(place.count, price_of(place.member));
                of_topic = (of_topic.0.max(least), of_topic.1.min(most));
            }
            if of_topic.0 > of_topic.1 {
                // Those to begin with are of counts alone, and may be too narrow.
                of_topic = price_bounds(&self.all_places(topic as usize), price_of);
            }
            bounds[topic as usize] = Some(of_topic);
            if of_topic.0 > of_topic.1 {
                more.push(topic);
            }
        }
        more
    }

    /// The owners of a topic's partitions.
    fn owners(&self, topic: usize) -> &'n [u32] {
        &self.decided.two_goals.allocation.owners[self.group.network.slots_of(topic)]
    }

    /// The places of all members that may have some of a topic.
    fn all_places(&mut self, topic: usize) -> Vec<Place> {
        let members: Vec<u32> = self.decided.at_level(self.group.network, topic).collect();
        self.places(topic, &members)
    }

    /// The places of these members in a topic, all its classes together.
    fn places(&mut self, topic: usize, members: &[u32]) -> Vec<Place> {
        let (confined, decided) = (self.decided.confined(), &self.decided.two_goals);
        let standing = self.standing.get_or_insert_with(|| confined.claims(self.group.claims).standing);
        let place = |&member: &u32| Place { class: topic as u32, member, count: 0, low: 0, high: 0 };
        let mut places: Vec<Place> = members.iter().map(place).collect();
        for class in self.group.classes.of_topic(topic) {
            let subscribers = confined.network.subscribers.row(class);
            subscribers.iter().for_each(|&shape| self.may_have[shape as usize] = true);
            let claimants = &standing.owners[confined.network.slots_of(class)];
            self.tally.read(claimants, |tally| {
                for place in places.iter_mut().filter(|place| self.may_have[confined.network.shape_of[place.member as usize] as usize]) {
                    let of_member = decided.members[place.member as usize];
                    let (low, high) = sticky_bounds(decided.classes[class], of_member, tally.of(place.member));
                    (place.low, place.high) = (place.low + low, place.high + high.min(self.group.classes.size(class)));
                }
            });
            subscribers.iter().for_each(|&shape| self.may_have[shape as usize] = false);
        }
        let owners = &decided.allocation.owners[self.group.network.slots_of(topic)];
        self.tally.read(owners, |tally| places.iter_mut().for_each(|place| place.count = tally.of(place.member)));
        places
    }
}

/// The price of a member among those that have one other than 0, ascending.
fn price_among(priced: &[(u32, i32)], member: u32) -> i32 {
    priced.binary_search_by_key(&member, |of| of.0).map_or(0, |place| priced[place].1)
}

/// The least and the most that a topic may cost whose places these are, members costing this much.
fn price_bounds(places: &[Place], price_of: impl Fn(u32) -> i32) -> (i32, i32) {
    within_all(places.iter().map(|place| place.price_bounds(place.count, price_of(place.member))))
}

/// The least price at which as many could be had as there are, members costing nothing.
fn price_with_enough(places: &[Place]) -> i32 {
    let supply: u64 = places.iter().map(|place| u64::from(place.count)).sum();
    let highest = places.iter().map(|place| place.count).max().unwrap_or(0) as i32;
    let most = |price: i32| places.iter().map(|place| u64::from(place.best(price).1)).sum::<u64>();
    least_price((0, highest), |price| most(price) >= supply)
}

/// Some topics, solved together.
struct RackRegion {
    face: Face,
    /// The arcs before spread was solved, with the bounds that they have in it.
    bounds: Vec<ConvexArc>,
    price: Vec<i32>,
}

impl RackRegion {
    /// The region of these topics, which ascend, at the counts and prices that there are.
    fn of(group: Resolved<'_>, decided: &ThreeGoals, topics: Vec<u32>) -> Self {
        let face = Face::of_some(group, topics);
        let mut face = left_by_three(decided, face).0;
        let owners = &decided.two_goals.allocation.owners;
        let mut scratch = vec![0; face.actors.len()];
        let mut outside: Vec<u32> = vec![0; face.actors.len()];
        (0..).zip(&decided.two_goals.allocation.loads).for_each(|(member, &load)| outside[face.actors.of_member[member] as usize] = load);
        for place in 0..face.topics() {
            let topic = face.numbers()[place] as usize;
            let pair = |slot: usize| (group.classes.of_slot(topic, slot) as u32, face.actors.of_member[owners[slot] as usize]);
            let mut pairs: Vec<(u32, u32)> = group.network.slots_of(topic).map(pair).collect();
            pairs.sort_unstable();
            let counts: Vec<(u32, u32, u32)> =
                pairs.chunk_by(|one, next| one == next).map(|same| (same[0].0, same[0].1, same.len() as u32)).collect();
            counts.iter().for_each(|&(_, actor, count)| outside[actor as usize] -= count);
            face.carry(place, &counts, &mut scratch);
        }
        let loads = face.loads();
        for (arc, outside) in face.arcs[loads].iter_mut().zip(outside) {
            (arc.low, arc.high) = (arc.low.saturating_sub(outside), arc.high - outside);
        }
        let face = face.bounded_by_inflow().with_loads().costing(|meaning| meaning.counts);
        let price = face.flat_prices();
        Self { bounds: face.arcs.clone(), face, price }
    }

    /// How many units are more or less than is best at the prices to start from.
    fn misplaced(&self) -> usize {
        let best = |arc: &ConvexArc| {
            let (low, high) = bounds::<Square>(arc, self.price[arc.tail as usize]);
            arc.flow.abs_diff(arc.flow.clamp(low, high)) as usize
        };
        self.face.arcs.iter().filter(|arc| self.face.actor_at(arc.head).is_some()).map(best).sum()
    }

    fn solved(self) -> Self {
        let (face, price) = stage::<Square>(self.face, self.price);
        Self { face, price, ..self }
    }

    /// The members that have a price other than 0, ascending: prices at which the counts of the
    /// region are best for them, as near to 0 as can be.
    fn priced_members(&self) -> Vec<(u32, i32)> {
        let nowhere = (i32::MIN, i32::MAX);
        let mut bounds = vec![nowhere; self.face.actors.len()];
        for (arc, before) in self.face.arcs.iter().zip(&self.bounds) {
            let (actor, price, is_load) = match (self.face.actor_at(arc.head), self.face.actor_at(arc.tail)) {
                (Some(actor), _) => (actor, self.price[arc.tail as usize], false),
                (_, Some(actor)) => (actor, 0, true),
                _ => continue,
            };
            let unit = |unit: u32| Square::of_unit(arc.parameter, unit);
            let (least, most) = match is_load {
                // A member may cost less than 0 only with the least load, and more only with the
                // most.
                true => (if arc.flow > before.low { 0 } else { i32::MIN }, if arc.flow < before.high { 0 } else { i32::MAX }),
                false => (
                    if arc.flow < before.high { price - unit(arc.flow + 1) } else { i32::MIN },
                    if arc.flow > before.low { price - unit(arc.flow) } else { i32::MAX },
                ),
            };
            bounds[actor] = (bounds[actor].0.max(least), bounds[actor].1.min(most));
        }
        let price = |(actor, &(least, most)): (usize, &(i32, i32))| {
            debug_assert!(least <= most, "the counts are best at some prices");
            (self.face.actors.members.row(actor)[0], 0.max(least).min(most))
        };
        let mut priced: Vec<(u32, i32)> = bounds.iter().enumerate().map(price).filter(|(_, price)| *price != 0).collect();
        priced.sort_unstable();
        priced
    }

    /// The allocation with the counts of the region.
    fn carried_out(&self, group: Resolved<'_>, mut allocation: Allocation) -> Allocation {
        let topics = self.face.numbers();
        let slots = |&topic: &u32| group.network.slots_of(topic as usize);
        topics.iter().flat_map(slots).for_each(|slot| allocation.owners[slot] = group.claims.owners[slot]);
        let is_outside = |slot: u32| topics.binary_search(&(group.network.class_of_slot(slot) as u32)).is_err();
        allocation.released.retain(|&(slot, _)| is_outside(slot));
        allocation.held.clone_from(&group.claims.held);
        let mut allocation = carry_out_topics(group.network, group.classes, allocation, &self.face);
        allocation.loads.fill(0);
        allocation.owners.iter().for_each(|&owner| allocation.loads[owner as usize] += 1);
        allocation
    }
}
