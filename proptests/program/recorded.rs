//! `replay --compare recorded` from end to end: figures known by hand.

use serde_json::{Value, json};

use super::run::{file, run};

/// Four members of a group of eight partitions, of which the second restarts twice under a client
/// id of its own: each time the group's assignor turns everything round.
const LOG: &str = r#"{"at":"2026-03-01T10:00:00Z","group":{"name":"orders","generation":1,"topics":{"t":8},"members":[{"id":"a","topics":"*"},{"id":"b-00000000-0000-0000-0000-000000000001","topics":"*"}],"assignment":{"a":{"t":[0,1,2,3]},"b-00000000-0000-0000-0000-000000000001":{"t":[4,5,6,7]}}}}
{"at":"2026-03-01T10:01:00Z","group":{"generation":2,"topics":{"t":8},"members":[{"id":"a","topics":"*"}],"assignment":{"a":{"t":[0,1,2,3,4,5,6,7]}}}}
{"at":"2026-03-01T10:01:10Z","group":{"generation":3,"topics":{"t":8},"members":[{"id":"a","topics":"*"},{"id":"b-00000000-0000-0000-0000-000000000002","topics":"*"}],"assignment":{"a":{"t":[4,5]},"b-00000000-0000-0000-0000-000000000002":{"t":[0,1,2,3,6,7]}}}}
{"at":"2026-03-01T10:05:00Z","group":{"generation":4,"topics":{"t":8},"members":[{"id":"a","topics":"*"}],"assignment":{"a":{"t":[0,1,2,3,4,5,6,7]}}}}
{"at":"2026-03-01T10:06:00Z","rebalance":"client rejoined"}
{"at":"2026-03-01T10:09:00Z","group":{"generation":9,"topics":{"t":8},"members":[{"id":"a","topics":"*","owned":{"t":[0,1,2,3,4,5,6,7]}},{"id":"b-00000000-0000-0000-0000-000000000003","topics":"*","owned":{}}],"assignment":{"a":{"t":[0,1,2,3]},"b-00000000-0000-0000-0000-000000000003":{"t":[4,5,6,7]}}}}
{"at":"2026-03-01T10:09:20Z","group":{"generation":10,"topics":{"t":8},"members":[{"id":"a","topics":"*"},{"id":"b-00000000-0000-0000-0000-000000000003","topics":"*"}],"assignment":{"a":{"t":[0,1,2,3]},"b-00000000-0000-0000-0000-000000000003":{"t":[4,5,6,7]}}}}
"#;

const GAP: &str = "note: <stdin>:6: generation 9 comes after 4; what was between is not in the log\n";

fn lines(compare: &str) -> (Vec<Value>, Value) {
    let ended = run(&["replay", "--format", "json", "--compare", compare], LOG);
    assert_eq!((ended.status, ended.err.as_str()), (0, GAP));
    let mut lines = ended.json();
    let total = lines.pop().expect("a total")["total"].clone();
    (lines, total)
}

#[test]
fn what_the_group_moved_stands_beside_what_was_needed() {
    let (lines, total) = lines("recorded,range");
    let figures = |name: &str| lines.iter().map(|line| line["recorded"][name].clone()).collect::<Vec<_>>();
    assert_eq!(figures("moved"), [json!(0), json!(4), json!(6), json!(6), Value::Null, json!(4), json!(0)]);
    assert_eq!(figures("forced"), [json!(0), json!(4), json!(0), json!(6), Value::Null, json!(0), json!(0)]);
    assert_eq!(figures("needed"), [json!(0), json!(4), json!(4), json!(6), Value::Null, json!(4), json!(0)]);
    assert_eq!(figures("excess"), [json!(0), json!(0), json!(2), json!(0), Value::Null, json!(0), json!(0)]);
    assert_eq!(figures("gap")[5], 4);
    assert_eq!(lines[2]["recorded"]["goals"][0], json!({"goal": "balance", "cost": 40, "optimal": 32}));
    assert_eq!(lines[0]["at"], "2026-03-01T10:00:00.000Z");
    assert_eq!((&lines[4]["event"], &lines[4]["reasons"]), (&json!("rebalance"), &json!(["client rejoined"])));
    let from_recorded =
        |name: &str| lines.iter().map(|line| line["strategies"][name]["from_recorded"]["moved"].clone()).collect::<Vec<_>>();
    assert_eq!(from_recorded("sticky"), figures("needed"));
    assert_eq!(from_recorded("range"), [json!(0), json!(4), json!(4), json!(6), Value::Null, json!(4), json!(0)]);
    let expected = json!({"rebalances": 6, "known": 5, "moved": 20, "forced": 10, "new": 0, "needed": 18, "excess": 2, "invalid": 0,
        "not_needed": [4, 6], "within_30_s": 4, "flapping": [{"member": "b", "returns": 2}], "widest_gap": {"rebalance": 5, "partitions": 4}});
    assert_eq!(total["recorded"], expected);
    assert_eq!(total["strategies"]["sticky"]["from_recorded"]["moved"], 18);
}

#[test]
fn a_person_is_told_the_same() {
    let text = run(&["replay", "--compare", "recorded"], LOG).out;
    for said in [
        "Recorded: the group moved 20 partitions in 5 rebalances (of 6) whose assignment is recorded, 18 were needed; 4 of the rebalances came within 30 s of another.",
        "Not needed at all, as no partition had to get another owner: 2 rebalances, 4, 6.",
        "Left and came back again and again: b (2 times).",
        "Widest gap between decided and held: 4 partitions, in rebalance 5 at 2026-03-01T10:09:00.000Z.",
        "rebalance (client rejoined)",
        "2026-03-01T10:01:10.000Z",
    ] {
        assert!(text.contains(said), "{said} in:\n{text}");
    }
}

#[test]
fn the_page_has_it_too() {
    let page = file("recorded.html");
    let path = page.to_str().expect("is text");
    let ended = run(&["replay", "--compare", "recorded,sticky:spread+balance", "--html", path], LOG);
    assert_eq!((ended.status, ended.err.as_str()), (0, GAP));
    let page = std::fs::read_to_string(&page).expect("was written");
    for part in [r#""at":"2026-03-01T10:01:10.000Z""#, r#""recorded":[{"moved":0"#, "sticky:spread+balance", "client rejoined"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn an_order_of_goals_is_compared_like_a_strategy() {
    let log = r#"{"topics": {"x": 10, "y": 10}, "members": [{"id": "a", "topics": ["x", "y"]}, {"id": "b", "topics": ["y"]}]}
{"at": 1, "topics": {"y": 12}}
"#;
    let arguments = ["replay", "--format", "json", "--compare", "sticky:spread+balance+rack+stickiness"];
    let lines = run(&arguments, log).json();
    let loads = |strategy: &str| (lines[0]["strategies"][strategy]["min"].clone(), lines[0]["strategies"][strategy]["max"].clone());
    assert_eq!(loads("sticky"), (json!(10), json!(10)));
    assert_eq!(loads("sticky:spread+balance+rack+stickiness"), (json!(5), json!(15)));
    let refused = run(&["replay", "--compare", "sticky:spread+evenness"], log);
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("evenness"), "{}", refused.err);
    let unknown = run(&["replay", "--compare", "best"], log);
    assert!(unknown.err.contains("range, roundrobin, kip54, uniform, sticky:GOAL+GOAL…, and recorded"), "{}", unknown.err);
}

#[test]
fn a_log_that_records_nothing_is_said_to() {
    let ended = run(&["replay", "--compare", "recorded"], r#"{"topics": {"t": 1}, "members": []}"#);
    assert_eq!(ended.status, 0);
    assert!(ended.err.contains("no `group` line of this log has an `assignment`"), "{}", ended.err);
    assert!(ended.out.contains("Recorded: the group moved 0 partitions in 0 rebalances, 0 were needed."), "{}", ended.out);
}

#[test]
fn groups_one_after_another_are_no_log() {
    let group = r#"{"topics": {"t": 1}, "members": [], "assignment": {}}"#;
    let ended = run(&["replay"], format!("{group}\n{group}\n"));
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("<stdin>:2:") && ended.err.contains("an event log has one, on its first line"), "{}", ended.err);
}
