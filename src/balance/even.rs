//! Spread where balance and stickiness are decided: most histories are even, and then no flow has
//! to be sought.

use crate::balance::allocate::Allocation;
use crate::balance::claims;
use crate::balance::spread::{Load, Place, Spread, SpreadInput, spread, within_all};
use crate::balance::tally::Tally;
use crate::balance::two_goals::{LevelPrice, TwoGoals};
use crate::model::{Group, NO_OWNER};
use crate::network::Network;

/// What proves that spread is best: prices of classes, as the k-th partition of a class at a member
/// costs k, and of members.
#[derive(Debug, Default)]
pub(crate) struct SpreadPrices {
    pub(crate) classes: Vec<i32>,
    pub(crate) members: Vec<i32>,
}

/// A plan that is best in balance and stickiness made best in spread, too, with the prices that
/// prove it: near those classes that are not as even as these goals allow by themselves. The plan
/// as it was, without prices, where that would be about all there is.
///
/// Linear in partitions where counts differ by one at most; otherwise in subscribers of the class,
/// too.
pub(crate) fn evened(group: &Group, network: &Network, mut decided: TwoGoals) -> (TwoGoals, Option<SpreadPrices>) {
    let mut reader = Reader::of(group, network, &decided);
    reader.flat = (0..network.topics.len() as u32).map(|class| reader.flat_price(class)).collect();
    let flat = |class: u32| reader.flat[class as usize];
    let mut prices = SpreadPrices {
        classes: reader.flat.iter().map(|bounds| bounds.map_or(0, |bounds| bounds.0)).collect(),
        members: vec![0; network.members.len()],
    };
    let uneven: Vec<u32> = (0..network.topics.len() as u32).filter(|&class| flat(class).is_none()).collect();
    if uneven.is_empty() {
        return (decided, Some(prices));
    }
    let Some(near) = spread(&mut reader, uneven, network.slots.len()) else { return (decided, None) };
    near.classes.iter().for_each(|&(class, price)| prices.classes[class as usize] = price);
    near.members.iter().for_each(|&(member, price)| prices.members[member as usize] = price);
    let claimed = reader.claimed.unwrap_or_default();
    decided.allocation = with_counts(network, decided.allocation, &claimed, &near);
    (decided, Some(prices))
}

/// The allocation with other counts of some classes: of each a member keeps the lowest of the
/// partitions it claims, and what is free goes to those that lack some.
fn with_counts(network: &Network, mut allocation: Allocation, claimed: &[u32], spread: &Spread) -> Allocation {
    let mut counts = vec![0_u32; network.members.len()];
    let is_changed = |class: usize| spread.changes.binary_search_by_key(&class, |change| change.0.class as usize).is_ok();
    allocation.released.retain(|&(slot, _)| !is_changed(network.class_of_slot(slot)));
    for of_class in spread.changes.chunk_by(|one, next| one.0.class == next.0.class) {
        let slots = network.slots_of(of_class[0].0.class as usize);
        allocation.owners[slots.clone()].iter().for_each(|&owner| counts[owner as usize] += 1);
        for &(place, more) in of_class {
            let (count, load) = (&mut counts[place.member as usize], &mut allocation.loads[place.member as usize]);
            (*count, *load) = (count.wrapping_add_signed(more), load.wrapping_add_signed(more));
        }
        let mut takers = Vec::new();
        for slot in slots.clone() {
            let (before, claimant) = (std::mem::replace(&mut allocation.owners[slot], NO_OWNER), claimed[slot]);
            takers.push(before);
            if claimant != NO_OWNER {
                match &mut counts[claimant as usize] {
                    0 => allocation.released.push((slot as u32, claimant)),
                    count => {
                        *count -= 1;
                        allocation.owners[slot] = claimant;
                    }
                }
            }
        }
        takers.extend(of_class.iter().map(|(place, _)| place.member));
        takers.sort_unstable();
        takers.dedup();
        let mut takers =
            takers.into_iter().flat_map(|member| std::iter::repeat_n(member, std::mem::take(&mut counts[member as usize]) as usize));
        for slot in slots.filter(|&slot| allocation.owners[slot] == NO_OWNER).collect::<Vec<_>>() {
            allocation.owners[slot] = takers.next().unwrap_or(NO_OWNER);
        }
    }
    allocation
}

/// Reads who has how much of what.
struct Reader<'n> {
    group: &'n Group,
    network: &'n Network,
    members: &'n [LevelPrice],
    classes: &'n [LevelPrice],
    owners: &'n [u32],
    loads: &'n [u32],
    /// Between which prices each class is at its best at flat prices, where it is.
    flat: Vec<Option<(i32, i32)>>,
    /// Who claims each slot, once somebody asked.
    claimed: Option<Vec<u32>>,
    tally: Tally,
    tally_of_claims: Tally,
}

impl<'n> Reader<'n> {
    fn of(group: &'n Group, network: &'n Network, decided: &'n TwoGoals) -> Self {
        let tally = || Tally::new(network.members.len());
        Self {
            group,
            network,
            members: &decided.members,
            classes: &decided.classes,
            owners: &decided.allocation.owners,
            loads: &decided.allocation.loads,
            flat: Vec::new(),
            claimed: None,
            tally: tally(),
            tally_of_claims: tally(),
        }
    }

    /// Between which prices a class is as even as can be by itself, members costing nothing.
    fn flat_price(&mut self, class: u32) -> Option<(i32, i32)> {
        let owners = &self.owners[self.network.slots_of(class as usize)];
        let members = self.at_level(class).count();
        let even = self.tally.read(owners, |tally| price_if_even(owners, tally, members));
        even.or_else(|| price_within_bounds(self.of_class(class).into_iter()))
    }

    /// The members that may have some of a class in a balanced plan.
    fn at_level(&self, class: u32) -> impl Iterator<Item = u32> + use<'n> {
        let (network, members, level) = (self.network, self.members, self.classes[class as usize].level);
        let subscribers = network.subscribers.row(class as usize).iter().flat_map(|&shape| network.members_of.row(shape as usize));
        subscribers.copied().filter(move |&member| members[member as usize].level == level)
    }

    /// The places of these members in a class.
    fn places(&mut self, class: u32, members: impl Iterator<Item = u32>) -> Vec<Place> {
        let slots = self.network.slots_of(class as usize);
        let claimed = self.claimed.get_or_insert_with(|| claims::resolve(self.group, self.network).owners);
        let (owners, claimed) = (&self.owners[slots.clone()], &claimed[slots]);
        let of_class = self.classes[class as usize];
        let place = |member: u32, count: u32, claimed_by_it: u32| {
            let (low, high) = sticky_bounds(of_class, self.members[member as usize], claimed_by_it);
            Place { class, member, count, low, high: high.min(claimed.len() as u32) }
        };
        let places = |tally: &Tally, claims: &Tally| {
            members.map(|member| place(member, tally.of(member), claims.of(member))).filter(|place| place.high > 0).collect()
        };
        self.tally.read(owners, |tally| self.tally_of_claims.read(claimed, |claims| places(tally, claims)))
    }
}

impl SpreadInput for Reader<'_> {
    fn numbers(&self) -> (usize, usize) {
        (self.classes.len(), self.members.len())
    }

    fn of_class(&mut self, class: u32) -> Vec<Place> {
        self.places(class, self.at_level(class))
    }

    fn places_of(&mut self, priced: &[(u32, i32)]) -> Vec<Place> {
        let of_member = |&(member, _): &(u32, i32)| {
            let shape = self.network.shape_of[member as usize];
            self.network.shapes.row(shape as usize).iter().map(move |&class| (class, member))
        };
        let is_at_level = |&(class, member): &(u32, u32)| self.classes[class as usize].level == self.members[member as usize].level;
        let mut pairs: Vec<(u32, u32)> = priced.iter().flat_map(of_member).filter(is_at_level).collect();
        pairs.sort_unstable();
        let of_class = |pairs: &[(u32, u32)]| self.places(pairs[0].0, pairs.iter().map(|pair| pair.1));
        pairs.chunk_by(|one, next| one.0 == next.0).flat_map(of_class).collect()
    }

    fn start(&self, _: u32) -> i32 {
        0
    }

    fn at_start(&self, class: u32) -> (i32, i32) {
        self.flat[class as usize].unwrap_or((i32::MAX, i32::MIN))
    }

    fn load(&self, member: u32) -> Load {
        Load::of(self.loads[member as usize], self.members[member as usize])
    }
}

/// The least and the most that a class may cost whose owners, one for each partition, have one more
/// of it than others of these members at most.
pub(crate) fn price_if_even(owners: &[u32], tally: &Tally, members: usize) -> Option<(i32, i32)> {
    let counts = || owners.iter().map(|&owner| tally.of(owner));
    let most = counts().max()?;
    let least = counts().min()?;
    // Each owner comes up once for each partition it has. Where all members are among them, nobody
    // has none.
    let members_with = |count: u32| counts().filter(|other| *other == count).count() / count as usize;
    let with_any = if least == most { members_with(most) } else { members_with(most) + members_with(least) };
    match most - least {
        _ if with_any < members => (most == 1).then_some((1, 1)),
        0 => Some((most as i32, most as i32 + 1)),
        1 => Some((most as i32, most as i32)),
        _ => None,
    }
}

/// The least and the most that a class may cost so that members have their best counts of it, each
/// with the least and the most that it may have.
pub(crate) fn price_within_bounds(places: impl Iterator<Item = Place>) -> Option<(i32, i32)> {
    let (least, most) = within_all(places.map(|place| place.price_bounds(place.count, 0)));
    let least = least.max(0);
    (least <= most).then_some((least, most))
}

/// Between which counts of a class a member stays that claims this many, in plans that are best in
/// balance and stickiness.
pub(crate) fn sticky_bounds(class: LevelPrice, member: LevelPrice, claimed: u32) -> (u32, u32) {
    match class.moves - member.moves {
        _ if class.level != member.level => (0, 0),
        ..0 => (0, 0),
        0 => (0, claimed),
        _ => (claimed, u32::MAX),
    }
}
