//! `simulate` from end to end.

use std::process::{Command, Stdio};

use serde_json::Value;
use sticky_assignor::replay::EventLog;

use super::*;
use crate::program::{Ended, file, run};

fn simulate(arguments: &[&str]) -> Ended {
    run(&[&["simulate"], arguments].concat(), "")
}

/// The only line, without what differs from run to run.
fn answer(arguments: &[&str]) -> Value {
    let ended = simulate(&[arguments, &["--format", "json"]].concat());
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    let [mut document] = ended.json().try_into().expect("one line");
    let strategies = document["strategies"].as_array_mut().expect("a list");
    strategies.iter_mut().for_each(|strategy| drop(strategy.as_object_mut().and_then(|fields| fields.remove("elapsed_ns"))));
    document
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let arguments = ["flapping", "--members", "6", "--topics-each", "3", "--trials", "12", "--seed", "5"];
    let alone = answer(&[&arguments[..], &["--threads", "1"]].concat());
    assert_eq!(alone, answer(&[&arguments[..], &["--threads", "4"]].concat()));
    assert_eq!(alone, answer(&[&arguments[..], &["--threads", "1024"]].concat()));
    assert_eq!(simulate(&[&arguments[..], &["--threads", "1025"]].concat()).status, 2);
    assert_ne!(alone, answer(&[&arguments[..8], &["6"]].concat()));
}

#[test]
fn ours_is_never_less_even_than_possible_and_strategies_come_in_the_order_asked_for() {
    let document = answer(&["deploy", "--members", "6", "--topics-each", "3", "--trials", "8", "--strategies", "roundrobin,sticky"]);
    let names: Vec<&Value> = document["strategies"].as_array().expect("a list").iter().map(|strategy| &strategy["strategy"]).collect();
    assert_eq!(names, ["roundrobin", "sticky"]);
    let [round_robin, ours] = [0, 1].map(|place| &document["strategies"][place]);
    assert_eq!((&ours["uneven"], &ours["rebalance"]["excess"]["max"]), (&0.into(), &0.into()));
    assert_ne!(round_robin["uneven"], 0);
    assert_eq!((&document["trials"], &document["finished"], &document["scenario"]), (&8.into(), &8.into(), &"deploy".into()));
}

#[test]
fn a_restart_of_static_members_moves_nothing() {
    let document = answer(&["rolling-restart", "--static-members", "--trials", "3", "--strategies", "sticky,kip54"]);
    for strategy in document["strategies"].as_array().expect("a list") {
        assert_eq!((&strategy["trial"]["moved"]["max"], &strategy["rebalances"]), (&0.into(), &60.into()));
    }
}

#[test]
fn the_log_it_writes_can_be_replayed_and_costs_the_same() {
    let file = file("log.jsonl");
    let path = file.to_str().expect("a path of text");
    let written = ["zone-loss", "--members", "7", "--topics-each", "2", "--trials", "1", "--strategies", "sticky", "--write-log", path];
    let document = answer(&written);
    let text = std::fs::read(&file).expect("it was written");
    let replayed = run(&["replay", "--format", "json", path], "");
    std::fs::remove_file(&file).expect("it was written");
    let read = EventLog::from_json_lines(&text, Faults::Refuse, u64::MAX).expect("a log");
    let sizes = Sizes { members: 7, topics_each: Some(2), ..Sizes::default() };
    assert!(read.events.iter().map(|logged| &logged.event).eq(&churn(Scenario::ZoneLoss, &sizes, 0, 0).events));
    assert_eq!(replayed.json().last().expect("a total")["total"]["moved"], document["strategies"][0]["trial"]["moved"]["max"]);
}

#[test]
fn static_members_would_have_saved_a_rolling_restart_all_it_cost() {
    let file = file("restart.jsonl");
    let path = file.to_str().expect("a path of text");
    let cost = answer(&[
        "rolling-restart",
        "--members",
        "6",
        "--topics-each",
        "4",
        "--trials",
        "1",
        "--strategies",
        "sticky",
        "--write-log",
        path,
    ]);
    let (replayed, text) = (run(&["replay", "--format", "json", path], "").json(), run(&["replay", path], "").out);
    std::fs::remove_file(&file).expect("it was written");
    assert_ne!(cost["strategies"][0]["trial"]["moved"]["max"], 0);
    let saving = &replayed.last().expect("a total")["total"]["savings"][1];
    assert_eq!((&saving["static_session_timeout"], &saving["rebalances"], &saving["moved"]), (&45.0.into(), &0.into(), &0.into()));
    assert!(text.contains("With every member static and --session-timeout 45 (guessing that"), "{text}");
}

#[test]
fn a_trial_and_its_log_count_the_same_rebalances_as_uneven() {
    let file = file("uneven.jsonl");
    let path = file.to_str().expect("a path of text");
    let simulated =
        answer(&["flapping", "--members", "5", "--topics-each", "2", "--trials", "1", "--strategies", "range", "--write-log", path]);
    let replayed = run(&["replay", "--format", "json", "--compare", "range", path], "").json();
    std::fs::remove_file(&file).expect("it was written");
    assert_ne!(replayed[0]["strategies"]["range"]["excess"], 0, "the first counts for neither");
    assert_eq!(replayed.last().expect("a total")["total"]["strategies"]["range"]["uneven"], simulated["strategies"][0]["uneven"]);
}

#[test]
fn the_text_is_a_table_with_a_column_for_each_strategy() {
    let ended = simulate(&["scale-up", "--trials", "2", "--members", "4", "--strategies", "sticky,range"]);
    let mut lines = ended.out.lines();
    assert_eq!(lines.next(), Some("scale-up: 2 trials, 4 rebalances in all, seed 0"));
    let heading = lines.nth(1).expect("a heading");
    assert_eq!(heading.split_whitespace().collect::<Vec<_>>(), ["median", "/", "95", "%", "/", "most", "sticky", "range"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
}

#[test]
fn sizes_without_effect_are_refused_and_the_best_outcome_is_said_to_be_so() {
    for (arguments, reason) in [
        (&["rolling-restart", "--session-timeout", "60"][..], "--session-timeout: it is for static members"),
        (&["flapping", "--topics-each", "99"], "--topics-each 99: there are only 10 topics"),
        (&["scale-down", "--members", "5", "--rounds", "5"], "--rounds 5: a member leaves in each"),
    ] {
        let ended = run(&[&["simulate"], arguments].concat(), "");
        assert!(ended.status == 2 && ended.err.contains(reason), "{arguments:?}: {}", ended.err);
    }
    let flapping = ["simulate", "flapping", "--static-members", "--session-timeout", "600", "--trials", "2"];
    assert!(run(&flapping, "").out.contains("every member was back before the session timeout was over"));
}

#[test]
fn without_a_rebalance_nothing_is_said_to_be_measured() {
    let still = ["scale-down", "--rounds", "0", "--trials", "3", "--strategies", "sticky"];
    assert_eq!(
        simulate(&still).out,
        "scale-down: 3 trials, 0 rebalances in all, seed 0\n\nNothing was measured: with these members, topics and rounds nothing happens to the group.\n"
    );
    let ended = simulate(&[&still[..], &["--format", "json"]].concat());
    let strategy = &ended.json()[0]["strategies"][0];
    assert_eq!((&strategy["rebalances"], &strategy["trial"]["moved"]["max"]), (&0.into(), &0.into()));
    assert_eq!((&strategy["rebalance"], &strategy["elapsed_ns"]), (&Value::Null, &Value::Null));
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = |arguments: &[&str], reason: &str| {
        let ended = simulate(arguments);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ended.err.contains(reason), "{}", ended.err);
    };
    refused(&["earthquake"], "rolling-restart");
    refused(&["deploy", "--strategies", "sticky,random"], "roundrobin");
    refused(&["deploy", "--members", "0"], "--members");
    refused(&["deploy", "--window", "soon"], "seconds");
    refused(&["deploy", "--max-partitions", "3"], "--max-partitions");
    refused(&["deploy", "--topics", "3000", "--partitions", "1000000"], "2147483647");
    refused(&["deploy", "--trials", "1", "--write-log", "/nowhere/at/all.jsonl"], "/nowhere/at/all.jsonl");
}

#[test]
fn a_log_that_is_there_stays_where_the_group_cannot_be() {
    let file = file("stays.jsonl");
    std::fs::write(&file, "a log").expect("written");
    let ended = simulate(&["deploy", "--max-partitions", "3", "--write-log", file.to_str().expect("a path of text")]);
    assert_eq!((ended.status, std::fs::read_to_string(&file).expect("still there").as_str()), (2, "a log"));
    std::fs::remove_file(&file).expect("removed");
}

#[test]
fn a_strategy_named_twice_has_one_column() {
    let document = answer(&["scale-up", "--members", "3", "--trials", "2", "--strategies", "range,sticky,range"]);
    let names: Vec<&Value> = document["strategies"].as_array().expect("a list").iter().map(|strategy| &strategy["strategy"]).collect();
    assert_eq!(names, ["range", "sticky"]);
}

#[cfg(unix)]
#[test]
fn interrupted_it_prints_what_was_done() {
    let file = file("interrupted.jsonl");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sticky-assignor"));
    command.args(["simulate", "flapping", "--trials", "100000", "--threads", "1", "--format", "json", "--write-log"]).arg(&file);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    // It writes the log only after it listens.
    while std::fs::metadata(&file).map_or(0, |file| file.len()) == 0 && child.try_wait().expect("it can be asked").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("it can be told");
    let ended = child.wait_with_output().expect("it ends");
    std::fs::remove_file(&file).expect("it was written");
    assert!(told.success());
    assert_eq!(ended.status.code(), Some(130));
    let document: Value = serde_json::from_slice(&ended.stdout).expect("a line of JSON");
    assert!(document["finished"].as_u64() < document["trials"].as_u64());
}

/// Whether a process has a handler for Ctrl-C.
#[cfg(target_os = "linux")]
fn listens(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("signals are caught or not");
    u64::from_str_radix(caught.trim(), 16).expect("a mask") & 0b10 != 0
}

#[cfg(target_os = "linux")]
#[test]
fn interrupted_while_a_long_trial_is_made_up_it_ends_and_says_what_is_not_written() {
    let page = file("interrupted.html");
    for files in [&[][..], &["--html", page.to_str().expect("a path of text")]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sticky-assignor"));
        command.args(["simulate", "crash-loop", "--trials", "1", "--rounds", "1000000"]).args(files);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        while !listens(child.id()) {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("it can be told");
        let ended = child.wait_with_output().expect("it ends");
        assert!(told.success() && !page.exists());
        assert_eq!(ended.status.code(), Some(130));
        let nothing = "crash-loop: 0 trials of 1 before it was interrupted, 0 rebalances in all, seed 0\n\nNothing was measured: it was interrupted before the end of a trial.\n";
        assert_eq!(String::from_utf8(ended.stdout).expect("text"), nothing);
        let notes = String::from_utf8(ended.stderr).expect("text");
        assert_eq!(notes.contains(" is not written"), !files.is_empty(), "{notes}");
    }
}
