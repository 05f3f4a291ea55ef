//! Which partitions a member with too many gives up, where it may give up any.

use crate::balance::allocate::Allocation;
use crate::network::{NONE, Network};

/// How many classes are looked at before a slot's class is looked up.
const LOOKED_AT: usize = 8;

/// Takes from each member what it holds beyond its load: from the classes it holds most of, so that
/// what it keeps is spread; among those from the classes that were given up least so far, so that
/// what others get is spread; and of a class the highest partitions.
pub(crate) fn release(network: &Network, mut allocation: Allocation) -> Allocation {
    let surplus: Vec<u32> = allocation.held.iter().zip(&allocation.loads).map(|(held, load)| held.saturating_sub(*load)).collect();
    if surplus.iter().all(|&surplus| surplus == 0) {
        return allocation;
    }
    let held = HeldSlots::of(network, &allocation, &surplus);
    let mut given_up = vec![0_u32; network.topics.len()];
    for (member, &surplus) in surplus.iter().enumerate().filter(|(_, surplus)| **surplus > 0) {
        let runs = held.runs_of(member);
        for (run, give) in runs.iter().zip(drain(surplus, &runs, &given_up)) {
            given_up[run.class as usize] += give;
            run.slots.iter().rev().take(give as usize).for_each(|&slot| allocation.release(slot));
        }
    }
    allocation
}

/// The slots of some members, class by class.
struct HeldSlots<'n> {
    network: &'n Network,
    starts: Vec<u32>,
    slots: Vec<u32>,
}

/// What a member holds of a class.
struct HeldRun<'h> {
    class: u32,
    slots: &'h [u32],
}

impl<'n> HeldSlots<'n> {
    /// What those members hold that have a surplus.
    fn of(network: &'n Network, allocation: &Allocation, surplus: &[u32]) -> Self {
        let listed = allocation.held.iter().zip(surplus).map(|(&held, &surplus)| if surplus > 0 { held } else { 0 });
        let mut starts = vec![0];
        starts.extend(listed.scan(0, |end, held| {
            *end += held;
            Some(*end)
        }));
        let mut next: Vec<u32> = starts.iter().zip(surplus).map(|(&start, &surplus)| if surplus > 0 { start } else { NONE }).collect();
        let mut slots = vec![0; starts[surplus.len()] as usize];
        for class in 0..network.topics.len() {
            let of_class = network.slots_of(class);
            for (&owner, slot) in allocation.owners[of_class.clone()].iter().zip(of_class) {
                // Members without a surplus have no place, and an unowned slot no member.
                if let Some(place) = next.get_mut(owner as usize)
                    && let Some(listed) = slots.get_mut(*place as usize)
                {
                    *listed = slot as u32;
                    *place += 1;
                }
            }
        }
        Self { network, starts, slots }
    }

    fn runs_of(&self, member: usize) -> Vec<HeldRun<'_>> {
        let mut left = &self.slots[self.starts[member] as usize..self.starts[member + 1] as usize];
        let mut runs = Vec::with_capacity(left.len().min(self.network.topics.len()));
        let mut next = 0;
        while let Some(&first) = left.first() {
            let class = self.class_of(first, next);
            next = class + 1;
            let of_class = self.network.slots_of(class);
            let length = left.iter().take_while(|slot| of_class.contains(&(**slot as usize))).count();
            let (slots, rest) = left.split_at(length);
            runs.push(HeldRun { class: class as u32, slots });
            left = rest;
        }
        runs
    }

    /// The class of a slot that is in none before `next`. Who holds much holds some of the next few
    /// classes, which are quicker to look at than to look up.
    fn class_of(&self, slot: u32, next: usize) -> usize {
        let mut near = (next..self.network.topics.len()).take(LOOKED_AT);
        let found = near.find(|&class| self.network.slots_of(class).contains(&(slot as usize)));
        found.unwrap_or_else(|| self.network.class_of_slot(slot))
    }
}

/// How much to take from each run so that the longest are shortened first; of equally long ones,
/// those of classes least given up.
fn drain(surplus: u32, runs: &[HeldRun<'_>], given_up: &[u32]) -> Vec<u32> {
    let over = |length: usize| runs.iter().map(|run| run.slots.len().saturating_sub(length) as u64).sum::<u64>();
    let (mut low, mut high) = (0, runs.iter().map(|run| run.slots.len()).max().unwrap_or(0));
    while low < high {
        let middle = low + (high - low) / 2;
        if over(middle) <= u64::from(surplus) { high = middle } else { low = middle + 1 }
    }
    let mut taken: Vec<u32> = runs.iter().map(|run| run.slots.len().saturating_sub(high) as u32).collect();
    let mut longest: Vec<usize> = (0..runs.len()).filter(|&run| runs[run].slots.len() >= high && high > 0).collect();
    let left = (u64::from(surplus) - over(high)) as usize;
    if left > 0 && left < longest.len() {
        longest.select_nth_unstable_by_key(left - 1, |&run| (given_up[runs[run].class as usize], run));
    }
    longest.into_iter().take(left).for_each(|run| taken[run] += 1);
    taken
}
