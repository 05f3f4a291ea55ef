//! Plans that live long: numbers of members that left are given again, and nothing that is compared
//! across versions takes one member for another.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use proptest::prelude::*;
use sticky_assignor::replay::{EventBatch, History};
use sticky_assignor::{Change, Event, Group, MemberId, NewMember, NewTopic, Plan, Subscription, TopicPartition, Transfer};

use crate::strategies::configured;
use crate::two_goals::balance;

const TOPICS: [u32; 4] = [3, 5, 8, 2];
const MEMBERS: usize = 4;

fn interest(topics: usize) -> Subscription {
    Subscription::Named((0..TOPICS.len()).filter(|topic| topics >> topic & 1 == 1).map(|topic| format!("t{topic}")).collect())
}

fn start() -> Group {
    let topics: Vec<NewTopic> = TOPICS.iter().enumerate().map(|(topic, &size)| NewTopic::new(format!("t{topic}"), size)).collect();
    let members: Vec<NewMember> = (0..MEMBERS).map(|place| NewMember::new(format!("m{place}"), interest(place + 5))).collect();
    Group::new(&topics, &members).expect("a group")
}

/// Few members that leave, come for the first time or come back, mostly one for another.
fn some_life() -> impl Strategy<Value = Vec<Change>> {
    let id = || (0..9_usize).prop_map(|place| format!("m{place}"));
    let joins = || (id(), 1..16_usize).prop_map(|(id, topics)| Event::Join(NewMember::new(id, interest(topics))));
    let change = prop_oneof![
        2 => (id(), joins()).prop_map(|(leaves, joins)| vec![Event::Leave(leaves), joins]),
        1 => id().prop_map(|id| vec![Event::Leave(id)]),
        1 => joins().prop_map(|joins| vec![joins]),
        1 => (id(), 1..16_usize).prop_map(|(member, topics)| vec![Event::Subscribe { member, subscription: interest(topics) }]),
    ];
    prop::collection::vec(change.prop_map(Change::from), 1..60)
}

/// The plans of a life, those changes left out that cannot happen.
fn lived(life: Vec<Change>) -> (History, Vec<Plan>) {
    let history = History::starting(balance(&start())).keeping(NonZeroUsize::MIN);
    let plans = vec![history.last().clone()];
    life.into_iter().enumerate().fold((history, plans), |(history, mut plans), (at, change)| {
        match history.clone().rebalance(EventBatch::new(at as u32, change)) {
            Ok(next) => {
                plans.push(next.last().clone());
                (next, plans)
            }
            Err(_) => (history, plans),
        }
    })
}

/// What changed hands between two versions, owners compared by number and by name.
fn compared(before: &Plan, after: &Plan) -> Vec<Transfer> {
    let name = |plan: &Plan, owner: Option<MemberId>| owner.map(|owner| plan.group().member(owner).expect("is here").id().clone());
    let partitions: BTreeSet<TopicPartition> =
        [before, after].iter().flat_map(|plan| plan.assignment().iter()).map(|(partition, _)| partition).collect();
    let transfer = |partition| Transfer { partition, from: before.assignment().owner(partition), to: after.assignment().owner(partition) };
    let changed = |transfer: &Transfer| transfer.from != transfer.to || name(before, transfer.from) != name(after, transfer.to);
    partitions.into_iter().map(transfer).filter(changed).collect()
}

proptest! {
    #![proptest_config(configured(128))]

    #[test]
    fn a_member_that_has_the_number_of_another_is_not_taken_for_it(life in some_life(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let (history, plans) = lived(life);
        let (a, b) = (a.index(plans.len()), b.index(plans.len()));
        let (one, other) = (&plans[a], &plans[b]);
        let differences: Vec<Transfer> = one.assignment().differences(other.assignment()).collect();
        prop_assert_eq!(&differences, &compared(one, other));
        prop_assert_eq!(&differences, &history.diff(a, b));
        prop_assert_eq!(one.assignment() == other.assignment(), differences.is_empty());
        // Claims to what an older version gave are those of members that are still here.
        let claiming = other.group().clone().claiming(one.assignment().clone());
        let stays = |(partition, owner): &(TopicPartition, MemberId)| {
            let name = |plan: &Plan| plan.group().member(*owner).map(|member| member.id().clone());
            name(one) == name(other) && other.group().subscribes(*owner, partition.topic)
        };
        let claimed = balance(&claiming).summary();
        prop_assert_eq!(claimed.retained + claimed.moved - claimed.forced, one.assignment().iter().filter(stays).count() as u64);
    }

    #[test]
    fn numbers_are_no_more_than_members_at_a_time_and_those_of_one_change(life in some_life()) {
        let mut most = MEMBERS;
        for plan in lived(life).1 {
            let anew = balance(plan.group());
            prop_assert_eq!(plan.summary(), anew.summary());
            prop_assert_eq!(plan.proof().bound(plan.group()), plan.costs());
            most = most.max(plan.group().member_count());
            prop_assert!(plan.group().members().all(|(member, _)| member.index() <= most));
        }
    }
}

#[test]
fn ten_thousand_members_pass_through_a_group_of_four() {
    let mut plan = balance(&start());
    for number in 0..10_000_usize {
        let leaves = if number < MEMBERS { format!("m{number}") } else { format!("new{}", number - MEMBERS) };
        let joins = Event::Join(NewMember::new(format!("new{number}"), interest(number % 15 + 1)));
        plan = plan.rebalance([Event::Leave(leaves), joins]).expect("can happen");
    }
    assert!(plan.group().members().all(|(member, _)| member.index() <= MEMBERS));
}
