//! Texts of `kafka-consumer-groups.sh --describe --members --verbose`, as several versions of Kafka
//! print them.

use sticky_assignor::import::{ImportError, ImportKnowledge, ImportNote, ImportedGroup, import};
use sticky_assignor::{Group, Subscription, verify_given};

/// 1.1 to 2.3: no group, nothing about instances.
const KAFKA_1_1: &str = "
CONSUMER-ID                                    HOST            CLIENT-ID       #PARTITIONS     ASSIGNMENT
consumer1-3fc8d6f1-581a-4472-bdf3-3515b4aee8c1 /127.0.0.1      consumer1       2               topic1(0), topic2(0)
consumer4-117fe4d3-c6c1-4178-8ee9-eb4a3954bee0 /127.0.0.1      consumer4       1               topic3(2)
consumer2-e76ea8c3-5d30-4299-9005-47eb41f3d3c4 /127.0.0.1      consumer2       3               topic2(1), topic3(0,1)
consumer3-ecea43e4-1f01-479f-8349-f9130b75d8ee /127.0.0.1      consumer3       0               -
";

/// 2.4 to 3.9: the group in front, and the instance ids where there are any.
const KAFKA_3_7: &str = "
GROUP           CONSUMER-ID                                  GROUP-INSTANCE-ID HOST            CLIENT-ID        #PARTITIONS     ASSIGNMENT
orders          pod-0-7f0c8f66-1b0a-4f2e-9a0c-1f0e7f1f1a11   pod-0             /10.0.0.1       order service    3               orders(0,1), clicks.v2(0)
orders          sarama-2bb5dd22-0000-4444-8888-0123456789ab                    /10.0.0.2       sarama           1               orders(2)
orders          rdkafka-fa6c1fb2-8e4e-4ce7-a3a1-0123456789ab                   /10.0.0.3       rdkafka          0               -

";

/// 4.0: epochs and targets around the assignment, which is printed in another form.
const KAFKA_4_0: &str = "
GROUP           CONSUMER-ID            HOST            CLIENT-ID       #PARTITIONS     CURRENT-EPOCH   CURRENT-ASSIGNMENT   TARGET-EPOCH    TARGET-ASSIGNMENT   
billing         e8ZZaKkKTAuW3xJ2yJ4dXw /127.0.0.1      c1              3               12              billing:0,2;audit:1  12              billing:0,2;audit:1 
billing         gCpXQ4XIRZqP8o7uV1vE9A /127.0.0.1      c2              1               12              billing:1            12              billing:1           
billing         Qm3nN8bFS1aG7mGmYwW0GQ /127.0.0.1      c3              0               11              -                    12              audit:0             

GROUP           CONSUMER-ID            HOST            CLIENT-ID       #PARTITIONS     CURRENT-EPOCH   CURRENT-ASSIGNMENT   TARGET-EPOCH    TARGET-ASSIGNMENT    UPGRADED
mixed           aaa                    /127.0.0.1      c1              1               3               billing:0            3               billing:0            true
mixed           bbb                    /127.0.0.1      c2              1               -               billing:1            -               -                    false
";

fn only(text: &str, knowledge: &ImportKnowledge) -> ImportedGroup {
    let mut groups = import(text, knowledge).unwrap();
    assert_eq!(groups.len(), 1);
    groups.remove(0)
}

fn owned(group: &ImportedGroup, member: usize) -> Vec<(&str, Vec<i64>)> {
    let owned = &group.document.members[member].owned.0;
    owned.iter().map(|(topic, list)| (topic.as_str(), list.iter().map(|number| number.0).collect())).collect()
}

#[test]
fn the_oldest_form_is_read() {
    let group = only(KAFKA_1_1, &ImportKnowledge::default());
    assert_eq!(group.document.name, None);
    assert_eq!(group.document.members.len(), 4);
    assert_eq!(group.document.members[2].id, "consumer2-e76ea8c3-5d30-4299-9005-47eb41f3d3c4");
    assert_eq!(owned(&group, 2), [("topic2", vec![1]), ("topic3", vec![0, 1])]);
    assert_eq!(owned(&group, 3), []);
    let counts: Vec<_> = group.document.topics.0.iter().map(|(topic, described)| (topic.as_str(), described.partitions)).collect();
    assert_eq!(counts, [("topic1", 1), ("topic2", 2), ("topic3", 3)]);
    let (document, assignment, _) = group.document.into_parts();
    let verdict = verify_given(&Group::try_from(&document).unwrap(), &assignment, None);
    assert!(verdict.is_valid() && verdict.balanced() == Some(false));
}

#[test]
fn static_members_and_names_with_spaces_are_read() {
    let group = only(KAFKA_3_7, &ImportKnowledge::default());
    assert_eq!(group.document.name.as_deref(), Some("orders"));
    let instances: Vec<_> = group.document.members.iter().map(|member| member.instance.as_deref()).collect();
    assert_eq!(instances, [Some("pod-0"), None, None]);
    assert_eq!(owned(&group, 0), [("clicks.v2", vec![0]), ("orders", vec![0, 1])]);
    assert_eq!(owned(&group, 1), [("orders", vec![2])]);
}

#[test]
fn the_newest_form_is_read_and_groups_are_told_apart() {
    let groups = import(KAFKA_4_0, &ImportKnowledge::default()).unwrap();
    let names: Vec<_> = groups.iter().map(|group| group.document.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["billing", "mixed"]);
    assert_eq!(owned(&groups[0], 0), [("audit", vec![1]), ("billing", vec![0, 2])]);
    assert_eq!(owned(&groups[0], 2), [], "a target is not owned yet");
    assert_eq!(owned(&groups[1], 1), [("billing", vec![1])]);
}

#[test]
fn lines_whose_spaces_were_squeezed_are_read() {
    let squeezed: String = KAFKA_4_0.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join("\t") + "\n").collect();
    assert_eq!(import(&squeezed, &ImportKnowledge::default()), import(KAFKA_4_0, &ImportKnowledge::default()));
    let shifted: String = KAFKA_1_1.lines().map(|line| format!("   {line}\n")).collect();
    assert_eq!(import(&shifted, &ImportKnowledge::default()), import(KAFKA_1_1, &ImportKnowledge::default()));
}

#[test]
fn what_the_tool_says_beside_its_tables_is_passed_over() {
    let warned = "[2026-05-01 12:00:00,000] WARN The configuration 'x' was supplied but isn't known. (org.apache.kafka.clients.Config)\n";
    let chatty = format!(
        "Picked up JAVA_TOOL_OPTIONS: -Xmx1g\n{warned}{}\n{warned}\nWarning: Consumer group 'pay' is rebalancing.\n",
        KAFKA_3_7.trim_end()
    );
    assert_eq!(import(&chatty, &ImportKnowledge::default()), import(KAFKA_3_7, &ImportKnowledge::default()));
}

#[test]
fn an_empty_line_between_rows_ends_no_table() {
    let group = only(include_str!("cases/import/blank-line-in-table.txt"), &ImportKnowledge::default());
    assert_eq!((owned(&group, 0), owned(&group, 1)), (vec![("t", vec![0])], vec![("t", vec![1, 2, 3, 4, 5])]));
    let (document, assignment, _) = group.document.into_parts();
    assert_eq!(verify_given(&Group::try_from(&document).unwrap(), &assignment, None).balanced(), Some(false));
}

#[test]
fn every_inference_is_noted() {
    let group = only(KAFKA_3_7, &ImportKnowledge::default());
    let counted = |topic: &str, partitions| ImportNote::PartitionCount { topic: topic.into(), partitions };
    let members = group.document.members.iter().map(|member| member.id.clone()).collect();
    assert_eq!(group.notes, [counted("clicks.v2", 1), counted("orders", 3), ImportNote::FollowsEvery { members }]);
}

#[test]
fn what_is_known_needs_no_inference() {
    let topics = [("orders", 12), ("clicks.v2", 4), ("audit", 1)].map(|(topic, count)| (topic.to_string(), count)).into();
    let subscribe = |topics: &[&str]| Subscription::Named(topics.iter().map(|topic| (*topic).to_string()).collect());
    let subscriptions = [
        ("pod-0", subscribe(&["orders", "clicks.v2"])),
        ("sarama-2bb5dd22-0000-4444-8888-0123456789ab", subscribe(&["orders"])),
        ("rdkafka-fa6c1fb2-8e4e-4ce7-a3a1-0123456789ab", subscribe(&["audit"])),
    ];
    let knowledge = ImportKnowledge { topics, subscriptions: subscriptions.map(|(member, topics)| (member.to_string(), topics)).into() };
    let group = only(KAFKA_3_7, &knowledge);
    assert_eq!(group.notes, []);
    assert_eq!(group.document.topics.0["orders"].partitions, 12);
    assert_eq!(group.document.members[2].topics.0, Subscription::from(["audit"]));
}

#[test]
fn contradictions_are_noted() {
    let topics = [("orders".to_string(), 2)].into();
    let subscriptions =
        [("pod-0", "audit"), ("nobody", "orders")].map(|(member, topic)| (member.to_string(), Subscription::from([topic]))).into();
    let notes =
        only(&KAFKA_3_7.replace("1               orders(2)", "2               orders(2)"), &ImportKnowledge { topics, subscriptions })
            .notes;
    let pod = "pod-0-7f0c8f66-1b0a-4f2e-9a0c-1f0e7f1f1a11";
    let owns = |topic: &str| ImportNote::OwnsUnfollowed { member: pod.into(), topic: topic.into() };
    for note in [
        ImportNote::Miscounted { line: 4, said: 2, listed: 1 },
        ImportNote::BeyondCount { topic: "orders".into(), partition: 2, partitions: 2 },
        owns("orders"),
        owns("clicks.v2"),
        ImportNote::UnknownTopic { member: pod.into(), topic: "audit".into() },
        ImportNote::NoSuchMember { member: "nobody".into() },
    ] {
        assert!(notes.contains(&note), "{note}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line() {
    let read = |text: &str| import(text, &ImportKnowledge::default()).map(|groups| groups.len());
    let headed = |line: &str| read(&format!("CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\n{line}\n"));
    assert_eq!(read("Error: Executing consumer group command failed"), Err(ImportError::NoTable));
    assert_eq!(read("\nGROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS\n"), Err(ImportError::NoAssignments { line: 2 }));
    assert_eq!(headed("c1 /h"), Err(ImportError::Columns { line: 2 }));
    assert_eq!(headed("c1 /h c many orders(1)"), Err(ImportError::Columns { line: 2 }));
    assert_eq!(headed("c1 /h c 1 orders[1]"), Err(ImportError::Assignment { line: 2, text: "orders[1]".into() }));
    assert_eq!(headed("c1 /h c 1 orders(x)"), Err(ImportError::Assignment { line: 2, text: "orders(x)".into() }));
    assert_eq!(headed("c1 /h c 1 orders(-5)"), Err(ImportError::Assignment { line: 2, text: "orders(-5)".into() }));
    assert_eq!(headed(""), Ok(0));
    let twice = Err(ImportError::Repeated { line: 3, before: 2, member: "c1".into() });
    assert_eq!(headed("c1 /h c 1 orders(1)\nc1 /h c 1 orders(2)"), twice);
}

/// The program, from the text to verdict and plan.
#[cfg(feature = "cli")]
mod program {
    use serde_json::json;

    use super::KAFKA_1_1;
    use crate::program::run;

    #[test]
    fn an_imported_group_goes_into_verify_and_plan() {
        let imported = run(&["import", "--topic", "topic1=2"], KAFKA_1_1);
        assert_eq!(imported.status, 0);
        assert_eq!(imported.err.lines().filter(|line| line.starts_with("note: ")).count(), 3, "{}", imported.err);

        let verdict = run(&["verify", "--format", "json"], &imported.out);
        assert_eq!((verdict.status, &verdict.json()[0]["balanced"]), (1, &json!(false)));
        let plan = &run(&["plan", "--format", "json", "-"], &imported.out).json()[0];
        assert_eq!((&plan["summary"]["partitions"], &plan["summary"]["moved"]), (&json!(7), &json!(1)));
    }

    #[test]
    fn what_is_known_is_told_in_arguments() {
        let imported =
            run(&["import", "--subscribe", "consumer3-ecea43e4-1f01-479f-8349-f9130b75d8ee=topic1,other", "--topic", "other=3"], KAFKA_1_1);
        let [document] = imported.json().try_into().expect("one group");
        assert_eq!(document["members"][3]["topics"], json!(["topic1", "other"]));
        assert_eq!(document["topics"], json!({"other": 3, "topic1": 1, "topic2": 2, "topic3": 3}));
    }

    #[test]
    fn a_member_follows_every_topic_as_documents_write_it() {
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
        let refused = run(&["import"], "Error: no such group\n");
        assert_eq!((refused.status, refused.out.as_str()), (2, ""));
        assert!(refused.err.contains("no table of members"), "{}", refused.err);
        for arguments in [
            &["--topic", "orders=many"][..],
            &["--topic", "=3"],
            &["--topic", "t=1", "--topic", "t=2"],
            &["--subscribe", "=t"],
            &["--subscribe", "c="],
        ] {
            assert_eq!(run(&[&["import"], arguments].concat(), KAFKA_1_1).status, 2, "{arguments:?}");
        }
    }
}
