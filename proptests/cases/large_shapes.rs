//! Shapes too large for a file, with the least sum of squares known: the first plan, and the second
//! step that hurts in practice, one member less.

use sticky_assignor::{Assignment, Change, Event, Group, NewMember, NewTopic, Subscription, balance, verify};

/// The first topics, `count` of them.
fn first_topics(count: usize) -> Subscription {
    Subscription::Named((1..=count).map(|topic| format!("t{topic:03}")).collect())
}

fn group(partitions: impl IntoIterator<Item = u32>, subscriptions: impl IntoIterator<Item = usize>) -> Group {
    let topics = partitions.into_iter().enumerate().map(|(place, count)| NewTopic::new(format!("t{:03}", place + 1), count));
    let members = subscriptions.into_iter().enumerate().map(|(place, topics)| NewMember::new(format!("m{place:04}"), first_topics(topics)));
    Group::new(&topics.collect::<Vec<_>>(), &members.collect::<Vec<_>>()).expect("a group")
}

/// Topic k has k partitions; member i, from 1, reads the first 17·i mod T topics.
fn nested(topics: usize, members: usize) -> Group {
    group(1..=topics as u32, (1..=members).map(|member| 17 * member % topics))
}

/// All members read all topics, the last only the first.
fn last_one(topics: usize, partitions: u32, members: usize) -> Group {
    group(vec![partitions; topics], (1..=members).map(|member| if member == members { 1 } else { topics }))
}

/// All members read all topics.
fn uniform(topics: usize, partitions: u32, members: usize) -> Group {
    group(vec![partitions; topics], vec![topics; members])
}

fn check(group: &Group, sum_of_squares: u64) {
    let plan = balance(group);
    assert_eq!(plan.summary().sum_of_squares, sum_of_squares);
    assert!(verify(group, plan.assignment()).is_optimal());
    check_one_less(group, plan.assignment());
}

/// The second step: what the first plan gave is claimed, and the second member leaves.
fn check_one_less(group: &Group, before: &Assignment) {
    let leaving = group.members().nth(1).map(|(_, member)| member.id().to_string()).expect("a second member");
    let left = group.clone().claiming(before.clone()).apply(Change::from([Event::Leave(leaving)])).expect("possible");
    let plan = balance(&left);
    assert_eq!(plan.summary().assigned, before.len());
    assert!(verify(&left, plan.assignment()).is_optimal());
}

#[test]
fn nested_79_by_2125() {
    check(&nested(79, 2125), 6_357);
}

#[test]
fn nested_122_by_750() {
    check(&nested(122, 750), 97_579);
}

#[test]
fn last_one_of_800_on_50_topics() {
    check(&last_one(50, 800, 800), 2_000_000);
}

#[test]
fn last_one_of_20_on_500_topics() {
    check(&last_one(500, 200, 20), 524_252_636);
}

#[test]
fn uniform_40_topics_by_400_members() {
    check(&uniform(40, 400, 400), 640_000);
}
