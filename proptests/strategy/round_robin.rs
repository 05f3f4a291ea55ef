//! The round robin assignor: the members in turn, over all topics.

use proptest::prelude::*;
use sticky_assignor::{Group, MemberId, Strategy, TopicPartition};

use super::{answer, group, lists};
use crate::strategies::{any_group, configured};

#[test]
fn the_round_goes_on_from_topic_to_topic() {
    let document = group(&[("t0", 3), ("t1", 3)], &[("C0", &["t0", "t1"]), ("C1", &["t0", "t1"])]);
    let expected = lists(&[("C0", &[("t0", &[0, 2]), ("t1", &[1])]), ("C1", &[("t0", &[1]), ("t1", &[0, 2])])]);
    assert_eq!(answer(Strategy::RoundRobin, &document), expected);
}

#[test]
fn members_that_do_not_follow_a_topic_are_passed_over() {
    let members: [(&str, &[&str]); 3] = [("C0", &["t0"]), ("C1", &["t0", "t1"]), ("C2", &["t0", "t1", "t2"])];
    let expected = lists(&[("C0", &[("t0", &[0])]), ("C1", &[("t1", &[0])]), ("C2", &[("t1", &[1]), ("t2", &[0, 1, 2])])]);
    assert_eq!(answer(Strategy::RoundRobin, &group(&[("t0", 1), ("t1", 2), ("t2", 3)], &members)), expected);
}

#[test]
fn static_members_come_first() {
    let mut document = group(&[("t0", 3)], &[("a", &["t0"]), ("b", &["t0"]), ("c", &["t0"])]);
    document.members[1].instance = Some("z".into());
    document.members[2].instance = Some("y".into());
    let expected = lists(&[("c", &[("t0", &[0])]), ("b", &[("t0", &[1])]), ("a", &[("t0", &[2])])]);
    assert_eq!(answer(Strategy::RoundRobin, &document), expected);
}

proptest! {
    #![proptest_config(configured(200))]

    #[test]
    fn nobody_is_passed_over_who_follows_the_topic(document in any_group()) {
        let group = Group::try_from(&document).expect("a group");
        let assignment = Strategy::RoundRobin.assign(&group);
        let members: Vec<MemberId> = group.members().map(|(member, _)| member).collect();
        let mut round = members.iter().cycle();
        for (topic, described) in group.topics().filter(|(topic, _)| members.iter().any(|member| group.subscribes(*member, *topic))) {
            for partition in 0..described.partitions() {
                let next = round.find(|member| group.subscribes(**member, topic));
                prop_assert_eq!(assignment.owner(TopicPartition { topic, partition }), next.copied());
            }
        }
    }
}
