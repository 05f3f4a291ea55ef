//! Hostile bytes: whatever is sent to the reader of documents, it answers, and whatever it accepts
//! can be planned.

use proptest::prelude::*;
use proptest::sample::Index;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Group, MAX_PARTITIONS, balance};

use crate::strategies::{any_group, configured};

/// More than this is refused before anything is allocated for it, as the program does.
const MOST_PARTITIONS: u64 = 100_000;

/// Reads the bytes as a group, and plans it if there is one.
fn swallow(bytes: &[u8]) {
    let Ok(document) = serde_json::from_slice::<GroupDocument>(bytes) else { return };
    if document.partition_count() > MOST_PARTITIONS {
        return;
    }
    if let Ok(group) = Group::try_from(&document) {
        assert_eq!(balance(&group).summary().partitions, group.partition_count());
    }
}

/// A piece of text that means something in a document.
fn any_piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\"t0\"",
            "\"*\"",
            "\"topics\"",
            "\"members\"",
            "\"owned\"",
            "\"racks\"",
            "null",
            "true",
            "\\u0000",
            "\\ud800",
            "-",
            "1e308",
            "2147483647",
            "99999999999999999999",
        ])
        .prop_map(String::from),
        any::<i64>().prop_map(|number| number.to_string()),
        "[ -~]{0,6}",
    ]
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        swallow(&bytes);
    }

    #[test]
    fn any_text_of_familiar_pieces_is_answered(pieces in prop::collection::vec(any_piece(), 0..40)) {
        swallow(pieces.concat().as_bytes());
    }

    #[test]
    fn a_document_with_pieces_put_into_it_is_answered(
        document in any_group(),
        edits in prop::collection::vec((any::<Index>(), 0..12_usize, any_piece()), 0..4),
    ) {
        let mut bytes = serde_json::to_vec(&document).expect("writable");
        for (place, length, piece) in edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, piece.into_bytes());
        }
        swallow(&bytes);
    }
}

#[test]
fn deep_nesting_is_refused() {
    swallow("[".repeat(1_000_000).as_bytes());
    swallow(r#"{"topics":"#.repeat(200_000).as_bytes());
}

#[test]
fn partition_counts_are_counted_before_anything_is_built_for_them() {
    let text = format!(r#"{{"topics": {{"a": {0}, "b": {0}, "c": -5}}, "members": []}}"#, i64::MAX);
    let document: GroupDocument = serde_json::from_str(&text).expect("read");
    assert_eq!(document.partition_count(), 2 * i64::MAX as u64);
    assert!(Group::try_from(&document).is_err());
    assert!(document.partition_count() > MAX_PARTITIONS);
}
