//! What every assignor keeps, and what KIP-54's does.

use proptest::prelude::*;
use sticky_assignor::document::{AnyInteger, GroupDocument};
use sticky_assignor::{Assignment, Group, Strategy, UnknownStrategy};

use super::{answer, without_racks};
use crate::oracle::{Given, Problem, judge, optimum};
use crate::strategies::{any_group, configured, given, larger_group};

#[test]
fn names_are_read_as_they_are_written() {
    assert!(Strategy::ALL.iter().all(|strategy| strategy.to_string().parse() == Ok(*strategy)));
    let unknown = UnknownStrategy { name: "rang".into() };
    assert_eq!(unknown.to_string(), "\"rang\" is no strategy; there are sticky, range, roundrobin, kip54, uniform");
    assert_eq!("rang".parse::<Strategy>(), Err(unknown));
}

proptest! {
    #![proptest_config(configured(200))]

    #[test]
    fn every_partition_goes_to_one_subscriber(document in any_group()) {
        let problem = Problem::of(&document);
        for &strategy in Strategy::ALL {
            let judged = judge(&problem, &answer(strategy, &document));
            prop_assert!(judged.is_valid(), "{strategy}: {:?}", judged.violations);
            prop_assert!(!judged.figures.beats(optimum(&document)), "{strategy}: {:?}", judged.figures);
        }
    }

    #[test]
    fn the_order_of_writing_a_group_down_does_not_matter(document in any_group()) {
        let mut turned = document.clone();
        turned.members.reverse();
        for &strategy in Strategy::ALL {
            prop_assert_eq!(answer(strategy, &document), answer(strategy, &turned));
        }
    }

    #[test]
    fn kip54_does_not_move_its_own_plan_where_all_subscribe_alike(document in larger_group()) {
        let group = Group::try_from(&alike(without_racks(document))).expect("a group");
        let plan = Strategy::Kip54.assign(&group);
        prop_assert_eq!(&Strategy::Kip54.assign(&group.clone().claiming(plan.clone())), &plan);
        prop_assert!(group_loads(&group, &plan).windows(2).all(|pair| pair[1] - pair[0] <= 1));
    }

    #[test]
    fn kip54_weighs_the_plan_before_like_claims_of_one_generation(document in any_group()) {
        let group = Group::try_from(&document).expect("a group");
        let before = Strategy::RoundRobin.assign(&group);
        let stated = Group::try_from(&owning(document, &given(&group, &before))).expect("a group");
        prop_assert_eq!(Strategy::Kip54.assign(&group.claiming(before)), Strategy::Kip54.assign(&stated));
    }
}

fn alike(mut document: GroupDocument) -> GroupDocument {
    if let Some(first) = document.members.first().map(|member| member.topics.clone()) {
        document.members.iter_mut().for_each(|member| member.topics = first.clone());
    }
    document
}

/// The document, its members claiming what they are given, all in one generation.
fn owning(mut document: GroupDocument, given: &Given) -> GroupDocument {
    for member in &mut document.members {
        let lists = given[&member.id].iter().map(|(topic, list)| (topic.clone(), list.iter().copied().map(AnyInteger).collect()));
        member.owned = lists.collect();
        member.generation = AnyInteger(7);
    }
    document
}

/// The loads of all members, ascending.
fn group_loads(group: &Group, plan: &Assignment) -> Vec<u32> {
    let mut loads: Vec<u32> = group.members().map(|(member, _)| plan.load(member)).collect();
    loads.sort_unstable();
    loads
}
