//! What a unit costs each goal.

use crate::flow::convex::Cost;

/// As many units as there are.
pub(crate) const ALL: u32 = u32::MAX;

/// What a unit on an arc means to each goal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meaning {
    /// What each unit costs as a mismatch of racks.
    pub(crate) mismatch: bool,
    /// How many units stay with the owner their claims name, or mean nothing to stickiness; each
    /// further one does not.
    pub(crate) kept: u32,
    /// For how many members' counts of a topic the arc stands; 0 for none.
    pub(crate) counts: u32,
    /// For how many members' loads the arc stands; 0 for none.
    pub(crate) loads: u32,
}

/// An arc that means nothing to any goal.
pub(crate) const PLAIN: Meaning = Meaning { mismatch: false, kept: ALL, counts: 0, loads: 0 };

/// What units cost in a goal, of what they mean to all goals.
pub(crate) trait GoalCost: Cost {
    /// What of an arc's meaning the cost depends on.
    fn parameter(meaning: &Meaning) -> u32;
}

/// Mismatches of racks.
pub(crate) struct Rack;

/// Units that do not stay with the owner their claims name.
pub(crate) struct Stickiness;

/// Squared counts of topics.
pub(crate) struct Spread;

/// Squared loads.
pub(crate) struct Balance;

/// Nothing: any flow within the bounds will do.
pub(crate) struct Nothing;

/// The best counts where every unit costs the same.
#[inline]
fn linear(cost: i32, price: i32) -> (u32, u32) {
    match price - cost {
        0 => (0, ALL),
        1.. => (ALL, ALL),
        _ => (0, 0),
    }
}

/// What a unit costs where this many members share units evenly, and the k-th at each of them costs
/// k.
#[inline]
fn of_square(width: u32, unit: u32) -> i32 {
    match width {
        0 => 0,
        1 => unit as i32,
        _ => unit.div_ceil(width) as i32,
    }
}

/// The best counts where this many members share units evenly, and the k-th at each of them costs
/// k.
#[inline]
fn square(width: u32, price: i32) -> (u32, u32) {
    match (width, price) {
        (0, _) => linear(0, price),
        (_, ..=0) => (0, 0),
        _ => (width.saturating_mul(price as u32 - 1), width.saturating_mul(price as u32)),
    }
}

impl Cost for Rack {
    #[inline]
    fn of_unit(mismatch: u32, _: u32) -> i32 {
        mismatch as i32
    }

    #[inline]
    fn best(mismatch: u32, price: i32) -> (u32, u32) {
        linear(mismatch as i32, price)
    }
}

impl GoalCost for Rack {
    fn parameter(meaning: &Meaning) -> u32 {
        meaning.mismatch.into()
    }
}

impl Cost for Stickiness {
    #[inline]
    fn of_unit(kept: u32, unit: u32) -> i32 {
        i32::from(unit > kept)
    }

    #[inline]
    fn best(kept: u32, price: i32) -> (u32, u32) {
        match price {
            ..0 => (0, 0),
            0 => (0, kept),
            1 if kept < ALL => (kept, ALL),
            _ => (ALL, ALL),
        }
    }
}

impl GoalCost for Stickiness {
    fn parameter(meaning: &Meaning) -> u32 {
        meaning.kept
    }
}

impl Cost for Spread {
    #[inline]
    fn of_unit(members: u32, unit: u32) -> i32 {
        of_square(members, unit)
    }

    #[inline]
    fn best(members: u32, price: i32) -> (u32, u32) {
        square(members, price)
    }
}

impl GoalCost for Spread {
    fn parameter(meaning: &Meaning) -> u32 {
        meaning.counts
    }
}

impl Cost for Balance {
    #[inline]
    fn of_unit(members: u32, unit: u32) -> i32 {
        of_square(members, unit)
    }

    #[inline]
    fn best(members: u32, price: i32) -> (u32, u32) {
        square(members, price)
    }
}

impl GoalCost for Balance {
    fn parameter(meaning: &Meaning) -> u32 {
        meaning.loads
    }
}

impl Cost for Nothing {
    fn of_unit(_: u32, _: u32) -> i32 {
        0
    }

    fn best(_: u32, price: i32) -> (u32, u32) {
        linear(0, price)
    }
}

impl GoalCost for Nothing {
    fn parameter(_: &Meaning) -> u32 {
        0
    }
}
