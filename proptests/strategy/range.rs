//! The range assignor: every subscriber a run of each topic, the first ones longer.

use proptest::prelude::*;
use sticky_assignor::{Group, Strategy};

use super::{answer, group, lists};
use crate::strategies::{any_group, configured};

#[test]
fn each_topic_is_cut_into_runs_of_its_own() {
    let document = group(&[("t0", 3), ("t1", 3)], &[("C0", &["t0", "t1"]), ("C1", &["t0", "t1"])]);
    let expected = lists(&[("C0", &[("t0", &[0, 1]), ("t1", &[0, 1])]), ("C1", &[("t0", &[2]), ("t1", &[2])])]);
    assert_eq!(answer(Strategy::Range, &document), expected);
}

#[test]
fn only_followers_count_and_static_members_come_first() {
    let mut document = group(&[("t0", 5)], &[("a", &["t0"]), ("b", &[]), ("c", &["t0"]), ("d", &["t0"])]);
    document.members[3].instance = Some("pod".into());
    let expected = lists(&[("d", &[("t0", &[0, 1])]), ("a", &[("t0", &[2, 3])]), ("c", &[("t0", &[4])]), ("b", &[])]);
    assert_eq!(answer(Strategy::Range, &document), expected);
}

proptest! {
    #![proptest_config(configured(200))]

    #[test]
    fn runs_follow_each_other_and_never_grow(document in any_group()) {
        let group = Group::try_from(&document).expect("a group");
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
