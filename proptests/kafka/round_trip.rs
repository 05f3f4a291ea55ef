//! What is written is read back.

use proptest::prelude::*;
use sticky_assignor::kafka::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, CooperativeStickyAssignorUserData, DecodeError, EncodeError,
    StickyAssignorUserData, TopicPartitions,
};

use super::messages::{listed, listing, said, user_data};
use crate::strategies::configured;

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn a_subscription_comes_back_as_far_as_its_version_goes(said in said(), version in 0..4_i16) {
        let message = said.subscription().encode(version).unwrap();
        let said = said.in_version(version);
        prop_assert_eq!(ConsumerProtocolSubscription::decode(&message), Ok(said.subscription()));
    }

    #[test]
    fn a_version_to_come_is_read_as_the_newest_known(said in said(), version in 4..=i16::MAX, more in any::<[u8; 3]>()) {
        let mut message = said.subscription().encode(3).unwrap();
        message[..2].copy_from_slice(&version.to_be_bytes());
        message.extend(more);
        prop_assert_eq!(ConsumerProtocolSubscription::decode(&message), Ok(said.subscription()));
    }

    #[test]
    fn an_assignment_comes_back(listed in listed(), user_data in user_data(), version in 0..9_i16) {
        let given = ConsumerProtocolAssignment { assigned_partitions: listing(&listed), user_data: user_data.as_deref() };
        let mut message = given.encode(version).unwrap();
        message[..2].copy_from_slice(&version.to_be_bytes());
        prop_assert_eq!(ConsumerProtocolAssignment::decode(&message), Ok(given));
    }

    #[test]
    fn user_data_comes_back_in_both_versions(listed in listed(), generation in proptest::option::of(any::<i32>())) {
        let said = StickyAssignorUserData { previous_assignment: listing(&listed), generation };
        let message = said.encode().unwrap();
        prop_assert_eq!(StickyAssignorUserData::decode(&message), Ok(said));
    }

    #[test]
    fn a_cut_message_is_refused(said in said(), cut in any::<prop::sample::Index>()) {
        let message = said.subscription().encode(3).unwrap();
        let refused = ConsumerProtocolSubscription::decode(&message[..cut.index(message.len())]);
        prop_assert!(matches!(refused, Err(DecodeError::Short { .. })), "{:?}", refused);
    }
}

#[test]
fn cooperative_user_data_is_one_generation_and_no_more() {
    let said = CooperativeStickyAssignorUserData { generation: 42 };
    assert_eq!(CooperativeStickyAssignorUserData::decode(&said.encode()), Ok(said));
    assert_eq!(CooperativeStickyAssignorUserData::decode(&[0, 0, 0]), Err(DecodeError::Short { at: 0, needed: 4, left: 3 }));
    assert_eq!(CooperativeStickyAssignorUserData::decode(&[0; 6]), Err(DecodeError::Long { at: 4, left: 2 }));
}

#[test]
fn versions_below_zero_are_refused() {
    assert_eq!(ConsumerProtocolSubscription::decode(&[0xff; 16]), Err(DecodeError::Version { version: -1 }));
    assert_eq!(ConsumerProtocolAssignment::decode(&[0x80, 0, 0, 0, 0, 0]), Err(DecodeError::Version { version: i16::MIN }));
}

#[test]
fn what_is_too_long_to_be_written_is_refused() {
    let topic = "x".repeat(32_768);
    let given = |topic| ConsumerProtocolAssignment { assigned_partitions: vec![TopicPartitions::new(topic, [0])], user_data: None };
    assert_eq!(given(&topic).encode(0), Err(EncodeError::NameTooLong { length: 32_768 }));
    assert!(given(&topic[1..]).encode(0).is_ok());
}
