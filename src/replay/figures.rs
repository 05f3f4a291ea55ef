//! What a rebalance comes to, and what many come to together.

use std::ops::AddAssign;

use crate::balance::Plan;
use crate::model::{Assignment, Claims, Group};

/// The figures of one rebalance: `assigned` = `retained` + `moved` + `new`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Members of the group.
    pub members: usize,
    /// Partitions of topics that somebody follows; each has an owner.
    pub partitions: u64,
    /// Partitions whose owner is the one before.
    pub retained: u64,
    /// Partitions whose owner is another than the one before, also where that one left.
    pub moved: u64,
    /// Those of them whose owner left or gave up the topic: they had to move.
    pub forced: u64,
    /// Partitions that had no owner before.
    pub new: u64,
    /// The least partitions any member has; 0 in a group without members.
    pub min: u32,
    /// The most partitions any member has.
    pub max: u32,
    /// The loads of all members, squared and added.
    pub sum_of_squares: u64,
}

impl Figures {
    /// The figures of a plan, measured from the claims of its group.
    ///
    /// O(what changed) where the claims are the assignment before, which shares its table with the plan's.
    pub fn of(plan: &Plan) -> Self {
        let summary = plan.summary();
        let changed = match plan.group().claims() {
            Claims::Previous(before) => Changed::between(before, plan.assignment(), plan.group()),
            Claims::Stated(_) => Changed { moved: summary.moved, forced: 0, new: summary.new },
        };
        let Changed { moved, forced, new } = changed;
        Self {
            members: plan.group().member_count(),
            partitions: summary.assigned,
            retained: summary.assigned - moved - new,
            moved,
            forced,
            new,
            min: summary.min,
            max: summary.max,
            sum_of_squares: summary.sum_of_squares,
        }
    }

    /// How far apart the loads of two members can be: `max` − `min`.
    pub fn spread(&self) -> u32 {
        self.max - self.min
    }
}

/// The partitions that changed hands.
#[derive(Clone, Copy, Default)]
struct Changed {
    moved: u64,
    forced: u64,
    new: u64,
}

impl Changed {
    /// The partitions that changed hands from one assignment to another, which is one of this group.
    fn between(before: &Assignment, after: &Assignment, group: &Group) -> Self {
        let mut changed = Self::default();
        for (partition, from, _) in before.differences(after).filter(|(_, _, to)| to.is_some()) {
            match from {
                None => changed.new += 1,
                Some(owner) => {
                    changed.moved += 1;
                    changed.forced += u64::from(!group.subscribes(owner, partition.topic));
                }
            }
        }
        changed
    }
}

/// The figures of many rebalances, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many rebalances.
    pub rebalances: u64,
    /// Partitions given out, over all of them.
    pub assigned: u64,
    /// Partitions whose owner stayed.
    pub retained: u64,
    /// Partitions that moved.
    pub moved: u64,
    /// Those of them whose owner left or gave up the topic.
    pub forced: u64,
    /// Partitions that had no owner before.
    pub new: u64,
    /// The widest that loads were ever apart.
    pub worst_spread: u32,
    /// The first rebalance that left them so.
    pub worst_rebalance: u64,
}

impl AddAssign<Figures> for Totals {
    fn add_assign(&mut self, figures: Figures) {
        if figures.spread() > self.worst_spread {
            (self.worst_spread, self.worst_rebalance) = (figures.spread(), self.rebalances);
        }
        self.rebalances += 1;
        self.assigned += figures.partitions;
        self.retained += figures.retained;
        self.moved += figures.moved;
        self.forced += figures.forced;
        self.new += figures.new;
    }
}

impl FromIterator<Figures> for Totals {
    fn from_iter<I: IntoIterator<Item = Figures>>(figures: I) -> Self {
        figures.into_iter().fold(Self::default(), |mut totals, figures| {
            totals += figures;
            totals
        })
    }
}
