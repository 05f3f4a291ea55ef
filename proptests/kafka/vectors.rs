//! Messages that kafka-python wrote, kept beside the script that had them written.

use std::collections::BTreeMap;

use serde_json::Value;
use sticky_assignor::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, Protocol, StickyAssignorUserData, TopicPartitions};

const KAFKA_PYTHON: [&str; 2] = [include_str!("vectors/kafka-python-2.3.3.jsonl"), include_str!("vectors/kafka-python-3.0.12.jsonl")];

#[test]
fn subscriptions_of_kafka_python_say_what_was_said() {
    for (vector, message) in vectors("subscription") {
        let said = ConsumerProtocolSubscription::decode(&message).unwrap();
        assert_eq!(said.topics, names(&vector["topics"]));
        assert_eq!(said.user_data.map(<[u8]>::to_vec), vector["user_data"].as_str().map(bytes));
        assert_eq!(by_topic(&said.owned_partitions), listed(&vector["owned"]));
        assert_eq!(i64::from(said.generation), vector["generation"]);
        assert_eq!(said.rack, vector["rack"].as_str());
        assert_eq!(said.encode(version(&vector)).unwrap(), message);
    }
}

#[test]
fn assignments_of_kafka_python_say_what_was_said() {
    for (vector, message) in vectors("assignment") {
        let given = ConsumerProtocolAssignment::decode(&message).unwrap();
        assert_eq!(by_topic(&given.assigned_partitions), listed(&vector["assigned"]));
        assert_eq!(given.user_data.map(<[u8]>::to_vec), vector["user_data"].as_str().map(bytes));
        assert_eq!(given.encode(version(&vector)).unwrap(), message);
    }
}

#[test]
fn sticky_members_of_kafka_python_claim_what_they_had() {
    for (vector, message) in vectors("sticky") {
        let said = ConsumerProtocolSubscription::decode(&message).unwrap();
        let claim = Protocol::Sticky.claim(&said);
        assert_eq!(claim.unreadable, None);
        assert_eq!(by_topic(&claim.partitions), listed(&vector["claimed"]));
        assert_eq!(i64::from(claim.generation), vector["generation"]);
        // What kafka-python 2 writes we write; kafka-python 3 puts a version in front.
        let user_data = said.user_data.unwrap_or_default();
        let again = StickyAssignorUserData::decode(user_data).map(|said| said.encode().unwrap());
        assert!(user_data.is_empty() || again.is_ok_and(|again| user_data.ends_with(&again) && user_data.len() - again.len() <= 2));
    }
}

/// The vectors of one kind, with their messages.
fn vectors(kind: &str) -> Vec<(Value, Vec<u8>)> {
    let vectors = KAFKA_PYTHON.into_iter().flat_map(str::lines).map(|line| serde_json::from_str::<Value>(line).unwrap());
    let vectors: Vec<_> =
        vectors.filter(|vector| vector["kind"] == kind).map(|vector| (vector.clone(), bytes(vector["hex"].as_str().unwrap()))).collect();
    assert!(!vectors.is_empty());
    vectors
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn version(vector: &Value) -> i16 {
    vector["version"].as_i64().unwrap().try_into().unwrap()
}

fn names(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

fn listed(value: &Value) -> BTreeMap<String, Vec<i32>> {
    serde_json::from_value(value.clone()).unwrap()
}

fn by_topic(listed: &[TopicPartitions<'_>]) -> BTreeMap<String, Vec<i32>> {
    listed.iter().map(|entry| (entry.topic.into(), entry.partitions.iter().collect())).collect()
}
