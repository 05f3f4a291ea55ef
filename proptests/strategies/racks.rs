//! Racks: of members, and of the replicas of each partition.

use proptest::prelude::*;
use proptest::sample::select;

const RACKS: [&str; 4] = ["a", "b", "c", "d"];

/// A bit for each rack that a replica of a partition is in; no bit where that is not known.
pub(super) type Replicas = u8;

/// The racks of a topic's replicas: in each partition the next, from the start again after the
/// last.
pub(super) fn any_replicas() -> impl Strategy<Value = Vec<Replicas>> {
    prop::collection::vec(any_replicas_of_one(), 1..8)
}

/// One to three replicas in racks of their own, or not known where.
fn any_replicas_of_one() -> impl Strategy<Value = Replicas> {
    let of = |count: u32| select((1..16_u8).filter(|bits| bits.count_ones() == count).collect::<Vec<_>>());
    prop_oneof![3 => of(1), 3 => of(2), 2 => of(3), 1 => Just(0)]
}

/// A member's rack, if it has one.
pub(super) fn any_rack() -> impl Strategy<Value = Option<u8>> {
    prop::option::weighted(0.8, 0..RACKS.len() as u8)
}

pub(super) fn rack(number: u8) -> String {
    RACKS[usize::from(number)].into()
}

/// The racks of each of a topic's partitions.
pub(super) fn replicas(bits: &[Replicas], partitions: i64) -> Vec<Vec<String>> {
    let racks = |bits: &Replicas| (0..RACKS.len() as u8).filter(|number| bits >> number & 1 == 1).map(rack).collect();
    bits.iter().cycle().take(partitions as usize).map(racks).collect()
}
