//! Histories: whatever is kept whole, every version comes back, and a history written down gives
//! the same plans.

use std::num::NonZeroUsize;

use proptest::prelude::*;
use sticky_assignor::replay::{EventBatch, History, documents::HistoryDocument};
use sticky_assignor::{Change, Event, Plan, TopicPartition};

use super::events::{some_events, start_group};

fn start() -> History {
    History::new(&start_group()).expect("the group can be")
}

/// Every version of the history that these changes make, those left out that cannot happen.
fn versions(changes: Vec<Vec<Event>>, keep: NonZeroUsize) -> (History, Vec<Plan>) {
    let start = start().keeping(keep);
    let plans = vec![start.last().clone()];
    changes.into_iter().enumerate().fold((start, plans), |(history, mut plans), (number, events)| {
        let batch = EventBatch::new(number as u32, Change::from(events));
        match history.clone().rebalance(batch) {
            Ok(next) => {
                plans.push(next.last().clone());
                (next, plans)
            }
            Err(_) => (history, plans),
        }
    })
}

fn assert_same(restored: &Plan, plan: &Plan) {
    assert_eq!(restored.assignment(), plan.assignment());
    assert_eq!(restored.summary(), plan.summary());
    assert_eq!(restored.movements(), plan.movements());
    assert_eq!(restored.proof(), plan.proof());
}

fn some_changes() -> impl Strategy<Value = Vec<Vec<Event>>> {
    proptest::collection::vec(some_events(1..4), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::WithSource("regressions"))), ..ProptestConfig::default() })]

    #[test]
    fn every_version_comes_back_however_few_are_kept_whole(changes in some_changes(), keep in 1..9_usize) {
        let (history, plans) = versions(changes, NonZeroUsize::new(keep).expect("is not zero"));
        prop_assert_eq!(history.len(), plans.len());
        for (number, plan) in plans.iter().enumerate() {
            assert_same(&history.at(number).expect("is a version"), plan);
            prop_assert_eq!(&history.assignment(number).expect("is a version"), plan.assignment());
        }
        prop_assert!(history.at(plans.len()).is_none() && history.assignment(plans.len()).is_none());
    }

    #[test]
    fn a_history_written_down_gives_the_same_plans(changes in some_changes()) {
        let (history, plans) = versions(changes, NonZeroUsize::MIN);
        let text = serde_json::to_string(&HistoryDocument::from(&history)).expect("is JSON");
        let document: HistoryDocument = serde_json::from_str(&text).expect("was written by us");
        let again = History::try_from(&document).expect("happened");
        prop_assert_eq!(again.len(), history.len());
        for (number, plan) in plans.iter().enumerate() {
            assert_same(&again.at(number).expect("is a version"), plan);
        }
        prop_assert_eq!(serde_json::to_string(&HistoryDocument::from(&again)).expect("is JSON"), text);
    }

    #[test]
    fn owners_and_differences_are_those_of_the_versions(changes in some_changes(), a in 0..40_usize, b in 0..40_usize) {
        let (history, plans) = versions(changes, NonZeroUsize::MIN);
        let (a, b) = (a % plans.len(), b % plans.len());
        let difference: Vec<_> = plans[a].assignment().differences(plans[b].assignment()).collect();
        prop_assert_eq!(history.diff(a, b), difference);
        for partition in partitions(&plans) {
            let owners = history.owners(partition);
            for (number, plan) in plans.iter().enumerate() {
                let known = owners.iter().rev().find(|(since, _)| *since <= number).and_then(|(_, owner)| *owner);
                prop_assert_eq!(known, plan.assignment().owner(partition));
            }
        }
    }

    #[test]
    fn moves_are_counted_from_the_version_before(changes in some_changes()) {
        let (history, plans) = versions(changes, NonZeroUsize::MIN);
        for ((pair, figures), number) in plans.windows(2).zip(history.figures().skip(1)).zip(1..) {
            let recreated = history.batch(number).expect("is a version").change.events().iter().any(|event| matches!(event, Event::DeleteTopic(_)));
            let changed = pair[0].assignment().differences(pair[1].assignment()).filter(|transfer| transfer.movement().is_some()).count() as u64;
            prop_assert!(figures.moved == changed || recreated && figures.moved <= changed);
            prop_assert_eq!(figures.summary(pair[1].group()), pair[1].summary());
        }
    }
}

fn partitions(plans: &[Plan]) -> Vec<TopicPartition> {
    let mut all: Vec<TopicPartition> =
        plans.iter().flat_map(|plan| plan.assignment().iter().map(|(partition, _)| partition).collect::<Vec<_>>()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn an_older_history_stands_when_a_newer_one_is_made_of_it() {
    let old = start();
    let new = old.clone().rebalance(EventBatch::new(1, Change::from([Event::Leave("c1".into())]))).expect("can happen");
    assert_eq!((old.len(), new.len()), (1, 2));
    assert_same(old.last(), &new.at(0).expect("is a version"));
    assert!(old.clone().rebalance(EventBatch::new(1, Change::from([Event::Leave("c9".into())]))).is_err());
}
