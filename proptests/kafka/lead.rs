//! The leader's work, bytes to bytes.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use sticky_assignor::kafka::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, JoinedMember, LeadError, LeaderRound, Protocol, StickyAssignorUserData,
    TopicPartitions, lead,
};
use sticky_assignor::{Goal, Goals, Group, GroupError, NewMember, NewTopic, balance};

use super::messages::{Said, mutated, said};
use crate::strategies::configured;

type Owned = BTreeMap<String, Vec<i32>>;

fn topics() -> Vec<NewTopic> {
    ["a", "b", "c", "d"].into_iter().zip([4, 3, 7, 0]).map(|(topic, count)| NewTopic::new(topic, count)).collect()
}

fn joined<'a>(ids: &'a [String], metadata: &'a [Vec<u8>]) -> Vec<JoinedMember<'a>> {
    ids.iter().zip(metadata).map(|(id, metadata)| JoinedMember { id, instance: None, metadata }).collect()
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|place| format!("m{place}")).collect()
}

/// What each member is given, read back.
fn given(round: &LeaderRound) -> Vec<Owned> {
    round
        .assignments
        .iter()
        .map(|given| owned(&ConsumerProtocolAssignment::decode(&given.assignment).unwrap().assigned_partitions))
        .collect()
}

fn owned(listed: &[TopicPartitions<'_>]) -> Owned {
    let mut owned = Owned::new();
    for entry in listed {
        owned.entry(entry.topic.into()).or_default().extend(entry.partitions.iter());
    }
    owned
}

fn described(protocol: Protocol, id: &str, metadata: &[u8]) -> NewMember {
    let said = ConsumerProtocolSubscription::decode(metadata).unwrap();
    let claim = protocol.claim(&said);
    let topics: Vec<String> = said.topics.iter().map(|topic| (*topic).into()).collect();
    let owned = owned(&claim.partitions).into_iter().collect();
    NewMember { owned, generation: claim.generation.into(), rack: said.rack.map(String::from), ..NewMember::new(id, topics) }
}

fn metadata(said: &[Said]) -> Vec<Vec<u8>> {
    said.iter().map(|said| said.subscription().encode(3).unwrap()).collect()
}

/// The members as they join again, owning what they were given.
fn rejoining(said: &[Said], given: &[Owned]) -> Vec<Said> {
    let again = |(said, given): (&Said, &Owned)| Said { owned: given.clone().into_iter().collect(), generation: 9, ..said.clone() };
    said.iter().zip(given).map(again).collect()
}

proptest! {
    #![proptest_config(configured(2000))]

    #[test]
    fn the_bytes_given_are_the_plan(said in vec(said(), 1..6), cooperative in any::<bool>()) {
        let protocol = if cooperative { Protocol::CooperativeSticky } else { Protocol::Sticky };
        let ids = ids(said.len());
        let round = lead(protocol, &joined(&ids, &metadata(&said)), &topics()).unwrap();
        let group = round.plan.group();
        for (id, read) in ids.iter().zip(given(&round)) {
            let partitions = round.given.partitions_of(group.member_id(id).unwrap());
            let mut meant = Owned::new();
            for partition in partitions {
                meant.entry(group.topic(partition.topic).expect("a topic of the group").name().to_string()).or_default().push(partition.partition as i32);
            }
            prop_assert_eq!(read, meant);
        }
        let withheld: u64 = round.withheld.len() as u64;
        prop_assert_eq!(round.given.len() + withheld, round.plan.summary().assigned);
        prop_assert!(cooperative || withheld == 0);
    }

    /// What is heard in place, names becoming numbers on the way, is what the decoders read.
    #[test]
    fn members_are_heard_as_they_are_decoded(said in vec(said(), 1..6), alike in any::<bool>(), version in 0..4_i16, cooperative in any::<bool>()) {
        let protocol = if cooperative { Protocol::CooperativeSticky } else { Protocol::Sticky };
        let subscribed = if alike { said[0].topics.clone() } else { Vec::new() };
        let said = said.into_iter().map(|said| Said { topics: if alike { subscribed.clone() } else { said.topics }, ..said });
        let metadata: Vec<Vec<u8>> = said.map(|said| said.subscription().encode(version).unwrap()).collect();
        let ids = ids(metadata.len());
        let round = lead(protocol, &joined(&ids, &metadata), &topics()).unwrap();

        let members: Vec<NewMember> = ids.iter().zip(&metadata).map(|(id, metadata)| described(protocol, id, metadata)).collect();
        let plan = balance(&Group::new(&topics(), &members).unwrap());
        prop_assert_eq!(round.plan.summary(), plan.summary());
        prop_assert_eq!(round.plan.assignment(), plan.assignment());
        prop_assert_eq!(round.plan.movements(), plan.movements());
    }

    #[test]
    fn cooperative_members_are_given_nothing_that_another_owns(said in vec(said(), 1..6)) {
        let ids = ids(said.len());
        let round = lead(Protocol::CooperativeSticky, &joined(&ids, &metadata(&said)), &topics()).unwrap();
        for (place, given) in given(&round).iter().enumerate() {
            for other in said.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other) {
                let owns = |topic: &str, partition: &i32| other.owned.iter().any(|(name, list)| name == topic && list.contains(partition));
                prop_assert!(given.iter().all(|(topic, list)| !list.iter().any(|partition| owns(topic, partition))));
            }
        }
    }

    /// Everybody gives up what it has to and keeps the rest: the next round is the plan, contested
    /// claims or not.
    #[test]
    fn a_follow_up_gives_what_was_withheld_as_planned(said in vec(said(), 1..6)) {
        let ids = ids(said.len());
        let round = lead(Protocol::CooperativeSticky, &joined(&ids, &metadata(&said)), &topics()).unwrap();
        let again = metadata(&rejoining(&said, &given(&round)));
        let settled = round.next_round(Protocol::CooperativeSticky, &joined(&ids, &again), &topics()).unwrap();
        prop_assert_eq!(&settled.withheld, &[]);
        prop_assert_eq!(&settled.given, round.plan.assignment());
        let third = settled.next_round(Protocol::CooperativeSticky, &joined(&ids, &metadata(&rejoining(&said, &given(&settled)))), &topics());
        prop_assert_eq!(given(&third.unwrap()), given(&settled));
    }

    /// Whatever has happened since, the memory of an older round makes no plan worse.
    #[test]
    fn a_follow_up_is_never_worse_than_a_plan_without_memory(
        before in vec(said(), 1..6),
        after in vec(said(), 1..6),
        kept in any::<prop::sample::Index>(),
    ) {
        let round = lead(Protocol::CooperativeSticky, &joined(&ids(before.len()), &metadata(&before)), &topics()).unwrap();
        let kept = kept.index(before.len() + 1);
        let after: Vec<Said> = rejoining(&before, &given(&round)).into_iter().take(kept).chain(after).take(5).collect();
        let (ids, after) = (ids(after.len()), metadata(&after));
        let anew = lead(Protocol::CooperativeSticky, &joined(&ids, &after), &topics()).unwrap();
        let next = round.next_round(Protocol::CooperativeSticky, &joined(&ids, &after), &topics()).unwrap();
        // What was withheld goes where it was meant to go, however topics are spread then.
        let goals = Goals::new([Goal::Balance, Goal::Rack, Goal::Stickiness]).expect("goals");
        prop_assert!(goals.verify(anew.plan.group(), next.plan.assignment()).is_optimal());
        prop_assert_eq!(next.given.len() + next.withheld.len() as u64, anew.plan.summary().assigned);
    }

    #[test]
    fn spoilt_metadata_is_led_or_refused(metadata in vec(mutated(), 1..4), cooperative in any::<bool>()) {
        let protocol = if cooperative { Protocol::CooperativeSticky } else { Protocol::Sticky };
        let readable = metadata.iter().all(|metadata| ConsumerProtocolSubscription::decode(metadata).is_ok());
        let round = lead(protocol, &joined(&ids(metadata.len()), &metadata), &topics());
        prop_assert_eq!(round.is_ok(), readable);
        if let Ok(round) = round {
            prop_assert_eq!(given(&round).len(), metadata.len());
        }
    }
}

/// A member of kafka-python 2: its user data never says a generation.
fn undated(topics: &[&str], partitions: impl IntoIterator<Item = i32>) -> Vec<u8> {
    let user_data = StickyAssignorUserData { previous_assignment: vec![TopicPartitions::new("a", partitions)], generation: Some(-1) };
    let user_data = user_data.encode().unwrap();
    ConsumerProtocolSubscription { topics: topics.to_vec(), user_data: Some(&user_data), ..Default::default() }.encode(0).unwrap()
}

#[test]
fn members_that_never_say_a_generation_keep_what_nobody_contests() {
    let metadata = [undated(&["a"], [1, 3]), undated(&["a"], [0, 2])];
    let round = lead(Protocol::Sticky, &joined(&ids(2), &metadata), &topics()).unwrap();
    assert_eq!(given(&round), [Owned::from([("a".into(), vec![1, 3])]), Owned::from([("a".into(), vec![0, 2])])]);
    assert_eq!(round.plan.summary().retained, 4);
}

#[test]
fn a_generation_beats_one_not_said() {
    let user_data =
        StickyAssignorUserData { previous_assignment: vec![TopicPartitions::new("a", [0, 1])], generation: Some(0) }.encode().unwrap();
    let dated = ConsumerProtocolSubscription { topics: vec!["a"], user_data: Some(&user_data), ..Default::default() }.encode(3).unwrap();
    let metadata = [undated(&["a"], [0, 1]), dated];
    let round = lead(Protocol::Sticky, &joined(&ids(2), &metadata), &topics()).unwrap();
    assert_eq!(given(&round)[1], Owned::from([("a".into(), vec![0, 1])]));
}

#[test]
fn unreadable_user_data_is_reported_and_led() {
    let spoilt = ConsumerProtocolSubscription { topics: vec!["a"], user_data: Some(&[0x7f; 4]), ..Default::default() }.encode(0).unwrap();
    let metadata = [undated(&["a"], [0]), spoilt];
    let round = lead(Protocol::Sticky, &joined(&ids(2), &metadata), &topics()).unwrap();
    assert_eq!(round.unreadable.iter().map(|unread| unread.member.as_str()).collect::<Vec<_>>(), ["m1"]);
    assert_eq!(round.plan.summary().assigned, 4);
}

#[test]
fn members_of_one_id_are_refused() {
    let metadata = [undated(&["a"], []), undated(&["a"], [])];
    let twice = ["m".to_string(), "m".to_string()];
    let round = lead(Protocol::Sticky, &joined(&twice, &metadata), &topics());
    assert_eq!(round.map(|_| ()), Err(LeadError::Group(GroupError::DuplicateMember { id: "m".into() })));
}

/// A member of a cooperative group that owns these partitions of topic `a` since that generation.
fn owning(partitions: &[i32], generation: i32) -> Said {
    Said { topics: vec!["a".into()], owned: vec![("a".into(), partitions.to_vec())], generation, ..Said::default() }
}

#[test]
fn a_follow_up_remembers_whose_a_contested_partition_was() {
    let histories = [[owning(&[0], 3), owning(&[0, 1], 2), owning(&[1], 1)], [owning(&[0, 1], 2), owning(&[0], 3), owning(&[1], 1)]];
    let (ids, topics) = (ids(3), [NewTopic::new("a", 3)]);
    let round = histories.each_ref().map(|said| lead(Protocol::CooperativeSticky, &joined(&ids, &metadata(said)), &topics).unwrap());
    let again = [0, 1].map(|history| metadata(&rejoining(&histories[history], &given(&round[history]))));
    assert_eq!(again[0], again[1], "the members say the same, whatever went before");

    let settled = [0, 1].map(|history| round[history].next_round(Protocol::CooperativeSticky, &joined(&ids, &again[0]), &topics).unwrap());
    let [one, other] = settled.each_ref().map(given);
    let owned = |partition| Owned::from([("a".into(), vec![partition])]);
    assert_eq!(one, [owned(0), owned(1), owned(2)]);
    assert_eq!(other, [owned(1), owned(0), owned(2)]);
}

#[test]
fn a_follow_up_knows_static_members_that_come_back_under_new_member_ids() {
    let histories = [[owning(&[0], 3), owning(&[0, 1], 2), owning(&[1], 1)], [owning(&[0, 1], 2), owning(&[0], 3), owning(&[1], 1)]];
    let (before, after) = (ids(3), ["x".to_string(), "y".into(), "z".into()]);
    let instances = |ids: &'_ [String], metadata: &'_ [Vec<u8>], topics: &[NewTopic], round: Option<&LeaderRound>| {
        let named = ["i0", "i1", "i2"].into_iter().zip(joined(ids, metadata));
        let members: Vec<JoinedMember> = named.map(|(instance, member)| JoinedMember { instance: Some(instance), ..member }).collect();
        let protocol = Protocol::CooperativeSticky;
        round.map_or_else(|| lead(protocol, &members, topics), |round| round.next_round(protocol, &members, topics)).unwrap()
    };
    let topics = [NewTopic::new("a", 3)];
    for said in histories {
        let round = instances(&before, &metadata(&said), &topics, None);
        let again = metadata(&rejoining(&said, &given(&round)));
        let [same, renamed] = [before.as_slice(), &after].map(|ids| given(&instances(ids, &again, &topics, Some(&round))));
        assert_eq!(same, renamed);
    }
}
