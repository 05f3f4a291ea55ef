//! How much memory bytes that nobody should send can take: a test binary of its own, for it counts every allocation.

#[allow(dead_code, reason = "the other tests use the rest")]
mod messages;

use peak_alloc::PeakAlloc;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sticky_assignor::NewTopic;
use sticky_assignor::kafka::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, JoinedMember, Protocol, StickyAssignorUserData, lead,
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Decoders keep at most this many bytes for each byte they read.
const DECODED: usize = 8;
/// A plan of a few members and topics takes this much whatever they say, and this many bytes for each byte of it.
const LED: (usize, usize) = (64 << 10, 64);

#[test]
fn what_a_message_takes_is_bounded_by_its_length() {
    let random = vec(any::<u8>(), 0..300);
    let counted = (any::<i32>(), vec(any::<u8>(), 0..60)).prop_map(|(count, more)| [&[0, 1], &count.to_be_bytes()[..], &more].concat());
    let message = prop_oneof![random, counted, messages::mutated(), messages::valid()];
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 4000, ..Config::default() });
    runner.run(&message, |message| measure(&message)).expect("bounded");
}

fn measure(message: &[u8]) -> Result<(), TestCaseError> {
    let decoded = DECODED * message.len();
    prop_assert!(peak(|| ConsumerProtocolSubscription::decode(message)) <= decoded);
    prop_assert!(peak(|| ConsumerProtocolAssignment::decode(message)) <= decoded);
    prop_assert!(peak(|| StickyAssignorUserData::decode(message)) <= decoded);
    let topics = [NewTopic::new("a", 4), NewTopic::new("b", 3)];
    let members = ["m1", "m2"].map(|id| JoinedMember { id, instance: None, metadata: message });
    for protocol in [Protocol::Sticky, Protocol::CooperativeSticky] {
        prop_assert!(peak(|| lead(protocol, &members, &topics)) <= LED.0 + LED.1 * message.len());
    }
    Ok(())
}

/// The most bytes that were taken at once while this was called.
fn peak<T>(call: impl FnOnce() -> T) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let result = call();
    let taken = MEMORY.peak_usage() - before;
    drop(result);
    taken
}
