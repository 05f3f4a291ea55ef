//! The range assignor: every subscriber a run of each topic, the first ones longer.

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Group, NewMember, NewTopic, Strategy, Subscription};

use super::{answer, group, lists, without_racks};
use crate::strategies::{any_group, configured};

#[test]
fn each_topic_is_cut_into_runs_of_its_own() {
    let document = group(&[("t0", 3), ("t1", 3)], &[("C0", &["t0", "t1"]), ("C1", &["t0", "t1"])]);
    let expected = lists(&[("C0", &[("t0", &[0, 1]), ("t1", &[0, 1])]), ("C1", &[("t0", &[2]), ("t1", &[2])])]);
    assert_eq!(answer(Strategy::Range, &document), expected);
}

#[test]
fn only_subscribers_count_and_static_members_come_first() {
    let mut document = group(&[("t0", 5)], &[("a", &["t0"]), ("b", &[]), ("c", &["t0"]), ("d", &["t0"])]);
    document.members[3].instance = Some("pod".into());
    let expected = lists(&[("d", &[("t0", &[0, 1])]), ("a", &[("t0", &[2, 3])]), ("c", &[("t0", &[4])]), ("b", &[])]);
    assert_eq!(answer(Strategy::Range, &document), expected);
}

/// Members of `a` and `b` in the racks r1 and r2, and topics whose partitions have one replica
/// each.
fn in_two_racks(topics: &[(&str, &[&str])]) -> GroupDocument {
    let racks = |racks: &[&str]| racks.iter().map(|rack| vec![rack.to_string()]).collect::<Vec<_>>();
    let topics: Vec<NewTopic> =
        topics.iter().map(|(name, of)| NewTopic { racks: Some(racks(of)), ..NewTopic::new(*name, of.len() as u32) }).collect();
    let members = [("a", "r1"), ("b", "r2")].map(|(id, rack)| NewMember::new(id, Subscription::Every).rack(rack));
    GroupDocument::from(&Group::new(&topics, &members).expect("a group"))
}

#[test]
fn a_run_is_of_partitions_in_the_rack_of_its_owner_first() {
    let document = in_two_racks(&[("t", &["r2", "r2", "r1", "r2", "r1"])]);
    // Three for the first subscriber, a; only two are in its rack, and so b gets the longer run.
    assert_eq!(answer(Strategy::Range, &document), lists(&[("a", &[("t", &[2, 4])]), ("b", &[("t", &[0, 1, 3])])]));
}

#[test]
fn topics_of_equal_counts_stay_together_where_racks_allow_it() {
    let document = in_two_racks(&[("t", &["r2", "r1", "r2", "r1"]), ("u", &["r2", "r1", "r1", "r2"])]);
    // Partitions 0 and 1 match the same member in both topics; 2 and 3 do not, and go in runs.
    let expected = lists(&[("a", &[("t", &[1, 2]), ("u", &[1, 2])]), ("b", &[("t", &[0, 3]), ("u", &[0, 3])])]);
    assert_eq!(answer(Strategy::Range, &document), expected);
}

#[test]
fn racks_with_replicas_of_every_partition_change_nothing() {
    let mut document = in_two_racks(&[("t", &["r1", "r1", "r1"])]);
    assert_eq!(answer(Strategy::Range, &document), answer(Strategy::Range, &without_racks(document.clone())));
    document.members.iter_mut().for_each(|member| member.rack = Some("elsewhere".into()));
    assert_eq!(answer(Strategy::Range, &document), answer(Strategy::Range, &without_racks(document.clone())));
}

proptest! {
    #![proptest_config(configured(200))]

    #[test]
    fn each_topic_is_shared_out_evenly_whatever_the_racks(document in any_group()) {
        let group = Group::try_from(&document).expect("a group");
        let assignment = Strategy::Range.assign(&group);
        for (topic, _) in group.topics() {
            let subscribers = group.members().filter(|(member, _)| group.subscribes(*member, topic));
            let counts: Vec<usize> = subscribers.map(|(member, _)| assignment.partitions_of_topic(member, topic).count()).collect();
            prop_assert!(counts.iter().max() <= counts.iter().min().map(|least| least + 1).as_ref(), "{counts:?}");
        }
    }

    #[test]
    fn runs_come_one_after_the_other_and_never_grow(document in any_group()) {
        let group = Group::try_from(&without_racks(document)).expect("a group");
        let assignment = Strategy::Range.assign(&group);
        for (topic, _) in group.topics() {
            let subscribers = group.members().filter(|(member, _)| group.subscribes(*member, topic));
            let runs: Vec<Vec<u32>> = subscribers
                .map(|(member, _)| assignment.partitions_of_topic(member, topic).map(|partition| partition.partition).collect())
                .collect();
            prop_assert!(runs.concat().iter().copied().eq(0..runs.concat().len() as u32), "{runs:?}");
            prop_assert!(runs.windows(2).all(|pair| pair[0].len() >= pair[1].len()), "{runs:?}");
            prop_assert!(runs.first().map(Vec::len) <= runs.last().map(|run| run.len() + 1), "{runs:?}");
        }
    }
}
