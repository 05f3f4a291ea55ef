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
