//! `verify`: its documents and exit statuses.

use serde_json::{Value, json};

use super::documents::judged;
use super::run::{run, verify};

const OPTIMAL: &str = r#"{"a": {"t": [0, 3]}, "b": {"t": [1, 2]}}"#;
const UNEVEN: &str = r#"{"a": {"t": [0, 1, 2]}, "b": {"t": [3]}}"#;

#[test]
fn an_optimal_assignment_is_told_so() {
    let verdict = verify(judged(OPTIMAL)).only_json();
    let expected = json!({"valid": true, "violations": [], "balanced": true, "sum_of_squares": 8, "optimal_sum_of_squares": 8,
                          "retained": 0, "optimal_retained": 0,
                          "goals": [{"goal": "balance", "cost": 8, "optimal": 8}, {"goal": "rack", "cost": 0, "optimal": 0},
                                    {"goal": "stickiness", "cost": 4, "optimal": 4}, {"goal": "spread", "cost": 8, "optimal": 8}],
                          "optimal": true, "witness": [], "proof": "absent"});
    assert_eq!(verdict, expected);
}

#[test]
fn an_uneven_assignment_comes_with_the_move_that_improves_it() {
    let ended = verify(judged(UNEVEN));
    let [verdict] = ended.json().try_into().expect("one line");
    assert_eq!((ended.status, &verdict["balanced"], &verdict["sum_of_squares"]), (1, &json!(false), &json!(10)));
    let [movement] = <[Value; 1]>::try_from(verdict["witness"].as_array().expect("a list").clone()).expect("one move");
    assert_eq!((&movement["from"], &movement["to"], &movement["topic"]), (&json!("a"), &json!("b"), &json!("t")));
}

#[test]
fn moving_more_than_needed_is_told_with_the_exchange_that_mends_it() {
    let swapped = r#"{"topics": {"t": 2}, "members": [{"id": "a", "topics": "*", "owned": {"t": [0]}}, {"id": "b", "topics": "*", "owned": {"t": [1]}}],
                      "assignment": {"a": {"t": [1]}, "b": {"t": [0]}}}"#;
    let ended = verify(swapped);
    let [verdict] = ended.json().try_into().expect("one line");
    assert_eq!(
        (ended.status, &verdict["balanced"], &verdict["retained"], &verdict["optimal_retained"]),
        (1, &json!(true), &json!(0), &json!(2))
    );
    assert_eq!(verdict["witness"].as_array().map(Vec::len), Some(2));
}

/// What is wrong with an assignment of [`judged`], each with all that is.
const INVALID: [(&str, &str); 6] = [
    (
        r#"{"a": {"t": [0, 1]}, "b": {"t": [1, 2, 3]}}"#,
        r#"[{"kind": "duplicate", "topic": "t", "partition": 1, "member": "b", "first": "a"}]"#,
    ),
    (r#"{"a": {"t": [0, 1]}, "b": {"t": [2]}}"#, r#"[{"kind": "unassigned", "topic": "t", "partition": 3}]"#),
    (
        r#"{"a": {"t": [0, 1]}, "b": {"t": [2]}, "c": {"t": [3]}}"#,
        r#"[{"kind": "not_subscribed", "topic": "t", "partition": 3, "member": "c"}]"#,
    ),
    (r#"{"a": {"t": [0, 1], "x": [0]}, "b": {"t": [2, 3]}}"#, r#"[{"kind": "unknown_topic", "topic": "x", "member": "a"}]"#),
    (r#"{"a": {"t": [0, 1]}, "b": {"t": [2, 3, 4]}}"#, r#"[{"kind": "unknown_partition", "topic": "t", "partition": 4, "member": "b"}]"#),
    (r#"{"a": {"t": [0, 1]}, "b": {"t": [2, 3]}, "d": {}}"#, r#"[{"kind": "unknown_member", "member": "d"}]"#),
];

#[test]
fn each_violation_is_told() {
    for (assignment, violations) in INVALID {
        let ended = verify(judged(assignment));
        let [verdict] = ended.json().try_into().expect("one line");
        assert_eq!((ended.status, &verdict["valid"], &verdict["balanced"]), (1, &json!(false), &json!(false)), "{assignment}");
        assert_eq!(verdict["violations"], serde_json::from_str::<Value>(violations).expect("JSON"), "{assignment}");
        assert_eq!(verdict["witness"], json!([]));
    }
}

#[test]
fn one_that_is_not_optimal_decides_the_status() {
    let optimal = judged(OPTIMAL);
    assert_eq!(verify(format!("{optimal}\n{optimal}")).status, 0);
    assert_eq!(verify(format!("{optimal}\n{}\n{optimal}", judged(UNEVEN))).status, 1);
    assert_eq!(verify(format!("{optimal}\n{}\nrubbish", judged(UNEVEN))).status, 2);
}

#[test]
fn a_proof_that_proves_nothing_is_short() {
    let document = judged(OPTIMAL).replace(
        "\"assignment\"",
        r#""proof": {"goals": ["balance", "stickiness"], "members": {"a": [-5, 0], "stranger": [9223372036854775807, 1]}}, "assignment""#,
    );
    assert_eq!(verify(document).only_json()["proof"], "short");
}

#[test]
fn prices_are_judged_as_they_stand_however_far_they_are() {
    let judged = |price: i64| {
        format!(
            r#"{{"topics": {{"t": 2}}, "members": [{{"id": "a", "topics": "*", "owned": {{"t": [0, 1]}}}}, {{"id": "b", "topics": "*"}}],
               "assignment": {{"a": {{"t": [0]}}, "b": {{"t": [1]}}}},
               "proof": {{"goals": ["balance", "rack", "stickiness", "spread"], "members": {{"a": [2, 0, {price}, 0], "b": [2, 0, {}, 0]}},
                          "topics": {{"t": [2, 0, {price}, 2]}}}}}}"#,
            price - 1
        )
    };
    for price in [1, 1 << 40, i64::MAX, i64::MIN + 1] {
        assert_eq!(verify(judged(price)).only_json()["proof"], "holds", "{price}");
    }
}

#[test]
fn a_partition_beyond_all_numbers_is_not_called_by_another_number() {
    let beyond = judged(r#"{"a": {"t": [0, 1, 99999999999999999999]}, "b": {"t": [2, 3]}}"#);
    assert_eq!(verify(&beyond).json()[0]["violations"], json!([{"kind": "unknown_partition", "topic": "t", "member": "a"}]));
    let text = run(&["verify"], &beyond).out;
    assert!(text.contains("t 9223372036854775807 or more, given to a, does not exist"), "{text}");
}

#[test]
fn the_verdict_is_a_sentence_in_text() {
    let text = |assignment| run(&["verify"], judged(assignment)).out;
    assert!(text(OPTIMAL).contains("<stdin>:1: optimal: sum of squares 8"), "{}", text(OPTIMAL));
    let uneven = text(UNEVEN);
    for part in [
        "not balanced: sum of squares 10, and 8 can be reached",
        "This move makes it better",
        "a from 3 to 2, b from 1 to 2",
        "Exit status 1.",
    ] {
        assert!(uneven.contains(part), "{part} in:\n{uneven}");
    }
    for (assignment, _) in INVALID {
        assert!(text(assignment).contains("invalid, 1 violation."), "{}", text(assignment));
    }
}

#[test]
fn a_duplicate_is_told_with_both_its_owners() {
    let text = |assignment| run(&["verify"], judged(assignment)).out;
    let two = text(r#"{"a": {"t": [0, 1]}, "b": {"t": [1, 2, 3]}}"#);
    assert!(two.contains("  t 1 is given to a and to b\n"), "{two}");
    let one = text(r#"{"a": {"t": [0, 1, 1]}, "b": {"t": [2, 3]}}"#);
    assert!(one.contains("  t 1 is given to a more than once\n"), "{one}");
}

#[test]
fn many_verdicts_end_with_a_tally() {
    let text = run(&["verify"], format!("{}\n{}", judged(OPTIMAL), judged(UNEVEN))).out;
    assert!(text.ends_with("\n1 of 2 assignments optimal: exit status 1.\n"), "{text}");
    assert!(!run(&["verify"], judged(OPTIMAL)).out.contains("xit status"));
}

#[test]
fn thresholds_decide_the_status_instead_of_optimality() {
    let within = |flags: &[&str], assignment: &str| run(&[&["verify", "-f", "json"], flags].concat(), judged(assignment)).status;
    assert_eq!((within(&["--max-moves", "1"], UNEVEN), within(&["--max-moves", "0"], UNEVEN)), (0, 1));
    assert_eq!((within(&["--max-imbalance", "1"], UNEVEN), within(&["--max-imbalance", "0"], UNEVEN)), (0, 1));
    assert_eq!(within(&["--max-moves", "1", "--max-imbalance", "0"], UNEVEN), 1);
    assert_eq!(within(&["--max-moves", "9", "--max-imbalance", "9"], INVALID[0].0), 1);
    let line = run(&["verify", "-f", "json", "--max-moves", "0"], judged(UNEVEN)).json();
    assert_eq!(
        (&line[0]["moves_to_best"], &line[0]["imbalance"], &line[0]["least_imbalance"], &line[0]["within"]),
        (&json!(1), &json!(3), &json!(2), &json!(false))
    );
    let text = run(&["verify", "--max-moves", "1"], judged(UNEVEN)).out;
    assert!(text.contains("The best plan from here moves 1 partition; imbalance 3, where 2 is possible: within the thresholds."), "{text}");
}
