//! What a unit costs each goal.

use super::face::{ALL, Meaning};
use crate::flow::convex::Cost;

/// Mismatches of racks.
pub(crate) struct Rack<'f>(pub(crate) &'f [Meaning]);

/// Units that do not stay with the owner their claims name.
pub(crate) struct Stickiness<'f>(pub(crate) &'f [Meaning]);

/// Squared counts of topics.
pub(crate) struct Spread<'f>(pub(crate) &'f [Meaning]);

/// Squared loads.
pub(crate) struct Balance<'f>(pub(crate) &'f [Meaning]);

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

impl Cost for Rack<'_> {
    #[inline]
    fn of_unit(&self, arc: usize, _: u32) -> i32 {
        i32::from(self.0[arc].mismatch)
    }

    #[inline]
    fn best(&self, arc: usize, price: i32) -> (u32, u32) {
        linear(i32::from(self.0[arc].mismatch), price)
    }
}

impl Cost for Stickiness<'_> {
    #[inline]
    fn of_unit(&self, arc: usize, unit: u32) -> i32 {
        i32::from(unit > self.0[arc].kept)
    }

    #[inline]
    fn best(&self, arc: usize, price: i32) -> (u32, u32) {
        let kept = self.0[arc].kept;
        match price {
            ..0 => (0, 0),
            0 => (0, kept),
            1 if kept < ALL => (kept, ALL),
            _ => (ALL, ALL),
        }
    }
}

impl Cost for Spread<'_> {
    #[inline]
    fn of_unit(&self, arc: usize, unit: u32) -> i32 {
        of_square(self.0[arc].counts, unit)
    }

    #[inline]
    fn best(&self, arc: usize, price: i32) -> (u32, u32) {
        square(self.0[arc].counts, price)
    }
}

impl Cost for Balance<'_> {
    #[inline]
    fn of_unit(&self, arc: usize, unit: u32) -> i32 {
        of_square(self.0[arc].loads, unit)
    }

    #[inline]
    fn best(&self, arc: usize, price: i32) -> (u32, u32) {
        square(self.0[arc].loads, price)
    }
}

/// Nothing: any flow within the bounds will do.
pub(crate) struct Nothing;

impl Cost for Nothing {
    fn of_unit(&self, _: usize, _: u32) -> i32 {
        0
    }

    fn best(&self, _: usize, price: i32) -> (u32, u32) {
        linear(0, price)
    }
}
