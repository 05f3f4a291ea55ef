//! What a log would have cost otherwise: who is guessed to have come back, and what that saves.

use sticky_assignor::Goals;
use sticky_assignor::document::EventContent;
use sticky_assignor::replay::{EventLog, RebalanceWindow, totals, with_static_members};

use super::log_of;

const GROUP: &str = r#"{"topics": {"t": 4, "u": 2}, "members": [{"id": "c1", "topics": ["t", "u"], "rack": "a"}, {"id": "c2", "topics": ["u", "t"], "rack": "b"},
    {"id": "c3", "topics": ["t"]}, {"id": "s1", "topics": ["t", "u"], "instance": "static:c1"}]}"#;
const TIMEOUT: u32 = 45;

/// The log of the group above and these events, on one line each.
fn log(events: &[&str]) -> EventLog {
    let group = GROUP.replace('\n', "");
    log_of(&[&[group.as_str()], events].concat())
}

/// The instances of those that join, once all are static.
fn instances(events: &[&str]) -> Vec<String> {
    let fixed = with_static_members(&log(events), TIMEOUT.into());
    let joins = fixed.events.into_iter().filter_map(|logged| match logged.event.content {
        EventContent::Join(join) => Some(join.instance.expect("all are static")),
        _ => None,
    });
    joins.collect()
}

#[test]
fn members_there_from_the_start_are_named_apart_and_those_with_an_instance_keep_it() {
    let group = with_static_members(&log(&[]), TIMEOUT.into()).group;
    let mut names: Vec<(&str, &str)> = group.members().filter_map(|(_, member)| Some((&**member.id(), &**member.instance()?))).collect();
    names.sort_unstable();
    assert_eq!(names, [("c1", "static:c1:1"), ("c2", "static:c2"), ("c3", "static:c3"), ("s1", "static:c1")]);
}

#[test]
fn who_joins_soon_for_the_same_topics_is_taken_for_who_left() {
    assert_eq!(
        instances(&[r#"{"at": 10, "leave": "c2"}"#, r#"{"at": 54, "join": {"id": "x", "topics": ["t", "u", "t"]}}"#]),
        ["static:c2"]
    );
    assert_eq!(instances(&[r#"{"at": 10, "leave": "c2"}"#, r#"{"at": 55, "join": {"id": "x", "topics": ["t", "u"]}}"#]), ["static:x"]);
    assert_eq!(instances(&[r#"{"at": 10, "leave": "c2"}"#, r#"{"at": 11, "join": {"id": "x", "topics": ["t"]}}"#]), ["static:x"]);
    let with_own = [r#"{"at": 10, "leave": "c2"}"#, r#"{"at": 11, "join": {"id": "x", "topics": ["t", "u"], "instance": "pod"}}"#];
    assert_eq!(instances(&with_own), ["pod"]);
    let one_with_own = [r#"{"at": 10, "leave": "s1"}"#, r#"{"at": 11, "join": {"id": "x", "topics": ["t", "u"]}}"#];
    assert_eq!(instances(&one_with_own), ["static:x"]);
    let subscribed = r#"{"at": 10, "subscribe": {"id": "c3", "topics": ["u"]}}"#;
    assert_eq!(
        instances(&[subscribed, r#"{"at": 10, "leave": "c3"}"#, r#"{"at": 11, "join": {"id": "x", "topics": ["u"]}}"#]),
        ["static:c3"]
    );
}

#[test]
fn the_same_id_comes_before_the_same_rack_and_that_before_who_left_first() {
    let left = [r#"{"at": 10, "leave": "c1"}"#, r#"{"at": 11, "leave": "c2"}"#];
    let then = |joins: &[&str]| instances(&[&left[..], joins].concat());
    let (in_none, in_b) = (
        r#"{"at": 12, "join": {"id": "x", "topics": ["t", "u"]}}"#,
        r#"{"at": 12, "join": {"id": "x", "topics": ["t", "u"], "rack": "b"}}"#,
    );
    let same_id = r#"{"at": 12, "join": {"id": "c2", "topics": ["t"], "rack": "a"}}"#;
    let (another, third) =
        (r#"{"at": 13, "join": {"id": "y", "topics": ["t", "u"]}}"#, r#"{"at": 13, "join": {"id": "z", "topics": ["t", "u"]}}"#);
    assert_eq!(then(&[in_none, another, third]), ["static:c1:1", "static:c2", "static:z"]);
    assert_eq!(then(&[in_b, another]), ["static:c2", "static:c1:1"]);
    assert_eq!(then(&[same_id, another]), ["static:c2", "static:c1:1"]);
    // Whose place another has taken comes as somebody new.
    assert_eq!(then(&[in_b, r#"{"at": 13, "join": {"id": "c2", "topics": ["u"]}}"#]), ["static:c2", "static:c2:4"]);
}

#[test]
fn a_restart_under_a_new_id_costs_nothing_where_all_are_static() {
    let restart = log(&[
        r#"{"at": 10, "leave": "c1"}"#,
        r#"{"at": 15, "join": {"id": "c1-2", "topics": ["t", "u"], "rack": "a"}}"#,
        r#"{"at": 20, "leave": "c1-2"}"#,
        r#"{"at": 25, "join": {"id": "c1-3", "topics": ["t", "u"], "rack": "a"}}"#,
    ]);
    let window = RebalanceWindow { session_timeout: TIMEOUT.into(), ..RebalanceWindow::default() };
    let fixed = totals(&with_static_members(&restart, TIMEOUT.into()), window, Goals::default()).expect("can happen");
    assert_eq!((fixed.rebalances, fixed.moved, fixed.new), (0, 0, 0));
    assert!(totals(&restart, window, Goals::default()).expect("happened").rebalances > 0);
}
