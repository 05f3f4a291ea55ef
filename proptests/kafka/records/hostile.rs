//! Bytes that nobody should send: no panic, errors that say where, and no more memory than a small
//! multiple of the input.

use proptest::collection::vec;
use proptest::prelude::*;
use sticky_assignor::kafka::DecodeError;
use sticky_assignor::kafka::records::{Heard, RecordBody, RecordError, RecordPart};

use super::super::messages::mutate;
use super::encode::{self, ClassicMember, Generation};
use super::said::written;
use crate::strategies::configured;

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn any_bytes(key in vec(any::<u8>(), 0..40), value in proptest::option::of(vec(any::<u8>(), 0..100))) {
        decode(&key, value.as_deref());
    }

    #[test]
    fn any_values_of_known_kinds(kind in 2..9_i16, version in 0..5_i16, value in vec(any::<u8>(), 0..100)) {
        let key = if matches!(kind, 5 | 7 | 8) { encode::member_key(kind, "g", "m") } else { encode::group_key(kind, "g") };
        decode(&key, Some(&[&version.to_be_bytes()[..], &value].concat()));
    }

    #[test]
    fn spoilt_records((key, value) in written(), changes in vec((any::<bool>(), any::<prop::sample::Index>(), 0..4_u8, any::<u8>()), 1..4)) {
        let (key, value) = changes.into_iter().fold((key, value), |(key, value), (of_key, place, kind, byte)| {
            if of_key {
                (mutate(key, place, kind, byte), value)
            } else {
                (key, value.map(|value| mutate(value, place, kind, byte)))
            }
        });
        decode(&key, value.as_deref());
    }

    /// A record that ends too early is an error in the half that was cut, at a byte that is there.
    #[test]
    fn cut_records((key, value) in written(), cut in any::<prop::sample::Index>()) {
        let short = &key[..cut.index(key.len())];
        let error = Heard::decode(short, value.as_deref()).expect_err("the key is cut");
        prop_assert!(error.part == RecordPart::Key && at(&error.cause) <= short.len(), "{}", error);
        let Some(value) = value else { return Ok(()) };
        let short = &value[..cut.index(value.len())];
        let error = Heard::decode(&key, Some(short)).expect_err("the value is cut");
        prop_assert!(error.part == RecordPart::Value && at(&error.cause) <= short.len(), "{}", error);
        prop_assert!(!error.field.is_empty());
    }

    /// A record that goes on is an error too: nothing that could be data is left unread.
    #[test]
    fn records_that_go_on((key, value) in written(), more in vec(any::<u8>(), 1..4)) {
        let longer = [&key[..], &more].concat();
        let error = Heard::decode(&longer, value.as_deref()).expect_err("the key goes on");
        prop_assert_eq!(error, RecordError { part: RecordPart::Key, field: "end", element: None, cause: DecodeError::Long { at: key.len(), left: more.len() } });
    }
}

#[test]
fn errors_name_the_member_and_the_field() {
    let good = ClassicMember { id: "m1".into(), client: "c".into(), ..ClassicMember::default() };
    let bad = ClassicMember { subscription: vec![0, 1, 0, 0, 0, 9], ..good.clone() };
    let said = Generation { protocol_type: "consumer".into(), members: vec![good, bad], ..Generation::default() };
    let (key, value) = (encode::group_key(2, "g"), encode::generation(3, &said));
    let Ok(Heard::Record(record)) = Heard::decode(&key, Some(&value)) else { panic!("it can be read") };
    let RecordBody::GroupMetadata(Some(metadata)) = record.body else { panic!("it is of kind 2") };
    let error = metadata.members[1].said(1).expect_err("nine topics are announced");
    assert_eq!(error.to_string(), "value, members.subscription of element 1: at byte 6: 18 bytes are needed, 0 are left");
    let error = Heard::decode(&key, Some(&value[..value.len() - 9])).expect_err("cut within the last member's subscription");
    assert_eq!(error.to_string(), "value, members.subscription of element 1: at byte 82: 6 bytes are needed, 1 are left");
}

#[test]
fn a_huge_count_is_refused_before_anything_is_made_for_it() {
    // 2³¹ − 1 topics, as a varint, and nothing behind it.
    let value = [&[0, 0][..], &[0xff, 0xff, 0xff, 0xff, 0x07]].concat();
    let error = Heard::decode(&encode::group_key(4, "g"), Some(&value)).expect_err("there are none");
    let needed = (u64::from(u32::MAX) / 2 - 1) * 23;
    assert_eq!(error.cause, DecodeError::Short { at: 7, needed, left: 0 });
    // A varint that goes on for ever.
    let error = Heard::decode(&encode::group_key(4, "g"), Some(&[0xff; 12].map(|byte: u8| byte)[..])).map(drop);
    assert_eq!(error, Ok(()), "a version below 0 is passed over");
    let error = Heard::decode(&encode::group_key(4, "g"), Some(&[&[0, 0][..], &[0xff; 9]].concat())).expect_err("no number");
    assert_eq!(error.cause, DecodeError::Varint { at: 2 });
}

fn at(cause: &DecodeError) -> usize {
    match *cause {
        DecodeError::Short { at, .. }
        | DecodeError::Long { at, .. }
        | DecodeError::NegativeLength { at, .. }
        | DecodeError::NotUtf8 { at }
        | DecodeError::Varint { at } => at,
        _ => 0,
    }
}

/// Decodes a record and, of consumers, what is within; what was taken is bounded by the input.
fn decode(key: &[u8], value: Option<&[u8]>) {
    let Ok(Heard::Record(record)) = Heard::decode(key, value) else { return };
    let length = value.map_or(0, <[u8]>::len);
    match record.body {
        RecordBody::GroupMetadata(Some(metadata)) => {
            assert!(metadata.members.capacity() * 8 <= length);
            for (place, member) in metadata.members.iter().enumerate() {
                let _ = (member.said(place), member.given(place));
            }
        }
        RecordBody::ConsumerGroupMemberMetadata { metadata: Some(metadata), .. } => {
            assert!(metadata.subscribed_topic_names.capacity() <= length);
        }
        RecordBody::ConsumerGroupTargetAssignmentMember { partitions: Some(partitions), .. } => {
            assert!(partitions.capacity() * 18 <= length);
        }
        _ => {}
    }
}
