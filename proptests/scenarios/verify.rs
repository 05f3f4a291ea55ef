//! Assignments that are hard to judge, and witnesses that are hard to find.

use sticky_assignor::{Change, Event, GivenAssignment, Verdict, Violation, balance, verify, verify_given};

use super::{given_as, group};

fn judged(group_text: &str, given: &str) -> Verdict {
    verify_given(&group(group_text), &GivenAssignment(given_as(given)), None)
}

/// The members between which the moves of the witness go, by number: they are numbered in the order
/// of their names.
fn members(verdict: &Verdict) -> Vec<(usize, usize)> {
    verdict.witness.iter().map(|step| (step.from.index(), step.to.index())).collect()
}

/// Three members hold one another's partitions in a ring: no two can swap, all three must.
#[test]
fn a_ring_of_three_in_which_no_two_can_swap() {
    let verdict = judged(
        r#"{"topics": {"t0": 1, "t1": 1, "t2": 1}, "members": [
            {"id": "a", "topics": ["t0", "t1"], "owned": {"t0": [0]}}, {"id": "b", "topics": ["t1", "t2"], "owned": {"t1": [0]}},
            {"id": "c", "topics": ["t2", "t0"], "owned": {"t2": [0]}}]}"#,
        r#"{"a": {"t1": [0]}, "b": {"t2": [0]}, "c": {"t0": [0]}}"#,
    );
    assert!(verdict.balanced() == Some(true) && !verdict.is_optimal());
    assert_eq!((verdict.retained, verdict.optimal_retained(), verdict.witness.len()), (0, Some(3), 3));
}

/// Moving a partition home would keep one more, but what the assignment lacks first is balance.
#[test]
fn a_move_home_is_no_witness_against_loads_that_are_uneven() {
    let text = r#"{"topics": {"t": 9}, "members": [{"id": "a", "topics": "*"}, {"id": "b", "topics": "*"},
        {"id": "c", "topics": "*", "owned": {"t": [4]}}]}"#;
    let verdict = judged(text, r#"{"a": {"t": [0,1,2,3]}, "b": {"t": [4,5,6]}, "c": {"t": [7,8]}}"#);
    assert_eq!(verdict.balanced(), Some(false));
    let group = group(text);
    let mut loads = [4_i64, 3, 2];
    for movement in &verdict.witness {
        loads[movement.from.index()] -= 1;
        loads[movement.to.index()] += 1;
    }
    assert_eq!((loads, group.member_count()), ([3, 3, 3], 3));
}

/// The best plan is three moves away, of which no single one can be left out; yet the last, home to
/// m4, suffices.
#[test]
fn the_last_move_of_the_way_to_the_best_plan_suffices() {
    let verdict = judged(
        r#"{"topics": {"b": 3}, "members": [{"id": "m0", "topics": ["b"]}, {"id": "m1", "topics": ["b"], "owned": {"b": [1, 2]}},
            {"id": "m4", "topics": ["b"], "owned": {"b": [0]}}, {"id": "m6", "topics": ["b"]}]}"#,
        r#"{"m1": {"b": [2]}, "m0": {"b": [0]}, "m6": {"b": [1]}}"#,
    );
    assert!(verdict.balanced() == Some(true) && !verdict.is_optimal());
    assert_eq!((verdict.retained, verdict.optimal_retained()), (1, Some(2)));
    assert_eq!(members(&verdict), [(0, 2)]);
}

/// The best plan is a ring of three moves away. Two of them suffice, the last and then the first.
#[test]
fn moves_on_both_sides_of_where_a_ring_begins_suffice() {
    let verdict = judged(
        r#"{"topics": {"t": 6}, "members": [{"id": "m0", "topics": "*"}, {"id": "m1", "topics": "*", "owned": {"t": [1, 2, 4, 5]}},
            {"id": "m2", "topics": "*"}, {"id": "m3", "topics": "*", "owned": {"t": [0, 3]}}, {"id": "m4", "topics": "*"}]}"#,
        r#"{"m0": {"t": [0]}, "m1": {"t": [2, 3]}, "m2": {"t": [4]}, "m3": {"t": [1]}, "m4": {"t": [5]}}"#,
    );
    assert_eq!((verdict.balanced(), verdict.retained, verdict.optimal_retained()), (Some(true), 1, Some(3)));
    assert_eq!(members(&verdict), [(1, 0), (0, 3)]);
}

/// Two things are wrong with one listing, and both are told.
#[test]
fn a_duplicate_with_somebody_who_does_not_subscribe() {
    let verdict = judged(
        r#"{"topics": {"t": 1}, "members": [{"id": "a", "topics": ["t"]}, {"id": "b", "topics": []}]}"#,
        r#"{"a": {"t": [0]}, "b": {"t": [0]}}"#,
    );
    let (topic, member) = (|| "t".into(), || "b".into());
    let duplicate = Violation::Duplicate { topic: topic(), partition: 0, member: member(), first: "a".into() };
    let not_subscribed = Violation::NotSubscribed { topic: topic(), partition: 0, member: member() };
    let violations: Vec<Violation> = verdict.violations.iter().collect();
    assert!(violations.contains(&duplicate) && violations.contains(&not_subscribed), "{:?}", verdict.violations);
}

#[test]
fn names_and_numbers_of_nothing() {
    let verdict = judged(
        r#"{"topics": {"t": 1}, "members": [{"id": "a", "topics": ["t"]}]}"#,
        r#"{"a": {"t": [0, 1, -1, 9223372036854775807], "u": [0]}, "x": {"t": [0]}}"#,
    );
    let kinds: Vec<&str> = verdict.violations.iter().map(|violation| kind(&violation)).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "unknown partition").count(), 3);
    assert_eq!(kinds.iter().filter(|kind| **kind == "unknown topic").count(), 1);
    assert_eq!(kinds.iter().filter(|kind| **kind == "unknown member").count(), 1);
    assert_eq!(kinds.len(), 5);
}

/// As of a topic that a client names, of one that is gone each member is told once, however many of
/// its partitions it has; and so is a member that is gone.
#[test]
fn a_topic_that_was_deleted_and_a_member_that_left_are_told_once() {
    let group = group(
        r#"{"topics": {"t": 6, "u": 1}, "members": [{"id": "a", "topics": "*"}, {"id": "b", "topics": "*"}, {"id": "c", "topics": "*"}]}"#,
    );
    let plan = balance(&group);
    let after = group.apply(Change::from([Event::DeleteTopic("t".into()), Event::Leave("c".into())])).expect("possible");
    let unknown = |member: &str| Violation::UnknownTopic { topic: "t".into(), member: member.into() };
    let gone = Violation::UnknownMember { member: "#2".into() };
    let mut violations: Vec<Violation> = verify(&after, plan.assignment()).violations.iter().collect();
    violations.retain(|violation| !matches!(violation, Violation::Unassigned { .. }));
    violations.sort();
    assert_eq!(violations, [unknown("a"), unknown("b"), gone]);
}

fn kind(violation: &Violation) -> &'static str {
    match violation {
        Violation::Duplicate { .. } => "duplicate",
        Violation::Unassigned { .. } => "unassigned",
        Violation::NotSubscribed { .. } => "not subscribed",
        Violation::UnknownTopic { .. } => "unknown topic",
        Violation::UnknownPartition { .. } => "unknown partition",
        Violation::UnknownMember { .. } => "unknown member",
        _ => "another",
    }
}
