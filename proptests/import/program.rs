//! The program, from the text to verdict, plan and event log.

use std::fs;

use serde_json::json;

use super::tables::{KAFKA_1_1, KAFKA_4_0};
use crate::program::{file, run};

#[test]
fn an_imported_group_goes_into_verify_and_plan() {
    let imported = run(&["import", "--topic", "topic1=2"], KAFKA_1_1);
    assert_eq!(imported.status, 0);
    assert_eq!(imported.err.lines().filter(|line| line.starts_with("note: ")).count(), 2, "{}", imported.err);

    let verdict = run(&["verify", "--format", "json"], &imported.out);
    assert_eq!((verdict.status, &verdict.json()[0]["balanced"]), (1, &json!(false)));
    let plan = &run(&["plan", "--format", "json", "-"], &imported.out).json()[0];
    assert_eq!((&plan["summary"]["partitions"], &plan["summary"]["moved"]), (&json!(7), &json!(1)));
}

#[test]
fn what_is_known_is_told_in_arguments() {
    let member = "consumer3-ecea43e4-1f01-479f-8349-f9130b75d8ee";
    let imported = run(&["import", "--subscribe", &format!("{member}=topic1,other"), "--topic", "other=3"], KAFKA_1_1);
    let [document] = imported.json().try_into().expect("one group");
    assert_eq!(document["members"][3]["topics"], json!(["topic1", "other"]));
    assert_eq!(document["topics"], json!({"other": 3, "topic1": 1, "topic2": 2, "topic3": 3}));
    let [document] = run(&["import", "--subscribe-owned"], KAFKA_1_1).json().try_into().expect("one group");
    assert_eq!(document["members"][3]["topics"], json!([]));
    let [document] = run(&["import", "--group", "billing"], KAFKA_4_0).json().try_into().expect("one group");
    assert_eq!(document["name"], "billing");
}

#[test]
fn a_member_subscribes_to_every_topic_as_documents_write_it() {
    let member = "consumer3-ecea43e4-1f01-479f-8349-f9130b75d8ee";
    let told = |topics: &str| run(&["import", "--subscribe", &format!("{member}={topics}")], KAFKA_1_1);
    assert_eq!(told("*").json()[0]["members"][3]["topics"], json!("*"));
    assert!(!told("*").err.contains("of which nothing is known"), "{}", told("*").err);
    assert_eq!(told("gone,gone").err.matches("of which nothing is known").count(), 1);
    assert_eq!(told(" topic1 , topic2").json()[0]["members"][3]["topics"], json!(["topic1", "topic2"]));
}

#[test]
fn a_table_without_members_is_said_to_be_one() {
    let imported = run(&["import"], KAFKA_1_1.lines().take(2).collect::<Vec<_>>().join("\n").as_str());
    assert_eq!((imported.status, imported.out.as_str()), (0, ""));
    assert!(imported.err.contains("no table has members"), "{}", imported.err);
}

#[test]
fn what_cannot_be_read_ends_with_status_2() {
    let refused = run(&["import"], "Hello\n");
    assert_eq!((refused.status, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("nothing in it is known; line 1 is"), "{}", refused.err);
    for arguments in [
        &["--topic", "orders=many"][..],
        &["--topic", "=3"],
        &["--topic", "t=1", "--topic", "t=2"],
        &["--subscribe", "=t"],
        &["--subscribe", "c="],
        &["--broker-racks", "one=a"],
        &["--broker-racks", "1=a,1=b"],
        &["--group", "nobody"],
    ] {
        assert_eq!(run(&[&["import"], arguments].concat(), KAFKA_1_1).status, 2, "{arguments:?}");
    }
}

#[test]
fn histories_of_several_groups_go_into_a_folder() {
    let text = format!("2026-03-01T10:00:00Z\n{KAFKA_4_0}\n2026-03-01T10:00:10Z\n{KAFKA_4_0}");
    let refused = run(&["import"], &text);
    assert_eq!((refused.status, refused.out.as_str()), (2, ""));
    for part in ["billing (1 rebalances)", "mixed (1 rebalances)", "--group NAME", "--into DIR"] {
        assert!(refused.err.contains(part), "{part}: {}", refused.err);
    }
    let one = run(&["import", "--group", "mixed"], &text);
    assert_eq!((one.status, &one.json()[0]["at"]), (0, &json!("2026-03-01T10:00:00.000Z")));

    let folder = file("import-into");
    fs::create_dir_all(&folder).unwrap();
    let arguments = ["import", "--into", folder.to_str().unwrap()];
    let odd = text.replace("mixed ", "../m/x ");
    assert_eq!(run(&arguments, &odd).status, 0);
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["%2E.%2Fm%2Fx.jsonl", "billing.jsonl"]);
    assert_eq!(fs::read_to_string(folder.join("billing.jsonl")).unwrap().lines().count(), 1);
    let again = run(&arguments, &odd);
    assert_eq!(again.status, 2, "never over what is there");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_coordinators_log_is_replayed() {
    let log = include_str!("../cases/import/broker-group-coordinator.log");
    let without_others: String = log.lines().filter(|line| !line.contains("re-joining")).map(|line| format!("{line}\n")).collect();
    let imported = run(&["import", "--topic", "t=6"], without_others);
    assert_eq!(imported.status, 0, "{}", imported.err);
    assert_eq!(run(&["replay", "--format", "json"], &imported.out).status, 0);
}
