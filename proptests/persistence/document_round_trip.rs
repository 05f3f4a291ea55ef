//! Documents written and read again, and documents that must be refused.

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Goals, Strategy};

use crate::strategies::{any_group, configured};

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn what_is_written_is_read_again(document in any_group()) {
        let written = serde_json::to_string(&document).expect("writable");
        let read: GroupDocument = serde_json::from_str(&written).expect("readable");
        prop_assert_eq!(serde_json::to_string(&read).expect("writable"), written);
        prop_assert_eq!(read, with_generations_as_read(document));
    }
}

/// A generation below zero is "not said", and not written.
fn with_generations_as_read(mut document: GroupDocument) -> GroupDocument {
    document.members.iter_mut().for_each(|member| member.generation.0 = member.generation.0.max(-1));
    document
}

fn refusal(text: &str) -> String {
    serde_json::from_str::<GroupDocument>(text).expect_err("refused").to_string()
}

#[test]
fn a_misspelt_field_is_refused_by_name() {
    let error = refusal(r#"{"topics": {}, "members": [{"id": "m", "topics": [], "onwed": {"t": [0]}}]}"#);
    assert!(error.contains("onwed") && error.contains("owned"), "{error}");
}

#[test]
fn a_topic_given_twice_is_refused_by_name() {
    let error = refusal(r#"{"topics": {"orders": 1, "orders": 2}, "members": []}"#);
    assert!(error.contains("orders"), "{error}");
}

#[test]
fn a_field_given_twice_is_refused() {
    let error = refusal(r#"{"topics": {}, "members": [{"id": "m", "id": "n", "topics": []}]}"#);
    assert!(error.contains("id"), "{error}");
}

#[test]
fn claims_of_one_topic_given_twice_are_refused() {
    let error = refusal(r#"{"topics": {}, "members": [{"id": "m", "topics": [], "owned": {"t": [0], "t": [1]}}]}"#);
    assert!(error.contains('t'), "{error}");
}

#[test]
fn a_subscription_must_be_a_list_or_a_star() {
    let error = refusal(r#"{"topics": {}, "members": [{"id": "m", "topics": "orders"}]}"#);
    assert!(error.contains("orders"), "{error}");
}

#[test]
fn integers_of_any_size_are_claims() {
    let text = r#"{"topics": {"t": 1}, "members": [{"id": "m", "topics": "*", "generation": 1e300,
        "owned": {"t": [-1, 2147483648, 18446744073709551616, -1e99, 0]}}]}"#;
    let document: GroupDocument = serde_json::from_str(text).expect("read");
    assert_eq!(document.members[0].owned.0["t"].len(), 5);
}

#[test]
fn plain_values_are_written_by_their_names() {
    for strategy in Strategy::ALL {
        assert_eq!(serde_json::to_value(strategy).expect("writable"), strategy.name());
    }
    for goal in Goals::default().iter() {
        assert_eq!(serde_json::to_value(goal).expect("writable"), goal.name());
    }
    assert_eq!(serde_json::to_value(Goals::BALANCE_STICKINESS).expect("writable"), serde_json::json!(["balance", "stickiness"]));
}
