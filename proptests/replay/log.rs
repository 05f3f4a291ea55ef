//! What is an event log and what is not, line by line.

use sticky_assignor::document::EventDocument;
use sticky_assignor::replay::{EventLog, Faults};

use super::UNLIMITED;

const GROUP: &str = r#"{"topics": {"orders": 4}, "members": [{"id": "c1", "topics": ["orders"]}]}"#;

fn read(events: &str, faults: Faults) -> Result<EventLog, String> {
    EventLog::from_json_lines(format!("{GROUP}\n{events}").as_bytes(), faults, UNLIMITED).map_err(|error| error.to_string())
}

/// The fault of a log with these events; that a lenient reader skips that one line is checked on
/// the way.
fn fault(events: &str) -> String {
    let lenient = read(events, Faults::Skip).expect("a lenient reader skips what cannot be");
    assert_eq!(lenient.skipped.len(), 1, "{:?}", lenient.skipped);
    read(events, Faults::Refuse).expect_err("this cannot be")
}

#[test]
fn each_kind_of_event_survives_being_written_and_read() {
    let lines = [
        r#"{"at":12.5,"join":{"id":"c3","topics":["orders"],"rack":"a","instance":"pod-1"}}"#,
        r#"{"at":13.0,"leave":"c1"}"#,
        r#"{"at":14.0,"subscribe":{"id":"c2","topics":"*"}}"#,
        r#"{"at":20.0,"topics":{"audit":{"partitions":1,"racks":[["a","b"]]},"clicks":null,"orders":24}}"#,
    ];
    for line in lines {
        let event: EventDocument = serde_json::from_str(line).expect(line);
        assert_eq!(serde_json::to_string(&event).expect("is JSON"), line);
    }
}

#[test]
fn what_is_no_event_is_refused_with_its_line_and_reason() {
    let table = [
        (r#"{"at": 1, "leave": "c1", "leave": "c1"}"#, "line 2: duplicate field `leave`"),
        (r#"{"at": 1, "leeve": "c1"}"#, "line 2: leeve: unknown field `leeve`"),
        (r#"{"at": 1}"#, "line 2: one of `join`, `leave`, `subscribe`, `topics`, `group`, `rebalance` is expected, found 0"),
        (r#"{"at": 1, "leave": "c1", "topics": {}}"#, "expected, found 2"),
        (r#"{"leave": "c1"}"#, "line 2: missing field `at`"),
        (r#"{"at": 1, "join": {"id": "c2", "topics": [], "owned": {}}}"#, "line 2: join.owned: unknown field `owned`"),
        (r#"{"at": 1, "topics": {"a": 1, "a": 2}}"#, "line 2: topics: repeated key `a`"),
        ("not JSON\n{\"at\": 1, \"leave\": \"c1\"}", "line 2: a document starts with `{`"),
        ("[1, 2]\n", "line 2: a document starts with `{`"),
        (r#"{"at": 1, "leave": "c1"} {}"#, "line 2: something stands behind the document"),
        ("{\"at\": 1\n{\"at\": 1, \"leave\": \"c1\"}", "line 2: the document ends within an object"),
    ];
    for (events, expected) in table {
        let found = fault(events);
        assert!(found.contains(expected), "{events}: {found}");
    }
}

#[test]
fn impossible_events_are_refused_with_their_line_and_reason() {
    let table = [
        ("{\"at\": 1, \"leave\": \"stranger\"}", r#"line 2: "stranger" is not a member"#),
        ("\n\n{\"at\": 1, \"subscribe\": {\"id\": \"c9\", \"topics\": []}}", r#"line 4: "c9" is not a member"#),
        (r#"{"at": 1, "join": {"id": "c1", "topics": []}}"#, r#"line 2: "c1" joins, but is a member already"#),
        (r#"{"at": 1, "topics": {"orders": 3}}"#, r#"line 2: topic "orders" shrinks from 4 to 3 partitions"#),
        (r#"{"at": 1, "topics": {"audit": null}}"#, r#"line 2: topic "audit" is deleted, but does not exist"#),
        ("{\"at\": 2, \"topics\": {\"orders\": 5}}\n{\"at\": 1.5, \"leave\": \"c1\"}", "line 3: time runs backwards, from 2 to 1.5"),
        (r#"{"at": 1, "topics": {"orders": 99999999999}}"#, "line 2: topics.orders: 99999999999 is not a partition count"),
    ];
    for (events, expected) in table {
        assert!(fault(events).starts_with(expected), "{events}: {}", fault(events));
    }
}

#[test]
fn an_impossible_event_that_is_skipped_leaves_no_trace() {
    let events = "{\"at\": 5, \"topics\": {\"a\": 2, \"orders\": 1}}\n{\"at\": 3, \"topics\": {\"a\": 1}}";
    let log = read(events, Faults::Skip).expect("is lenient");
    assert_eq!((log.events.len(), log.skipped.len(), log.most_partitions), (1, 1, 5));
}

#[test]
fn a_log_that_breaks_off_is_read_up_to_there() {
    let whole = format!("{GROUP}\n{{\"at\": 1, \"join\": {{\"id\": \"c2\", \"topics\": []}}}}\n{{\"at\": 2, \"leave\": \"cé2\"}}");
    let last_line = whole.rfind('\n').expect("has lines") + 1;
    for length in last_line + 1..whole.len() {
        let log = EventLog::from_json_lines(&whole.as_bytes()[..length], Faults::Refuse, UNLIMITED).expect("the log breaks off");
        assert_eq!((log.events.len(), log.breaks_off), (1, Some(3)), "cut at {length}");
    }
}

#[test]
fn a_group_must_come_first_and_be_of_a_size_asked_for() {
    let read =
        |text: &str, limit| EventLog::from_json_lines(text.as_bytes(), Faults::Skip, limit).map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(read("", 4), Err("no group: the log is empty".into()));
    assert!(read("{\"topics\": {}", 4).is_err());
    assert_eq!(read(GROUP, 4), Ok(()));
    assert_eq!(read(GROUP, 3), Err("line 1: topics: 4 partitions in all, more than 3 (--max-partitions N allows more)".into()));
    let growing = format!("{GROUP}\n{{\"at\": 1, \"topics\": {{\"b\": 7}}}}");
    assert!(read(&growing, 10).is_err_and(|reason| reason.starts_with("line 2: topics: 11 partitions")));
}
