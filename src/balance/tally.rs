//! How many partitions of one class each member holds.

use crate::model::NO_OWNER;

/// Counts by member, of one class at a time: made once, used for every class.
#[derive(Debug)]
pub(crate) struct Tally {
    counts: Vec<u32>,
    total: usize,
}

impl Tally {
    /// Nothing counted, for this many members.
    pub(crate) fn new(members: usize) -> Self {
        Self { counts: vec![0; members], total: 0 }
    }

    /// How many the member holds of what was counted.
    pub(crate) fn of(&self, member: u32) -> u32 {
        self.counts[member as usize]
    }

    /// How many all members hold: no fewer than there are members that hold any.
    pub(crate) fn total(&self) -> usize {
        self.total
    }

    /// Whether nobody holds any.
    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// What is read of the tally of these owners' slots, with nothing counted before and after.
    pub(crate) fn read<R>(&mut self, owners: &[u32], read: impl FnOnce(&Self) -> R) -> R {
        *self = std::mem::replace(self, Self::new(0)).counted(owners);
        let found = read(self);
        *self = std::mem::replace(self, Self::new(0)).cleared(owners);
        found
    }

    /// The tally of these owners' slots, those without an owner aside.
    pub(crate) fn counted(mut self, owners: &[u32]) -> Self {
        for &owner in owners.iter().filter(|owner| **owner != NO_OWNER) {
            self.counts[owner as usize] += 1;
            self.total += 1;
        }
        self
    }

    /// The tally after one slot passed from a member that holds some to another.
    pub(crate) fn moved(mut self, from: u32, to: u32) -> Self {
        self.counts[from as usize] -= 1;
        self.counts[to as usize] += 1;
        self
    }

    /// The tally with nothing counted again, these owners' slots having been.
    pub(crate) fn cleared(mut self, owners: &[u32]) -> Self {
        match owners.len() < self.counts.len() / 8 {
            _ if self.total == 0 => {}
            true => owners.iter().filter(|owner| **owner != NO_OWNER).for_each(|&owner| self.counts[owner as usize] = 0),
            false => self.counts.fill(0),
        }
        self.total = 0;
        self
    }
}
