//! Errors say what is wrong once: a cause is part of the message, or handed on as the source, and
//! never both.

use std::error::Error;

use sticky_assignor::replay::{History, documents::HistoryDocument};
use sticky_assignor::{Change, Event, Group, NewMember, NewTopic};

/// An error as programs print it that follow sources: each has something to say that was not said
/// yet.
fn said_once(error: &dyn Error) {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        assert!(!said.contains(&source.to_string()), "{said:?} has {:?} in it, which comes again", source.to_string());
        said = format!("{said}: {source}");
        next = source.source();
    }
}

#[test]
fn a_history_that_cannot_be() {
    let read = |text: &str| History::try_from(&serde_json::from_str::<HistoryDocument>(text).expect("a document")).expect_err("refused");
    let refused = |rebalances: &str| {
        read(&format!(r#"{{"version": 1, "group": {{"topics": {{"t": 1}}, "members": []}}, "rebalances": [{rebalances}]}}"#))
    };
    let no_group = read(r#"{"version": 1, "group": {"topics": {"t": -1}, "members": []}, "rebalances": []}"#);
    let impossible = refused(r#"{"at": 1, "kinds": ["leave"], "events": [{"leave": "a"}]}"#);
    said_once(&no_group);
    said_once(&impossible);
    assert_eq!(no_group.to_string(), "group: topics.t: -1 is not a partition count (0 to 2147483647)");
    assert_eq!(impossible.to_string(), r#"rebalance 1: "a" is not a member"#);
    let other = read(r#"{"version": 2, "group": {"topics": {}, "members": []}, "rebalances": []}"#);
    assert_eq!(other.to_string(), "version: 2 is not known, only 1");
    for (rebalances, reason) in [
        (r#"{"at": 2, "kinds": [], "events": []}, {"at": 1, "kinds": [], "events": []}"#, "rebalance 2: time runs backwards, from 2 to 1"),
        (r#"{"at": -1, "kinds": [], "events": []}"#, "rebalance 1: -1 s is before the time at which a log can begin, 0"),
        (r#"{"at": 1, "kinds": ["join"], "events": []}"#, "rebalance 1: its kinds do not fit its events: `join`"),
        (r#"{"at": 1, "kinds": ["join"], "events": [{"topics": {"t": 2}}]}"#, "rebalance 1: its kinds do not fit its events: `join`"),
        (r#"{"at": 1, "kinds": [], "events": [{"topics": {"t": 2}}]}"#, "rebalance 1: its kinds do not fit its events: `topics`"),
    ] {
        said_once(&refused(rebalances));
        assert_eq!(refused(rebalances).to_string(), reason);
    }
    let fits = r#"{"version": 1, "group": {"topics": {"t": 1}, "members": []}, "rebalances": [
        {"at": 1, "kinds": ["group"], "events": [{"topics": {"t": 2}}]}, {"at": 1, "kinds": ["rebalance"], "events": []}]}"#;
    assert!(History::try_from(&serde_json::from_str::<HistoryDocument>(fits).expect("a document")).is_ok());
}

#[test]
fn a_change_that_cannot_be() {
    let group = Group::new(&[NewTopic::new("t", 1)], &[NewMember::new("a", ["t"])]).expect("a group");
    let refused = |event| group.apply(Change::from([event])).expect_err("impossible");
    said_once(&refused(Event::Leave("b".into())));
    said_once(&refused(Event::Topic(NewTopic { partitions: -1, ..NewTopic::new("u", 0) })));
}

#[cfg(feature = "json")]
#[test]
fn a_log_that_cannot_be() {
    use sticky_assignor::replay::{EventLog, Faults};
    let group = r#"{"topics": {"t": 1}, "members": []}"#;
    for (text, message) in [
        ("", "no group: the log is empty".to_string()),
        (r#"{"topics": {"t": 1}}"#, "line 1: missing field `members`".into()),
        (r#"{"topics": {"t": -1}, "members": []}"#, "line 1: topics.t: -1 is not a partition count (0 to 2147483647)".into()),
        (&format!("{group}\n{{}}"), "line 2: missing field `at`".into()),
        (&format!("{group}\n{{\"at\": 1, \"leave\": \"a\"}}"), "line 2: \"a\" is not a member".into()),
    ] {
        let error = EventLog::from_json_lines(text.as_bytes(), Faults::Refuse, u64::MAX).expect_err("refused");
        said_once(&error);
        assert_eq!(error.to_string(), message);
    }
}

#[cfg(feature = "kafka")]
#[test]
fn a_group_that_cannot_be_led() {
    use sticky_assignor::kafka::{JoinedMember, Protocol, lead};
    let member = |metadata| JoinedMember { id: "a", instance: None, metadata };
    let unreadable = lead(Protocol::Sticky, &[member(&[0])], &[]).expect_err("refused");
    said_once(&unreadable);
    assert_eq!(unreadable.to_string(), r#"member "a": at byte 0: 2 bytes are needed, 1 are left"#);
    said_once(&lead(Protocol::Sticky, &[], &[NewTopic { partitions: -1, ..NewTopic::new("t", 0) }]).expect_err("refused"));
}
