//! Generators of groups, of what may be said about them, and of what may happen to them.
//!
//! Every group is a [`GroupDocument`] built from a [`Sketch`]: small numbers that proptest shrinks
//! well, towards fewer members and topics, equal subscriptions and no claims. [`spread`] tests that
//! what the generators promise occurs often enough.

mod categories;
mod changes;
mod claims;
mod given;
mod goals;
mod growth;
mod levels;
mod prices;
mod racks;
mod sketch;
mod spread;
mod subscriptions;
mod turnover;

use std::ops::RangeInclusive;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use sticky_assignor::document::GroupDocument;

pub(crate) use changes::{any_change, any_change_in};
pub(crate) use given::{any_rearranging, any_spoiling, any_valid_given, claiming, given, spoilt};
pub(crate) use goals::{any_goals, every_order};
pub(crate) use growth::growth;
pub(crate) use levels::{change_of_levels, group_of_levels};
pub(crate) use prices::{any_prices, priced};

pub(crate) use sketch::Sizes;
use sketch::{Sketch, any_sketch, staircase};
pub(crate) use turnover::turnover;

/// This many cases, and enough steps to shrink what fails, unless `PROPTEST_CASES` and
/// `PROPTEST_MAX_SHRINK_ITERS` say otherwise; what fails is kept beside the source.
pub(crate) fn configured(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let unless_said = |variable: &str, here: u32, said: u32| std::env::var_os(variable).map_or(here, |_| said);
    let cases = unless_said("PROPTEST_CASES", cases, default.cases);
    let max_shrink_iters = unless_said("PROPTEST_MAX_SHRINK_ITERS", 20_000, default.max_shrink_iters);
    let failure_persistence = Some(Box::new(FileFailurePersistence::WithSource("regressions")) as _);
    // As many groups may be passed over as are tried, however long it goes on.
    let max_global_rejects = default.max_global_rejects.max(cases);
    ProptestConfig { cases, max_shrink_iters, max_global_rejects, failure_persistence, ..default }
}

/// Groups small enough to try every plan of most of them.
pub(crate) fn tiny_group() -> impl Strategy<Value = GroupDocument> {
    any_sketch(Sizes { topics: 4, partitions: 2, members: 4 }).prop_map(Sketch::document)
}

/// Groups of every kind, a handful of members and topics each.
pub(crate) fn any_group() -> impl Strategy<Value = GroupDocument> {
    let sizes = Sizes { topics: 6, partitions: 7, members: 7 };
    prop_oneof![10 => any_sketch(sizes), 1 => any_sketch(sizes).prop_map(Sketch::alike), 2 => staircase()].prop_map(Sketch::document)
}

/// Groups of this many members, each sharing topics only with its neighbours.
pub(crate) fn chain_or_ring(members: RangeInclusive<usize>) -> impl Strategy<Value = GroupDocument> {
    sketch::chain_or_ring(members).prop_map(Sketch::document)
}

/// Groups of every kind, up to some hundred partitions.
pub(crate) fn larger_group() -> impl Strategy<Value = GroupDocument> {
    any_sketch(Sizes { topics: 16, partitions: 24, members: 20 }).prop_map(Sketch::document)
}

/// Sizes at which many are affected by one change, and paths lead through several members.
pub(crate) const CROWDED: Sizes = Sizes { topics: 10, partitions: 30, members: 40 };

/// Groups of many members.
pub(crate) fn crowded_group() -> impl Strategy<Value = GroupDocument> {
    any_sketch(CROWDED).prop_map(Sketch::document)
}

/// Groups whose topics have far more subscribers than partitions.
pub(crate) fn many_subscribers() -> impl Strategy<Value = GroupDocument> {
    any_sketch(Sizes { topics: 9, partitions: 2, members: 24 }).prop_map(Sketch::document)
}

/// Groups in which everybody subscribes to everything.
pub(crate) fn identical() -> impl Strategy<Value = GroupDocument> {
    any_sketch(Sizes { topics: 6, partitions: 9, members: 5 }).prop_map(|sketch| sketch.alike().document())
}

/// Groups in which everybody subscribes to everything and nothing is claimed.
pub(crate) fn identical_and_fresh() -> impl Strategy<Value = GroupDocument> {
    any_sketch(Sizes { topics: 8, partitions: 12, members: 9 }).prop_map(|sketch| sketch.alike().fresh().document())
}
