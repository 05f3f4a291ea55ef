//! The twelve texts of operators, and what is right for each.

use serde_json::json;

use super::{documents, lines, notes, only, read, read_with, topics};

macro_rules! case {
    ($name:literal) => {
        include_str!(concat!("../cases/import/", $name))
    };
}

#[test]
fn ucloud_293_plain_describe_with_idle_members() {
    let group = only(case!("ucloud-293-plain-describe-idle-members.txt"));
    assert_eq!((&group["topics"], group["members"].as_array().unwrap().len()), (&json!({"events": 1}), 6));
    assert_eq!(group["assignment"]["consumer-1-m1"], json!({"events": [0]}));
    assert_eq!(group["assignment"]["consumer-5-m9"], json!({}));
}

#[test]
fn kip_175_partitions_without_an_owner_are_there_and_said() {
    let text = case!("kip-175-plain-describe-unowned.txt");
    let group = only(text);
    assert_eq!(group["topics"], json!({"my-topic": 3, "my-second-topic": 1, "my-other-topic": 2}));
    assert_eq!(group["members"].as_array().unwrap().len(), 4);
    assert!(notes(text).contains("2 partitions have no owner: my-other-topic 0, my-other-topic 1"));
}

#[test]
fn of_a_rebalance_under_way_the_target_is_judged() {
    let text = case!("kafka4-members-verbose-revoking.txt");
    let group = only(text);
    assert_eq!(group["assignment"], json!({"m1": {"orders": [0, 1]}, "m2": {"orders": [2, 3]}}));
    assert_eq!((&group["members"][0]["owned"], &group["members"][1].get("owned")), (&json!({"orders": [0, 1]}), &None));
    assert!(notes(text).contains("group \"group-g\": is rebalancing"));
}

#[test]
fn a_fenced_block_with_its_prompt_is_read() {
    let group = only(case!("notes-fenced-block-only.md"));
    assert_eq!((&group["name"], &group["topics"]), (&json!("group-i"), &json!({"topic-i": 6})));
    assert_eq!(group["members"].as_array().unwrap().len(), 2);
}

#[test]
fn an_empty_line_ends_no_table() {
    let group = only(case!("blank-line-in-table.txt"));
    assert_eq!(group["assignment"], json!({"c1": {"t": [0]}, "c2": {"t": [1, 2, 3, 4, 5]}}));
}

#[test]
fn two_tables_of_a_group_are_two_moments() {
    let text = case!("two-states-disjoint-members.txt");
    assert_eq!(documents(text), Vec::<serde_json::Value>::new());
    let lines = lines(text);
    let members: Vec<_> = lines.iter().map(|line| (&line["at"], &line["group"]["members"][0]["id"])).collect();
    assert_eq!(members, [(&json!(0.0), &json!("c1")), (&json!(1.0), &json!("c2"))]);
    assert!(notes(text).contains("2 moments have no date"));
}

#[test]
fn a_prompt_behind_the_table_is_none_of_it() {
    assert_eq!(only(case!("trailing-prompt.txt"))["members"].as_array().unwrap().len(), 2);
}

#[test]
fn of_all_groups_only_those_with_something_to_judge_give_documents() {
    let text = case!("all-groups.txt");
    assert_eq!(only(text)["name"], "group-l");
    for note in
        ["\"old-group\": has no members", "\"connect-cluster\": no partition", "\"group-p\": is rebalancing", "\"group-p\": no partition"]
    {
        assert!(notes(text).contains(note), "{note}");
    }
}

#[test]
fn a_coordinators_log_needs_topics_and_tells_joins_and_leaves() {
    let text = case!("broker-group-coordinator.log");
    let error = read(text).unwrap_err().to_string();
    assert!(error.contains("--topic NAME=COUNT") && error.contains("--subscribe"), "{error}");

    let imported = read_with(text, &topics(&[("t", 4)])).unwrap();
    let [history] = imported.histories.as_slice() else { panic!("one history") };
    let start = history.start.as_ref().unwrap();
    assert_eq!((start.members.len(), start.topics.0["t"].partitions), (0, 4));
    let events: Vec<_> = history.lines.iter().map(|line| serde_json::to_value(line).unwrap()).collect();
    let at = |second: &str| format!("2024-01-01T10:{second}Z");
    let join = |time: &str, id: &str| json!({"at": at(time), "join": {"id": id, "topics": "*"}});
    assert_eq!(
        events,
        [
            join("00:00.104", "c1-aaaa"),
            join("00:10.000", "c2-bbbb"),
            join("00:12.000", "c3-cccc"),
            json!({"at": at("01:00.000"), "rebalance": "leader c1-aaaa re-joining group during Stable"}),
            json!({"at": at("02:00.000"), "leave": "c2-bbbb"}),
            json!({"at": at("03:00.000"), "leave": "c3-cccc"}),
        ]
    );
    let said: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|note| note.contains("does not name them there: c3-cccc")), "{said:?}");
}

#[test]
fn members_from_before_the_log_and_members_without_a_name_are_said() {
    let later: String = case!("broker-group-coordinator.log").lines().skip(4).map(|line| format!("{line}\n")).collect();
    let imported = read_with(&later, &topics(&[("t", 4)])).unwrap();
    let start = imported.histories[0].start.as_ref().unwrap();
    let ids: Vec<&str> = start.members.iter().map(|member| member.id.as_str()).collect();
    assert_eq!(ids, Vec::<&str>::new());
    let said: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|note| note.contains("the log counts 1 member that it does not name")), "{said:?}");
}

#[test]
fn a_leading_clients_log_gives_whole_assignments_by_generation() {
    let lines = lines(case!("client-finished-assignment.log"));
    let generations: Vec<_> = lines.iter().map(|line| (&line["group"]["generation"], &line["at"])).collect();
    let (first, second) = (json!("2025-01-01T13:27:26.666Z"), json!("2025-01-01T13:29:26.666Z"));
    assert_eq!(generations, [(&json!(2), &first), (&json!(3), &second)]);
    assert_eq!(lines[0]["group"]["assignment"].as_object().unwrap().len(), 6);
    assert_eq!(lines[1]["group"]["assignment"]["c3-cccc"], json!({"orders.raw": [2, 5]}));
}

#[test]
fn dumps_of_two_old_versions_give_assignments_by_generation() {
    let lines = lines(case!("offsets-decoder.log"));
    let generations: Vec<_> = lines.iter().map(|line| &line["group"]["generation"]).collect();
    assert_eq!(generations, [&json!(1), &json!(2)]);
    assert_eq!(lines[1]["group"]["assignment"], json!({"c1-aaaa": {"foo": [0]}, "c2-bbbb": {"foo": [1]}}));
}

#[test]
fn librdkafkas_assignor_says_who_subscribed_and_what_was_assigned() {
    let text = case!("librdkafka-assignor.log");
    let lines = lines(text);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["at"], "2023-11-14T22:13:20.897Z");
    assert_eq!(lines[0]["group"]["members"][0]["topics"], json!(["topic1"]));
    assert_eq!(lines[0]["group"]["assignment"], json!({"c1-aaaa": {"topic1": [0, 1]}, "c2-bbbb": {"topic1": [2]}}));
    assert!(notes(text).contains("of 3 partitions that members owned before, the log does not say which"));
}
