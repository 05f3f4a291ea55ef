//! What is wrong with an input, and where: file, line, field.

use super::documents::PAIR;
use super::run::{plan, run, verify};

/// Documents, and what is said of them.
const REFUSED: [(&str, &str); 38] = [
    ("", "<stdin>:1:1: no document here"),
    (" \n\n ", "<stdin>:3:2: no document here"),
    ("[]", "<stdin>:1:1: a document starts with `{`; this is an array"),
    ("topics:\n  orders: 12\n", "<stdin>:1:1: a document starts with `{`; this looks like YAML"),
    ("GROUP  TOPIC  PARTITION\n", "this looks like what Kafka's console tools print, which `import` takes"),
    (r#"{"at": 1, "leave": "c1"}"#, "this looks like a line of an event log, which `replay` takes"),
    (r#"{"topics": {}, "members": []} rubbish"#, "<stdin>:1:31: a document starts with `{`"),
    (r#"{"topics": {"t": 1}, "members": ["#, "members: the document ends within an array"),
    (r#"{"topics": {}, "members": nul}"#, "members: `true`, `false` or `null` is expected"),
    (r#"{"topics": {}, "members": x}"#, "members: a value is expected"),
    (r#"{"topics": {}, }"#, "a comma with nothing behind it"),
    (r#"{"topics": {"to"#, "topics: the document ends within a string"),
    (r#"{"topics": {"t": 1}}"#, "missing field `members`"),
    (r#"{"topics": {}, "members": [], "topics": {}}"#, "duplicate field `topics`"),
    (r#"{"topics": {}, "members": [], "asignment": {}}"#, "unknown field `asignment`"),
    (
        "{\"topics\": {},\n \"members\": [\n  {\"id\": \"m\", \"topics\": \"*\", \"onwed\": {}}]}",
        "<stdin>:3:36: members[0].onwed: unknown field `onwed`",
    ),
    ("{\"topics\": {\"t\": 1,\n \"t\": 1}, \"members\": []}", "<stdin>:2:4: topics: repeated key `t`"),
    (r#"{"topics": {"t": "1"}, "members": []}"#, "topics.t: invalid type: string"),
    (r#"{"topics": {"t": 1.5}, "members": []}"#, "topics.t: invalid type: number `1.5`"),
    (r#"{"topics": {"t": -1}, "members": []}"#, "<stdin>:1:19: topics.t: -1 is not a partition count"),
    (r#"{"topics": {"t": 2147483648}, "members": []}"#, "topics.t: 2147483648 is not a partition count"),
    (
        r#"{"topics": {"t": 50000001}, "members": []}"#,
        "<stdin>:1:12: topics: 50000001 partitions in all, more than 50000000 (--max-partitions N allows more)",
    ),
    (
        r#"{"topics": {"t": {"partitions": 2, "racks": [["a"]]}}, "members": []}"#,
        "<stdin>:1:45: topics.t.racks: racks of 1 partitions, but the topic has 2",
    ),
    (
        r#"{"topics": {}, "members": [{"id": "m", "topics": "*"}, {"id": "m", "topics": "*"}]}"#,
        "<stdin>:1:65: members[1].id: two members have the id \"m\"",
    ),
    (r#"{"topics": {}, "members": [{"id": "", "topics": "*"}]}"#, "<stdin>:1:36: members[0].id: a member needs an id, this one is empty"),
    (
        r#"{"topics": {}, "members": [{"id": "m", "topics": "*", "instance": "i"}, {"id": "n", "topics": "*", "instance": "i"}]}"#,
        "<stdin>:1:114: members[1].instance: \"m\" and \"n\" have the same instance \"i\"",
    ),
    (r#"{"topics": {}, "members": [{"id": "m", "topics": "t"}]}"#, "members[0].topics: invalid value: string \"t\""),
    (r#"{"topics": {}, "members": [{"id": "m", "topics": "*", "owned": {"t": [0, "1"]}}]}"#, "members[0].owned.t[1]: invalid type: string"),
    (r#"{"topics": {"what?": "x"}, "members": []}"#, "topics.what?: invalid type: string"),
    (r#"{"topics": {}, "members": {}}"#, "members: invalid type: object, expected an array"),
    (r#"{"topics": [], "members": []}"#, "topics: invalid type: array, expected an object"),
    (r#"{"topics": {}, "members": [["c1", "*"]]}"#, "members[0]: invalid type: array, expected an object"),
    (r#"{"topics": {"t": 1e400}, "members": []}"#, "topics.t: 9223372036854775807 or more is not a partition count (0 to 2147483647)"),
    (r#"{"topics": {"t": 9223372036854775808}, "members": []}"#, "topics.t: 9223372036854775807 or more is not a partition count"),
    (
        r#"{"topics": {"t": {"partitions": 9223372036854775808}}, "members": []}"#,
        "<stdin>:1:51: topics.t: 9223372036854775807 or more is not a partition count",
    ),
    (
        r#"{"topics": {"t": {"partitions": -99999999999999999999}}, "members": []}"#,
        "topics.t: -9223372036854775808 or less is not a partition count",
    ),
    (r#"{"topics": {}, "members": [3]}"#, "members[0]: invalid type: integer `3`, expected an object"),
    (r#"{"topics": {"t": {"partitions": "x"}}, "members": []}"#, "topics.t.partitions: invalid type: string \"x\", expected an integer"),
];

#[test]
fn what_cannot_be_read_is_refused_with_place_and_reason() {
    for (document, reason) in REFUSED {
        let ended = plan(&[], document);
        assert_eq!(ended.status, 2, "{document}");
        assert!(ended.err.starts_with("error: <stdin>:") && ended.err.contains(reason), "{document}: {}", ended.err);
    }
}

#[test]
fn lines_are_counted_from_the_start_of_the_input() {
    let unreadable = plan(&[], format!("{PAIR}\n{PAIR}\n\n{{\"topics\": {{}},\n\"members\": 1}}"));
    assert!(unreadable.err.contains("<stdin>:5:12: members: invalid type"), "{}", unreadable.err);
    let broken_rule = plan(&[], format!("{PAIR}\n{PAIR}\n\n{{\"topics\":\n {{\"t\": -1}},\n\"members\": []}}"));
    assert!(broken_rule.err.contains("<stdin>:5:9: topics.t"), "{}", broken_rule.err);
}

#[test]
fn columns_are_counted_from_the_start_of_the_line() {
    let ended = plan(&[], r#"{"topics": {}, "members": []} {"topics": 1, "members": []}"#);
    assert!(ended.err.contains("<stdin>:1:42: topics: invalid type"), "{}", ended.err);
}

#[test]
fn documents_before_the_broken_one_are_answered() {
    let ended = plan(&[], format!("{PAIR}\n{PAIR}\nrubbish\n{PAIR}"));
    assert_eq!((ended.status, ended.json().len()), (2, 2));
}

#[test]
fn a_file_is_named() {
    let ended = run(&["plan", "no-such-file.json"], "");
    assert_eq!(ended.status, 2);
    assert!(ended.err.starts_with("error: no-such-file.json: ") && !ended.err.contains("os error"), "{}", ended.err);
}

#[test]
fn the_partition_limit_can_be_set() {
    assert_eq!(plan(&["--max-partitions", "3"], PAIR).status, 2);
    assert_eq!(plan(&["--max-partitions", "4"], PAIR).status, 0);
    assert_eq!(run(&["verify", "--max-partitions", "3"], super::documents::judged(r#"{"a": {"t": [0,1]}, "b": {"t": [2,3]}}"#)).status, 2);
}

#[test]
fn verify_refuses_what_it_cannot_read() {
    for (document, reason) in [
        (PAIR, "missing field `assignment`; `verify` judges an assignment given with the group"),
        (r#"{"topics": {}, "members": [], "assignment": {"a": {"t": 1}}}"#, "assignment.a.t: invalid type"),
        (r#"{"topics": {}, "members": [], "assignment": {"a": {}, "a": {}}}"#, "assignment: repeated key `a`"),
        (r#"{"topics": {}, "members": [], "assignment": {}, "proof": {"topic": {}}}"#, "proof.topic: unknown field"),
        (r#"{"topics": {}, "members": [], "assignment": {}, "proof": [{}, {}]}"#, "proof: invalid type: array, expected an object"),
        (r#"{"topics": {}, "members": [], "assignment": {}, "proof": {"members": {}}}"#, "proof: missing field `goals`"),
        (
            r#"{"topics": {}, "members": [], "assignment": {}, "proof": {"goals": ["balance", "balance"]}}"#,
            "the goal balance is named twice",
        ),
        (
            r#"{"topics": {}, "members": [], "assignment": {}, "proof": {"goals": ["balance"], "topics": {"t": ["x"]}}}"#,
            "expected an integer or a price by racks",
        ),
        (
            r#"{"topics": {}, "members": [], "assignment": {}, "proof": {"goals": ["balance"], "members": {"c": [1, 2]}}}"#,
            "the price of c has 2 components, more than the proof has goals",
        ),
        (
            r#"{"topics": {}, "members": [], "assignment": {}, "proof": {"goals": ["balance"], "topics": {"t": [9223372036854775808]}}}"#,
            "proof.topics.t[0]: invalid value: integer `9223372036854775808`, expected an integer from -9223372036854775808 to 9223372036854775807",
        ),
    ] {
        let ended = verify(document);
        assert_eq!(ended.status, 2, "{document}");
        assert!(ended.err.contains(reason), "{document}: {}", ended.err);
    }
}

#[test]
fn wrong_arguments_end_with_the_same_status() {
    for arguments in [&["plan", "--fromat", "json"][..], &["plna"], &["plan", "--format", "yaml"], &[]] {
        assert_eq!(run(arguments, "").status, 2, "{arguments:?}");
    }
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let ended = plan(&[], format!("\u{feff}{PAIR}"));
    assert_eq!((ended.status, ended.json().len()), (0, 1));
}

#[test]
fn what_is_likely_to_be_meant_otherwise_is_said() {
    let star = r#"{"topics": {"t": 1}, "members": [{"id": "m", "topics": ["*"]}]}"#;
    let note = "note: <stdin>:1: member \"m\" subscribes to a topic named \"*\"; every topic is \"topics\": \"*\", without brackets\n";
    for arguments in [&["plan"][..], &["replay"]] {
        let ended = run(arguments, format!("{star}\n"));
        assert_eq!((ended.status, ended.err.as_str()), (0, note), "{arguments:?}");
    }
    let misspelt =
        r#"{"topics": {"orders": 1}, "members": [{"id": "m", "topics": ["ordres", "orders"]}, {"id": "n", "topics": ["oders"]}]}"#;
    let note = "note: <stdin>:1: member \"m\" subscribes to \"ordres\", a topic that does not exist, and 1 more such\n";
    let (planned, replayed) = (run(&["plan"], misspelt), run(&["replay"], format!("{misspelt}\n")));
    assert_eq!((planned.status, planned.err.as_str(), replayed.err.as_str()), (0, note, ""), "a log may create it later");
    let timeout = run(&["replay", "--session-timeout", "45"], format!("{PAIR}\n"));
    assert!(timeout.status == 0 && timeout.err.starts_with("note: --session-timeout is for static members"), "{}", timeout.err);
}

#[test]
fn another_encoding_is_named() {
    let ended = run(&["plan", "-"], b"\xff\xfe{\0}\0");
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("<stdin>: this is UTF-16"), "{}", ended.err);
    let packed = run(&["replay"], b"\x1f\x8b\x08\0");
    assert!(packed.status == 2 && packed.err.contains("<stdin>: this is compressed by gzip"), "{}", packed.err);
}

#[test]
fn a_claim_of_any_integer_is_no_reason_to_refuse() {
    let digits = "7".repeat(400);
    let group = PAIR.replace("[0,1,2,3]", &format!("[0,-{digits},{digits},1e400,1,2,3]"));
    let ended = plan(&[], format!("{group}\n{group}"));
    assert_eq!((ended.status, ended.json().len()), (0, 2), "{}", ended.err);
    assert_eq!(ended.json()[1]["summary"]["retained"], 2);
    let replayed = run(&["replay", "--format", "json"], format!("{group}\n{{\"at\": 1, \"leave\": \"b\"}}\n"));
    assert_eq!((replayed.status, replayed.json().len()), (0, 3), "{}", replayed.err);
    let refused = run(&["replay"], format!("{PAIR}\n{{\"at\": 1e400, \"leave\": \"b\"}}\n"));
    assert!(refused.status == 2 && refused.err.contains("at: number out of range"), "{}", refused.err);
}

#[test]
fn a_count_beyond_all_numbers_is_refused_alike_in_a_log() {
    let ended = run(&["replay"], r#"{"topics": {"t": 9223372036854775808}, "members": []}"#);
    let reason = "error: <stdin>:1:36: topics.t: 9223372036854775807 or more is not a partition count (0 to 2147483647)\n";
    assert_eq!((ended.status, ended.err.as_str()), (2, reason));
    let digits = "7".repeat(400);
    let of_event = |event: &str| run(&["replay"], format!("{PAIR}\n{event}\n")).err;
    let counted = of_event(&format!(r#"{{"at": 1, "topics": {{"t": {digits}}}}}"#));
    assert!(counted.contains(":2: topics.t: 9223372036854775807 or more is not a partition count"), "{counted}");
    let misspelt = of_event(&format!(r#"{{"at": 1, "topics": {{"t": {digits}}}, "tipocs": 1}}"#));
    assert!(misspelt.contains("unknown field `tipocs`"), "{misspelt}");
}

#[test]
fn an_integer_however_long_hides_no_mistake_behind_it() {
    let misspelt = r#"{"topics": {"t": 1}, "members": [{"id": "m", "topics": "*", "owned": {"t": [1e400]}, "onwed": {}}]}"#;
    for ended in [plan(&[], misspelt), run(&["replay"], format!("{misspelt}\n"))] {
        assert!(ended.status == 2 && ended.err.starts_with("error: <stdin>:1:92: members[0].onwed: unknown field"), "{}", ended.err);
    }
    let no_name = plan(&[], r#"{"name": 1e400, "topics": {}, "members": []}"#);
    assert!(no_name.status == 2 && no_name.err.contains("name: number out of range"), "{}", no_name.err);
}

#[test]
fn a_file_to_write_has_a_name_of_its_own() {
    for (arguments, reason) in [
        (&["simulate", "flapping", "--html", "-"][..], "the name of a file is expected"),
        (&["replay", "--html", "-"], "the name of a file is expected"),
        (&["simulate", "flapping", "--html", "same", "--write-log", "same"], "--html same: the log is written there"),
        (&["simulate", "flapping", "--html", "./same", "--write-log", "same"], "--html ./same: the log is written there"),
        (&["plan", "--repeat", "0"], "a whole number is expected, 1 or more"),
    ] {
        let ended = run(arguments, "");
        assert!(ended.status == 2 && ended.err.contains(reason), "{arguments:?}: {}", ended.err);
    }
}

/// What a shell makes of the program's standard output, the status it ends with, and what it says.
#[cfg(unix)]
#[test]
fn an_answer_that_is_lost_is_a_failure_and_a_reader_who_has_gone_is_none() {
    let program = env!("CARGO_BIN_EXE_sticky-assignor");
    let commands = ["plan --example", "--help", "--version", "plan --help", "man", "completions bash"];
    for command in commands {
        let shell = |redirected: &str| {
            let line = format!("'{program}' {command} {redirected}");
            let ended = std::process::Command::new("sh").args(["-c", &line]).output().expect("a shell");
            (ended.status.code(), String::from_utf8(ended.stderr).expect("text"))
        };
        assert_eq!(shell(">&-"), (Some(2), "error: cannot write: standard output is closed\n".into()), "{command}");
        assert_eq!(shell(">/dev/null"), (Some(0), String::new()), "{command}");
        if cfg!(target_os = "linux") {
            assert_eq!(shell(">/dev/full"), (Some(2), "error: cannot write: No space left on device\n".into()), "{command}");
        }
        // The reader is gone before anything can be written.
        assert_eq!(shell("| true").1, "", "{command}");
    }
}
