//! What a unit on an arc means to each goal, and what units may cost.

use crate::flow::convex::ConvexCost;

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

/// Every unit costs what the parameter says.
pub(crate) struct Linear;

/// As many units as the parameter says cost nothing, each further one costs 1.
pub(crate) struct BeyondKept;

/// As many members as the parameter says share units evenly, and the k-th at each of them costs k;
/// where there are none, nothing costs anything.
pub(crate) struct Square;

impl ConvexCost for Linear {
    #[inline]
    fn of_unit(cost: u32, _: u32) -> i32 {
        cost as i32
    }

    #[inline]
    fn best(cost: u32, price: i32) -> (u32, u32) {
        match price - cost as i32 {
            0 => (0, ALL),
            1.. => (ALL, ALL),
            _ => (0, 0),
        }
    }
}

impl ConvexCost for BeyondKept {
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

impl ConvexCost for Square {
    #[inline]
    fn of_unit(members: u32, unit: u32) -> i32 {
        match members {
            0 => 0,
            1 => unit as i32,
            _ => unit.div_ceil(members) as i32,
        }
    }

    #[inline]
    fn best(members: u32, price: i32) -> (u32, u32) {
        match (members, price) {
            (0, _) => Linear::best(0, price),
            (_, ..=0) => (0, 0),
            _ => (members.saturating_mul(price as u32 - 1), members.saturating_mul(price as u32)),
        }
    }
}
