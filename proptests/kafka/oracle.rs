//! Our codec beside that of the `kafka-protocol` crate, which is generated from Kafka's own
//! schemas.

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::TopicName;
use kafka_protocol::messages::consumer_protocol_assignment::{self, ConsumerProtocolAssignment as TheirAssignment};
use kafka_protocol::messages::consumer_protocol_subscription::{self, ConsumerProtocolSubscription as TheirSubscription};
use kafka_protocol::protocol::{Decodable, Encodable, StrBytes};
use proptest::prelude::*;
use sticky_assignor::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};

use super::messages::{Listed, Said, listed, listing, said, user_data};
use crate::strategies::configured;

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn subscriptions_are_the_same_bytes(said in said(), version in 0..4_i16) {
        let said = said.in_version(version);
        let message = said.subscription().encode(version).unwrap();
        prop_assert_eq!(&message, &framed(version, &their_subscription(&said)));
        let mut body = Bytes::copy_from_slice(&message[2..]);
        prop_assert_eq!(TheirSubscription::decode(&mut body, version).unwrap(), their_subscription(&said));
        prop_assert_eq!(ConsumerProtocolSubscription::decode(&message), Ok(said.subscription()));
    }

    #[test]
    fn assignments_are_the_same_bytes(listed in listed(), user_data in user_data(), version in 0..4_i16) {
        let given = ConsumerProtocolAssignment { assigned_partitions: listing(&listed), user_data: user_data.as_deref() };
        let message = given.encode(version).unwrap();
        let theirs = their_assignment(&listed, user_data.as_deref());
        prop_assert_eq!(&message, &framed(version, &theirs));
        let mut body = Bytes::copy_from_slice(&message[2..]);
        prop_assert_eq!(TheirAssignment::decode(&mut body, version).unwrap(), theirs);
    }
}

/// The crate leaves the version in front of the message to its users.
fn framed(version: i16, message: &impl Encodable) -> Vec<u8> {
    let mut bytes = BytesMut::from(&version.to_be_bytes()[..]);
    message.encode(&mut bytes, version).unwrap();
    bytes.to_vec()
}

fn string(name: &str) -> StrBytes {
    StrBytes::from_string(name.into())
}

fn their_subscription(said: &Said) -> TheirSubscription {
    let owned = said.owned.iter().map(|(topic, partitions)| {
        consumer_protocol_subscription::TopicPartition::default().with_topic(TopicName(string(topic))).with_partitions(partitions.clone())
    });
    TheirSubscription::default()
        .with_topics(said.topics.iter().map(|topic| string(topic)).collect())
        .with_user_data(said.user_data.clone().map(Bytes::from))
        .with_owned_partitions(owned.collect())
        .with_generation_id(said.generation)
        .with_rack_id(said.rack.as_deref().map(string))
}

fn their_assignment(listed: &Listed, user_data: Option<&[u8]>) -> TheirAssignment {
    let assigned = listed.iter().map(|(topic, partitions)| {
        consumer_protocol_assignment::TopicPartition::default().with_topic(TopicName(string(topic))).with_partitions(partitions.clone())
    });
    TheirAssignment::default().with_assigned_partitions(assigned.collect()).with_user_data(user_data.map(Bytes::copy_from_slice))
}
