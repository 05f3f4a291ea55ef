//! Lines of an event log: what is written is read again.

use proptest::prelude::*;
use serde_json::{Value, json};
use sticky_assignor::document::{At, EventDocument, Seconds};

#[cfg(feature = "json")]
use sticky_assignor::document::Date;

fn read(line: &Value) -> Result<EventDocument, serde_json::Error> {
    serde_json::from_str(&line.to_string())
}

#[test]
fn every_kind_of_line_is_read_and_written_alike() {
    for event in [
        json!({"join": {"id": "c3", "topics": ["orders"], "rack": "a", "instance": "pod-3"}}),
        json!({"leave": "c1"}),
        json!({"subscribe": {"id": "c2", "topics": "*"}}),
        json!({"topics": {"orders": 24, "audit": {"partitions": 2, "racks": [["a"], []]}, "clicks": null}}),
        json!({"group": {"topics": {}, "members": []}}),
        json!({"group": {"name": "g", "generation": 7, "topics": {"t": 2}, "assignment": {"c1": {"t": [0, 1]}, "c2": {}},
            "members": [{"id": "c1", "topics": ["t"], "owned": {"t": [0]}}, {"id": "c2", "topics": "*", "owned": {}, "rack": "a", "instance": "i"}]}}),
        json!({"rebalance": "client rejoined"}),
    ] {
        let mut line = event.clone();
        line["at"] = json!(12.5);
        assert_eq!(serde_json::to_value(read(&line).unwrap()).unwrap(), line);
        #[cfg(feature = "json")]
        {
            line["at"] = json!("2026-03-01T10:00:03.110Z");
            assert_eq!(serde_json::to_value(read(&line).unwrap()).unwrap(), line);
        }
    }
}

#[test]
fn what_is_no_line_is_refused_for_what_it_is() {
    for (line, reason) in [
        (json!({"at": 1, "leave": "a", "rebalance": "b"}), "found 2"),
        (json!({"at": 1}), "found 0"),
        (json!({"at": 1_772_359_203_110_i64, "leave": "a"}), "can only be milliseconds"),
        (json!({"at": 1, "group": {"topics": {}, "members": [], "assigned": {}}}), "unknown field `assigned`"),
        (json!({"at": 1, "group": {"topics": {}, "members": [{"id": "a", "topics": "*", "generation": 3}]}}), "unknown field `generation`"),
        (json!({"at": 1, "group": [{}, []]}), "expected an object"),
    ] {
        let error = read(&line).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[cfg(feature = "json")]
#[test]
fn a_date_is_as_rfc_3339_writes_it() {
    let date = |text: &str| text.parse::<Date>().map(|date| date.to_string());
    assert_eq!(date("2026-03-01T11:00:03.11+01:00").unwrap(), "2026-03-01T10:00:03.110Z");
    assert_eq!(date("2026-03-01t10:00:03z").unwrap(), "2026-03-01T10:00:03.000Z");
    assert_eq!(date("1969-12-31T23:59:59.9Z").unwrap(), "1969-12-31T23:59:59.900Z");
    for text in ["", "2026-03-01", "2026-03-01T10:00:03", "2026-03-01T10:00:03Z[UTC]", "2026-13-01T10:00:03Z", "yesterday"] {
        assert!(date(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn seconds_stay_as_they_are(quarters in -400_000_000_000..=400_000_000_000_i64) {
        let seconds = quarters as f64 / 4.0;
        let line = json!({"at": seconds, "leave": "a"});
        prop_assert_eq!(read(&line).unwrap().at, At::from(Seconds::new(seconds).unwrap()));
        prop_assert_eq!(serde_json::to_value(read(&line).unwrap()).unwrap(), line);
    }
}
