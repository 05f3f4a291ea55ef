//! `plan`: its documents, one line for each group.

use serde_json::json;

use super::documents::{ORDERS, PAIR};
use super::run::{file, plan, run};

#[test]
fn the_documented_example_has_the_documented_plan() {
    let answer = plan(&[], ORDERS).only_json();
    assert_eq!(answer["name"], "orders");
    assert_eq!(answer["assignment"], json!({"c1": {"orders": [0,1,2,3,4,5,6,7,8]}, "c2": {"clicks": [0,1,2,3,4,5], "orders": [9,10,11]}}));
    let summary = json!({"partitions": 18, "assigned": 18, "unassigned": 0, "retained": 9, "moved": 3, "forced": 0, "new": 6,
                         "min": 9, "max": 9, "sum_of_squares": 162});
    assert_eq!(answer["summary"], summary);
    let movement = |partition: u32| json!({"topic": "orders", "partition": partition, "from": "c1", "to": "c2"});
    assert_eq!(answer["movements"], json!([movement(9), movement(10), movement(11)]));
    let answer = plan(&["--goals", "balance,rack,stickiness,spread"], ORDERS).only_json();
    let goals = [("balance", 162), ("rack", 0), ("stickiness", 9), ("spread", 126)];
    assert_eq!(answer["goals"], json!(goals.map(|(goal, cost)| json!({"goal": goal, "cost": cost}))));
    assert_eq!(answer["proof"]["goals"], json!(["balance", "rack", "stickiness", "spread"]));
    assert_eq!(answer["elapsed_ns"].as_array().map(Vec::len), Some(1));
}

#[test]
fn topics_and_partitions_ascend_whatever_order_they_were_given_in() {
    let group = r#"{"topics": {"b": 2, "a": 11}, "members": [{"id": "m", "topics": ["b", "a"], "owned": {"b": [1, 0]}}]}"#;
    let answer = plan(&[], group);
    assert!(answer.out.contains(r#""assignment":{"m":{"a":[0,1,2,3,4,5,6,7,8,9,10],"b":[0,1]}}"#), "{}", answer.out);
}

#[test]
fn members_with_nothing_stand_in_the_assignment() {
    let group = r#"{"topics": {"t": 1}, "members": [{"id": "a", "topics": []}, {"id": "b", "topics": ["gone"]}]}"#;
    let answer = plan(&[], group).json().remove(0);
    assert_eq!(answer["assignment"], json!({"a": {}, "b": {}}));
    assert_eq!(answer["summary"]["unassigned"], 1);
}

#[test]
fn a_group_without_members_or_topics_has_a_plan() {
    let answer = plan(&[], r#"{"topics": {}, "members": []}"#).only_json();
    assert_eq!((&answer["assignment"], &answer["summary"]["min"], &answer["summary"]["max"]), (&json!({}), &json!(0), &json!(0)));
}

#[test]
fn every_document_is_answered_on_a_line_of_its_own() {
    let answers = plan(&[], format!("{ORDERS}{PAIR}\n\n {PAIR}\r\n"));
    let names: Vec<_> = answers.json().iter().map(|answer| answer.get("name").cloned()).collect();
    assert_eq!(names, [Some(json!("orders")), None, None]);
}

#[test]
fn repeat_times_each_call() {
    let answer = plan(&["--repeat", "3"], PAIR).only_json();
    assert_eq!(answer["elapsed_ns"].as_array().map(Vec::len), Some(3));
    assert_eq!(run(&["plan", "-", "--repeat", "0"], PAIR).status, 2);
    assert!(run(&["plan", "-", "--repeat", "3"], PAIR).out.contains("(median of 3)"));
}

#[test]
fn quiet_assignment_leaves_the_lists_out() {
    let answer = plan(&["--quiet-assignment"], ORDERS).only_json();
    let fields: Vec<&String> = answer.as_object().expect("an object").keys().collect();
    assert_eq!(fields, ["elapsed_ns", "goals", "name", "summary"]);
    let text = run(&["plan", "-", "--quiet-assignment"], ORDERS).out;
    assert!(!text.contains("c1") && text.contains("9 partitions stay with their owner"), "{text}");
}

#[test]
fn an_example_says_that_it_is_one() {
    let text = run(&["plan", "--example"], "");
    assert_eq!(text.status, 0);
    assert!(text.out.starts_with("This is an example"), "{}", text.out);
    let json = run(&["plan", "--example", "--format", "json"], "");
    assert!(json.err.starts_with("This is an example"), "{}", json.err);
    assert_eq!(json.json()[0]["summary"]["sum_of_squares"], 300);
}

#[test]
fn every_command_reads_what_is_piped_in_and_nothing_is_refused() {
    assert_eq!(plan_of(&["plan", "-f", "json"]), plan_of(&["plan", "-f", "json", "-"]));
    for command in ["plan", "verify", "replay"] {
        let ended = run(&[command], " \n");
        assert!(
            ended.status == 2 && ended.err.contains("no document here; for an example: sticky-assignor plan --example"),
            "{}",
            ended.err
        );
    }
}

fn plan_of(arguments: &[&str]) -> serde_json::Value {
    run(arguments, PAIR).only_json()["assignment"].take()
}

#[test]
fn the_order_of_goals_is_the_callers() {
    let group = r#"{"topics": {"x": 10, "y": 10}, "members": [{"id": "a", "topics": ["x", "y"]}, {"id": "b", "topics": ["y"]}]}"#;
    let loads = |goals: &str| {
        let summary = plan(&["--goals", goals], group).only_json()["summary"].take();
        (summary["min"].clone(), summary["max"].clone())
    };
    assert_eq!(loads("balance,spread"), (json!(10), json!(10)));
    assert_eq!(loads("spread,balance"), (json!(5), json!(15)));
    for (goals, reason) in [("balance,balance", "named twice"), ("evenness", "evenness"), ("", "")] {
        let refused = plan(&["--goals", goals], group);
        assert!(refused.status == 2 && refused.err.contains(reason), "{goals}: {}", refused.err);
    }
    let log = format!("{group}\n{{\"at\": 1, \"join\": {{\"id\": \"c\", \"topics\": [\"y\"]}}}}\n");
    let lines = run(&["replay", "-f", "json", "-g", "spread,balance", "--no-savings"], &log).json();
    let named: Vec<&str> = lines[1]["goals"].as_array().expect("a list").iter().filter_map(|goal| goal["goal"].as_str()).collect();
    assert_eq!(named, ["spread", "balance"]);
    let simulated =
        run(&["simulate", "scale-up", "-n", "1", "--members", "3", "-g", "stickiness", "--strategies", "sticky", "-f", "json"], "");
    assert_eq!(simulated.json()[0]["strategies"][0]["trial"]["moved"]["max"], 0, "{}", simulated.err);
}

#[test]
fn several_files_are_answered_in_one_call() {
    let file = |name: &str, text: &str| {
        let file = file(name);
        std::fs::write(&file, text).expect("written");
        file.to_str().expect("a name").to_string()
    };
    let (orders, pair) = (file("orders.json", ORDERS), file("pair.json", PAIR));
    let ended = run(&["plan", "-f", "json", &orders, &pair], "");
    assert_eq!((ended.status, ended.json().len()), (0, 2));
    let broken = run(&["plan", "-f", "json", &orders, "no-such-file.json"], "");
    assert!(broken.status == 2 && broken.err.contains("no-such-file.json"), "{}", broken.err);
    [orders, pair].iter().for_each(|file| std::fs::remove_file(file).expect("there"));
}

#[test]
fn names_in_json_hold_nothing_that_a_terminal_obeys() {
    let group = "{\"name\": \"\u{7f}\u{9b}2J\u{202e}\u{200b}\u{e0041}\", \"topics\": {}, \"members\": []}";
    let answer = run(&["plan", "-f", "json"], group);
    assert!(answer.out.starts_with(r#"{"name":"\u007f\u009b2J\u202e\u200b\udb40\udc41""#), "{}", answer.out);
    assert_eq!(answer.only_json()["name"], "\u{7f}\u{9b}2J\u{202e}\u{200b}\u{e0041}");
}

#[test]
fn the_example_can_be_printed_and_planned() {
    let example = run(&["plan", "--print-example"], "").out;
    let answer = plan(&[], example).only_json();
    assert_eq!((&answer["summary"]["retained"], &answer["summary"]["moved"]), (&json!(28), &json!(2)));
}

#[test]
fn a_plan_proves_itself_to_verify() {
    let mut document: serde_json::Value = serde_json::from_str(ORDERS).expect("JSON");
    let answer = plan(&[], ORDERS).only_json();
    document["assignment"] = answer["assignment"].clone();
    document["proof"] = answer["proof"].clone();
    let verdict = super::run::verify(document.to_string()).only_json();
    assert_eq!((&verdict["valid"], &verdict["balanced"], &verdict["proof"]), (&json!(true), &json!(true), &json!("holds")));
    assert_eq!(plan(&[], document.to_string()).only_json()["assignment"], document["assignment"], "`plan` passes both over");
}

#[test]
fn the_default_strategy_named_is_the_default() {
    let named = |flags: &[&str], input: &str| {
        let mut answer = plan(&[&["--strategy", "sticky"], flags].concat(), input).only_json();
        answer["elapsed_ns"].take();
        answer
    };
    let mut default = plan(&["--explain", "--leave", "c2"], ORDERS).only_json();
    default["elapsed_ns"].take();
    assert_eq!(named(&["--explain", "--leave", "c2"], ORDERS), default);
    assert!(run(&["plan", "-", "--strategy", "sticky"], PAIR).out.contains("No plan is better in these goals, in this order: balance "));
    let unknown = run(&["plan", "-", "--strategy", "range", "--explain"], PAIR);
    assert!(unknown.status == 2 && unknown.err.contains("--explain: "), "{}", unknown.err);
}

#[test]
fn a_file_is_read_by_its_name() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("program-plan-orders.json");
    std::fs::write(&file, ORDERS).expect("written");
    let answer = run(&["plan", "--format", "json", file.to_str().expect("a name")], "").only_json();
    assert_eq!(answer["name"], "orders");
}

#[test]
fn explain_writes_the_paths() {
    let example = run(&["plan", "--print-example"], "").out;
    let answer = plan(&["--explain"], &example).only_json();
    let paths = json!([{
        "goal": "balance",
        "stops": [{"member": "m3", "load": 11}, {"member": "m2", "load": 10}, {"member": "m1", "load": 9}],
        "moves": [{"topic": "t2", "partition": 15, "from": "m3", "to": "m2"}, {"topic": "t1", "partition": 13, "from": "m2", "to": "m1"}]
    }]);
    assert_eq!(answer["paths"], paths);
    assert_eq!(plan(&[], example).only_json().get("paths"), None);
    assert_eq!(plan(&["--explain"], ORDERS).only_json()["paths"].as_array().map(Vec::len), Some(3));
}
