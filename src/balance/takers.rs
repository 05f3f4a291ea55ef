//! Members that take partitions in turn.

use crate::balance::tally::Tally;
use crate::flow::water_fill::{Bin, fill_bins};

/// Members that can stand in for one another and still take partitions, and whose turn it is.
#[derive(Debug)]
pub(crate) struct Takers {
    /// The members, and how many partitions each still takes. Those that take none are left out
    /// only once they are many, or when all are looked at.
    open: Vec<(u32, u32)>,
    /// How many of them take none.
    full: usize,
    turn: usize,
}

impl Takers {
    /// The members that take any.
    pub(crate) fn new(takes: impl Iterator<Item = (u32, u32)>) -> Self {
        Self { open: takes.filter(|(_, takes)| *takes > 0).collect(), full: 0, turn: 0 }
    }

    /// Whether it matters who holds how much: with one member there is no choice.
    pub(crate) fn are_several(&self) -> bool {
        self.still_open() > 1
    }

    /// How many still take any.
    fn still_open(&self) -> usize {
        self.open.len() - self.full
    }

    /// Deals this many free slots of one class to members in turn, but first to those that hold the
    /// fewest of the class.
    pub(crate) fn deal<'o>(&mut self, count: usize, free: impl Iterator<Item = &'o mut u32>, held: &Tally) {
        match self.due(count, held) {
            // While nobody is full, nobody has to be asked.
            Due::All if count <= self.open.len() && self.full == 0 => self.deal_one_each(count, free, |_, _| true),
            Due::All if count <= self.still_open() => self.deal_one_each(count, free, |_, takes| takes > 0),
            Due::Holding(lowest, members) if count <= members => {
                self.deal_one_each(count, free, |member, takes| takes > 0 && held.of(member) == lowest);
            }
            _ if self.still_open() == 1 => self.deal_to_one(count, free),
            _ => self.deal_evenly(count, free, held),
        }
    }

    /// Who comes first, of this many slots. All members are looked at only where the class has more
    /// slots than that.
    fn due(&self, count: usize, held: &Tally) -> Due {
        if held.is_empty() {
            return Due::All;
        }
        let hold_none = self.still_open().saturating_sub(held.total());
        if count <= hold_none {
            return Due::Holding(0, hold_none);
        }
        let counts = || self.open.iter().filter(|(_, takes)| *takes > 0).map(|&(member, _)| held.of(member));
        let lowest = counts().min().unwrap_or(0);
        Due::Holding(lowest, counts().filter(|count| *count == lowest).count())
    }

    /// One slot to each of those who are due, in turn; they are no fewer than the slots.
    fn deal_one_each<'o>(&mut self, count: usize, mut free: impl Iterator<Item = &'o mut u32>, is_due: impl Fn(u32, u32) -> bool) {
        let (mut left, mut full, mut turn) = (count, 0, self.turn);
        for places in [self.turn..self.open.len(), 0..self.turn] {
            if left == 0 {
                break;
            }
            let first = places.start;
            for (place, (member, takes)) in self.open[places].iter_mut().enumerate().filter(|(_, (member, takes))| is_due(*member, *takes))
            {
                let Some(owner) = free.next() else { break };
                *owner = *member;
                *takes -= 1;
                full += u32::from(*takes == 0);
                turn = first + place + 1;
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
        self.full += full as usize;
        match 2 * self.full > self.open.len() {
            true => self.pass_on_without_full(turn),
            false => self.pass_on(turn),
        }
    }

    fn deal_to_one<'o>(&mut self, count: usize, mut free: impl Iterator<Item = &'o mut u32>) {
        for (member, takes) in self.open.iter_mut().filter(|(_, takes)| *takes > 0) {
            free.by_ref().take(count).for_each(|owner| *owner = *member);
            *takes -= count as u32;
        }
        self.pass_on_without_full(0);
    }

    fn deal_evenly<'o>(&mut self, count: usize, mut free: impl Iterator<Item = &'o mut u32>, held: &Tally) {
        self.pass_on_without_full(self.turn);
        self.open.rotate_left(self.turn);
        let bin = |&(member, room): &(u32, u32)| Bin { width: 1, content: held.of(member), room };
        let filled = fill_bins(count as u32, &self.open.iter().map(bin).collect::<Vec<_>>());
        for ((member, takes), taken) in self.open.iter_mut().zip(filled.taken) {
            free.by_ref().take(taken as usize).for_each(|owner| *owner = *member);
            *takes -= taken;
        }
        self.pass_on_without_full(filled.next);
    }

    /// The turn passes to the member at a place, after the last to the first.
    fn pass_on(&mut self, turn: usize) {
        self.turn = if turn < self.open.len() { turn } else { 0 };
    }

    /// The turn passes to the member at a place, or to the next that is not full; those that are
    /// full are not asked again.
    fn pass_on_without_full(&mut self, turn: usize) {
        let still_open_before = self.open[..turn].iter().filter(|(_, takes)| *takes > 0).count();
        self.open.retain(|(_, takes)| *takes > 0);
        self.full = 0;
        self.pass_on(still_open_before);
    }
}

/// Which members come first when a class is dealt.
#[derive(Clone, Copy, Debug)]
enum Due {
    /// All, as none holds any of it.
    All,
    /// Those that hold this many of it, the fewest; and how many members that are, at least.
    Holding(u32, usize),
}
