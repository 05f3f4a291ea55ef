//! Rebalances that change levels: as good as balancing anew, valid, and proved.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sticky_assignor::Plan;

use super::history::{check_rebalanced, history};
use crate::strategies::{change_of_levels, configured, group_of_levels};

proptest! {
    #![proptest_config(configured(2048))]

    #[test]
    fn a_history_of_changing_levels_costs_what_balancing_anew_would(
        group in group_of_levels(),
        changes in prop::collection::vec(change_of_levels(), 1..24),
    ) {
        for (plan, group) in history(&group, &changes) {
            check_rebalanced(&plan, &group)?;
        }
    }
}

/// What a rebalance did to the levels of the members that were there before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Occasion {
    Rises,
    Falls,
    Merges,
    Splits,
    /// Some rise while others fall.
    Both,
    /// A hundred partitions change hands.
    Bulk,
}

fn occasions(before: &Plan, after: &Plan) -> BTreeSet<Occasion> {
    let mut by_level: [BTreeMap<i64, BTreeSet<i64>>; 2] = Default::default();
    let mut happened = BTreeSet::new();
    for (member, _) in before.group().members().filter(|(member, _)| after.group().member(*member).is_some()) {
        let (was, is) = (before.proof().member(member).get(0), after.proof().member(member).get(0));
        by_level[0].entry(was).or_default().insert(is);
        by_level[1].entry(is).or_default().insert(was);
        happened.extend((is > was).then_some(Occasion::Rises));
        happened.extend((is < was).then_some(Occasion::Falls));
    }
    let several = |levels: &BTreeMap<i64, BTreeSet<i64>>| levels.values().any(|others| others.len() > 1);
    happened.extend(several(&by_level[0]).then_some(Occasion::Splits));
    happened.extend(several(&by_level[1]).then_some(Occasion::Merges));
    happened.extend(happened.is_superset(&[Occasion::Rises, Occasion::Falls].into()).then_some(Occasion::Both));
    let changed = before.assignment().differences(after.assignment()).count();
    happened.extend((changed >= 100).then_some(Occasion::Bulk));
    happened
}

/// Of so many histories at least so many rebalances show it.
const AT_LEAST: [(Occasion, usize); 6] = [
    (Occasion::Rises, 200),
    (Occasion::Falls, 200),
    (Occasion::Merges, 100),
    (Occasion::Splits, 100),
    (Occasion::Both, 10),
    (Occasion::Bulk, 50),
];

#[test]
fn levels_rise_and_fall_merge_and_split() {
    let mut runner = TestRunner::deterministic();
    let mut counts: BTreeMap<Occasion, usize> = BTreeMap::new();
    for _ in 0..60 {
        let some = (group_of_levels(), prop::collection::vec(change_of_levels(), 24));
        let (group, changes) = some.new_tree(&mut runner).expect("a history").current();
        for pair in history(&group, &changes).windows(2) {
            occasions(&pair[0].0, &pair[1].0).into_iter().for_each(|occasion| *counts.entry(occasion).or_default() += 1);
        }
    }
    let rare: Vec<_> = AT_LEAST.iter().filter(|(occasion, least)| counts.get(occasion).is_none_or(|count| count < least)).collect();
    assert!(rare.is_empty(), "too rare: {rare:?} among {counts:?}");
}
