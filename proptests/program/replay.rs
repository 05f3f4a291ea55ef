//! `replay` from end to end.

use serde_json::{Value, json};

use super::run::{Ended, file, run};

const LOG: &str = r#"{"name": "orders", "topics": {"clicks": 6, "orders": 12}, "members": [{"id": "c1", "topics": ["orders", "clicks"]}]}
{"at": 10, "join": {"id": "c2", "topics": "*"}}
{"at": 12.5, "join": {"id": "c3", "topics": ["orders"], "instance": "pod-3"}}
{"at": 13, "leave": "c1"}
{"at": 20, "topics": {"orders": 24, "audit": 6, "clicks": null}}
{"at": 30, "leave": "c3"}
{"at": 35, "join": {"id": "c4", "topics": ["orders"], "instance": "pod-3"}}
"#;

fn replay(arguments: &[&str], log: &str) -> Ended {
    run(&[&["replay", "--format", "json"], arguments].concat(), log)
}

/// The lines of a log that can be replayed, and the total.
fn lines(arguments: &[&str], log: &str) -> (Vec<Value>, Value) {
    let ended = replay(arguments, log);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    let mut lines = ended.json();
    let total = lines.pop().expect("a total")["total"].clone();
    (lines, total)
}

fn field(lines: &[Value], name: &str) -> Vec<Value> {
    lines.iter().map(|line| line[name].clone()).collect()
}

fn sum(lines: &[Value], name: &str) -> u64 {
    lines.iter().map(|line| line[name].as_u64().expect("a count")).sum()
}

/// Without what differs from run to run.
fn timeless(mut line: Value) -> Value {
    if let Some(fields) = line.as_object_mut() {
        fields.remove("elapsed_ns");
        fields.values_mut().for_each(|value| *value = timeless(value.take()));
    }
    line
}

#[test]
fn each_rebalance_has_a_line_and_the_last_line_has_the_sums() {
    let (lines, total) = lines(&[], LOG);
    assert_eq!(field(&lines, "event"), ["group", "join", "join", "leave", "topics", "leave", "join"]);
    assert_eq!(field(&lines, "at"), [json!(null), json!(10.0), json!(12.5), json!(13.0), json!(20.0), json!(30.0), json!(35.0)]);
    assert_eq!(field(&lines, "rebalance"), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(total["rebalances"], 6);
    for name in ["assigned", "retained", "moved", "forced", "new", "elapsed_ns"] {
        assert_eq!(total[name], sum(&lines[1..], name), "{name}");
    }
    let changed = |number: usize| lines[number]["changed"].clone();
    assert_eq!((changed(0), changed(1), changed(3)), (json!(null), json!({"joined": ["c2"]}), json!({"left": ["c1"]})));
    for line in &lines {
        assert_eq!(line["partitions"], line["assigned"]);
        let parts = ["retained", "moved", "new"].map(|name| line[name].as_u64().expect("a count"));
        assert_eq!(line["assigned"], parts.iter().sum::<u64>());
    }
    let created = timeless(lines[4].clone());
    let expected = json!({"rebalance": 4, "at": 20.0, "event": "topics", "members": 2, "partitions": 30, "assigned": 30, "retained": created["retained"],
        "moved": created["moved"], "forced": 0, "new": 18, "changed": {"topics": ["audit", "clicks", "orders"]}, "min": 15, "max": 15, "sum_of_squares": 450,
        "goals": [{"goal": "balance", "cost": 450}, {"goal": "rack", "cost": 0}, {"goal": "stickiness", "cost": 18},
            {"goal": "spread", "cost": created["goals"][3]["cost"]}]});
    assert_eq!(created, expected);
}

#[test]
fn a_session_timeout_and_a_window_make_fewer_rebalances() {
    let events = |arguments: &[&str]| field(&lines(arguments, LOG).0, "event");
    assert_eq!(events(&["--session-timeout", "45"]), ["group", "join", "join", "leave", "topics"]);
    assert_eq!(events(&["--window", "3"]), ["group", "join", "leave", "topics", "leave", "join"]);
    assert_eq!(events(&["--window", "60"]), ["group", "join+leave+topics"]);
}

#[test]
fn what_a_window_and_static_members_would_have_saved_is_said() {
    let (_, total) = lines(&[], LOG);
    assert_eq!(field(total["savings"].as_array().expect("a list"), "window"), [json!(60.0), json!(null)]);
    assert_eq!(total["savings"][0]["rebalances"], 1);
    assert_eq!(total["savings"][1]["static_session_timeout"], 45.0);
    assert!(lines(&["--no-savings"], LOG).1["savings"].is_null());
}

#[test]
fn partitions_without_an_owner_in_between_are_not_held_against_a_window() {
    let log = r#"{"topics": {"t": 4}, "members": [{"id": "c1", "topics": ["t"]}]}
{"at": 10, "leave": "c1"}
{"at": 20, "join": {"id": "c2", "topics": ["t"]}}
"#;
    let text = run(&["replay"], log).out;
    assert!(
        text.contains("With --window 60: 1 rebalance, 4 partitions moved (as many, counting those that had no owner before)."),
        "{text}"
    );
    assert!(text.contains(": 0 rebalances, 0 partitions moved (4 fewer, counting those that had no owner before)."), "{text}");
    let saving = &lines(&[], log).1["savings"][0];
    assert_eq!((&saving["moved"], &saving["new"]), (&json!(4), &json!(0)));
}

#[test]
fn a_version_shown_is_the_one_of_its_line_however_few_are_kept() {
    let (lines, _) = lines(&["--with-assignment"], LOG);
    for (number, line) in lines.iter().enumerate() {
        for keep in ["1", "256"] {
            let shown = replay(&["--at", &number.to_string(), "--keep", keep], LOG).only_json();
            assert_eq!(shown["assignment"], line["assignment"], "version {number}, {keep} kept");
            assert_eq!(shown["summary"]["sum_of_squares"], line["sum_of_squares"]);
        }
    }
}

#[test]
fn a_version_is_measured_from_the_one_before_it() {
    let text = run(&["replay", "--at", "4"], LOG).out;
    let figures = &replay(&[], LOG).json()[4];
    let moved = format!(" stay with their owner, {} move, ", figures["moved"]);
    assert!(text.contains(&moved), "{moved} in:\n{text}");
    assert!(run(&["replay", "--at", "0"], LOG).out.contains("0 move"));
}

#[test]
fn what_changed_between_two_versions_is_listed() {
    let changes = replay(&["--between", "0", "1"], LOG).only_json();
    assert_eq!(changes["between"], json!([0, 1]));
    let changes = changes["changes"].as_array().expect("a list");
    assert_eq!(changes.len(), 9);
    assert!(changes.iter().all(|change| change["from"] == "c1" && change["to"] == "c2"));
    let gone = replay(&["--between", "3", "4"], LOG).only_json();
    let nobody = |change: &&Value| change["to"].is_null();
    assert_eq!(gone["changes"].as_array().expect("a list").iter().filter(nobody).count(), 6);
    assert_eq!(replay(&["--between", "2", "2"], LOG).only_json()["changes"], json!([]));
}

#[test]
fn what_cannot_be_shown_is_refused() {
    for arguments in [
        &["--at", "7"][..],
        &["--between", "0", "7"],
        &["--between", "2", "1"],
        &["--window", "-1"],
        &["--session-timeout", "soon"],
        &["--compare", "best"],
        &["--keep", "0"],
        &["--max-partitions", "17"],
        &["--html", "page.html", "--at", "1"],
        &["--compare", "range", "--at", "1"],
        &["--with-assignment", "--between", "0", "1"],
        &["--check", "--at", "1"],
    ] {
        let ended = replay(arguments, LOG);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ended.err.starts_with("error: "), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn assignments_in_lines_and_pages_that_cannot_be_are_refused_before_the_log_is_read() {
    let unread = |arguments: &[&str], reason: &str| {
        let ended = run(&[&["replay"], arguments].concat(), "no log");
        assert_eq!((ended.status, ended.out.as_str()), (2, ""));
        assert!(ended.err.starts_with("error: ") && ended.err.contains(reason), "{arguments:?}: {}", ended.err);
    };
    unread(&["--with-assignment"], "--with-assignment: only --format json");
    unread(&["--html", "/nowhere/at/all.html"], "/nowhere/at/all.html: ");
    unread(&["--html", "src"], "src: ");
}

#[test]
fn a_page_that_is_there_stays_when_the_log_cannot_be_read() {
    let page = file("stays.html");
    let path = page.to_str().expect("a name");
    assert_eq!(run(&["replay", "--html", path], "no log").status, 2);
    assert!(!page.exists());
    std::fs::write(&page, "a page").expect("written");
    assert_eq!(run(&["replay", "--html", path], "no log").status, 2);
    assert_eq!(std::fs::read_to_string(&page).expect("still there"), "a page");
    std::fs::remove_file(&page).expect("removed");
}

#[test]
fn a_strategy_named_twice_is_compared_once() {
    let table = run(&["replay", "--compare", "range,sticky,range"], LOG).out;
    let rows = |name: &str| table.lines().filter(|line| line.trim_start().starts_with(name)).count();
    assert_eq!((rows("sticky "), rows("range ")), (1, 1), "{table}");
}

#[test]
fn a_log_that_cannot_be_read_ends_with_2_and_an_impossible_event_with_3() {
    let missing = run(&["replay", "no such file"], "");
    assert_eq!(missing.status, 2);
    let no_group = replay(&[], "{\"at\": 1, \"leave\": \"c1\"}\n");
    assert_eq!(no_group.status, 2);
    assert!(no_group.err.starts_with("error: <stdin>:1:5: at: unknown field `at`"), "{}", no_group.err);
    let broken = replay(&[], &format!("{LOG}{{\"at\": 36, \"leave\": \n"));
    assert_eq!(broken.status, 2);
    assert!(broken.err.starts_with("error: <stdin>:8:20: leave: the document ends where a value is expected"), "{}", broken.err);
    let stranger = replay(&[], &format!("{LOG}{{\"at\": 36, \"leave\": \"c9\"}}\n"));
    assert_eq!((stranger.status, stranger.err.as_str()), (3, "error: <stdin>:8: \"c9\" is not a member\n"));
}

#[test]
fn a_log_of_too_many_partitions_is_refused_with_the_line_that_has_them() {
    for (limit, place) in [("17", "<stdin>:1: topics: 18 partitions"), ("29", "<stdin>:5: topics: 30 partitions")] {
        let ended = replay(&["--max-partitions", limit], LOG);
        assert!(ended.status == 2 && ended.err.contains(place), "{limit}: {}", ended.err);
    }
    assert_eq!(replay(&["--max-partitions", "30"], LOG).status, 0);
    let grown_more = format!("{LOG}{{\"at\": 90, \"topics\": {{\"clicks\": 300}}}}\n");
    assert!(replay(&["--max-partitions", "29"], &grown_more).err.contains("<stdin>:5: topics: 30 partitions"));
}

#[test]
fn a_lenient_replay_skips_what_cannot_be_and_counts_it() {
    let spoilt = format!("{LOG}rubbish\n{{\"at\": 3, \"leave\": \"c4\"}}\n{{\"at\": 40, \"leave\": \"c4\"}}\n");
    let (lines, total) = lines(&["--lenient"], &spoilt);
    assert_eq!((lines.len(), total["skipped"].as_u64()), (8, Some(2)));
}

#[test]
fn a_topic_that_cannot_be_is_no_more_readable_in_an_event_than_in_a_group() {
    for topics in
        [r#"{"t": -1}"#, r#"{"t": 2147483648}"#, r#"{"t": 2147483647, "u": 2147483647}"#, r#"{"t": {"partitions": 2, "racks": [["a"]]}}"#]
    {
        let group = run(&["plan", "-"], format!(r#"{{"topics": {topics}, "members": []}}"#));
        let event = replay(&[], &format!("{{\"topics\": {{}}, \"members\": []}}\n{{\"at\": 1, \"topics\": {topics}}}\n"));
        let reason = group.err.find("topics").map(|start| &group.err[start..]);
        assert_eq!((event.status, event.err.strip_prefix("error: <stdin>:2: ")), (2, reason), "{topics}");
    }
}

#[test]
fn a_log_begins_with_any_document_that_plan_reads() {
    let (group, _) = LOG.split_once('\n').expect("has lines");
    let judged = LOG.replacen(group, &format!(r#"{}, "assignment": {{"c1": {{}}}}, "proof": {{}}}}"#, &group[..group.len() - 1]), 1);
    let timeless_lines = |log| replay(&[], log).json().into_iter().map(timeless).collect::<Vec<_>>();
    assert_eq!(timeless_lines(&judged), timeless_lines(LOG));
}

#[test]
fn a_document_spread_over_lines_is_told_that_a_log_has_none() {
    let ended = replay(&[], &LOG.replacen("\"members\":", "\"members\":\n", 1));
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("the document ends where a value is expected; in a log each document is on one line"), "{}", ended.err);
}

#[test]
fn a_log_that_breaks_off_is_replayed_up_to_there() {
    let ended = replay(&[], LOG.trim_end().trim_end_matches('}'));
    assert_eq!(ended.status, 0);
    assert_eq!(ended.err, "note: <stdin>:7: the log breaks off here; replaying what comes before\n");
    assert_eq!(ended.json().len(), 7);
    assert_eq!(ended.json()[6]["total"]["breaks_off"], 7);
}

#[test]
fn strategies_stand_side_by_side_each_measured_from_its_own_plans() {
    let (lines, total) = lines(&["--compare", "range,roundrobin,kip54"], LOG);
    for line in &lines {
        let ours = &line["strategies"]["sticky"];
        for name in ["moved", "forced", "new", "sum_of_squares"] {
            assert_eq!(ours[name], line[name], "{name}");
        }
        assert_eq!(ours["excess"], 0);
    }
    for name in ["sticky", "range", "roundrobin", "kip54"] {
        let series: Vec<Value> = lines.iter().map(|line| line["strategies"][name].clone()).collect();
        for sum_name in ["moved", "forced", "second_round", "elapsed_ns"] {
            assert_eq!(total["strategies"][name][sum_name], sum(&series[1..], sum_name), "{name}: {sum_name}");
        }
    }
}

#[test]
fn another_strategy_plans_a_group_in_the_form_of_a_plan() {
    let group = r#"{"topics": {"t": 3, "u": 3}, "members": [{"id": "a", "topics": "*", "owned": {"t": [2]}}, {"id": "b", "topics": "*"}]}"#;
    let range = run(&["plan", "--format", "json", "--strategy", "range", "-"], group).only_json();
    let expected = json!({"strategy": "range", "assignment": {"a": {"t": [0, 1], "u": [0, 1]}, "b": {"t": [2], "u": [2]}},
        "summary": {"partitions": 6, "assigned": 6, "unassigned": 0, "retained": 0, "moved": 1, "forced": 0, "new": 5, "min": 2, "max": 4,
            "sum_of_squares": 20},
        "movements": [{"topic": "t", "partition": 2, "from": "a", "to": "b"}]});
    assert_eq!(timeless(range), expected);
    let quiet = run(&["plan", "--format", "json", "--strategy", "kip54", "--quiet-assignment", "--repeat", "3", "-"], group).only_json();
    assert!(quiet["assignment"].is_null() && quiet["movements"].is_null());
    assert_eq!(quiet["elapsed_ns"].as_array().map(Vec::len), Some(3));
    assert!(run(&["plan", "--strategy", "range", "-"], group).out.contains("The least possible is 18."));
}

#[test]
fn a_check_finds_nothing_that_moved_needlessly() {
    assert_eq!(lines(&["--check"], LOG).1["moved_needlessly"], 0);
    assert!(lines(&[], LOG).1["moved_needlessly"].is_null());
}

#[test]
fn the_same_log_gives_the_same_lines_but_for_times() {
    let once = || replay(&["--with-assignment", "--compare", "kip54"], LOG).json().into_iter().map(timeless).collect::<Vec<_>>();
    assert_eq!(once(), once());
}

#[test]
fn the_text_answers_what_an_operator_asks() {
    let ended = run(&["replay", "--compare", "range"], LOG);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    for part in [
        "orders: 6 events",
        "6 rebalances: ",
        "topics audit, clicks, orders",
        "No rebalance moved more than its goals needed: balance,rack,stickiness,spread.",
        "Worst imbalance",
        "With --window 60",
        "second round",
    ] {
        assert!(ended.out.contains(part), "{part}: {}", ended.out);
    }
    assert!(run(&["replay", "--at", "1"], LOG).out.contains("c2"));
    assert!(run(&["replay", "--between", "0", "1"], LOG).out.contains("c2 (joins)"));
}

#[test]
fn a_page_is_not_written_over_the_log_it_shows() {
    let file = file("log-itself.jsonl");
    std::fs::write(&file, LOG).expect("written");
    let path = file.to_str().expect("a name");
    let ended = run(&["replay", path, "--html", path], "");
    assert_eq!((ended.status, std::fs::read_to_string(&file).expect("still there").as_str()), (2, LOG));
    std::fs::remove_file(&file).expect("removed");
}

#[test]
fn an_instance_returns_under_the_member_id_of_another_that_is_away() {
    let log = r#"{"topics": {"a": 4}, "members": [{"id": "c1", "topics": ["a"], "instance": "i"}, {"id": "c2", "topics": ["a"], "instance": "j"}]}
{"at": 1.5, "leave": "c1"}
{"at": 2, "leave": "c2"}
{"at": 2.5, "join": {"id": "c1", "topics": ["a"], "instance": "j"}}
"#;
    let ended = replay(&["--session-timeout", "5"], log);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    assert_eq!(ended.json()[1]["members"], 1);
}
