//! Groups on which spreading every topic evenly is easily missed.

use super::{checked, loads};

fn held_of(text: &str, topic: &str) -> Vec<usize> {
    let plan = checked(text);
    let topic = plan.group().topic_id(topic).expect("a topic");
    plan.group().members().map(|(member, _)| plan.assignment().partitions_of_topic(member, topic).count()).collect()
}

/// The second topic has to go first to whom the first left short, or the third cannot be spread.
#[test]
fn a_topic_goes_on_where_the_topic_before_it_stopped() {
    let members = r#"[{"id": "a", "topics": "*"}, {"id": "b", "topics": "*"}, {"id": "c", "topics": "*"}, {"id": "d", "topics": "*"}]"#;
    let text = format!(r#"{{"topics": {{"t0": 11, "t1": 3, "t2": 6}}, "members": {members}}}"#);
    let mut last = held_of(&text, "t2");
    last.sort_unstable();
    assert_eq!(last, [1, 1, 2, 2]);
}

#[test]
fn three_topics_with_odd_ends_on_two_members() {
    let text = r#"{"topics": {"t0": 3, "t1": 1, "t2": 2}, "members": [{"id": "a", "topics": "*"}, {"id": "b", "topics": "*"}]}"#;
    assert_eq!((held_of(text, "t2"), loads(&checked(text))), (vec![1, 1], vec![3, 3]));
}

/// Three members with two of each topic give up two partitions each to a fourth: of different
/// topics, so that it gets some of each, and nobody lacks one.
#[test]
fn a_newcomer_gets_some_of_every_topic() {
    let owned = |first: usize| {
        let two = format!("[{first}, {}]", first + 1);
        format!(r#""topics": "*", "owned": {{"t0": {two}, "t1": {two}, "t2": {two}, "t3": {two}}}"#)
    };
    let members =
        format!(r#"{{"id": "a", {}}}, {{"id": "b", {}}}, {{"id": "c", {}}}, {{"id": "d", "topics": "*"}}"#, owned(0), owned(2), owned(4));
    let text = format!(r#"{{"topics": {{"t0": 6, "t1": 6, "t2": 6, "t3": 6}}, "members": [{members}]}}"#);
    for topic in ["t0", "t1", "t2", "t3"] {
        let held = held_of(&text, topic);
        assert!(held.iter().all(|held| (1..=2).contains(held)), "{topic}: {held:?}");
    }
}

/// One member keeps two of `t`; the two that are free go to the other, and it takes as many of `u`.
/// So with a third who follows something else.
#[test]
fn what_is_free_goes_first_to_whoever_has_the_fewest_of_the_topic() {
    let two = r#"{"id": "a", "topics": ["t", "u"], "owned": {"t": [0,1]}}, {"id": "b", "topics": ["t", "u"]}"#;
    let alone = format!(r#"{{"topics": {{"t": 4, "u": 4}}, "members": [{two}]}}"#);
    let beside = format!(r#"{{"topics": {{"t": 4, "u": 4, "w": 4}}, "members": [{two}, {{"id": "c", "topics": ["w"]}}]}}"#);
    for text in [alone, beside] {
        assert_eq!((held_of(&text, "t")[..2].to_vec(), held_of(&text, "u")[..2].to_vec()), (vec![2, 2], vec![2, 2]), "{text}");
    }
}

/// Each of two members owns most of a topic. That says nothing of the topics between, of which each
/// gets one.
#[test]
fn what_a_member_has_of_one_topic_does_not_count_for_the_next() {
    let two = r#"{"id": "a", "topics": ["t", "u", "v", "x"], "owned": {"t": [0,1]}}, {"id": "b", "topics": ["t", "u", "v", "x"], "owned": {"x": [0,1]}}"#;
    let alone = format!(r#"{{"topics": {{"t": 3, "u": 2, "v": 2, "x": 3}}, "members": [{two}]}}"#);
    let beside = format!(r#"{{"topics": {{"t": 3, "u": 2, "v": 2, "w": 5, "x": 3}}, "members": [{two}, {{"id": "c", "topics": ["w"]}}]}}"#);
    for text in [alone, beside] {
        assert_eq!((held_of(&text, "u")[..2].to_vec(), held_of(&text, "v")[..2].to_vec()), (vec![1, 1], vec![1, 1]), "{text}");
    }
}

/// `a` is full after the first topic. The second has to go to the two who got least of the first,
/// or the third cannot go to three.
#[test]
fn the_turn_passes_on_rightly_where_somebody_takes_no_more() {
    for (claimed, first) in [(1, 2), (2, 5)] {
        let owned = (0..claimed).map(|partition| partition.to_string()).collect::<Vec<_>>().join(", ");
        let others = r#"{"id": "b", "topics": "*"}, {"id": "c", "topics": "*"}, {"id": "d", "topics": "*"}"#;
        let text = format!(
            r#"{{"topics": {{"s": {claimed}, "t0": {first}, "t1": 2, "t2": 3}},
                "members": [{{"id": "a", "topics": "*", "owned": {{"s": [{owned}]}}}}, {others}]}}"#
        );
        assert_eq!(held_of(&text, "t2"), [0, 1, 1, 1], "{text}");
    }
}

/// Both follow `t` and `u`, but one follows `v` besides: what both follow is shared evenly all the
/// same, also where one owned some of it.
#[test]
fn members_of_unequal_subscriptions_share_what_both_follow() {
    for owned in ["[]", "[0, 1]"] {
        let text = format!(
            r#"{{"topics": {{"t": 4, "u": 4, "v": 1}},
                "members": [{{"id": "a", "topics": ["t", "u"], "owned": {{"t": {owned}}}}}, {{"id": "b", "topics": "*"}}]}}"#
        );
        assert_eq!((held_of(&text, "t"), held_of(&text, "u")), (vec![2, 2], vec![2, 2]), "{text}");
    }
}
