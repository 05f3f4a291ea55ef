//! Claims that must not be believed, or not by everybody.

use sticky_assignor::{Change, Event, NewTopic, balance};

use super::{checked, group, loads};

#[test]
fn two_claims_of_the_highest_generation_void_a_third_of_an_older() {
    let plan = checked(
        r#"{"topics": {"t": 2}, "members": [
            {"id": "a", "topics": ["t"], "owned": {"t": [0]}, "generation": 3}, {"id": "b", "topics": ["t"], "owned": {"t": [0]}, "generation": 3},
            {"id": "c", "topics": ["t"], "owned": {"t": [0,1]}, "generation": 2}]}"#,
    );
    assert_eq!((plan.summary().retained, plan.summary().new), (1, 1));
}

/// Whatever the order in which the three are read.
#[test]
fn a_newer_claim_stands_although_two_older_ones_void_each_other() {
    for [first, second, third] in [[1, 1, 2], [1, 2, 1], [2, 1, 1]] {
        let member =
            |id: &str, generation: i32| format!(r#"{{"id": "{id}", "topics": "*", "owned": {{"t": [0]}}, "generation": {generation}}}"#);
        let members = [member("a", first), member("b", second), member("c", third)].join(", ");
        let plan = checked(&format!(r#"{{"topics": {{"t": 1}}, "members": [{members}]}}"#));
        assert_eq!((plan.summary().retained, plan.summary().moved), (1, 0), "{first} {second} {third}");
    }
}

/// The one that won over them does not follow the topic; they do, but were beaten.
#[test]
fn older_claims_stay_beaten_by_one_that_falls_for_want_of_a_subscription() {
    for [first, second, third] in [["a", "b", "x"], ["a", "x", "b"], ["x", "a", "b"]] {
        let member = |id: &str| match id {
            "x" => r#""topics": ["u"], "owned": {"t": [0]}, "generation": 5"#,
            _ => r#""topics": ["t"], "owned": {"t": [0]}, "generation": 4"#,
        };
        let members = [(1, first), (2, second), (3, third)].map(|(place, id)| format!(r#"{{"id": "m{place}", {}}}"#, member(id)));
        let plan = checked(&format!(r#"{{"topics": {{"t": 1, "u": 1}}, "members": [{}]}}"#, members.join(", ")));
        assert_eq!(plan.summary().new, 2, "{first} {second} {third}");
    }
}

#[test]
fn a_winning_claim_without_a_subscription_passes_to_nobody() {
    let plan = checked(
        r#"{"topics": {"t": 1, "u": 1}, "members": [
            {"id": "a", "topics": ["u"], "owned": {"t": [0]}, "generation": 9}, {"id": "b", "topics": ["t"], "owned": {"t": [0]}, "generation": 1}]}"#,
    );
    assert_eq!((plan.summary().retained, plan.summary().new), (0, 2));
}

#[test]
fn generations_below_zero_are_all_not_said() {
    let plan = checked(
        r#"{"topics": {"t": 1}, "members": [
            {"id": "a", "topics": ["t"], "owned": {"t": [0]}, "generation": -9}, {"id": "b", "topics": ["t"], "owned": {"t": [0]}}]}"#,
    );
    assert_eq!(plan.summary().retained, 0);
}

#[test]
fn a_partition_listed_twice_by_one_member_is_claimed_once() {
    let plan = checked(r#"{"topics": {"t": 1}, "members": [{"id": "a", "topics": ["t"], "owned": {"t": [0,0,0]}}]}"#);
    assert_eq!(plan.summary().retained, 1);
}

#[test]
fn partitions_that_no_number_can_be() {
    let plan = checked(
        r#"{"topics": {"t": 2}, "members": [{"id": "a", "topics": "*", "generation": 9223372036854775807, "owned":
            {"t": [-1, 2, 4294967296, 4294967297, -9223372036854775808, 1e300, 1], "no such topic": [0], "": [7]}}]}"#,
    );
    assert_eq!((loads(&plan), plan.summary().retained), (vec![2], 1));
}

#[test]
fn everybody_claims_everything() {
    let claims = r#""topics": "*", "owned": {"t": [0,1,2], "u": [0,1,2]}, "generation": 4"#;
    let text = format!(r#"{{"topics": {{"t": 3, "u": 3}}, "members": [{{"id": "a", {claims}}}, {{"id": "b", {claims}}}]}}"#);
    assert_eq!((loads(&checked(&text)), checked(&text).summary().new), (vec![3, 3], 6));
}

/// `a` is numbered last, as it came last, but its name comes first.
#[test]
fn a_claim_of_a_member_that_follows_a_topic_created_since() {
    let group = group(
        r#"{"topics": {"m": 1, "n": 1, "z": 1, "zz": 1}, "members": [
            {"id": "x", "topics": ["m", "n", "z", "a"], "owned": {"z": [0]}}, {"id": "y", "topics": ["zz"]}]}"#,
    );
    let changed = group.apply(Change::from([Event::Topic(NewTopic::new("a", 1))])).expect("possible");
    assert_eq!((balance(&changed).summary().retained, balance(&changed).summary().assigned), (1, 5));
}
