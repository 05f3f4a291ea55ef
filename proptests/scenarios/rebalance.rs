//! Changes that are hard to follow, most of them found by comparing long histories with balancing
//! anew.

use sticky_assignor::{Change, Event, Goal, Group, NewMember, NewTopic, Plan, Subscription, Summary, balance};

use super::{group, loads};

/// The plan after each event, every one as good as balancing anew, and proved.
fn after(text: &str, events: impl IntoIterator<Item = Event>) -> Plan {
    events.into_iter().fold(balance(&group(text)), |plan, event| next(&plan, &Change::from([event])))
}

/// The plan after a change, as good as balancing anew, and proved.
fn next(plan: &Plan, change: &Change) -> Plan {
    let claiming = plan.group().clone().claiming(plan.assignment().clone()).apply(change).expect("can happen");
    let next = plan.rebalance(change).expect("can happen");
    let (summary, bound) = (next.summary(), next.proof().bound(&claiming));
    assert_eq!(summary, balance(&claiming).summary());
    assert_eq!(
        (bound.get(Goal::Balance), bound.get(Goal::Stickiness)),
        (Some(summary.sum_of_squares.into()), Some((summary.moved + summary.new).into()))
    );
    next
}

fn leave(id: &str) -> Event {
    Event::Leave(id.into())
}

fn join(id: &str, topics: &[&str]) -> Event {
    Event::Join(NewMember::new(id, topics.iter().map(|&topic| topic.to_string()).collect::<Vec<String>>()))
}

fn follow(member: &str, topics: &[&str]) -> Event {
    Event::Subscribe { member: member.into(), subscription: Subscription::Named(topics.iter().map(|&topic| topic.into()).collect()) }
}

/// What it gives up goes to a member whose level rises, and it begins to follow a topic above its
/// own level.
#[test]
fn a_member_that_begins_to_follow_a_topic_above_its_level() {
    let plan = after(
        r#"{"topics": {"low": 1, "high": 6, "own": 4}, "members": [
            {"id": "a", "topics": ["low"]}, {"id": "b", "topics": ["high"]}, {"id": "c", "topics": ["own", "low"]}]}"#,
        [follow("a", &["high"])],
    );
    assert_eq!(loads(&plan), [3, 3, 5]);
}

/// All others follow nothing that exists; then their topic is created, and later the first member
/// goes.
#[test]
fn members_that_read_nothing_until_a_topic_is_created() {
    let plan = after(
        r#"{"topics": {"t": 4}, "members": [{"id": "a", "topics": ["t"]}, {"id": "b", "topics": ["u"]}]}"#,
        [Event::Topic(NewTopic::new("u", 2)), leave("b")],
    );
    assert_eq!((loads(&plan), plan.summary().unassigned), (vec![4], 2));
}

/// A deleted topic that members still follow by name takes no part when levels fall.
#[test]
fn a_deleted_topic_that_members_still_follow() {
    let plan = after(
        r#"{"topics": {"t": 6, "u": 6, "gone": 8}, "members": [
            {"id": "a", "topics": ["t", "gone"]}, {"id": "b", "topics": ["t", "u", "gone"]}, {"id": "c", "topics": ["u"]}]}"#,
        [Event::DeleteTopic("gone".into()), leave("c"), follow("a", &["gone"]), follow("a", &["t", "u", "gone"])],
    );
    assert_eq!(loads(&plan), [6, 6]);
}

/// One level is all there is, full to the last seat: one partition more makes all of it rise, one
/// member more makes all of it fall.
#[test]
fn a_level_that_rises_as_a_whole_and_falls_again() {
    let plan = after(
        r#"{"topics": {"t": 3, "u": 3}, "members": [
            {"id": "a", "topics": ["t"]}, {"id": "b", "topics": ["t", "u"]}, {"id": "c", "topics": ["u"]}]}"#,
        [Event::Topic(NewTopic::new("u", 4)), Event::Join(sticky_assignor::NewMember::new("d", ["t", "u"])), leave("d"), leave("b")],
    );
    assert_eq!(loads(&plan), [3, 4]);
}

/// More is to be placed at a level than there is room for, so all that hangs together there rises
/// at once; but two members follow one topic with the others of which these have nothing to give,
/// and sink back.
#[test]
fn a_level_that_is_crossed_upward_takes_others_along_in_vain() {
    let plan = after(
        r#"{"topics": {"a": 6, "t": 3, "b": 4}, "members": [
            {"id": "a1", "topics": ["a"], "owned": {"a": [0,1,2]}}, {"id": "a2", "topics": ["a", "t"], "owned": {"a": [3,4,5]}},
            {"id": "b1", "topics": ["t", "b"], "owned": {"t": [0,1,2]}}, {"id": "b2", "topics": ["b"], "owned": {"b": [0,1,2,3]}}]}"#,
        [Event::Topic(NewTopic::new("a", 10))],
    );
    assert_eq!((loads(&plan), plan.summary().moved), (vec![5, 5, 3, 4], 0));
}

/// More is needed at a level than can be spared, so all that hangs together there falls at once;
/// but two members could only take what the others have, and rise back.
#[test]
fn a_level_that_is_crossed_downward_takes_others_along_in_vain() {
    let plan = after(
        r#"{"topics": {"a": 7, "t": 3, "b": 7}, "members": [
            {"id": "a1", "topics": ["a"], "owned": {"a": [0,1,2,3]}}, {"id": "a2", "topics": ["a"], "owned": {"a": [4,5,6]}},
            {"id": "a3", "topics": ["a", "t"], "owned": {"t": [0,1,2]}},
            {"id": "b1", "topics": ["b", "t"], "owned": {"b": [0,1,2]}}, {"id": "b2", "topics": ["b"], "owned": {"b": [3,4,5,6]}}]}"#,
        [join("a4", &["a"])],
    );
    assert_eq!((loads(&plan), plan.summary().moved), (vec![3, 2, 3, 2, 3, 4], 2));
}

/// Two parts of a group are at one level, with nothing between them: what is too much for one of
/// them changes nothing at the other.
#[test]
fn a_level_that_only_one_of_two_parts_crosses() {
    let plan = after(
        r#"{"topics": {"a": 6, "b": 7}, "members": [
            {"id": "a1", "topics": ["a"]}, {"id": "a2", "topics": ["a"]}, {"id": "b1", "topics": ["b"]}, {"id": "b2", "topics": ["b"]}]}"#,
        [Event::Topic(NewTopic::new("a", 10)), leave("a1")],
    );
    assert_eq!(loads(&plan), [10, 4, 3]);
}

/// Where a topic goes, those it leaves in need take from some members both what is right beside
/// and, on longer ways, what others give in its place: each partition once.
#[test]
fn what_was_fetched_from_a_member_is_not_fetched_again_on_a_longer_way() {
    let plan = after(
        r#"{"topics": {"t0": 11, "t2": 12, "t3": 15, "t5": 15, "t7": 6, "t8": 8}, "members": [
            {"id": "m0", "topics": ["t2", "t5"]}, {"id": "m11", "topics": ["t2", "t8"]}, {"id": "m12", "topics": ["t0", "t7"]}, {"id": "m14", "topics": ["t5", "t8"]},
            {"id": "m2", "topics": ["t7"]}, {"id": "m3", "topics": ["t0"]}, {"id": "m4", "topics": ["t0", "t2"]}, {"id": "m5", "topics": ["t3"]}, {"id": "m6", "topics": ["t0"]},
            {"id": "m7", "topics": ["t2", "t7"]}, {"id": "m8", "topics": ["t8"]}, {"id": "m9", "topics": ["t2", "t5"]}]}"#,
        [leave("m3"), follow("m11", &["t3"]), join("m17", &["t5", "t7"]), Event::DeleteTopic("t2".into())],
    );
    assert_eq!(loads(&plan).iter().sum::<u32>(), 55);
}

/// A deleted topic that one member followed once, and another follows now, says nothing of their
/// levels. (What nobody follows makes searching worth while.)
#[test]
fn a_deleted_topic_between_a_member_high_up_and_one_far_below() {
    let plan = after(
        r#"{"topics": {"t0": 1, "t1": 0, "t2": 4, "t3": 33, "t4": 0, "t5": 0, "t6": 18, "t7": 0, "t8": 43, "t9": 18}, "members": [{"id": "m0", "topics": ["t0", "t3"]}, {"id": "m1", "topics": ["t4"]}]}"#,
        [Event::DeleteTopic("t0".into()), join("m2", &["t2", "t3"]), join("m3", &["t9", "t0"]), join("m4", &["t9", "t2"])],
    );
    assert_eq!(loads(&plan), [17, 0, 16, 11, 11]);
}

/// Three changes at once: a topic given to those right beside it has less room on its arcs than a
/// longer way counts on.
#[test]
fn a_topic_placed_directly_and_then_on_longer_ways() {
    let before = balance(&group(
        r#"{"topics": {"a": 2, "b": 1, "c": 21, "d": 10, "e": 6, "f": 29, "g": 34, "h": 17}, "members": [
            {"id": "m1", "topics": ["a"]}, {"id": "m2", "topics": ["a"]}, {"id": "m3", "topics": ["b", "c"]}, {"id": "m4", "topics": ["f", "g"]},
            {"id": "m5", "topics": ["g"]}, {"id": "m6", "topics": ["a", "b", "c", "d"]}, {"id": "m7", "topics": ["f"]}, {"id": "m8", "topics": ["e", "g"]}]}"#,
    ));
    let plan = next(&before, &Change::from([follow("m1", &["a", "g", "h"]), follow("m3", &["c", "g", "h"]), leave("m2")]));
    assert_eq!(loads(&plan).iter().sum::<u32>(), 120);
}

/// Listing who follows the new topic would take about as long as going over the whole group.
#[test]
fn a_topic_is_created_that_very_many_follow() {
    let follows = |number: usize| if number.is_multiple_of(2) { ["even", "new"] } else { ["odd", "new"] };
    let members: Vec<NewMember> = (0..33_000).map(|number| NewMember::new(format!("m{number}"), follows(number))).collect();
    let plan = balance(&Group::new(&[NewTopic::new("even", 40), NewTopic::new("odd", 30)], &members).expect("a group"));
    let created = next(&plan, &Change::from([Event::Topic(NewTopic::new("new", 60))]));
    let left = next(&created, &Change::from([leave("m0"), leave("m1"), leave("m2")]));
    assert_eq!((left.summary().max, left.summary().unassigned), (1, 0));
}

#[test]
fn what_a_member_had_that_left_has_moved_and_had_to() {
    let members = [NewMember::new("a", ["t", "u"]), NewMember::new("b", ["t", "u"])];
    let plan = balance(&Group::new(&[NewTopic::new("t", 4), NewTopic::new("u", 2)], &members).expect("a group"));
    let next = plan.rebalance(Event::Leave("a".into())).expect("a is there");
    let Summary { retained, moved, forced, new, .. } = next.summary();
    assert_eq!((retained, moved, forced, new), (3, 3, 3, 0));
    assert!(next.movements().iter().all(|movement| plan.group().member(movement.from).is_some_and(|from| **from.id() == *"a")));
    let next = plan.rebalance(Event::Subscribe { member: "a".into(), subscription: "t".into() }).expect("a is there");
    let Summary { retained, moved, forced, new, .. } = next.summary();
    assert_eq!((retained + moved, forced, new), (6, 1, 0), "{moved} moved");
}
