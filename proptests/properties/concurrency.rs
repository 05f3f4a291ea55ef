//! The scenario of Sarama issue 3018: many threads rebalance through one shared value.
//!
//! There, `partitionMovements` was a map inside the strategy, written by every rebalance: two at
//! once ended the process with `fatal error: concurrent map read and map write`. Here nothing that
//! is shared can be written: a step owns what it changes.

use std::sync::Arc;
use std::thread;

use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Assignment, Change, Event, Group, PartitionMovements, Plan, Proof, Step, Steps, balance};

use super::planned;

const THREADS: usize = 8;
const TIMES: usize = 500;

/// Two members hold everything; two more have joined, so that partitions move.
fn document() -> GroupDocument {
    serde_json::from_str(
        r#"{"topics": {"orders": 12, "clicks": 7, "audit": 5}, "members": [
            {"id": "c1", "topics": ["orders", "clicks"], "owned": {"orders": [0,1,2,3,4,5,6,7,8,9,10,11]}, "generation": 3},
            {"id": "c2", "topics": "*", "owned": {"clicks": [0,1,2,3,4,5,6], "audit": [0,1,2,3,4]}, "generation": 3},
            {"id": "c3", "topics": ["orders", "audit"]},
            {"id": "c4", "topics": ["clicks"]}]}"#,
    )
    .expect("a document")
}

/// Everything two plans may differ in.
fn told(plan: &Plan) -> String {
    let owners: Vec<_> = plan.assignment().iter().collect();
    format!("{owners:?} {:?} {:?} {:?}", plan.movements(), plan.summary(), plan.proof())
}

/// The same question asked by every thread, many times.
fn ask_at_once(question: impl Fn() -> String + Send + Sync + 'static) -> Vec<String> {
    let question = Arc::new(question);
    let ask = |_| {
        let question = Arc::clone(&question);
        thread::spawn(move || {
            let mut answers: Vec<String> = (0..TIMES).map(|_| question()).collect();
            answers.dedup();
            answers
        })
    };
    let threads: Vec<_> = (0..THREADS).map(ask).collect();
    let mut answers: Vec<String> = threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect();
    answers.sort();
    answers.dedup();
    answers
}

#[test]
fn threads_that_balance_one_shared_group_all_get_the_same_plan() {
    let expected = planned(&document());
    assert!(expected.summary().moved > 0, "partitions have to move for the scenario to be one");
    let group = expected.group().clone();
    assert_eq!(ask_at_once(move || told(&balance(&group))), [told(&expected)]);
}

#[test]
fn threads_that_rebalance_one_shared_plan_all_get_the_same_plan() {
    let plan = planned(&document());
    let change = Change::from([Event::Leave("c2".into())]);
    let expected = plan.rebalance(&change).expect("possible");
    assert!(!expected.movements().is_empty() || expected.summary().new > 0);
    assert_eq!(ask_at_once(move || told(&plan.rebalance(&change).expect("possible"))), [told(&expected)]);
}

#[test]
fn threads_that_walk_the_steps_of_one_shared_plan_all_see_the_same_versions() {
    let plan = planned(&document());
    let walk = |plan: &Plan| plan.steps().map(|step| format!("{:?}", step.assignment.iter().collect::<Vec<_>>())).collect::<String>();
    let expected = walk(&plan);
    assert_eq!(ask_at_once(move || walk(&plan)), [expected]);
}

/// Compiles only for what threads may share and send.
const fn shared_between_threads<T: Send + Sync>() {}

const _: () = {
    shared_between_threads::<Group>();
    shared_between_threads::<Assignment>();
    shared_between_threads::<Plan>();
    shared_between_threads::<Proof>();
    shared_between_threads::<Steps>();
    shared_between_threads::<Step>();
    shared_between_threads::<Change>();
    shared_between_threads::<PartitionMovements>();
};
