//! Tables, as several versions of Kafka and other tools print them.

use serde_json::json;
use sticky_assignor::Subscription;
use sticky_assignor::import::{ImportError, ImportOptions, Unsaid};

use super::{documents, fault, lines, notes, only, only_with, read, read_with, topics};

/// 1.1 to 2.3: no group, nothing about instances.
pub(super) const KAFKA_1_1: &str = "
CONSUMER-ID                                    HOST            CLIENT-ID       #PARTITIONS     ASSIGNMENT
consumer1-3fc8d6f1-581a-4472-bdf3-3515b4aee8c1 /127.0.0.1      consumer1       2               topic1(0), topic2(0)
consumer4-117fe4d3-c6c1-4178-8ee9-eb4a3954bee0 /127.0.0.1      consumer4       1               topic3(2)
consumer2-e76ea8c3-5d30-4299-9005-47eb41f3d3c4 /127.0.0.1      consumer2       3               topic2(1), topic3(0,1)
consumer3-ecea43e4-1f01-479f-8349-f9130b75d8ee /127.0.0.1      consumer3       0               -
";

/// 2.4 to 3.9: the group in front, and the instance ids where there are any.
pub(super) const KAFKA_3_7: &str = "
GROUP           CONSUMER-ID                                  GROUP-INSTANCE-ID HOST            CLIENT-ID        #PARTITIONS     ASSIGNMENT
orders          pod-0-7f0c8f66-1b0a-4f2e-9a0c-1f0e7f1f1a11   pod-0             /10.0.0.1       order service    3               orders(0,1), clicks.v2(0)
orders          sarama-2bb5dd22-0000-4444-8888-0123456789ab                    /10.0.0.2       sarama           1               orders(2)
orders          rdkafka-fa6c1fb2-8e4e-4ce7-a3a1-0123456789ab                   /10.0.0.3       rdkafka          0               -

";

/// 4.0: epochs and targets around the assignment, which is printed in another form.
pub(super) const KAFKA_4_0: &str = "
GROUP           CONSUMER-ID            HOST            CLIENT-ID       #PARTITIONS     CURRENT-EPOCH   CURRENT-ASSIGNMENT   TARGET-EPOCH    TARGET-ASSIGNMENT   
billing         e8ZZaKkKTAuW3xJ2yJ4dXw /127.0.0.1      c1              3               12              billing:0,2;audit:1  12              billing:0,2;audit:1 
billing         gCpXQ4XIRZqP8o7uV1vE9A /127.0.0.1      c2              1               12              billing:1            12              billing:1           
billing         Qm3nN8bFS1aG7mGmYwW0GQ /127.0.0.1      c3              0               11              -                    12              audit:0             

GROUP           CONSUMER-ID            HOST            CLIENT-ID       #PARTITIONS     CURRENT-EPOCH   CURRENT-ASSIGNMENT   TARGET-EPOCH    TARGET-ASSIGNMENT    UPGRADED
mixed           aaa                    /127.0.0.1      c1              1               3               billing:0            3               billing:0            true
mixed           bbb                    /127.0.0.1      c2              1               -               billing:1            -               -                    false
";

/// A classic group as 4.0 prints it: it has no target.
const KAFKA_4_0_CLASSIC: &str = "
GROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS     CURRENT-EPOCH   CURRENT-ASSIGNMENT   TARGET-EPOCH    TARGET-ASSIGNMENT   
classic         m1              /127.0.0.1      c1              2               -               t:0,1                -               -                   
classic         m2              /127.0.0.1      c2              1               -               t:2                  -               -                   
";

/// Owners, with what `--verbose` adds since 4.0.
const OFFSETS_4_0: &str = "
GROUP           TOPIC           PARTITION  LEADER-EPOCH    CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
billing         billing         0          0               10              12              2               c1-aaaa         /127.0.0.1      app one
billing         billing         1          -               -               12              -               c2-bbbb         /127.0.0.1      app one
billing         billing         5          0               10              12              2               -               -               -
";

const TOPICS: &str = "
Topic: billing\tTopicId: AbCdEfGhIjKlMnOpQrStUv\tPartitionCount: 8\tReplicationFactor: 2\tConfigs: segment.bytes=1073741824
\tTopic: billing\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\tElr: \tLastKnownElr: 
Topic: unrelated\tTopicId: AbCdEfGhIjKlMnOpQrStUw\tPartitionCount: 3\tReplicationFactor: 1\tConfigs: 
";

/// What rpk prints: fields of the group, then its partitions.
const RPK: &str = "
GROUP                  carts
COORDINATOR-NODE       1
COORDINATOR-PARTITION  __consumer_offsets/7
STATE                  Stable
BALANCER               cooperative-sticky
MEMBERS                2
TOTAL-LAG              4

TOPIC  PARTITION  CURRENT-OFFSET  LOG-START-OFFSET  LOG-END-OFFSET  LAG  MEMBER-ID  INSTANCE-ID  CLIENT-ID  HOST
carts  0          10              0                 12              2    m-1        pod-1        kgo        10.0.0.1
carts  1          -               0                 0               -    m-2                     kgo        10.0.0.2
carts  2          8               0                 10              2                                       
";

/// What Confluent's command line prints: rules between the columns.
const CONFLUENT: &str = "
    Cluster   | Consumer Group | Lag | Log End Offset | Current Offset | Consumer | Instance | Client | Topic | Partition
--------------+----------------+-----+----------------+----------------+----------+----------+--------+-------+------------
  lkc-1       | carts          |   0 |             12 |             12 | m-1      |          | app    | carts |         0
  lkc-1       | carts          |   2 |             12 |             10 | m-2      |          | app    | carts |         1
";

#[test]
fn the_oldest_form_is_read() {
    let group = only(KAFKA_1_1);
    assert_eq!(group.get("name"), None);
    assert_eq!(group["members"][2]["owned"], json!({"topic2": [1], "topic3": [0, 1]}));
    assert_eq!(group["topics"], json!({"topic1": 1, "topic2": 2, "topic3": 3}));
}

#[test]
fn static_members_and_names_with_spaces_are_read() {
    let group = only(KAFKA_3_7);
    assert_eq!(group["name"], "orders");
    assert_eq!((&group["members"][0]["instance"], group["members"][1].get("instance")), (&json!("pod-0"), None));
    assert_eq!(group["members"][0]["owned"], json!({"orders": [0, 1], "clicks.v2": [0]}));
}

#[test]
fn the_newest_form_is_read_and_groups_are_told_apart() {
    let groups = documents(KAFKA_4_0);
    let names: Vec<_> = groups.iter().map(|group| &group["name"]).collect();
    assert_eq!(names, ["billing", "mixed"]);
    assert_eq!(groups[0]["members"][0]["owned"], json!({"billing": [0, 2], "audit": [1]}));
    assert_eq!(groups[0]["members"][2].get("owned"), None, "a target is not owned yet");
    assert_eq!(groups[0]["assignment"]["Qm3nN8bFS1aG7mGmYwW0GQ"], json!({"audit": [0]}), "but it is what was decided");
    assert_eq!(groups[1]["assignment"]["bbb"], json!({"billing": [1]}));
    assert!(notes(KAFKA_4_0).contains("group \"mixed\": do not say their target, so keep what they hold: bbb"));
}

#[test]
fn a_classic_group_has_no_target() {
    assert_eq!(only(KAFKA_4_0_CLASSIC)["assignment"], json!({"m1": {"t": [0, 1]}, "m2": {"t": [2]}}));
    assert!(!notes(KAFKA_4_0_CLASSIC).contains("target"));
}

#[test]
fn lines_whose_spaces_were_squeezed_are_read() {
    for table in [KAFKA_1_1, KAFKA_4_0, KAFKA_4_0_CLASSIC] {
        let squeezed: String = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join("\t") + "\n").collect();
        assert_eq!(read(&squeezed), read(table));
        let shifted: String = table.lines().map(|line| format!("   {line}\n")).collect();
        assert_eq!(read(&shifted), read(table));
    }
    // An instance id that is not there, and a client id of two words.
    let squeezed: String = KAFKA_3_7.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect();
    assert_eq!(documents(&squeezed), documents(KAFKA_3_7));
}

#[test]
fn owners_and_topics_of_one_group_are_read_together() {
    let group = only(&format!("{OFFSETS_4_0}{TOPICS}"));
    assert_eq!(group["topics"], json!({"billing": 8}), "a topic that is none of the group's is none of its document's");
    assert_eq!(group["assignment"], json!({"c1-aaaa": {"billing": [0]}, "c2-bbbb": {"billing": [1]}}));
    assert_eq!(only(OFFSETS_4_0)["topics"], json!({"billing": 6}));
    assert!(notes(OFFSETS_4_0).contains("1 partition has no owner: billing 5"));
    assert!(notes(OFFSETS_4_0).contains("members without partitions may not be shown"));
}

#[test]
fn replicas_have_the_racks_of_their_brokers() {
    let topics = "Topic: t\tPartitionCount: 2\tReplicationFactor: 2\tConfigs: \n\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1\n\tTopic: t\tPartition: 1\tLeader: none\tReplicas: 2,3\tIsr: 2\n";
    let table = "GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\ng c1 /h app 2 t(0,1)\n";
    let racks = [(1, "a".to_string()), (2, "b".to_string())].into();
    let options = ImportOptions { broker_racks: racks, ..ImportOptions::default() };
    let group = only_with(&format!("{topics}\n{table}"), &options);
    assert_eq!(group["topics"], json!({"t": {"partitions": 2, "racks": [["a", "b"], ["b"]]}}));
    let said = read_with(&format!("{topics}\n{table}"), &options).unwrap().notes;
    assert!(said.iter().any(|note| note.to_string().contains("not known (--broker-racks): 3")));
}

#[test]
fn members_without_partitions_come_from_the_table_of_members() {
    let members = "\nGROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS\nbilling c1-aaaa /127.0.0.1 app 1\nbilling idle /127.0.0.1 app 0\n";
    assert_eq!(fault(members), ImportError::NoAssignments { line: 2 });
    let both = format!("{members}{OFFSETS_4_0}");
    let group = only(&both);
    assert_eq!(group["assignment"], json!({"c1-aaaa": {"billing": [0]}, "idle": {}, "c2-bbbb": {"billing": [1]}}));
    assert!(!notes(&both).contains("may not be shown"));
}

#[test]
fn other_tools_tables_are_read_where_they_tell_members_apart() {
    let group = only(RPK);
    assert_eq!(
        (&group["name"], &group["topics"], &group["members"][0]["instance"]),
        (&json!("carts"), &json!({"carts": 3}), &json!("pod-1"))
    );
    assert_eq!(group["assignment"], json!({"m-1": {"carts": [0]}, "m-2": {"carts": [1]}}));
    let group = only(CONFLUENT);
    assert_eq!((&group["name"], &group["assignment"]), (&json!("carts"), &json!({"m-1": {"carts": [0]}, "m-2": {"carts": [1]}})));
    for (head, tool) in [
        ("CLIENT_HOST    CLIENT_ID  TOPIC  ASSIGNED_PARTITIONS", "kafkactl"),
        ("\tPartition  Group Offset  High Watermark  Lag  Metadata", "kaf"),
        ("GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG OWNER", "Kafka's tool before 2.0"),
    ] {
        assert_eq!(fault(head), ImportError::OtherTool { line: 1, tool });
    }
    for (head, kind) in [
        ("GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS MEMBER-EPOCH ASSIGNMENT", "share"),
        ("GROUP TOPIC PARTITION START-OFFSET LAG", "share"),
        ("GROUP MEMBER PROCESS CLIENT-ID ASSIGNMENTS", "streams"),
    ] {
        assert!(fault(head).to_string().contains(&format!("a table of a {kind} group")), "{head}");
    }
}

#[test]
fn a_row_out_of_line_is_read_word_by_word() {
    let text = "
GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
orders          clicks          0          5               -               -               m-1 /h app
orders          clicks          1          5               -               -               my app-uuid     /h              my app
";
    assert_eq!(only(text)["assignment"], json!({"m-1": {"clicks": [0]}, "my app-uuid": {"clicks": [1]}}));
}

#[test]
fn a_row_whose_ids_have_spaces_and_whose_own_are_gone_is_refused() {
    let owners = "GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID\n";
    let members = "GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\n";
    for text in [
        format!("{owners}g t 0 1 1 0 my app-1-3fc8 /10.0.0.1 my app\n"),
        format!("{owners}g t 0 1 1 0 my app-1-3fc8 pod.example/fe80::1%eth0 my app\n"),
        format!("{members}g my app-1-3fc8 /10.0.0.1 my app 2 t(0,1)\n"),
    ] {
        assert_eq!(fault(&text), ImportError::Columns { line: 2 }, "{text}");
    }
    assert_eq!(only(&format!("{owners}g t 0 1 1 0 app-1-3fc8 /10.0.0.1 my app\n"))["members"][0]["id"], "app-1-3fc8");
}

#[test]
fn kcat_tells_how_many_partitions_there_are_and_where_their_replicas_are() {
    let text = "CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT
m /h app 2 clicks(0,1)

Metadata for clicks (from broker 1: b:9092/1):
 2 brokers:
  broker 1 at b:9092 (controller)
  broker 2 at c:9092
 1 topics:
  topic \"clicks\" with 3 partitions:
    partition 0, leader 1, replicas: 1,2, isrs: 1,2
    partition 1, leader 2, replicas: 2, isrs: 2
    partition 2, leader 1, replicas: 1, isrs: 1
";
    assert_eq!(only(text)["topics"], json!({"clicks": 3}));
    let racks = [(1, "a".to_string()), (2, "b".to_string())].into();
    let group = only_with(text, &ImportOptions { broker_racks: racks, ..ImportOptions::default() });
    assert_eq!(group["topics"], json!({"clicks": {"partitions": 3, "racks": [["a", "b"], ["b"], ["a"]]}}));
    assert!(fault("partition 0, leader 1, replicas: 1, isrs: 1").to_string().starts_with("line 1:"));
}

#[test]
fn repeated_tables_make_a_history_with_the_dates_between_them() {
    let table = |assignment: &str| {
        format!("\nGROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\ng c1 /h app 1 {assignment}\ng c2 /h app 1 t(1)\n")
    };
    let same = table("t(0)");
    let text = format!(
        "Sun Mar  1 10:00:00 UTC 2026\n{same}\nSun, 01 Mar 2026 11:00:10 +0100\n{same}\n2026-03-01T10:00:20Z\n{}\n=== 2026-03-01T10:00:30+00:00 ===\n\nConsumer group 'g' has no active members.\n",
        table("t(0,2)").replace(" 1 t(0,2)", " 2 t(0,2)")
    );
    let lines = lines(&text);
    let at: Vec<_> = lines.iter().map(|line| line["at"].as_str().unwrap()).collect();
    assert_eq!(at, ["2026-03-01T10:00:00.000Z", "2026-03-01T10:00:20.000Z", "2026-03-01T10:00:30.000Z"]);
    assert_eq!(lines[1]["group"]["assignment"]["c1"], json!({"t": [0, 2]}));
    assert_eq!(lines[2]["group"]["members"], json!([]));
    assert!(notes(&text).contains("1 table is left out, in which nothing differs"));

    assert_eq!(fault("Sun Mar  1 10:00:00 CET 2026\n"), ImportError::Zone { line: 1, zone: "CET".into() });
    let fallen = format!("2026-03-01T10:00:20Z\n{same}\n2026-03-01T10:00:10Z\n{}", table("t(2)"));
    assert_eq!(super::lines(&fallen)[1]["at"], "2026-03-01T10:00:20.000Z");
    assert!(notes(&fallen).contains("1 date falls, and is raised"));
}

#[test]
fn moments_of_a_rebalance_in_which_nobody_has_anything_are_left_out() {
    let table = |assignment: &str| format!("\nGROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\ng c1 /h app {assignment}\n");
    let text = format!("{}\nWarning: Consumer group 'g' is rebalancing.\n{}{}", table("1 t(0)"), table("0 -"), table("2 t(0,1)"));
    assert_eq!(lines(&text).len(), 2);
    assert!(notes(&text).contains("1 moment is left out, in which it was rebalancing"));
}

#[test]
fn tables_without_a_group_are_of_the_group_that_the_command_names() {
    let table = |member: &str| format!("CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\n{member} /h app 1 t(0)\n");
    let text =
        format!("$ kafka-consumer-groups.sh --describe --group a\n{}$ kafka-consumer-groups.sh --group=b\n{}", table("c1"), table("c2"));
    let names: Vec<_> = documents(&text).iter().map(|group| group["name"].clone()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn what_is_known_needs_no_inference() {
    let subscribed = |topics: &[&str]| Subscription::Named(topics.iter().map(|topic| (*topic).to_string()).collect());
    let subscriptions =
        [("pod-0", subscribed(&["orders", "clicks.v2"])), ("sarama", subscribed(&["orders"])), ("*", subscribed(&["audit"]))];
    let subscriptions = subscriptions.map(|(member, topics)| (member.to_string(), topics)).into();
    let options = ImportOptions { subscriptions, ..topics(&[("orders", 12), ("clicks.v2", 4), ("audit", 1)]) };
    let imported = read_with(KAFKA_3_7, &options).unwrap();
    assert_eq!(imported.notes, []);
    let group = only_with(KAFKA_3_7, &options);
    assert_eq!(group["topics"], json!({"orders": 12, "clicks.v2": 4, "audit": 1}));
    let subscriptions: Vec<_> = (0..3).map(|member| group["members"][member]["topics"].clone()).collect();
    assert_eq!(subscriptions, [json!(["orders", "clicks.v2"]), json!(["orders"]), json!(["audit"])]);
}

#[test]
fn members_may_be_taken_to_subscribe_to_what_they_owned() {
    let options = ImportOptions { unsaid: Unsaid::Owned, ..ImportOptions::default() };
    let group = only_with(KAFKA_1_1, &options);
    let subscriptions: Vec<_> = (0..4).map(|member| group["members"][member]["topics"].clone()).collect();
    assert_eq!(subscriptions, [json!(["topic1", "topic2"]), json!(["topic3"]), json!(["topic2", "topic3"]), json!([])]);
    let said: Vec<String> = read_with(KAFKA_1_1, &options).unwrap().notes.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|note| note.contains("taken to subscribe to nothing: consumer3")), "{said:?}");
}

#[test]
fn contradictions_are_noted() {
    let subscriptions = [("pod-0", "audit"), ("nobody", "orders")].map(|(member, topic)| (member.to_string(), Subscription::from([topic])));
    let options = ImportOptions { subscriptions: subscriptions.into(), ..topics(&[("orders", 2)]) };
    let text = KAFKA_3_7.replace("1               orders(2)", "2               orders(2)");
    let said: Vec<String> = read_with(&text, &options).unwrap().notes.iter().map(ToString::to_string).collect();
    for part in [
        "line 4: says 2 partitions, lists 1",
        "topic \"orders\": partition 2 was seen, but it is said to have 2",
        "owns partitions of \"orders\"",
        "owns partitions of \"clicks.v2\"",
        "subscribes to \"audit\", of which nothing is known",
        "no member has the id, instance id or client id \"nobody\"",
    ] {
        assert!(said.iter().any(|note| note.contains(part)), "{part}: {said:?}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line() {
    let headed = |line: &str| fault(&format!("CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\n{line}\n"));
    let assignment = |text: &str| ImportError::Assignment { line: 2, text: text.into() };
    assert!(matches!(fault("Something else"), ImportError::Nothing { .. }));
    assert!(matches!(fault(""), ImportError::Nothing { .. }));
    assert_eq!(headed("c1 /h"), ImportError::Columns { line: 2 });
    assert_eq!(headed("c1 /h c many orders(1)"), ImportError::Columns { line: 2 });
    assert_eq!(headed("\nc1 /h c many orders(1)"), ImportError::Columns { line: 3 }, "also behind an empty line");
    assert_eq!(headed("c1 /h c 1 orders[1]"), assignment("orders[1]"));
    assert_eq!(headed("c1 /h c 1 orders(x)"), assignment("orders(x)"));
    assert_eq!(headed("c1 /h c 1 orders(-5)"), assignment("orders(-5)"));
    assert_eq!(headed("c1 /h c 1 orders(99999999999)"), assignment("orders(99999999999)"));
    assert_eq!(fault("c1 /h c 1 orders(1)\n"), ImportError::NoHead { line: 1 });
    let twice = ImportError::Repeated { line: 3, before: 2, member: "c1".into() };
    assert_eq!(headed("c1 /h c 1 orders(1)\nc1 /h c 1 orders(2)"), twice);
    let options = ImportOptions { group: Some("paid".into()), ..ImportOptions::default() };
    let error = read_with(KAFKA_4_0, &options).unwrap_err();
    assert_eq!(error, ImportError::NoSuchGroup { group: "paid".into(), groups: vec!["billing".into(), "mixed".into()] });
}

#[test]
fn notes_are_bounded_however_much_they_say() {
    let rows: String =
        (0..500).map(|member| format!("c{member}-{} /h app 1 t{member}-{}(0)\n", "x".repeat(300), "y".repeat(200))).collect();
    let text = format!("CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\n{rows}");
    let imported = read(&text).unwrap();
    assert!(imported.notes.iter().all(|note| note.to_string().chars().count() < 1000));
    assert!(notes(&text).contains(" and 492 more"));
}
