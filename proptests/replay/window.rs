//! Which events make one rebalance.

use sticky_assignor::Event;
use sticky_assignor::replay::{EventBatch, EventKind, RebalanceWindow};

use super::{batches_of, history_of, log_of};

const GROUP: &str = r#"{"topics": {"t": 4}, "members": [{"id": "c1", "topics": ["t"]}, {"id": "s1", "topics": ["t"], "instance": "pod"}]}"#;

const ROLLING: [&str; 4] = [
    GROUP,
    r#"{"at": 10, "leave": "s1"}"#,
    r#"{"at": 12, "topics": {"t": 5}}"#,
    r#"{"at": 15, "join": {"id": "s2", "topics": ["t"], "instance": "pod"}}"#,
];

fn times(batches: &[EventBatch]) -> Vec<(f64, usize)> {
    batches.iter().map(|batch| (batch.at.seconds(), batch.change.events().len())).collect()
}

fn within(window: u32) -> RebalanceWindow {
    RebalanceWindow { length: Some(window.into()), ..RebalanceWindow::default() }
}

fn after(session_timeout: u32) -> RebalanceWindow {
    RebalanceWindow { session_timeout: session_timeout.into(), ..RebalanceWindow::default() }
}

#[test]
fn a_window_opens_at_its_first_event_and_closes_before_its_length_is_over() {
    let log = log_of(&[
        GROUP,
        r#"{"at": 10, "topics": {"a": 1}}"#,
        r#"{"at": 10, "topics": {"b": 1}}"#,
        r#"{"at": 13, "leave": "c1"}"#,
        r#"{"at": 15, "topics": {"c": 1}}"#,
        r#"{"at": 19, "topics": {"d": 1}}"#,
    ]);
    assert_eq!(times(&batches_of(&log, RebalanceWindow::default())), [(10.0, 1), (10.0, 1), (13.0, 1), (15.0, 1), (19.0, 1)]);
    assert_eq!(times(&batches_of(&log, within(0))), [(10.0, 2), (13.0, 1), (15.0, 1), (19.0, 1)]);
    assert_eq!(times(&batches_of(&log, within(5))), [(13.0, 3), (19.0, 2)]);
    assert_eq!(times(&batches_of(&log, within(100))), [(19.0, 5)]);
    assert_eq!(batches_of(&log, within(5))[0].kinds, [EventKind::Topics, EventKind::Leave]);
}

#[test]
fn a_static_member_back_in_time_causes_no_rebalance_but_its_new_id_stands() {
    let log = log_of(&ROLLING);
    let batches = batches_of(&log, after(30));
    assert_eq!(times(&batches), [(12.0, 1)]);
    let longer = [&ROLLING[..], &[r#"{"at": 20, "leave": "s2"}"#, r#"{"at": 60, "topics": {"t": 6}}"#]].concat();
    let log = log_of(&longer);
    let history = history_of(&log, after(30));
    assert_eq!(history.len(), 4);
    assert_eq!(times(&batches_of(&log, after(30))), [(12.0, 1), (50.0, 3), (60.0, 1)]);
    assert_eq!(history.last().group().member_count(), 1);
}

#[test]
fn a_static_member_back_too_late_was_gone() {
    let log = log_of(&ROLLING);
    for timeout in [3, 5] {
        assert_eq!(times(&batches_of(&log, after(timeout))), [(12.0, 1), (10.0 + f64::from(timeout), 1), (15.0, 1)]);
    }
    assert_eq!(batches_of(&log, after(0)), batches_of(&log, RebalanceWindow::default()));
}

#[test]
fn a_static_member_that_never_comes_back_is_gone_in_the_end() {
    let log = log_of(&[GROUP, r#"{"at": 10, "leave": "s1"}"#, r#"{"at": 11, "leave": "c1"}"#]);
    assert_eq!(times(&batches_of(&log, after(45))), [(11.0, 1), (55.0, 1)]);
}

#[test]
fn a_static_member_back_with_another_subscription_causes_a_rebalance() {
    let log = log_of(&[GROUP, r#"{"at": 10, "leave": "s1"}"#, r#"{"at": 11, "join": {"id": "s1", "topics": [], "instance": "pod"}}"#]);
    let history = history_of(&log, after(45));
    assert_eq!(history.len(), 2);
    assert_eq!(history.last().group().member_count(), 2);
    let figures = history.figures().last().expect("has versions");
    assert_eq!((figures.moved, figures.forced, figures.retained), (2, 2, 2));
}

#[test]
fn a_member_id_taken_over_ends_the_session_of_the_instance_that_had_it() {
    let log = log_of(&[GROUP, r#"{"at": 10, "leave": "s1"}"#, r#"{"at": 11, "join": {"id": "s1", "topics": ["t"]}}"#]);
    let batches = batches_of(&log, after(45));
    assert_eq!(times(&batches), [(11.0, 1), (11.0, 1)]);
    assert_eq!(batches[0].change.events(), [Event::Leave("s1".into())]);
}

#[test]
fn a_static_member_restarted_within_a_window_keeps_its_partitions() {
    let dynamic = log_of(&[GROUP, r#"{"at": 10, "leave": "c1"}"#, r#"{"at": 11, "join": {"id": "c1", "topics": ["t"]}}"#]);
    let fixed = log_of(&[GROUP, r#"{"at": 10, "leave": "s1"}"#, r#"{"at": 11, "join": {"id": "s9", "topics": ["t"], "instance": "pod"}}"#]);
    let last = |log| history_of(log, within(5)).figures().last().expect("has versions");
    assert_eq!((last(&fixed).retained, last(&fixed).moved), (4, 0));
    assert_eq!((last(&dynamic).retained, last(&dynamic).moved, last(&dynamic).forced), (2, 2, 2));
}

#[test]
fn a_topic_deleted_and_created_again_within_a_window_is_new() {
    let log = log_of(&[GROUP, r#"{"at": 10, "topics": {"t": null}}"#, r#"{"at": 11, "topics": {"t": 4}}"#]);
    let figures = history_of(&log, within(5)).figures().last().expect("has versions");
    assert_eq!((figures.retained, figures.moved, figures.new), (0, 0, 4));
}
