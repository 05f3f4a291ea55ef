//! What all churn has in common.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::strategies::configured;

fn any_sizes() -> impl Strategy<Value = Sizes> {
    let membership = select(vec![Membership::Dynamic, Membership::Static]);
    let some = prop::option::of(0..6_u32);
    (0..9_u32, 0..6_u32, 0..8_u32, some.clone(), (0..4_u32, some.clone()), membership, some).prop_map(
        |(members, topics, partitions, topics_each, (zones, replication_factor), membership, rounds)| Sizes {
            members,
            topics,
            partitions,
            topics_each,
            zones,
            replication_factor,
            membership,
            rounds,
        },
    )
}

proptest! {
    #![proptest_config(configured(300))]

    #[test]
    fn it_can_happen(scenario in select(Scenario::ALL.to_vec()), sizes in any_sizes(), seed: u64, trial: u64) {
        let churn = churn(scenario, &sizes, seed, trial);
        prop_assert_eq!(churn.group.members.len(), sizes.members as usize);
        prop_assert_eq!(churn.group.topics.0.len(), sizes.topics as usize);
        prop_assert_eq!(log(&churn).err(), None);
    }

    #[test]
    fn it_is_the_same_again(scenario in select(Scenario::ALL.to_vec()), sizes in any_sizes(), seed: u64, trial: u64) {
        prop_assert_eq!(churn(scenario, &sizes, seed, trial), churn(scenario, &sizes, seed, trial));
    }
}

#[test]
fn trials_and_seeds_differ() {
    for &scenario in Scenario::ALL {
        let [one, other_trial, other_seed] = [(1, 0), (1, 1), (2, 0)].map(|(seed, trial)| churn(scenario, &Sizes::default(), seed, trial));
        assert!(one != other_trial && one != other_seed && other_trial != other_seed, "{scenario}");
    }
}

/// A log as `--seed 42` writes it.
const LOG: &str = r#"{"name":"rolling-restart","topics":{"topic-0":4,"topic-1":4},"members":[{"id":"consumer-0-1","topics":["topic-1"],"rack":"zone-0"},{"id":"consumer-1-1","topics":["topic-0"],"rack":"zone-1"}]}
{"at":17.3,"leave":"consumer-1-1"}
{"at":19.9,"join":{"id":"consumer-1-2","topics":["topic-0"],"rack":"zone-1"}}
{"at":33.1,"leave":"consumer-0-1"}
{"at":38.8,"join":{"id":"consumer-0-2","topics":["topic-1"],"rack":"zone-0"}}"#;

#[test]
fn it_is_the_same_on_every_machine() {
    let sizes = Sizes { members: 2, topics: 2, partitions: 6, topics_each: Some(1), ..Sizes::default() };
    let churn = churn(Scenario::RollingRestart, &sizes, 42, 0);
    let group = serde_json::to_string(&churn.group);
    let lines: Result<Vec<String>, _> = std::iter::once(group).chain(churn.events.iter().map(serde_json::to_string)).collect();
    assert_eq!(lines.expect("text"), LOG.lines().collect::<Vec<_>>());
}

#[test]
fn names_are_read_as_they_are_written() {
    assert!(Scenario::ALL.iter().all(|scenario| scenario.to_string().parse() == Ok(*scenario)));
    let unknown = "restart".parse::<Scenario>().expect_err("no scenario has that name");
    assert!(unknown.to_string().starts_with("\"restart\" is no scenario; there are rolling-restart, scale-up,"));
}

/// With a replication factor it is known where replicas are: of each partition in as many zones as
/// it says, or in all, and no zone has more than its share.
#[test]
fn replicas_are_spread_over_the_zones() {
    for (replication_factor, replicas) in [(1, 1), (2, 2), (3, 3), (9, 3)] {
        let sizes = Sizes { topics: 1, partitions: 40, replication_factor: Some(replication_factor), ..Sizes::default() };
        let group = churn(Scenario::ZoneLoss, &sizes, 1, 0).group;
        let topic = group.topics.0.values().next().expect("a topic");
        let racks = topic.racks.as_ref().expect("racks");
        let of_zone = |zone: &str| racks.iter().flatten().filter(|rack| *rack == zone).count();
        let of_zones = ["zone-0", "zone-1", "zone-2"].map(of_zone);
        assert!(racks.iter().all(|racks| racks.len() == replicas), "{racks:?}");
        assert_eq!((racks.len() as i64, of_zones.iter().sum()), (topic.partitions, racks.len() * replicas));
        assert!(of_zones.iter().max() <= of_zones.iter().min().map(|least| least + replicas).as_ref(), "{of_zones:?}");
        assert!(group.members.iter().all(|member| member.rack.as_deref().is_some_and(|rack| of_zone(rack) > 0)));
    }
}
