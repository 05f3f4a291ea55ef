//! Groups that are hard to balance, or to keep.

use super::{checked, loads};

#[test]
fn nobody_in_the_group_and_no_topics() {
    assert_eq!(checked(r#"{"topics": {}, "members": []}"#).summary().assigned, 0);
}

#[test]
fn topics_but_nobody_in_the_group() {
    assert_eq!(checked(r#"{"topics": {"t": 4}, "members": []}"#).summary().unassigned, 4);
}

#[test]
fn members_who_follow_nothing_beside_a_topic_nobody_wants() {
    let plan = checked(r#"{"topics": {"t": 4}, "members": [{"id": "a", "topics": []}, {"id": "b", "topics": ["absent"]}]}"#);
    assert_eq!((loads(&plan), plan.summary().unassigned), (vec![0, 0], 4));
}

#[test]
fn a_member_who_follows_only_topics_without_partitions() {
    let plan = checked(r#"{"topics": {"t": 3, "none": 0}, "members": [{"id": "a", "topics": ["none"]}, {"id": "b", "topics": "*"}]}"#);
    assert_eq!(loads(&plan), [0, 3]);
}

/// No single move helps: 3/2/1, and each member shares a topic only with its neighbours.
#[test]
fn a_staircase_that_only_a_chain_of_moves_levels() {
    let plan = checked(
        r#"{"topics": {"t0": 3, "t1": 2, "t2": 1}, "members": [
            {"id": "a", "topics": ["t0"], "owned": {"t0": [0,1,2]}},
            {"id": "b", "topics": ["t0", "t1"], "owned": {"t1": [0,1]}},
            {"id": "c", "topics": ["t1", "t2"], "owned": {"t2": [0]}}]}"#,
    );
    assert_eq!((loads(&plan), plan.summary().moved), (vec![2, 2, 2], 2));
}

/// Both ends could give way along either of two chains; the long one is the only one that levels
/// everything.
#[test]
fn a_chain_through_every_member_of_a_row_of_eight() {
    let plan = checked(
        r#"{"topics": {"t0": 3, "t1": 2, "t2": 2, "t3": 2, "t4": 2, "t5": 2, "t6": 2, "t7": 1}, "members": [
            {"id": "m0", "topics": ["t0"], "owned": {"t0": [0,1,2]}},
            {"id": "m1", "topics": ["t0", "t1"], "owned": {"t1": [0,1]}},
            {"id": "m2", "topics": ["t1", "t2"], "owned": {"t2": [0,1]}},
            {"id": "m3", "topics": ["t2", "t3"], "owned": {"t3": [0,1]}},
            {"id": "m4", "topics": ["t3", "t4"], "owned": {"t4": [0,1]}},
            {"id": "m5", "topics": ["t4", "t5"], "owned": {"t5": [0,1]}},
            {"id": "m6", "topics": ["t5", "t6"], "owned": {"t6": [0,1]}},
            {"id": "m7", "topics": ["t6", "t7"], "owned": {"t7": [0]}}]}"#,
    );
    assert_eq!((loads(&plan), plan.summary().moved), (vec![2; 8], 7));
}

/// Ten partitions on four members: two get three, and they should be the two whose claims fill a
/// third seat.
#[test]
fn the_seats_for_one_more_go_to_those_who_can_fill_them_with_claims() {
    let plan = checked(
        r#"{"topics": {"t": 10}, "members": [
            {"id": "a", "topics": ["t"]}, {"id": "b", "topics": ["t"], "owned": {"t": [0,1]}},
            {"id": "c", "topics": ["t"], "owned": {"t": [2,3,4]}}, {"id": "d", "topics": ["t"], "owned": {"t": [5,6,7,8,9]}}]}"#,
    );
    assert_eq!((loads(&plan), plan.summary().moved), (vec![2, 2, 3, 3], 2));
}

/// One odd member among equals: it reads a topic that nobody else does, and its load is out of
/// their reach.
#[test]
fn an_odd_member_with_a_topic_of_its_own() {
    let plan = checked(
        r#"{"topics": {"own": 9, "shared": 6}, "members": [{"id": "a", "topics": ["shared"]}, {"id": "b", "topics": ["shared"]},
            {"id": "odd", "topics": ["own", "shared"], "owned": {"shared": [0,1,2,3,4,5]}}]}"#,
    );
    assert_eq!((loads(&plan), plan.summary().retained), (vec![3, 3, 9], 0));
}

/// Levels nest: each further member reads fewer topics, and none can be levelled with the one
/// before.
#[test]
fn nested_subscriptions_with_a_level_for_each_member() {
    let plan = checked(
        r#"{"topics": {"t1": 1, "t2": 3, "t3": 9}, "members": [
            {"id": "a", "topics": ["t1"]}, {"id": "b", "topics": ["t1", "t2"]}, {"id": "c", "topics": ["t1", "t2", "t3"]}]}"#,
    );
    assert_eq!(loads(&plan), [1, 3, 9]);
}

/// What is left of a topic after one member is full has to go to the other, however much of the
/// topic it has already.
#[test]
fn a_topic_that_goes_on_to_the_member_who_has_the_most_of_it() {
    let plan = checked(
        r#"{"topics": {"t": 13, "u": 11}, "members": [
            {"id": "a", "topics": "*", "owned": {"u": [0,1,2,3,4,5,6,7,8,9,10]}},
            {"id": "b", "topics": "*", "owned": {"t": [0,1,2,3,4,5,6,7,8,9]}}]}"#,
    );
    assert_eq!((loads(&plan), plan.summary().moved), (vec![12, 12], 0));
}

/// `a2` claims much, but nothing that it can keep. So it lacks as much as `a1`, and there is not
/// enough for both before `c` gives something up.
#[test]
fn two_equals_that_lack_partitions_of_whom_one_claims_in_vain() {
    let plan = checked(
        r#"{"topics": {"h1": 4, "h2": 4, "t": 9, "u": 9}, "members": [
            {"id": "a1", "topics": "*"}, {"id": "a2", "topics": "*", "owned": {"h1": [0,1,2,3], "h2": [0,1,2,3]}},
            {"id": "b1", "topics": ["h1"]}, {"id": "b2", "topics": ["h2"]},
            {"id": "c", "topics": ["u"], "owned": {"u": [0,1,2,3,4,5,6,7,8]}}]}"#,
    );
    assert_eq!((loads(&plan), plan.summary().retained), (vec![6, 6, 4, 4, 6], 6));
}
