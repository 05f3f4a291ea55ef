//! Groups that break a rule cannot be built: a typed error says which rule, and where.

use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Change, ChangeError, Event, Group, GroupError, MAX_PARTITIONS, NewMember, NewTopic};

fn refusal(text: &str) -> GroupError {
    let document: GroupDocument = serde_json::from_str(text).expect("a document");
    Group::try_from(&document).expect_err("refused")
}

#[test]
fn two_members_of_one_id() {
    let error = refusal(r#"{"topics": {}, "members": [{"id": "a", "topics": []}, {"id": "b", "topics": []}, {"id": "a", "topics": "*"}]}"#);
    assert_eq!(error, GroupError::DuplicateMember { id: "a".into() });
}

#[test]
fn two_members_of_one_instance() {
    let error = refusal(
        r#"{"topics": {}, "members": [{"id": "b", "topics": [], "instance": "pod"}, {"id": "a", "topics": [], "instance": "pod"}]}"#,
    );
    let GroupError::DuplicateInstance { instance, first, second } = error else { panic!("{error:?}") };
    let mut ids = [first, second];
    ids.sort();
    assert_eq!((instance.as_str(), ids), ("pod", ["a".to_string(), "b".to_string()]));
}

#[test]
fn an_instance_named_as_another_members_id_is_no_conflict() {
    let text = r#"{"topics": {}, "members": [{"id": "a", "topics": [], "instance": "b"}, {"id": "b", "topics": []}]}"#;
    let document: GroupDocument = serde_json::from_str(text).expect("a document");
    assert_eq!(Group::try_from(&document).map(|group| group.member_count()), Ok(2));
}

#[test]
fn a_negative_partition_count() {
    assert_eq!(refusal(r#"{"topics": {"t": -1}, "members": []}"#), GroupError::PartitionCount { topic: "t".into(), count: -1 });
}

#[test]
fn a_partition_count_beyond_what_kafka_can_number() {
    let count = MAX_PARTITIONS as i64 + 1;
    assert_eq!(
        refusal(&format!(r#"{{"topics": {{"t": {count}}}, "members": []}}"#)),
        GroupError::PartitionCount { topic: "t".into(), count }
    );
}

#[test]
fn topics_that_together_are_too_large() {
    let error = refusal(&format!(r#"{{"topics": {{"t": {MAX_PARTITIONS}, "u": 1}}, "members": []}}"#));
    assert_eq!(error, GroupError::TooManyPartitions { count: MAX_PARTITIONS + 1, limit: MAX_PARTITIONS });
}

#[test]
fn racks_of_another_number_of_partitions() {
    let error = refusal(r#"{"topics": {"t": {"partitions": 2, "racks": [["a"]]}}, "members": []}"#);
    assert_eq!(error, GroupError::RackCount { topic: "t".into(), racks: 1, partitions: 2 });
}

#[test]
fn a_topic_described_twice() {
    let error = Group::new(&[NewTopic::new("t", 1), NewTopic::new("t", 1)], &[]).expect_err("refused");
    assert_eq!(error, GroupError::DuplicateTopic { topic: "t".into() });
}

/// Two topics and two members, one of them static.
fn group() -> Group {
    let members = [NewMember::new("a", ["t"]).instance("pod"), NewMember::new("b", ["t", "u"])];
    Group::new(&[NewTopic::new("t", 4), NewTopic::new("u", 2)], &members).expect("a group")
}

fn impossible(event: Event) -> ChangeError {
    group().apply(Change::from([event])).expect_err("impossible")
}

#[test]
fn events_that_cannot_happen() {
    assert_eq!(impossible(Event::Join(NewMember::new("b", ["t"]))), ChangeError::AlreadyMember { id: "b".into() });
    assert_eq!(impossible(Event::Leave("c".into())), ChangeError::NotAMember { id: "c".into() });
    let subscribe = Event::Subscribe { member: "c".into(), subscription: ["t"].into() };
    assert_eq!(impossible(subscribe), ChangeError::NotAMember { id: "c".into() });
    assert_eq!(impossible(Event::DeleteTopic("v".into())), ChangeError::NoSuchTopic { topic: "v".into() });
    assert_eq!(impossible(Event::Topic(NewTopic::new("t", 3))), ChangeError::Shrinks { topic: "t".into(), from: 4, to: 3 });
    let negative = GroupError::PartitionCount { topic: "t".into(), count: -1 };
    assert_eq!(impossible(Event::Topic(NewTopic { partitions: -1, ..NewTopic::new("t", 0) })), ChangeError::Group(negative));
}

#[test]
fn a_static_member_that_returns_keeps_its_number() {
    let change = Change::from([Event::Leave("a".into()), Event::Join(NewMember::new("a2", ["t"]).instance("pod"))]);
    assert_eq!(group().apply(&change).expect("possible").member_id("a2"), group().member_id("a"));
    let (left, back) = change.events().split_first().expect("two events");
    let away = group().apply(Change::from([left.clone()])).expect("possible");
    let later = away.apply(Change::from(back.to_vec())).expect("possible").member_id("a2");
    assert!(later.is_some() && later != group().member_id("a"), "its number was forgotten between two changes");
    let replaced = Change::from([Event::Join(NewMember::new("a3", ["u"]).instance("pod"))]);
    assert_eq!(group().apply(&replaced).expect("possible").member_id("a3"), group().member_id("a"));
}
