//! JSON of admin clients' describe, in the spellings of the common ones.

use serde_json::{Value, json};
use sticky_assignor::import::{ImportError, ImportOptions, Imported, read_pieces};

#[cfg(feature = "kafka")]
use super::lines;
use super::{documents, fault, notes, only, read};

/// What every spelling below says.
fn assert_is_the_group(text: &Value) {
    let group = only(&text.to_string());
    assert_eq!((&group["name"], &group["topics"]), (&json!("carts"), &json!({"carts": 2, "views": 1})));
    assert_eq!(group["assignment"], json!({"m-1": {"carts": [0, 1]}, "m-2": {"views": [0]}}));
    assert_eq!(only(&serde_json::to_string_pretty(text).unwrap()), group, "on many lines as on one");
}

#[test]
fn the_spellings_of_the_common_clients_are_read() {
    let parts =
        |list: &[(&str, i32)]| list.iter().map(|(topic, partition)| json!({"topic": topic, "partition": partition})).collect::<Vec<_>>();
    let (one, two) = (parts(&[("carts", 0), ("carts", 1)]), parts(&[("views", 0)]));
    // Java's, as libraries print its objects.
    assert_is_the_group(&json!({"groupId": "carts", "isSimpleConsumerGroup": false, "groupState": "STABLE", "members": [
        {"memberId": "m-1", "consumerId": "m-1", "clientId": "app", "host": "/10.0.0.1", "groupInstanceId": null, "assignment": {"topicPartitions": one}},
        {"memberId": "m-2", "clientId": "app", "host": "/10.0.0.1", "assignment": {"topicPartitions": two}}]}));
    // kafka-python's.
    assert_is_the_group(&json!([{"error_code": 0, "group": "carts", "state": "Stable", "protocol_type": "consumer", "members": [
        {"member_id": "m-1", "client_id": "app", "client_host": "/h", "member_metadata": {"version": 1, "topics": ["carts", "views"], "user_data": null},
         "member_assignment": {"version": 0, "assigned_partitions": [{"topic": "carts", "partitions": [0, 1]}], "user_data": null}},
        {"member_id": "m-2", "client_id": "app", "client_host": "/h", "member_assignment": {"version": 0, "assignment": [["views", [0]]]}}]}]));
    // confluent-kafka-python's, Go's.
    assert_is_the_group(&json!({"group_id": "carts", "members": [
        {"member_id": "m-1", "group_instance_id": "pod-1", "assignment": {"topic_partitions": one}},
        {"member_id": "m-2", "assignment": {"topic_partitions": two}}]}));
    assert_is_the_group(&json!({"ConsumerGroupDescriptions": [{"GroupID": "carts", "State": 3, "Members": [
        {"ClientID": "app", "ConsumerID": "m-1", "Host": "/h", "Assignment": {"TopicPartitions": [{"Topic": "carts", "Partition": 0}, {"Topic": "carts", "Partition": 1}]}},
        {"ClientID": "app", "ConsumerID": "m-2", "Host": "/h", "Assignment": {"TopicPartitions": [{"Topic": "views", "Partition": 0}]}}]}]}));
    // franz-go's, by group.
    assert_is_the_group(&json!({"carts": {"Group": "carts", "State": "Stable", "Members": [
        {"MemberID": "m-1", "InstanceID": null, "ClientID": "app", "Join": {"Topics": ["carts", "views"]}, "Assigned": {"Version": 0, "Topics": [{"Topic": "carts", "Partitions": [0, 1]}]}},
        {"MemberID": "m-2", "ClientID": "app", "Join": {"Topics": ["carts", "views"]}, "Assigned": {"Topics": [{"Topic": "views", "Partitions": [0]}]}}]}}));
    // Node's: kafkajs with its assignments decoded, and confluent-kafka-javascript.
    assert_is_the_group(
        &json!({"groups": [{"errorCode": 0, "groupId": "carts", "protocolType": "consumer", "state": "Stable", "members": [
        {"memberId": "m-1", "clientId": "app", "memberAssignment": {"version": 1, "assignment": {"carts": [0, 1]}, "userData": null}},
        {"memberId": "m-2", "clientId": "app", "memberAssignment": {"version": 1, "assignment": {"views": [0]}}}]}]}),
    );
    assert_is_the_group(&json!({"groups": [{"groupId": "carts", "state": 3, "type": 1, "members": [
        {"clientHost": "/h", "clientId": "app", "memberId": "m-1", "memberMetadata": null, "memberAssignment": null, "assignment": {"topicPartitions": one}},
        {"clientHost": "/h", "clientId": "app", "memberId": "m-2", "memberMetadata": null, "memberAssignment": null, "assignment": {"topicPartitions": two}}]}]}));
}

#[cfg(feature = "kafka")]
#[test]
fn bytes_of_the_consumer_protocol_are_read() {
    use sticky_assignor::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, TopicPartitions};
    let given = |topic, list: &[i32]| {
        let assigned_partitions = vec![TopicPartitions::new(topic, list.iter().copied())];
        ConsumerProtocolAssignment { assigned_partitions, user_data: None }.encode(1).unwrap()
    };
    let subscription = ConsumerProtocolSubscription { topics: vec!["carts", "views"], ..ConsumerProtocolSubscription::default() };
    let buffer = |bytes: Vec<u8>| json!({"type": "Buffer", "data": bytes});
    let text = json!({"groups": [{"groupId": "carts", "members": [
        {"memberId": "m-1", "memberMetadata": buffer(subscription.encode(1).unwrap()), "memberAssignment": buffer(given("carts", &[0, 1]))},
        {"memberId": "m-2", "memberAssignment": buffer(given("views", &[0]))}]}]});
    assert_is_the_group(&text);
    assert_eq!(only(&text.to_string())["members"][0]["topics"], json!(["carts", "views"]));
}

#[test]
fn the_target_of_a_rebalance_is_what_was_decided() {
    let text = json!({"groupId": "carts", "groupState": "RECONCILING", "targetAssignmentEpoch": 4, "members": [
        {"memberId": "m-1", "assignment": {"topicPartitions": ["t-0", "t-1"]}, "targetAssignment": {"topicPartitions": ["t-0"]}},
        {"memberId": "m-2", "assignment": {"topicPartitions": []}, "targetAssignment": {"topicPartitions": ["t-1"]}}]});
    let group = only(&text.to_string());
    assert_eq!(group["assignment"], json!({"m-1": {"t": [0]}, "m-2": {"t": [1]}}));
    assert_eq!(group["members"][0]["owned"], json!({"t": [0, 1]}));
    assert!(notes(&text.to_string()).contains("is rebalancing: the target is taken"));
}

#[test]
fn several_documents_stand_one_after_another() {
    let group =
        |name: &str| json!({"groupId": name, "members": [{"memberId": "m", "assignment": [{"topic": "t", "partition": 0}]}]}).to_string();
    let text = format!("{}{}\n\n{}", group("a"), group("b"), group("c"));
    let names: Vec<_> = documents(&text).iter().map(|group| group["name"].clone()).collect();
    assert_eq!(names, ["a", "b", "c"]);
}

#[test]
fn partitions_with_their_owners_are_read_as_a_table_of_them() {
    let owned = json!({"m-1": {"carts": [0]}, "m-2": {"carts": [1]}});
    let of = |text: &Value| {
        let group = only(&text.to_string());
        assert_eq!((&group["name"], &group["assignment"]), (&json!("shop"), &owned), "{text}");
        assert!(notes(&text.to_string()).contains("members without partitions may not be shown"));
        group["topics"]["carts"].clone()
    };
    // kafka-ui's, with a partition that nobody has.
    let text = json!({"groupId": "shop", "members": 2, "partitions": [
        {"topic": "carts", "partition": 0, "consumerId": "m-1", "host": "/h"},
        {"topic": "carts", "partition": 1, "consumerId": "m-2", "host": "/h"},
        {"topic": "carts", "partition": 2, "consumerId": null, "host": null}]});
    assert_eq!(of(&text), 3);
    // Confluent's REST proxy, and its command line.
    let lag = |partition, owner| {
        json!({"kind": "KafkaConsumerLag", "consumer_group_id": "shop", "topic_name": "carts",
        "partition_id": partition, "consumer_id": owner, "instance_id": null, "client_id": "app", "lag": 0})
    };
    assert_eq!(of(&json!({"kind": "KafkaConsumerLagList", "data": [lag(0, "m-1"), lag(1, "m-2")]})), 2);
    let lag =
        |partition, owner| json!({"consumer_group": "shop", "topic": "carts", "partition": partition, "consumer": owner, "instance": ""});
    let listed = json!([lag(0, "m-1"), lag(1, "m-2")]);
    assert_eq!(of(&listed), 2);
    // The same once more is another moment, in which nothing is different.
    assert!(notes(&format!("{listed}\n{listed}")).contains("differs"));
}

#[test]
fn what_stands_in_a_list_is_a_document_by_itself() {
    let group = json!({"groupId": "g", "members": [{"memberId": "m", "assignment": ["t-0"]}]});
    assert_eq!(documents(&json!([group, null]).to_string()).len(), 1);
    for (odd, part) in [
        (json!(7), "7 describes no group"),
        (json!({"error": "timed out"}), "describes no group"),
        (json!({"topics": {"t": 1}, "members": []}), "`plan` takes it as it is"),
    ] {
        assert!(fault(&json!([group, odd]).to_string()).to_string().contains(part), "{odd}");
    }
    assert!(fault("[{\"groupId\": \"g\", \"members\": []},\n\n {\"brokers\": 3}]").to_string().starts_with("line 3:"));
    for hostile in ["[:{}]", "[{:[]}]", "[{\"a\":1},:{\"b\":[{}]}]", "[\"a\":{\"members\":[]}]", &"[".repeat(300), &"{\"a\":".repeat(300)] {
        assert!(read(hostile).is_err(), "{hostile}");
    }
}

#[cfg(feature = "kafka")]
#[test]
fn records_in_a_list_are_records() {
    let record = |generation: i32| {
        json!({"key": {"version": 2, "data": {"group": "g"}}, "value": {"version": 3, "data": {
        "protocolType": "consumer", "generation": generation, "currentStateTimestamp": 1_772_359_200_000_i64, "members": [{"memberId": "m"}]}}})
    };
    let (listed, apart) = (json!([record(1), record(2)]).to_string(), format!("{}\n{}", record(1), record(2)));
    assert_eq!(lines(&listed), lines(&apart));
    assert_eq!(lines(&listed).len(), 2);
}

/// Reads a text in pieces, so that what is long of it is taken apart.
fn read_in_pieces(text: &str) -> Result<Imported, ImportError> {
    let pieces = text.as_bytes().chunks(10_007).map(|piece| std::str::from_utf8(piece).expect("all of it is ASCII"));
    read_pieces(pieces, &ImportOptions::default())
}

/// Groups of a length, with names that are no names of JSON and texts that look like structure.
fn described(count: usize) -> impl Iterator<Item = Value> {
    (0..count).map(|number| {
        let member = |id: &str, partition: usize| json!({"memberId": id, "clientId": "\"members\": [{", "assignment": [{"topic": "t\\", "partition": partition}]});
        let members = [member("m-1", number), member("m-2", number + 1)];
        json!({"coordinator": {"id": 1, "rack": null}, "Members": members, "groupId": format!("g {number} \"}}]")})
    })
}

#[test]
fn a_long_document_is_read_as_its_groups_by_themselves() {
    let alone: String = described(600).map(|group| group.to_string() + "\n").collect();
    let expected = documents(&alone);
    assert_eq!(expected.len(), 600);
    let groups: Vec<Value> = described(600).collect();
    let by_name: serde_json::Map<String, Value> = described(600)
        .map(|mut group| {
            let name = group.as_object_mut().and_then(|group| group.remove("groupId")).expect("it has one");
            (name.as_str().expect("it is a text").to_string(), group)
        })
        .collect();
    let written = |imported: Imported| imported.groups.iter().map(|group| serde_json::to_value(group).unwrap()).collect::<Vec<_>>();
    let mut by_number = written(read_in_pieces(&json!({"error": [], "data": by_name}).to_string()).expect("it is read"));
    by_number.sort_by_key(|group| expected.iter().position(|one| one["name"] == group["name"]));
    assert_eq!(by_number, expected);
    for text in [json!(groups), json!({"error": null, "groups": groups}), json!({"data": {"consumerGroups": groups, "more": false}})] {
        for text in [text.to_string(), serde_json::to_string_pretty(&text).unwrap()] {
            assert!(text.len() > 1 << 16);
            assert_eq!(documents(&text), expected);
            assert_eq!(written(read_in_pieces(&text).expect("it is read")), expected);
            let cut = &text[..text.len() - 40];
            assert!(read_in_pieces(cut).is_err(), "a document that is cut off is refused");
        }
    }
}

#[test]
fn a_long_document_that_is_one_whole_is_not_taken_apart() {
    let members: Vec<Value> = (0..2_000).map(|number| json!({"id": format!("member-{number:050}"), "topics": "*"})).collect();
    for (text, part) in [
        (format!(r#"{{"at": 1, "group": {{"members": {}}}}}"#, json!(members)), "`replay` takes it as it is"),
        (format!(r#"{{"topics": {{"t": 1}}, "members": {}}}"#, json!(members)), "`plan` takes it as it is"),
        (format!(r#"{{"assignment": {{}}, "summary": {{}}, "proof": {{"goals": [], "members": {}}}}}"#, json!({"m": members})), "a plan"),
    ] {
        assert!(text.len() > 1 << 16);
        assert!(read_in_pieces(&text).expect_err(part).to_string().contains(part), "{part}");
    }
    // Groups within a group are none, whatever they are there for.
    let member =
        |id: usize| json!({"memberId": format!("m-{id:0100}"), "previous": {"groupId": "other", "members": []}, "assignment": [["t", id]]});
    let text = json!({"data": {"groupId": "g", "members": (0..1_000).map(member).collect::<Vec<_>>()}}).to_string();
    let imported = read_in_pieces(&text).expect("it is read");
    assert_eq!(imported.groups.iter().map(|group| group.members.len()).collect::<Vec<_>>(), [1_000]);
}

#[cfg(feature = "kafka")]
#[test]
fn a_long_record_is_one_all_the_same() {
    let members: Vec<Value> = (0..2_000).map(|number| json!({"memberId": format!("member-{number:050}")})).collect();
    let record = json!({"key": {"version": 2, "data": {"group": "g"}}, "value": {"version": 3, "data": {
        "protocolType": "consumer", "generation": 7, "currentStateTimestamp": 1_772_359_200_000_i64, "members": members}}});
    assert!(read_in_pieces(&record.to_string()) == read(&record.to_string()));
    assert_eq!(lines(&record.to_string())[0]["group"]["members"].as_array().map(Vec::len), Some(2_000));
}

#[test]
fn json_that_describes_no_group_is_refused_for_what_it_is() {
    for (text, part) in [
        (r#"{"at": 1, "leave": "c1"}"#, "`replay` takes it as it is"),
        (r#"{"topics": {"t": 1}, "members": []}"#, "`plan` takes it as it is"),
        (r#"{"topics": {"t": 1}, "members": [], "assignment": {}}"#, "`verify` takes it as it is"),
        (r#"{"brokers": []}"#, "describes no group"),
        ("{\"groupId\": \"g\",\n \"members\": [", "line 2"),
        (r#"{"members": [{"clientId": "app"}]}"#, "a member has no id"),
        (r#"{"members": [{"memberId": "m", "assignment": [7]}]}"#, "is no partition"),
        (r#"{"members": [{"memberId": "m", "assignment": {"t": [-1]}}]}"#, "not the number of a partition"),
    ] {
        let error = fault(text);
        assert!(matches!(error, ImportError::Json { .. } | ImportError::Document { .. }), "{text}: {error:?}");
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
}
