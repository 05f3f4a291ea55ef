//! Which group handed an id out, so that debug builds catch one that is asked of another group.

use std::fmt;
use std::hash::{Hash, Hasher};
#[cfg(debug_assertions)]
use std::num::NonZeroU16;

/// What a group has in common with those that come from it, and with others only by chance or where
/// they were built of the same names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lineage(u16);

impl Lineage {
    /// That of a group built of these names.
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self(if cfg!(debug_assertions) { folded(names) } else { 0 })
    }
}

/// Where an id is from: the lineage of the group that handed it out, and whom it stood for there.
/// Only debug builds remember, and only of ids that a group was asked for; of others nothing is
/// known.
///
/// It is no part of the id: all are equal.
#[derive(Clone, Copy, Default)]
pub(super) struct Origin(#[cfg(debug_assertions)] Option<Mark>);

#[cfg(debug_assertions)]
#[derive(Clone, Copy)]
struct Mark {
    lineage: Lineage,
    name: NonZeroU16,
}

#[cfg(debug_assertions)]
impl Origin {
    pub(super) fn new(lineage: Lineage, name: &str) -> Self {
        Self(Some(Mark { lineage, name: short(name) }))
    }

    /// Whether an id from here may stand for this name in a group of this lineage: it does in the
    /// group's own lineage, where who has a number may be called otherwise by now, and where it
    /// stood for the same name.
    pub(super) fn may_be(self, lineage: Lineage, name: &str) -> bool {
        self.0.is_none_or(|mark| mark.lineage == lineage || mark.name == short(name))
    }
}

#[cfg(not(debug_assertions))]
impl Origin {
    pub(super) fn new(_: Lineage, _: &str) -> Self {
        Self()
    }

    pub(super) fn may_be(self, _: Lineage, _: &str) -> bool {
        true
    }
}

#[cfg(debug_assertions)]
fn short(name: &str) -> NonZeroU16 {
    NonZeroU16::MIN.saturating_add(folded(std::iter::once(name)))
}

/// A few bits for names (FNV-1a, with a byte behind each name that none has in it).
fn folded<'a>(names: impl Iterator<Item = &'a str>) -> u16 {
    let bytes = names.flat_map(|name| name.bytes().chain([0xFF]));
    let hash = bytes.fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    (hash >> 48) as u16
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl PartialOrd for Origin {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Origin {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl fmt::Debug for Origin {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}
