//! Bytes of each version written out by hand, and the sizes that a broker's own tool printed beside
//! what it decoded.

use sticky_assignor::kafka::records::{
    ConsumerGroupMember, CurrentAssignment, GroupMember, GroupMetadata, GroupRecord, Heard, RecordBody, TopicDescription,
    TopicIdPartitions, TopicUuid,
};

use super::encode::{self, ClassicMember, Generation, Parts};

/// Hex with whatever spaces and line ends make it readable.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

#[track_caller]
fn reads(key: &str, value: &str, body: RecordBody<'_>) {
    let (key, value) = (bytes(key), bytes(value));
    assert_eq!(Heard::decode(&key, Some(&value)), Ok(Heard::Record(GroupRecord { group: "g1", body })));
}

/// Two letters each: kind and group "g1"; kind, group "g1" and member "m1".
const GROUP: [&str; 9] = ["", "", "0002 0002 6731", "0003 0002 6731", "0004 0002 6731", "", "0006 0002 6731", "", ""];
const MEMBER: [&str; 9] = ["", "", "", "", "", "0005 0002 6731 0002 6d31", "", "0007 0002 6731 0002 6d31", "0008 0002 6731 0002 6d31"];

/// One topic "t", subscription version 0 without user data; partitions 0 and 1 of it.
const SUBSCRIPTION: &str = "0000 00000001 0001 74 ffffffff";
const ASSIGNMENT: &str = "0000 00000001 0001 74 00000002 00000000 00000001 ffffffff";

fn classic<'a>(since: i64, rebalance_timeout: Option<i32>, instance: Option<&'a str>, within: &'a [Vec<u8>; 2]) -> RecordBody<'a> {
    RecordBody::GroupMetadata(Some(GroupMetadata {
        protocol_type: "consumer",
        generation: 5,
        protocol: Some("range"),
        leader: Some("m1"),
        current_state_timestamp: since,
        members: vec![GroupMember {
            member_id: "m1",
            group_instance_id: instance,
            client_id: "c",
            client_host: "/h",
            rebalance_timeout,
            session_timeout: 10,
            subscription: &within[0],
            assignment: &within[1],
        }],
    }))
}

/// The head of a value up to its timestamp: protocol type, generation, protocol, leader.
const HEAD: &str = "0008 636f6e73756d6572 00000005 0005 72616e6765 0002 6d31";

#[test]
fn group_metadata_versions_0_to_3() {
    let within = [bytes(SUBSCRIPTION), bytes(ASSIGNMENT)];
    let tail = format!("0000000a 0000000d {SUBSCRIPTION} 00000019 {ASSIGNMENT}");
    reads(GROUP[2], &format!("0000 {HEAD} 00000001 0002 6d31 0001 63 0002 2f68 {tail}"), classic(-1, None, None, &within));
    reads(GROUP[2], &format!("0001 {HEAD} 00000001 0002 6d31 0001 63 0002 2f68 00000014 {tail}"), classic(-1, Some(20), None, &within));
    let since = "0000018c 00000000";
    let at = 0x18c_0000_0000;
    reads(
        GROUP[2],
        &format!("0002 {HEAD} {since} 00000001 0002 6d31 0001 63 0002 2f68 00000014 {tail}"),
        classic(at, Some(20), None, &within),
    );
    let member = format!("0002 6d31 0002 6931 0001 63 0002 2f68 00000014 {tail}");
    reads(GROUP[2], &format!("0003 {HEAD} {since} 00000001 {member}"), classic(at, Some(20), Some("i1"), &within));
    let member = format!("0002 6d31 ffff 0001 63 0002 2f68 00000014 {tail}");
    reads(GROUP[2], &format!("0003 {HEAD} {since} 00000001 {member}"), classic(at, Some(20), None, &within));
}

#[test]
fn group_metadata_version_4_is_flexible() {
    let within = [bytes(SUBSCRIPTION), bytes(ASSIGNMENT)];
    let head = "0004 09 636f6e73756d6572 00000005 06 72616e6765 03 6d31 0000018c 00000000 02";
    // The member ends with an unknown tagged field of number 9 and two bytes, the group with none.
    let member = format!("03 6d31 03 6931 02 63 03 2f68 00000014 0000000a 0e {SUBSCRIPTION} 1a {ASSIGNMENT} 01 09 02 beef");
    reads(GROUP[2], &format!("{head} {member} 00"), classic(0x18c_0000_0000, Some(20), Some("i1"), &within));
}

#[test]
fn a_group_that_became_empty() {
    let empty = GroupMetadata {
        protocol_type: "consumer",
        generation: 6,
        protocol: None,
        leader: None,
        current_state_timestamp: 0,
        members: Vec::new(),
    };
    let value = "0003 0008 636f6e73756d6572 00000006 ffff ffff 00000000 00000000 00000000";
    reads(GROUP[2], value, RecordBody::GroupMetadata(Some(empty.clone())));
    reads(GROUP[2], "0004 09 636f6e73756d6572 00000006 00 00 00000000 00000000 01 00", RecordBody::GroupMetadata(Some(empty)));
}

#[test]
fn records_of_the_consumer_protocol() {
    let id = "000102030405060708090a0b0c0d0e0f";
    let topic_id = TopicUuid(std::array::from_fn(|place| place as u8));
    reads(GROUP[3], "0000 00000007 00", RecordBody::ConsumerGroupMetadata { epoch: Some(7) });
    // Tag 0, the hash of the topics, which newer brokers add.
    reads(GROUP[3], "0000 00000007 01 00 08 0011223344556677", RecordBody::ConsumerGroupMetadata { epoch: Some(7) });
    let topic =
        TopicDescription { topic_id, topic_name: "t", num_partitions: 2, partition_racks: vec![(0, vec!["a", "b"]), (1, Vec::new())] };
    let topics = Some(vec![topic]);
    let value = format!("0000 02 {id} 02 74 00000002 03 00000000 03 02 61 02 62 00 00000001 01 00 00 00");
    reads(GROUP[4], &value, RecordBody::ConsumerGroupPartitionMetadata { topics });
    let metadata = Some(ConsumerGroupMember {
        instance_id: None,
        rack_id: Some("a"),
        client_id: "c",
        client_host: "/h",
        subscribed_topic_names: vec!["t", "u"],
        subscribed_topic_regex: None,
        rebalance_timeout_ms: 45,
        server_assignor: Some("uniform"),
    });
    let value = "0000 00 02 61 02 63 03 2f68 03 02 74 02 75 00 0000002d 08 756e69666f726d 00";
    reads(MEMBER[5], value, RecordBody::ConsumerGroupMemberMetadata { member: "m1", metadata });
    reads(GROUP[6], "0000 00000007 00", RecordBody::ConsumerGroupTargetAssignmentMetadata { epoch: Some(7) });
    let listed = |numbers: &[i32]| vec![TopicIdPartitions { topic_id, partitions: numbers.iter().copied().collect() }];
    let partitions = Some(listed(&[0, 1]));
    let value = format!("0000 02 {id} 03 00000000 00000001 00 00");
    reads(MEMBER[7], &value, RecordBody::ConsumerGroupTargetAssignmentMember { member: "m1", partitions });
    let current = Some(CurrentAssignment {
        member_epoch: 7,
        previous_member_epoch: 6,
        state: 1,
        assigned_partitions: listed(&[0]),
        partitions_pending_revocation: listed(&[1]),
    });
    // The first list's topic ends with tag 0, the epoch at which each partition was given.
    let value = format!("0000 00000007 00000006 01 02 {id} 02 00000000 01 00 05 02 00000006 02 {id} 02 00000001 00 00");
    reads(MEMBER[8], &value, RecordBody::ConsumerGroupCurrentMemberAssignment { member: "m1", current });
}

/// `kafka-dump-log.sh` of Kafka 4 printed `keySize: 11 valueSize: 247` beside this generation, read
/// from version 3 and a member's own version 3 (the names have other letters here).
#[test]
fn a_generation_has_the_size_that_the_broker_wrote() {
    let id = "application-form-00000000-0000-4000-8000-000000000000".to_owned();
    let given: Parts = [("test".to_owned(), vec![0, 1])].into();
    let member = ClassicMember {
        id: id.clone(),
        instance: None,
        client: "application-form".into(),
        host: "/127.0.0.1".into(),
        rebalance_timeout: 300_000,
        session_timeout: 45_000,
        subscription: encode::subscription(&["test".into()], &Parts::new(), -1, None),
        assignment: encode::assignment(&given),
    };
    let said = Generation {
        protocol_type: "consumer".into(),
        generation: 1,
        protocol: Some("range".into()),
        leader: Some(id),
        since: 1_785_773_250_437,
        members: vec![member],
    };
    assert_eq!(encode::group_key(2, "group01").len(), 11);
    assert_eq!(encode::generation(3, &said).len(), 247);
}
