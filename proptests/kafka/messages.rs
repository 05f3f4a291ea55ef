//! Messages to try: what members say and are given.

use proptest::collection::vec;
use proptest::prelude::*;
use sticky_assignor::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, StickyAssignorUserData, TopicPartitions};

/// Topics with partitions.
pub(super) type Listed = Vec<(String, Vec<i32>)>;

/// What a member says, owned by the test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) topics: Vec<String>,
    pub(super) user_data: Option<Vec<u8>>,
    pub(super) owned: Listed,
    pub(super) generation: i32,
    pub(super) rack: Option<String>,
}

impl Said {
    pub(super) fn subscription(&self) -> ConsumerProtocolSubscription<'_> {
        ConsumerProtocolSubscription {
            topics: self.topics.iter().map(String::as_str).collect(),
            user_data: self.user_data.as_deref(),
            owned_partitions: listing(&self.owned),
            generation: self.generation,
            rack: self.rack.as_deref(),
        }
    }

    /// What is left of it in an older version.
    pub(super) fn in_version(self, version: i16) -> Self {
        Self {
            owned: if version >= 1 { self.owned } else { Vec::new() },
            generation: if version >= 2 { self.generation } else { -1 },
            rack: self.rack.filter(|_| version >= 3),
            ..self
        }
    }
}

pub(super) fn listing(listed: &Listed) -> Vec<TopicPartitions<'_>> {
    listed.iter().map(|(topic, partitions)| TopicPartitions::new(topic, partitions.iter().copied())).collect()
}

pub(super) fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-e]", 1 => "[a-zA-Z0-9._-]{1,12}", 1 => "\\PC{0,4}"]
}

pub(super) fn listed() -> impl Strategy<Value = Listed> {
    let number = prop_oneof![12 => 0..7_i32, 1 => any::<i32>()];
    vec((name(), vec(number, 0..6)), 0..5)
}

pub(super) fn user_data() -> impl Strategy<Value = Option<Vec<u8>>> {
    let written = (listed(), proptest::option::of(prop_oneof![6 => -1..9_i32, 1 => any::<i32>()]))
        .prop_map(|(listed, generation)| StickyAssignorUserData { previous_assignment: listing(&listed), generation }.encode().unwrap());
    proptest::option::of(prop_oneof![
        written,
        vec(any::<u8>(), 0..12),
        any::<i32>().prop_map(|generation| generation.to_be_bytes().to_vec())
    ])
}

pub(super) fn said() -> impl Strategy<Value = Said> {
    (vec(name(), 0..5), user_data(), listed(), -1..9_i32, proptest::option::of(name()))
        .prop_map(|(topics, user_data, owned, generation, rack)| Said { topics, user_data, owned, generation, rack })
}

/// A message of any kind that can be read.
pub(crate) fn valid() -> impl Strategy<Value = Vec<u8>> {
    let subscription = (said(), 0..5_i16).prop_map(|(said, version)| said.subscription().encode(version).unwrap());
    let assignment = (listed(), user_data(), 0..5_i16).prop_map(|(listed, user_data, version)| {
        ConsumerProtocolAssignment { assigned_partitions: listing(&listed), user_data: user_data.as_deref() }.encode(version).unwrap()
    });
    prop_oneof![subscription, assignment, user_data().prop_map(Option::unwrap_or_default)]
}

/// A message with something wrong in it: bytes changed, cut off, put in, or a number replaced by a
/// large one.
pub(crate) fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), 0..4_u8, any::<u8>());
    (valid(), vec(change, 1..4))
        .prop_map(|(message, changes)| changes.into_iter().fold(message, |message, (place, kind, byte)| mutate(message, place, kind, byte)))
}

pub(super) fn mutate(mut message: Vec<u8>, place: prop::sample::Index, kind: u8, byte: u8) -> Vec<u8> {
    let at = place.index(message.len() + 1);
    match kind {
        0 if at < message.len() => message[at] = byte,
        1 => message.truncate(at),
        2 => message.insert(at, byte),
        _ => {
            let end = message.len().min(at + 4);
            message.splice(at..end, [0x7f, 0xff, 0xff, byte]);
        }
    }
    message
}
