//! Members that take partitions in turn.

use super::spread::{Vessel, pour};

/// Members that can stand in for one another and still take partitions, and whose turn it is.
#[derive(Debug)]
pub(super) struct Takers {
    /// The members, and how many partitions each still takes; at least 1.
    open: Vec<(u32, u32)>,
    turn: usize,
}

impl Takers {
    /// The members that take any.
    pub(super) fn new(takes: impl Iterator<Item = (u32, u32)>) -> Self {
        Self { open: takes.filter(|(_, takes)| *takes > 0).collect(), turn: 0 }
    }

    /// Deals slots of one class to members in turn, but first to those that hold the fewest of the class.
    pub(super) fn deal(&mut self, slots: &[u32], held: impl Fn(u32) -> u32, owners: &mut [u32]) {
        self.open.rotate_left(self.turn);
        self.turn = 0;
        match self.open.first() {
            Some(&(first, _)) if slots.len() <= self.open.len() && self.open.iter().all(|&(member, _)| held(member) == held(first)) => {
                self.deal_one_each(slots, owners);
            }
            _ => self.deal_evenly(slots, held, owners),
        }
    }

    fn deal_one_each(&mut self, slots: &[u32], owners: &mut [u32]) {
        let mut full = 0;
        for (&slot, (member, takes)) in slots.iter().zip(&mut self.open) {
            owners[slot as usize] = *member;
            *takes -= 1;
            full += usize::from(*takes == 0);
        }
        self.next_turn(slots.len(), full);
    }

    fn deal_evenly(&mut self, slots: &[u32], held: impl Fn(u32) -> u32, owners: &mut [u32]) {
        let vessel = |&(member, room): &(u32, u32)| Vessel { width: 1, content: held(member), room };
        let poured = pour(slots.len() as u32, &self.open.iter().map(vessel).collect::<Vec<_>>());
        let mut slots = slots.iter();
        let mut full = 0;
        for (place, ((member, takes), taken)) in self.open.iter_mut().zip(poured.taken).enumerate() {
            slots.by_ref().take(taken as usize).for_each(|&slot| owners[slot as usize] = *member);
            *takes -= taken;
            full += usize::from(*takes == 0 && place < poured.next);
        }
        self.next_turn(poured.next, full);
    }

    /// The turn passes to the member at this place, of those before whom some take no more.
    fn next_turn(&mut self, place: usize, full: usize) {
        self.open.retain(|(_, takes)| *takes > 0);
        self.turn = (place - full).min(self.open.len());
    }
}
