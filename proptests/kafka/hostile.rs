//! Bytes that nobody should send: no decoder panics, or takes more memory than a small multiple of
//! what it was given.

use proptest::collection::vec;
use proptest::prelude::*;
use sticky_assignor::kafka::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, CooperativeStickyAssignorUserData, DecodeError, Protocol,
    StickyAssignorUserData, TopicPartitions,
};

use super::messages::mutated;
use crate::strategies::configured;

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn decoders_stay_small_on_any_bytes(message in vec(any::<u8>(), 0..200)) {
        decode_everything(&message);
    }

    #[test]
    fn decoders_stay_small_on_spoilt_messages(message in mutated()) {
        decode_everything(&message);
    }

    #[test]
    fn decoders_stay_small_on_huge_counts(count in any::<i32>(), version in 0..4_i16, more in vec(any::<u8>(), 0..20)) {
        let message = [&version.to_be_bytes()[..], &count.to_be_bytes(), &more].concat();
        decode_everything(&message);
        decode_everything(&message[2..]);
    }
}

#[test]
fn four_bytes_with_a_huge_count_are_refused() {
    let count = i32::MAX.to_be_bytes();
    let needed = u64::from(i32::MAX.unsigned_abs()) * 6;
    assert_eq!(StickyAssignorUserData::decode(&count), Err(DecodeError::Short { at: 4, needed, left: 0 }));
}

/// Every decoder on one message, and the claims that come of it.
pub(super) fn decode_everything(message: &[u8]) {
    if let Ok(said) = ConsumerProtocolSubscription::decode(message) {
        assert!(said.topics.capacity() * size_of::<&str>() + taken(&said.owned_partitions) <= bound(message));
        assert!(
            [Protocol::Sticky, Protocol::CooperativeSticky]
                .into_iter()
                .all(|protocol| taken(&protocol.claim(&said).partitions) <= bound(message))
        );
    }
    if let Ok(given) = ConsumerProtocolAssignment::decode(message) {
        assert!(taken(&given.assigned_partitions) <= bound(message));
    }
    if let Ok(said) = StickyAssignorUserData::decode(message) {
        assert!(taken(&said.previous_assignment) <= bound(message));
    }
    let _ = CooperativeStickyAssignorUserData::decode(message);
}

fn taken(listed: &Vec<TopicPartitions<'_>>) -> usize {
    listed.capacity() * size_of::<TopicPartitions<'_>>()
}

fn bound(message: &[u8]) -> usize {
    8 * message.len()
}
