//! The closed form for members that all subscribe to the same topics: anything can go to anyone, so
//! loads and claims decide everything.

use crate::balance::allocate::{Allocation, free_slots};
use crate::balance::claims::ValidClaims;
use crate::balance::even_loads::EvenLoads;
use crate::balance::release::release;
use crate::balance::tally::Tally;
use crate::model::NO_OWNER;
use crate::network::Network;

/// What the closed form decides: owners, and the prices that prove it.
#[derive(Debug)]
pub(crate) struct Identical {
    pub(crate) allocation: Allocation,
    /// The load that every member has, or one more.
    pub(crate) level: u32,
    /// What one more partition costs, in moves: at each member, and of any class.
    pub(crate) member_prices: Vec<i32>,
    pub(crate) class_price: i32,
}

/// A best plan where only this shape subscribes to anything.
///
/// Loads are even, and a member keeps what it claims up to its load: no plan with these loads keeps
/// more. Linear in partitions and members.
pub(crate) fn identical(network: &Network, shape: u32, resolved: ValidClaims) -> Identical {
    let members = network.members_of.row(shape as usize);
    let held = || members.iter().map(|&member| resolved.held[member as usize]);
    let even = EvenLoads::of(network.slots.len() as u64, held());
    let mut loads = vec![0; resolved.held.len()];
    members.iter().zip(even.loads(held())).for_each(|(&member, load)| loads[member as usize] = load);
    let member_price = |(&held, &load): (&u32, &u32)| even.member_price(held, load);
    Identical {
        level: even.level,
        member_prices: resolved.held.iter().zip(&loads).map(member_price).collect(),
        class_price: even.topic_price(),
        allocation: hand_over(network, members, resolved, loads),
    }
}

/// Members hold their loads: what they claim beyond goes to those who claim too little, after what
/// nobody claims.
fn hand_over(network: &Network, members: &[u32], resolved: ValidClaims, loads: Vec<u32>) -> Allocation {
    let mut allocation = release(network, Allocation::start(resolved, loads));
    let mut takers = allocation.takers(members);
    let mut tally = Tally::new(network.members.len());
    for class in 0..network.topics.len() {
        let owners = &mut allocation.owners[network.slots_of(class)];
        match free_among(owners) {
            0 => {}
            free if free == owners.len() => takers.deal(free, owners.iter_mut(), &tally),
            free if !takers.are_several() => takers.deal(free, free_slots(owners), &tally),
            free => {
                tally = tally.counted(owners);
                takers.deal(free, free_slots(owners), &tally);
                tally = tally.cleared(owners);
            }
        }
    }
    allocation
}

/// How many of these owners are missing.
fn free_among(owners: &[u32]) -> usize {
    owners.iter().filter(|owner| **owner == NO_OWNER).count()
}
