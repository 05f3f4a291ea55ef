//! The schemas that the program prints hold for what it reads and writes, and for the examples.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::KINDS;
use super::fences::Page;
use crate::program::{Ended, run};

#[test]
fn every_example_is_as_its_schema_says() {
    for fence in Page::read("FORMAT.md").fences() {
        let [_, kind] = &fence.info[..] else { continue };
        let schema = schema(kind);
        for document in serde_json::Deserializer::from_str(&fence.text()).into_iter::<Value>() {
            assert_holds(&schema, &document.expect("JSON"));
        }
    }
}

#[test]
fn a_field_more_is_refused_of_what_is_read_and_allowed_of_what_is_written() {
    for fence in Page::read("FORMAT.md").fences() {
        let [_, kind] = &fence.info[..] else { continue };
        let is_written = ["plan", "verdict", "rebalance", "total", "simulation"].contains(&&**kind);
        let text = fence.text();
        let mut document = serde_json::Deserializer::from_str(&text).into_iter::<Value>().next().expect("one").expect("JSON");
        document["onwed"] = json!(1);
        assert_eq!(schema(kind).is_valid(&document), is_written, "{kind}");
        if let Some(member) = document.pointer_mut("/members/0") {
            member["onwed"] = json!(1);
            document.as_object_mut().expect("an object").remove("onwed");
            assert!(!schema(kind).is_valid(&document), "{kind}");
        }
    }
}

#[test]
fn all_that_commands_answer_is_as_their_schemas_say() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("proptests/cases");
    let cases = std::fs::read_to_string(folder.join("small.jsonl")).expect("the cases are here");
    let groups: Vec<Value> = cases.lines().take(50).map(|line| serde_json::from_str::<Value>(line).expect("JSON")).collect();
    let group = |case: &Value| case.get("group").unwrap_or(case).clone();
    let (reads, plan, verdict) = (schema("group"), schema("plan"), schema("verdict"));
    for group in groups.iter().map(group) {
        assert_holds(&reads, &group);
        for options in [&["--explain"][..], &["--strategy", "range"], &["--join", "a new one"], &["--quiet-assignment"]] {
            assert_all_hold(&plan, &run(&[&["plan", "--format", "json", "-"], options].concat(), group.to_string()));
        }
        let mut judged = group;
        judged["assignment"] = json!({"nobody": {"nothing": [-1, 7]}});
        assert_holds(&schema("judged"), &judged);
        assert_all_hold(&verdict, &run(&["verify", "--format", "json", "--max-moves", "1"], judged.to_string()));
    }
    for options in [&["--racks", "2"][..], &["--static-members", "--session-timeout", "600"], &["--rounds", "0"]] {
        let ended = run(&[&["simulate", "flapping", "--trials", "2", "--format", "json"], options].concat(), "");
        assert_all_hold(&schema("simulation"), &ended);
    }
    let log = std::fs::read(folder.join("events/kip-54-topic-added-and-removed.jsonl")).expect("the case is here");
    let options = ["replay", "--format", "json", "--with-assignment", "--compare", "recorded,range", "-"];
    let mut lines = run(&options, log).json();
    assert_holds(&schema("total"), &lines.pop().expect("a line"));
    lines.iter().for_each(|line| assert_holds(&schema("rebalance"), line));
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = [
        ("group", json!({"topics": {"t": "two"}, "members": []})),
        ("group", json!({"topics": {}})),
        ("group", json!({"topics": {}, "members": [{"id": "a", "topics": "t"}]})),
        ("event", json!({"at": 1})),
        ("event", json!({"leave": "a"})),
        ("event", json!({"at": 1, "leave": "a", "rebalance": "why"})),
        ("proof", json!({"goals": ["balance", "fairness"]})),
        (
            "history",
            json!({"version": 1, "group": {"topics": {}, "members": []}, "rebalances": [{"at": 1, "kinds": ["gone"], "events": []}]}),
        ),
    ];
    for (kind, document) in refused {
        assert!(!schema(kind).is_valid(&document), "{kind}: {document}");
    }
}

#[test]
fn the_kinds_are_listed() {
    let Ended { status, out, .. } = run(&["schema"], "");
    let kinds: Vec<&str> = out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!((status, &kinds[..]), (0, &KINDS[..]));
}

fn schema(kind: &str) -> Validator {
    let Ended { status, out, err } = run(&["schema", kind], "");
    assert_eq!(status, 0, "{err}");
    jsonschema::validator_for(&serde_json::from_str(&out).expect("JSON")).expect("a schema")
}

fn assert_all_hold(schema: &Validator, ended: &Ended) {
    assert!(ended.status < 2, "{}", ended.err);
    ended.json().iter().for_each(|document| assert_holds(schema, document));
}

fn assert_holds(schema: &Validator, document: &Value) {
    let faults: Vec<String> = schema.iter_errors(document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{document}\n{faults:#?}");
}
