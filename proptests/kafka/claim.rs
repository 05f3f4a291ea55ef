//! Which of the things a member says counts, protocol by protocol.

use sticky_assignor::kafka::{
    ClaimedPartitions, ConsumerProtocolSubscription, CooperativeStickyAssignorUserData, DecodeError, Protocol, StickyAssignorUserData,
    TopicPartitions,
};

fn sticky_data(generation: Option<i32>) -> Vec<u8> {
    StickyAssignorUserData { previous_assignment: vec![TopicPartitions::new("told", [1])], generation }.encode().unwrap()
}

fn said(user_data: Option<&[u8]>, generation: i32) -> ConsumerProtocolSubscription<'_> {
    let owned_partitions = vec![TopicPartitions::new("owned", [2])];
    ConsumerProtocolSubscription { topics: vec!["told"], user_data, owned_partitions, generation, rack: None }
}

fn claimed<'a>(topic: &'a str, partition: i32, generation: i32) -> ClaimedPartitions<'a> {
    ClaimedPartitions { partitions: vec![TopicPartitions::new(topic, [partition])], generation, unreadable: None }
}

fn nothing(unreadable: Option<DecodeError>) -> ClaimedPartitions<'static> {
    ClaimedPartitions { partitions: Vec::new(), generation: -1, unreadable }
}

#[test]
fn sticky_hears_user_data_only() {
    assert_eq!(Protocol::Sticky.claim(&said(Some(&sticky_data(Some(5))), 9)), claimed("told", 1, 5));
    assert_eq!(Protocol::Sticky.claim(&said(Some(&sticky_data(None)), 9)), claimed("told", 1, -1));
    assert_eq!(Protocol::Sticky.claim(&said(None, 9)), nothing(None));
    assert_eq!(Protocol::Sticky.claim(&said(Some(&[]), 9)), nothing(None));
}

#[test]
fn cooperative_sticky_hears_owned_partitions() {
    let dated = CooperativeStickyAssignorUserData { generation: 4 }.encode();
    let claim = |user_data, generation| Protocol::CooperativeSticky.claim(&said(user_data, generation)).generation;
    assert_eq!(Protocol::CooperativeSticky.claim(&said(Some(&dated), 9)), claimed("owned", 2, 9));
    assert_eq!(claim(Some(&dated), -1), 4, "an older version says its generation in the user data");
    assert_eq!(claim(None, -1), -1);
    assert_eq!(claim(Some(&[]), -1), -1);
}

#[test]
fn unreadable_user_data_claims_nothing_and_is_reported() {
    let huge = DecodeError::Short { at: 4, needed: 12_884_901_882, left: 0 };
    assert_eq!(Protocol::Sticky.claim(&said(Some(&i32::MAX.to_be_bytes()), 9)), nothing(Some(huge)));
    let foreign = sticky_data(Some(3));
    let claim = Protocol::CooperativeSticky.claim(&said(Some(&foreign), -1));
    assert_eq!((claim.generation, claim.unreadable), (-1, Some(DecodeError::Long { at: 4, left: 18 })));
    assert_eq!(claim.partitions, [TopicPartitions::new("owned", [2])], "the owned partitions were said elsewhere");
}

#[test]
fn protocols_are_known_by_their_names() {
    assert!(Protocol::ALL.iter().all(|protocol| protocol.to_string().parse() == Ok(*protocol)));
    assert_eq!("cooperative-sticky".parse(), Ok(Protocol::CooperativeSticky));
    let unknown = "range".parse::<Protocol>().expect_err("cannot be led");
    assert_eq!(unknown.to_string(), "\"range\" is no protocol that can be led; there are sticky, cooperative-sticky");
}
