//! The closed form for members that all follow the same topics: anything can go to anyone, so loads and claims decide everything.

use super::hand_out::Handing;
use super::network::{NONE, Network};
use super::takers::Takers;

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
pub(super) fn identical(network: &Network, shape: u32, owners: Vec<u32>) -> Identical {
    let members = network.members_of.row(shape as usize);
    let mut held = vec![0_u32; network.members.len()];
    owners.iter().filter(|owner| **owner != NONE).for_each(|&owner| held[owner as usize] += 1);
    let level = (network.slots.len() / members.len()) as u32;
    let seats = network.slots.len() % members.len();
    let loads = loads(members, &held, level, seats);

    let claimed = held.iter().map(|&held| u64::from(held)).sum();
    let mut handing = Handing::start(owners, claimed);
    let surplus = |member: usize| held[member].saturating_sub(loads[member]);
    if members.iter().any(|&member| surplus(member as usize) > 0) {
        handing.release(network, surplus);
    }
    let lack = |&member: &u32| (member, loads[member as usize].saturating_sub(held[member as usize]));
    handing.fill_in_turn(network, Takers::new(members.iter().map(lack)));

    let contested = members.iter().any(|&member| held[member as usize] > level && loads[member as usize] == level);
    let price = |member: usize| i64::from(held[member] > loads[member] || (contested && held[member] > level));
    let seat_price = i64::from(contested);
    Identical {
        handing,
        level,
        member_prices: (0..held.len()).map(|member| price(member) - seat_price).collect(),
        class_price: 1 - seat_price,
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

impl Handing {
    /// Takes from each member its surplus: from the classes it holds most of, so that what it keeps is spread; among those from
    /// the classes that were given up least so far, so that what others get is spread; and of a class the highest partitions.
    fn release(&mut self, network: &Network, surplus: impl Fn(usize) -> u32) {
        let mut held: Vec<Vec<(u32, u32)>> = vec![Vec::new(); network.members.len()];
        for class in 0..network.topics.len() {
            for slot in network.slots_of(class) {
                let owner = self.owners[slot];
                if owner != NONE && surplus(owner as usize) > 0 {
                    held[owner as usize].push((class as u32, slot as u32));
                }
            }
        }
        let mut given_up = vec![0_u32; network.topics.len()];
        for (member, held) in held.iter().enumerate().filter(|(_, held)| !held.is_empty()) {
            let runs: Vec<&[(u32, u32)]> = held.chunk_by(|a, b| a.0 == b.0).collect();
            for (run, give) in runs.iter().zip(drain(surplus(member), &runs, &given_up)) {
                given_up[run[0].0 as usize] += give;
                for &(_, slot) in run.iter().rev().take(give as usize) {
                    self.owners[slot as usize] = NONE;
                    self.released.push((slot, member as u32));
                }
            }
        }
    }

    /// Deals free slots, class by class, to the members that take them.
    fn fill_in_turn(&mut self, network: &Network, mut takers: Takers) {
        let mut held = vec![0_u32; network.members.len()];
        let mut free = Vec::new();
        for class in 0..network.topics.len() {
            let slots = network.slots_of(class);
            free.clear();
            free.extend(slots.clone().filter(|&slot| self.owners[slot] == NONE).map(|slot| slot as u32));
            match free.len() {
                0 => {}
                some if some == slots.len() => takers.deal(&free, |_| 0, &mut self.owners),
                _ => {
                    let kept: Vec<u32> = self.owners[slots].iter().copied().filter(|owner| *owner != NONE).collect();
                    kept.iter().for_each(|&owner| held[owner as usize] += 1);
                    takers.deal(&free, |member| held[member as usize], &mut self.owners);
                    kept.iter().for_each(|&owner| held[owner as usize] = 0);
                }
            }
        }
    }
}

/// How much to take from each run so that the longest are shortened first; of equally long ones, those of classes least given up.
fn drain(surplus: u32, runs: &[&[(u32, u32)]], given_up: &[u32]) -> Vec<u32> {
    let over = |length: u64| runs.iter().map(|run| (run.len() as u64).saturating_sub(length)).sum::<u64>();
    let (mut low, mut high) = (0, runs.iter().map(|run| run.len() as u64).max().unwrap_or(0));
    while low < high {
        let middle = low + (high - low) / 2;
        if over(middle) <= u64::from(surplus) { high = middle } else { low = middle + 1 }
    }
    let mut taken: Vec<u32> = runs.iter().map(|run| (run.len() as u64).saturating_sub(high) as u32).collect();
    let mut longest: Vec<usize> = (0..runs.len()).filter(|&run| runs[run].len() as u64 >= high && high > 0).collect();
    let left = (u64::from(surplus) - over(high)) as usize;
    if left > 0 && left < longest.len() {
        longest.select_nth_unstable_by_key(left - 1, |&run| (given_up[runs[run][0].0 as usize], run));
    }
    longest.into_iter().take(left).for_each(|run| taken[run] += 1);
    taken
}
