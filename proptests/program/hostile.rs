//! Input that means harm: refused, never a crash.

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use super::documents::{ORDERS, judged};
use super::run::{Ended, plan, verify};

fn few() -> ProptestConfig {
    ProptestConfig {
        cases: 48,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..Default::default()
    }
}

/// Answered, or refused with a reason.
fn is_sound(ended: &Ended) -> bool {
    match ended.status {
        0 | 1 => ended.err.lines().all(|line| line.starts_with("note: <stdin>:")),
        2 => ended.err.lines().last().is_some_and(|line| line.starts_with("error: <stdin>:")),
        _ => false,
    }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(plan(&[], &bytes).status, 2);
        prop_assert_eq!(verify(&bytes).status, 2);
    }

    #[test]
    fn a_spoilt_document_is_answered_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let spoil = |document: &str| {
            let mut bytes = document.as_bytes().to_vec();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes
        };
        let (planned, judged) = (plan(&[], spoil(ORDERS)), verify(spoil(&judged(r#"{"a": {"t": [0, 1]}, "b": {"t": [2, 3]}}"#))));
        prop_assert!(is_sound(&planned) && is_sound(&judged));
    }

    #[test]
    fn a_document_cut_short_is_refused(at in any::<prop::sample::Index>()) {
        let ended = plan(&[], &ORDERS[..at.index(ORDERS.len())]);
        prop_assert!(ended.status == 2 && is_sound(&ended));
    }
}

#[test]
fn deep_nesting_is_refused() {
    let deep = "[".repeat(1_000_000);
    for document in [
        deep.clone(),
        "{\"topics\":".repeat(1_000_000),
        format!(r#"{{"topics": {deep}"#),
        format!(r#"{{"topics": {{"t": {{"partitions": 1, "racks": {deep}"#),
        format!(r#"{{"topics": {{}}, "members": [{{"id": {deep}"#),
    ] {
        let ended = plan(&[], document);
        assert!(ended.status == 2 && is_sound(&ended), "{}", ended.err);
    }
}

#[test]
fn claims_of_any_numbers_are_heard_and_weighed() {
    let claims = "[-1, 0, 0, 1, 2147483648, -9223372036854775809, 99999999999999999999999999, 4294967296]";
    let group = format!(
        r#"{{"topics": {{"t": 2}}, "members": [
            {{"id": "a", "topics": "*", "owned": {{"t": {claims}, "gone": {claims}}}, "generation": 99999999999999999999}},
            {{"id": "b", "topics": "*", "owned": {{"t": {claims}}}, "generation": -99999999999999999999}}]}}"#
    );
    let ended = plan(&[], group);
    assert!(ended.status == 0 && ended.err.starts_with("note: <stdin>:1: 19 claims do not count: "), "{}", ended.err);
    let answer = &ended.json()[0];
    assert_eq!((&answer["summary"]["retained"], &answer["summary"]["moved"]), (&1.into(), &1.into()));
}

#[test]
fn a_huge_count_is_refused_before_anything_is_allocated_for_it() {
    let group = r#"{"topics": {"t": 2147483647}, "members": [{"id": "a", "topics": "*"}]}"#;
    let ended = plan(&[], group);
    assert!(ended.status == 2 && is_sound(&ended));
    let two = r#"{"topics": {"t": 2147483647, "u": 2147483647}, "members": [{"id": "a", "topics": "*"}]}"#;
    assert_eq!(plan(&["--max-partitions", "18446744073709551615"], two).status, 2);
}

#[test]
fn assignments_of_any_numbers_are_judged() {
    let ended = verify(judged(r#"{"a": {"t": [99999999999999999999, -1, 4294967296, 0]}, "": {"": []}}"#));
    assert_eq!(ended.status, 1);
}
