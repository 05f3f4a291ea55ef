//! The closed form for members that all follow the same topics: anything can go to anyone, so loads and claims decide everything.

use super::claims::Standing;
use super::hand_out::{Handing, free_among, free_slots};
use super::network::Network;
use super::release::release;
use super::tally::Tally;

/// What the closed form decides: owners, and the prices that prove it.
#[derive(Debug)]
pub(super) struct Identical {
    pub(super) handing: Handing,
    /// The load that every member has, or one more.
    pub(super) level: u32,
    /// What one more partition costs, in moves: at each member, and of any class.
    pub(super) member_prices: Vec<i64>,
    pub(super) class_price: i64,
}

/// A best plan where only this shape follows anything.
///
/// Every member gets the mean, rounded down, and the seats for one more go first to those whose claims fill them. A member keeps
/// what it claims up to its load: no plan with these loads keeps more. Linear in partitions and members.
pub(super) fn identical(network: &Network, shape: u32, standing: Standing) -> Identical {
    let members = network.members_of.row(shape as usize);
    let level = (network.slots.len() / members.len()) as u32;
    let seats = network.slots.len() % members.len();
    let loads = loads(members, &standing.held, level, seats);

    let held = &standing.held;
    let contested = members.iter().any(|&member| held[member as usize] > level && loads[member as usize] == level);
    let price = |member: usize| i64::from(held[member] > loads[member] || (contested && held[member] > level));
    let seat_price = i64::from(contested);
    Identical {
        level,
        member_prices: (0..held.len()).map(|member| price(member) - seat_price).collect(),
        class_price: 1 - seat_price,
        handing: hand_over(network, members, standing, loads),
    }
}

/// The load of each member: the level, and one more for as many as there are seats, members with the claims to fill one first.
fn loads(members: &[u32], held: &[u32], level: u32, seats: usize) -> Vec<u32> {
    let mut loads = vec![0; held.len()];
    members.iter().for_each(|&member| loads[member as usize] = level);
    let (filling, others): (Vec<u32>, Vec<u32>) = members.iter().partition(|&&member| held[member as usize] > level);
    filling.into_iter().chain(others).take(seats).for_each(|member| loads[member as usize] += 1);
    loads
}

/// Members hold their loads: what they claim beyond goes to those who claim too little, after what nobody claims.
fn hand_over(network: &Network, members: &[u32], standing: Standing, loads: Vec<u32>) -> Handing {
    let mut handing = release(network, Handing::start(standing, loads));
    let mut takers = handing.takers(members);
    let mut tally = Tally::new(network.members.len());
    for class in 0..network.topics.len() {
        let owners = &mut handing.owners[network.slots_of(class)];
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
    handing
}
