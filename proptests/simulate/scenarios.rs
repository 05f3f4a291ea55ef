//! What each scenario does to a group of five.

use std::collections::BTreeSet;

use sticky_assignor::document::EventContent;

use super::*;

fn joins(churn: &Churn) -> Vec<&str> {
    churn.events.iter().filter_map(|event| joined(&event.content)).collect()
}

fn joined(content: &EventContent) -> Option<&str> {
    match content {
        EventContent::Join(join) => Some(&join.id),
        _ => None,
    }
}

fn leaves(churn: &Churn) -> Vec<&str> {
    churn.events.iter().filter_map(|event| left(&event.content)).collect()
}

fn left(content: &EventContent) -> Option<&str> {
    match content {
        EventContent::Leave(id) => Some(id),
        _ => None,
    }
}

fn sorted(mut ids: Vec<&str>) -> Vec<&str> {
    ids.sort_unstable();
    ids
}

fn sizes_after(churn: &Churn) -> Vec<usize> {
    groups(churn).iter().map(Group::member_count).collect()
}

/// The same consumers under their next ids.
const FIRST: [&str; 5] = ["consumer-0-1", "consumer-1-1", "consumer-2-1", "consumer-3-1", "consumer-4-1"];
const SECOND: [&str; 5] = ["consumer-0-2", "consumer-1-2", "consumer-2-2", "consumer-3-2", "consumer-4-2"];

#[test]
fn a_rolling_restart_goes_once_through_all() {
    let churn = five(Scenario::RollingRestart, Membership::Dynamic);
    assert_eq!((sorted(leaves(&churn)), sorted(joins(&churn))), (FIRST.to_vec(), SECOND.to_vec()));
    assert_eq!(sizes_after(&churn), [4, 5, 4, 5, 4, 5, 4, 5, 4, 5]);
}

#[test]
fn static_members_restart_without_leaving() {
    let churn = five(Scenario::RollingRestart, Membership::Static);
    assert_eq!((leaves(&churn).len(), sorted(joins(&churn))), (0, SECOND.to_vec()));
    assert_eq!(sizes_after(&churn), [5; 5]);
}

#[test]
fn scaling_up_adds_members_one_after_another() {
    let churn = five(Scenario::ScaleUp, Membership::Dynamic);
    assert_eq!(joins(&churn), ["consumer-5-1", "consumer-6-1", "consumer-7-1"]);
    assert_eq!(sizes_after(&churn), [6, 7, 8]);
}

#[test]
fn scaling_down_leaves_somebody() {
    assert_eq!(sizes_after(&five(Scenario::ScaleDown, Membership::Dynamic)), [4, 3, 2]);
    let all = Sizes { members: 3, rounds: Some(9), ..Sizes::default() };
    assert_eq!(sizes_after(&churn(Scenario::ScaleDown, &all, 0, 0)), [2, 1]);
}

#[test]
fn it_is_always_the_same_consumer_that_crashes() {
    let churn = five(Scenario::CrashLoop, Membership::Dynamic);
    assert!(leaves(&churn).into_iter().chain(joins(&churn)).all(|id| id.starts_with("consumer-0-")));
    assert_eq!(joins(&churn).last(), Some(&"consumer-0-11"));
}

#[test]
fn at_most_three_flap_at_once_and_all_come_back() {
    let sizes = sizes_after(&five(Scenario::Flapping, Membership::Dynamic));
    assert_eq!((sizes.iter().min(), sizes.iter().max(), sizes.last()), (Some(&2), Some(&5), Some(&5)));
}

#[test]
fn after_a_deployment_all_follow_the_new_topic() {
    let churn = five(Scenario::Deploy, Membership::Dynamic);
    let groups = groups(&churn);
    let subscribing = |group: &Group| {
        let topic = group.topic_id("topic-3").expect("it was created first");
        group.members().filter(|(member, _)| group.subscribes(*member, topic)).count()
    };
    let counts: Vec<usize> = groups.iter().map(subscribing).collect();
    assert_eq!(counts, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
}

#[test]
fn topics_only_grow() {
    let churn = five(Scenario::TopicGrowth, Membership::Dynamic);
    let partitions: Vec<u64> = std::iter::once(group(&churn)).chain(groups(&churn)).map(|group| group.partition_count()).collect();
    assert!(partitions.is_sorted_by(|before, after| before < after), "{partitions:?}");
    assert_eq!((leaves(&churn).len(), joins(&churn).len(), partitions.len()), (0, 0, 11));
}

#[test]
fn a_lost_zone_is_lost_whole_and_comes_back() {
    let churn = five(Scenario::ZoneLoss, Membership::Dynamic);
    let before = group(&churn);
    let left = leaves(&churn);
    let racks: BTreeSet<_> =
        left.iter().map(|id| before.member(before.member_id(id).expect("it was here")).expect("it was here").rack()).collect();
    let there = before.members().filter(|(_, member)| racks.contains(&member.rack())).count();
    assert_eq!((racks.len(), left.len(), joins(&churn).len()), (1, there, there));
    assert_eq!(sizes_after(&churn).last(), Some(&5));
}
