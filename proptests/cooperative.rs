//! Cooperative rebalances: nobody is given what another may still hold, and one further round
//! settles the group.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use sticky_assignor::{Assignment, CooperativeRound, Group, MemberId, NewMember, NewTopic, TopicPartition, balance, cooperative_round};

use crate::strategies::configured;

const TOPICS: [&str; 4] = ["a", "b", "c", "gone"];

fn topics() -> impl Strategy<Value = Vec<NewTopic>> {
    vec(0..6_u32, 3).prop_map(|counts| TOPICS.into_iter().zip(counts).map(|(topic, count)| NewTopic::new(topic, count)).collect())
}

/// Members that claim whatever they like, in whatever generation.
fn members() -> impl Strategy<Value = Vec<NewMember>> {
    let claims = vec((prop::sample::select(&TOPICS[..]), vec(-1..7_i32, 0..6)), 0..4);
    let member = (prop::sample::subsequence(&TOPICS[..], 0..=4), claims, -1..3_i64, any::<bool>());
    vec(member, 1..6).prop_map(|members| members.into_iter().enumerate().map(described).collect())
}

/// Subscribed topics, partitions claimed, the generation of the claim, whether the member is
/// static.
type Sketch = (Vec<&'static str>, Vec<(&'static str, Vec<i32>)>, i64, bool);

fn described((place, (topics, claims, generation, fixed)): (usize, Sketch)) -> NewMember {
    let topics: Vec<String> = topics.into_iter().map(String::from).collect();
    let member = NewMember::new(format!("m{place}"), topics).generation(generation);
    let owned = claims.into_iter().map(|(topic, partitions)| (topic.into(), partitions)).collect();
    let member = NewMember { owned, ..member };
    if fixed { member.instance(format!("i{place}")) } else { member }
}

/// Who claims each partition, and when, as they said it.
fn claimants(group: &Group, members: &[NewMember]) -> BTreeMap<TopicPartition, BTreeMap<MemberId, i64>> {
    let mut claimants: BTreeMap<TopicPartition, BTreeMap<MemberId, i64>> = BTreeMap::new();
    for member in members {
        let id = group.member_id(&member.id).unwrap();
        for (topic, partitions) in &member.owned {
            let Some(topic) = group.topic_id(topic) else { continue };
            for partition in partitions.iter().filter_map(|partition| u32::try_from(*partition).ok()) {
                claimants.entry(TopicPartition { topic, partition }).or_default().insert(id, member.generation);
            }
        }
    }
    claimants
}

/// The partitions that have the owner their claims name: the only claimant of the highest
/// generation.
fn retained(claimants: &BTreeMap<TopicPartition, BTreeMap<MemberId, i64>>, assignment: &Assignment) -> BTreeSet<TopicPartition> {
    let named = claimants.iter().filter_map(|(&partition, claims)| {
        let highest = claims.values().max()?;
        let mut winners = claims.iter().filter(|(_, generation)| *generation == highest).map(|(&member, _)| member);
        winners.next().filter(|_| winners.next().is_none()).map(|winner| (partition, winner))
    });
    named.filter(|&(partition, winner)| assignment.owner(partition) == Some(winner)).map(|(partition, _)| partition).collect()
}

fn loads(group: &Group, assignment: &Assignment) -> Vec<u32> {
    let mut loads: Vec<u32> = group.members().map(|(member, _)| assignment.load(member)).collect();
    loads.sort_unstable();
    loads
}

/// The members as they join again, claiming what they hold in a generation of now.
fn rejoining(group: &Group, members: &[NewMember], held: &Assignment) -> Vec<NewMember> {
    let again = |member: &NewMember| {
        let partitions = held.partitions_of(group.member_id(&member.id).unwrap());
        let owned = partitions.map(|partition| {
            (group.topic(partition.topic).expect("a topic of the group").name().to_string(), vec![partition.partition as i32])
        });
        NewMember { owned: owned.collect(), generation: 9, ..member.clone() }
    };
    members.iter().map(again).collect()
}

/// A rebalance after its first round.
struct Begun {
    group: Group,
    target: Assignment,
    round: CooperativeRound,
    /// The group as it joins again.
    again: Group,
}

fn begun(topics: &[NewTopic], members: &[NewMember]) -> Begun {
    let group = Group::new(topics, members).unwrap();
    let target = balance(&group).assignment().clone();
    let round = cooperative_round(&group, &target);
    let again = Group::new(topics, &rejoining(&group, members, round.given())).unwrap();
    Begun { group, target, round, again }
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn nobody_is_given_what_another_member_may_hold(topics in topics(), members in members()) {
        let group = Group::new(&topics, &members).unwrap();
        let round = cooperative_round(&group, balance(&group).assignment());
        let claimants = claimants(&group, &members);
        for (partition, owner) in round.given().iter() {
            let holders = claimants.get(&partition).into_iter().flat_map(BTreeMap::keys);
            prop_assert!(holders.into_iter().all(|holder| *holder == owner), "{:?} is given to {:?}", partition, owner);
        }
    }

    #[test]
    fn only_what_another_member_may_hold_is_withheld(topics in topics(), members in members()) {
        let group = Group::new(&topics, &members).unwrap();
        let target = balance(&group).assignment().clone();
        let round = cooperative_round(&group, &target);
        let claimants = claimants(&group, &members);
        let given = round.withheld().iter().fold(target.clone(), |target, &partition| target.without_owner(partition));
        prop_assert_eq!(&given, round.given());
        for partition in round.withheld() {
            let owner = target.owner(*partition).unwrap();
            prop_assert!(claimants[partition].keys().any(|holder| *holder != owner), "{:?} is withheld", partition);
        }
    }

    #[test]
    fn one_further_round_settles_the_group(topics in topics(), members in members()) {
        let Begun { group, target, round, again } = begun(&topics, &members);
        let settled = balance(&again).assignment().clone();
        prop_assert!(cooperative_round(&again, &settled).is_settled());
        prop_assert_eq!(loads(&group, &target), loads(&again, &settled));
        prop_assert!(round.given().iter().all(|(partition, owner)| settled.owner(partition) == Some(owner)), "what was given is kept");

        let third = Group::new(&topics, &rejoining(&group, &members, &settled)).unwrap();
        let unchanged = cooperative_round(&third, balance(&third).assignment());
        prop_assert!(unchanged.is_settled());
        prop_assert_eq!(unchanged.given(), &settled);
    }

    /// A partition that stays where it was, but that another member claims too, goes through
    /// nobody's hands: there its owner may change.
    #[test]
    fn settling_keeps_all_that_an_eager_rebalance_keeps_and_nobody_contests(topics in topics(), members in members()) {
        let Begun { group, target, again, .. } = begun(&topics, &members);
        let settled = balance(&again).assignment().clone();

        let claimants = claimants(&group, &members);
        let (eager, settled) = (retained(&claimants, &target), retained(&claimants, &settled));
        let contested = eager.iter().filter(|partition| claimants[partition].len() > 1).count();
        prop_assert!(settled.len() <= eager.len());
        prop_assert!(settled.len() + contested >= eager.len());
    }

    #[test]
    fn settling_towards_the_same_target_gives_all_of_it(topics in topics(), members in members()) {
        let Begun { target, again, .. } = begun(&topics, &members);
        let settled = cooperative_round(&again, &target);
        prop_assert!(settled.is_settled());
        prop_assert_eq!(settled.given(), &target);
    }

    #[test]
    fn claims_of_the_plan_before_are_withheld_alike(topics in topics(), members in members(), left in any::<prop::sample::Index>()) {
        let group = Group::new(&topics, &members).unwrap();
        let before = balance(&group).assignment().clone();
        let target = before.iter().fold(before.clone(), |target, (partition, _)| {
            let other = group.members().map(|(member, _)| member).nth(left.index(members.len())).unwrap();
            target.with_owner(partition, other)
        });
        let stated = Group::new(&topics, &rejoining(&group, &members, &before)).unwrap();
        prop_assert_eq!(cooperative_round(&group.claiming(before), &target), cooperative_round(&stated, &target));
    }
}

/// Why a round must go towards the target of the round before to keep what was contested: from the
/// claims alone nobody can tell whose it was.
#[test]
fn two_histories_can_end_in_the_same_claims() {
    let topics = [NewTopic::new("a", 3)];
    let member = |id: &str, generation, owned: &[u32]| NewMember::new(id, ["a"]).owning("a", owned.iter().copied()).generation(generation);
    let histories = [
        [member("m1", 3, &[0]), member("m2", 2, &[0, 1]), member("m3", 1, &[1])],
        [member("m1", 2, &[0, 1]), member("m2", 3, &[0]), member("m3", 1, &[1])],
    ];
    let groups = histories.map(|members| Group::new(&topics, &members).unwrap());
    let targets = groups.each_ref().map(|group| balance(group).assignment().clone());
    let [one, other] = [0, 1].map(|history| cooperative_round(&groups[history], &targets[history]));
    assert_ne!(targets[0], targets[1], "each keeps what its claims name");
    assert_eq!((one.given(), one.withheld().len()), (other.given(), 2));
}
