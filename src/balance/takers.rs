//! Members that take partitions in turn.

use super::spread::{Vessel, pour};
use super::tally::Tally;

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

    /// Whether it matters who holds how much: with one member there is no choice.
    pub(super) fn are_several(&self) -> bool {
        self.open.len() > 1
    }

    /// Deals slots of one class to members in turn, but first to those that hold the fewest of the class.
    pub(super) fn deal(&mut self, slots: &[u32], held: &Tally, owners: &mut [u32]) {
        let lowest = self.open.iter().map(|&(member, _)| held.of(member)).min().unwrap_or(0);
        let lows = self.open.iter().filter(|&&(member, _)| held.of(member) == lowest).count();
        match slots.len() <= lows {
            true => self.deal_one_each(slots, |member| held.of(member) == lowest, owners),
            false => self.deal_evenly(slots, held, owners),
        }
    }

    /// Deals slots of a class of which nobody holds any.
    pub(super) fn deal_untouched(&mut self, slots: &[u32], held: &Tally, owners: &mut [u32]) {
        match slots.len() <= self.open.len() {
            true => self.deal_one_each(slots, |_| true, owners),
            false => self.deal_evenly(slots, held, owners),
        }
    }

    /// One slot to each of those who are due, in turn; they are no fewer than the slots.
    fn deal_one_each(&mut self, slots: &[u32], is_due: impl Fn(u32) -> bool, owners: &mut [u32]) {
        let mut slots = slots.iter();
        let mut full = false;
        for place in (self.turn..self.open.len()).chain(0..self.turn) {
            let (member, takes) = &mut self.open[place];
            if is_due(*member) {
                let Some(&slot) = slots.next() else { break };
                owners[slot as usize] = *member;
                *takes -= 1;
                full |= *takes == 0;
                self.turn = place + 1;
            }
        }
        self.pass_on(full);
    }

    fn deal_evenly(&mut self, slots: &[u32], held: &Tally, owners: &mut [u32]) {
        self.open.rotate_left(self.turn);
        let vessel = |&(member, room): &(u32, u32)| Vessel { width: 1, content: held.of(member), room };
        let poured = pour(slots.len() as u32, &self.open.iter().map(vessel).collect::<Vec<_>>());
        let mut slots = slots;
        for ((member, takes), taken) in self.open.iter_mut().zip(poured.taken) {
            let (own, rest) = slots.split_at(taken as usize);
            own.iter().for_each(|&slot| owners[slot as usize] = *member);
            *takes -= taken;
            slots = rest;
        }
        self.turn = poured.next;
        self.pass_on(true);
    }

    /// The turn passes on, from members that may be `full` now and are no longer asked.
    fn pass_on(&mut self, full: bool) {
        if full {
            let before = self.open[..self.turn].iter().filter(|(_, takes)| *takes > 0).count();
            self.open.retain(|(_, takes)| *takes > 0);
            self.turn = before;
        }
        if self.turn >= self.open.len() {
            self.turn = 0;
        }
    }
}
