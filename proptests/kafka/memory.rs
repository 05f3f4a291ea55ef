//! How much memory bytes that nobody should send can take: a test binary of its own, for it counts
//! every allocation.

#[allow(dead_code, reason = "the other tests use the rest")]
mod messages;

#[path = "../peak.rs"]
mod peak;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sticky_assignor::NewTopic;
use sticky_assignor::kafka::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, JoinedMember, Protocol, StickyAssignorUserData, TopicPartitions, lead,
};

use peak::peak;

/// Decoders keep at most this many bytes for each byte they read.
const DECODED: usize = 8;
/// A plan of a few members and topics takes this much whatever they say, and this many bytes for
/// each byte of it.
const LED: (usize, usize) = (64 << 10, 64);

#[test]
fn what_a_message_takes_is_bounded_by_its_length() {
    let random = vec(any::<u8>(), 0..300);
    let counted = (any::<i32>(), vec(any::<u8>(), 0..60)).prop_map(|(count, more)| [&[0, 1], &count.to_be_bytes()[..], &more].concat());
    let message = prop_oneof![random, counted, messages::mutated(), messages::valid()];
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 4000, ..Config::default() });
    runner.run(&message, |message| measure(&message)).expect("bounded");
    large().iter().for_each(|message| measure(message).expect("bounded"));
    one_of_many_subscribes_to_long_names();
}

/// Answers have room for what they hold, whatever the names are that others subscribe to.
fn one_of_many_subscribes_to_long_names() {
    let known: Vec<String> = (0..500).map(|number| format!("t{number:05}")).collect();
    let unknown: Vec<String> = (0..100).map(|number| format!("{number:03}{}", "x".repeat(32_764))).collect();
    let topics: Vec<NewTopic> = known.iter().map(|name| NewTopic::new(name.clone(), 3)).collect();
    let said = |names: &[String]| {
        let topics = names.iter().map(String::as_str).collect();
        ConsumerProtocolSubscription { topics, ..Default::default() }.encode(3).expect("can be written")
    };
    let (usual, odd) = (said(&known), said(&unknown));
    let ids: Vec<String> = (0..500).map(|number| format!("m{number:05}")).collect();
    let metadata = (0..).map(|number| if number == 7 { &*odd } else { &*usual });
    let members: Vec<JoinedMember<'_>> =
        ids.iter().zip(metadata).map(|(id, metadata)| JoinedMember { id, instance: None, metadata }).collect();
    let sent: usize = members.iter().map(|member| member.metadata.len()).sum();
    for &protocol in Protocol::ALL {
        let taken = peak(|| lead(protocol, &members, &topics));
        assert!(taken <= 4 * sent, "{taken} bytes for {sent}");
        let round = lead(protocol, &members, &topics).expect("can be led");
        for given in &round.assignments {
            assert_eq!(given.assignment.capacity(), given.assignment.len(), "{}", given.member);
        }
    }
}

/// Messages so long that what a plan takes anyway does not count: many subscribed topics, many
/// named, many partitions claimed.
fn large() -> [Vec<u8>; 4] {
    let names: Vec<String> = (0..5000).map(|number| format!("t{number}")).collect();
    let subscribed: Vec<&str> = names.iter().map(String::as_str).collect();
    let empty = || names.iter().map(|name| TopicPartitions::new(name, [])).collect();
    let said = |topics, owned_partitions| ConsumerProtocolSubscription { topics, owned_partitions, generation: 3, ..Default::default() };
    let claimed = || vec![TopicPartitions::new("a", 0..20_000), TopicPartitions::new("b", (0..20_000).rev())];
    let user_data = StickyAssignorUserData { previous_assignment: claimed(), generation: Some(3) }.encode().unwrap();
    let messages = [
        said(subscribed.clone(), Vec::new()),
        said(vec!["a"], empty()),
        said(vec!["a", "b"], claimed()),
        ConsumerProtocolSubscription { user_data: Some(&user_data), ..said(vec!["a"], Vec::new()) },
    ];
    messages.map(|said| said.encode(3).unwrap())
}

fn measure(message: &[u8]) -> Result<(), TestCaseError> {
    let decoded = DECODED * message.len();
    prop_assert!(peak(|| ConsumerProtocolSubscription::decode(message)) <= decoded);
    prop_assert!(peak(|| ConsumerProtocolAssignment::decode(message)) <= decoded);
    prop_assert!(peak(|| StickyAssignorUserData::decode(message)) <= decoded);
    let topics = [NewTopic::new("a", 4), NewTopic::new("b", 3)];
    let members = ["m1", "m2"].map(|id| JoinedMember { id, instance: None, metadata: message });
    for protocol in [Protocol::Sticky, Protocol::CooperativeSticky] {
        let taken = peak(|| lead(protocol, &members, &topics));
        prop_assert!(taken <= LED.0 + LED.1 * message.len(), "{} for {} bytes", taken, message.len());
    }
    Ok(())
}
