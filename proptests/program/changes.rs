//! `plan --join --leave --topic`: what if.

use serde_json::json;

use super::documents::{ORDERS, PAIR};
use super::run::{plan, run};

#[test]
fn a_member_that_joins_is_planned_for() {
    let all = plan(&["--join", "c3"], ORDERS).only_json();
    assert_eq!(all["summary"]["max"], 6);
    let one = plan(&["--join", "c3=clicks"], ORDERS).only_json();
    assert_eq!(one["assignment"]["c3"], json!({"clicks": [0, 1, 2, 3, 4, 5]}));
}

#[test]
fn a_member_that_joins_follows_every_topic_as_documents_write_it() {
    let assignment = |join: &str| plan(&["--join", join], ORDERS).only_json()["assignment"].take();
    assert_eq!(assignment("c3=*"), assignment("c3"));
}

#[test]
fn a_topic_that_does_not_exist_is_followed_and_doubted() {
    let answer = plan(&["--join", "c3=cliks", "--join", "c4=new", "--topic", "new=1"], ORDERS);
    assert_eq!((answer.status, answer.err.as_str()), (0, "note: --join c3: there is no topic \"cliks\"\n"));
}

#[test]
fn an_older_claim_stands_once_the_newer_claimant_left_and_is_counted_once() {
    let group = r#"{"topics": {"t": 1}, "members": [{"id": "m1", "topics": "*", "owned": {"t": [0]}, "generation": 5},
        {"id": "m2", "topics": "*", "owned": {"t": [0]}, "generation": 3}]}"#;
    let text = run(&["plan", "-", "--leave", "m1"], group).out;
    assert!(text.contains("1 partition stays with its owner, 0 move, 0 are new."), "{text}");
    assert_eq!(plan(&["--leave", "m1"], group).json()[0]["movements"], json!([]));
}

#[test]
fn a_member_that_leaves_is_gone() {
    let answer = plan(&["--leave", "a"], PAIR).only_json();
    assert_eq!(answer["assignment"], json!({"b": {"t": [0, 1, 2, 3]}}));
}

#[test]
fn topics_are_created_and_grow() {
    let answer = plan(&["--topic", "t=6", "--topic", "new=2"], PAIR);
    assert!(answer.out.contains(r#""b":{"new":[0,1],"t":[4,5]}"#), "{}", answer.out);
}

#[test]
fn changes_come_together() {
    let answer = plan(&["--join", "c", "--leave", "a", "--leave", "b", "--topic", "t=5"], PAIR).only_json();
    assert_eq!(answer["assignment"], json!({"c": {"t": [0, 1, 2, 3, 4]}}));
}

#[test]
fn a_member_may_leave_and_join_anew() {
    let answer = plan(&["--join", "a", "--leave", "a"], PAIR).only_json();
    assert_eq!((&answer["summary"]["moved"], &answer["summary"]["forced"], &answer["summary"]["new"]), (&json!(4), &json!(4), &json!(0)));
}

#[test]
fn what_a_member_that_leaves_had_is_moved_and_forced() {
    let answer = plan(&["--leave", "a", "--join", "c"], PAIR).only_json();
    let summary = &answer["summary"];
    assert_eq!((&summary["moved"], &summary["forced"], &summary["new"]), (&json!(4), &json!(4), &json!(0)));
    let movements = answer["movements"].as_array().expect("a list");
    assert_eq!((movements.len(), &movements[0]), (4, &json!({"topic": "t", "partition": 0, "from": "a", "to": "b"})));
    let figures = plan(&["--leave", "a", "--join", "c", "--quiet-assignment"], PAIR).only_json();
    assert_eq!(&figures["summary"], summary);
    assert_eq!(plan(&[], PAIR).only_json()["summary"]["forced"], 0);
}

#[test]
fn a_change_is_counted_alike_by_plan_and_replay() {
    let planned = plan(&["--leave", "m1", "--join", "m4"], run(&["plan", "--print-example"], "").out).only_json();
    let settled = run(&["plan", "--print-example"], "").out.replace('\n', " ") + "\n";
    let log = settled + "{\"at\": 1, \"leave\": \"m1\"}\n{\"at\": 1, \"join\": {\"id\": \"m4\", \"topics\": \"*\"}}\n";
    let replayed = run(&["replay", "-f", "json", "-w", "0", "--no-savings"], &log).json();
    assert_eq!((&planned["summary"]["moved"], &planned["summary"]["forced"]), (&json!(10), &json!(9)));
    let line = &replayed[1];
    let parts = ["retained", "moved", "new"].map(|name| line[name].as_u64().expect("a count"));
    assert_eq!(parts.iter().sum::<u64>(), line["assigned"].as_u64().expect("a count"));
    assert_eq!((&line["forced"], &line["changed"]), (&json!(10), &json!({"joined": ["m4"], "left": ["m1"]})));
    let shown = run(&["replay", "-f", "json", "-w", "0", "--at", "1"], &log).only_json();
    for name in ["retained", "moved", "forced", "new"] {
        assert_eq!(shown["summary"][name], line[name], "{name}");
    }
    assert_eq!(shown["movements"].as_array().map(Vec::len), line["moved"].as_u64().map(|moved| moved as usize));
}

#[test]
fn text_tells_what_the_change_moves() {
    let text = run(&["plan", "--leave", "a", "--join", "c"], PAIR).out;
    for part in [
        "a (leaves)",
        "c (joins)",
        "4 move because their owner left or gave up the topic, 0 are new.",
        "Without the change, 2 partitions would move.",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
}

#[test]
fn another_strategy_is_asked_the_same() {
    let flags = ["--leave", "a", "--join", "c", "--strategy", "roundrobin"];
    let text = run(&[&["plan", "-"][..], &flags].concat(), PAIR).out;
    for part in [
        "a (leaves)",
        "c (joins)",
        "4 move because their owner left or gave up the topic, 0 are new.",
        "Without the change, 2 partitions would move.",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
    let answer = plan(&flags, PAIR).only_json();
    assert_eq!((&answer["summary"]["forced"], answer["movements"].as_array().map(Vec::len)), (&json!(4), Some(4)));
    assert_eq!(plan(&flags[4..], PAIR).only_json()["summary"]["forced"], 0);
}

#[test]
fn of_many_flags_the_wrong_one_is_named() {
    let ended = plan(&["--join", "c", "--leave", "a", "--leave", "zz", "--topic", "t=5"], PAIR);
    assert_eq!(ended.err, "error: <stdin>:1: --leave zz: \"zz\" is not a member\n");
}

#[test]
fn what_cannot_happen_is_refused() {
    let refusals = [
        (["--leave", "x"], "error: <stdin>:1: --leave x: \"x\" is not a member"),
        (["--join", "a"], "error: <stdin>:1: --join a: \"a\" joins, but is a member already"),
        (["--topic", "t=3"], "error: <stdin>:1: --topic t=3: topic \"t\" shrinks from 4 to 3 partitions"),
        (["--topic", "t"], "NAME=COUNT"),
        (["--topic", "t=many"], "`many` is not a partition count"),
        (["--topic", "t=-1"], "`-1` is not a partition count"),
        (["--join", "=t"], "a member needs an id"),
        (["--join", "c="], "no topic is named"),
        (["--join", "c= ,"], "no topic is named"),
        (["--topic", "t=50000001"], "--max-partitions"),
        (["--topic", "t=4000000000"], "not a partition count"),
    ];
    for (flags, reason) in refusals {
        let ended = plan(&flags, PAIR);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{flags:?}");
        assert!(ended.err.contains(reason), "{flags:?}: {}", ended.err);
    }
}
