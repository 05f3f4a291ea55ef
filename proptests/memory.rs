//! How much memory inputs take that could take far more than their size: a test binary of its own,
//! for it counts every allocation, and so one test.

mod peak;

use std::collections::BTreeMap;
use std::io;

use peak::peak;
use sticky_assignor::document::{GroupDocument, PlanDocument, VerdictDocument};
use sticky_assignor::{
    Change, Event, GivenAssignment, Goals, Group, NewMember, NewTopic, Price, Proof, Strategy, Subscription, balance, verify_given,
};

#[test]
fn memory_is_bounded_by_the_input() {
    subscriptions_in_a_word(600, 600);
    subscriptions_in_a_word(2000, 500);
    racks_beside_all(600);
    claims_beside_all(600);
    named_beside_all(300);
    many_partitions_in_a_few_bytes(1_000_000);
}

/// This many bytes are taken at most for each byte of a group's document.
const FOR_EACH_BYTE: usize = 20;

/// A group, and how long its document is.
fn described(topics: &[NewTopic], members: &[NewMember]) -> (Group, usize) {
    let group = Group::new(topics, members).expect("the group can be");
    let document = serde_json::to_string(&GroupDocument::from(&group)).expect("a document");
    (group, document.len())
}

fn topics(count: usize) -> Vec<NewTopic> {
    (0..count).map(|number| NewTopic::new(format!("t{number:05}"), 1)).collect()
}

fn of_all(count: usize) -> Vec<NewMember> {
    (0..count).map(|number| NewMember::new(format!("m{number:05}"), Subscription::Every)).collect()
}

/// Where members say "all", nothing is written out for each topic and member.
fn subscriptions_in_a_word(topic_count: usize, member_count: usize) {
    let (group, document) = described(&topics(topic_count), &of_all(member_count));
    let bounded = |what: &str, call: &dyn Fn()| {
        let taken = peak(call);
        assert!(taken <= FOR_EACH_BYTE * document, "{what}: {taken} bytes for a document of {document}");
    };
    let plan = Goals::BALANCE_STICKINESS.balance(&group);
    for goals in ["balance,rack,stickiness,spread", "balance,stickiness", "spread,balance,stickiness", "stickiness,balance"] {
        let goals: Goals = goals.parse().expect("goals");
        bounded(&format!("balance, {goals}"), &|| drop(goals.balance(&group)));
        bounded(&format!("verify, {goals}"), &|| drop(goals.verify(&group, plan.assignment())));
    }
    let price = |number: usize| Price::from([number as i64 % 3, number as i64 % 7, (number as i64 * 7919) % 10_003]);
    let hostile = Proof::new(Goals::default(), &group, |member| price(member.index()), |topic| price(topic.index() + 1));
    bounded("bound", &|| _ = hostile.bound(&group));
    strategies(&group, &bounded);
    let leaves = Change::from([Event::Leave("m00001".into())]);
    let joins = Change::from([Event::Join(NewMember::new("newcomer", Subscription::Every))]);
    let in_all_goals = balance(&group);
    for (plan, change) in [&plan, &in_all_goals].into_iter().flat_map(|plan| [&leaves, &joins].map(|change| (plan, change))) {
        bounded(&format!("{change:?} in {}", plan.goals()), &|| drop(plan.rebalance(change.clone())));
    }
}

/// Where members that say "all" are in racks and claim something, either.
fn racks_beside_all(count: usize) {
    let rack = |number: usize| format!("r{}", number % 6);
    let mut topics: Vec<NewTopic> = (0..count).map(|number| NewTopic::new(format!("t{number:05}"), 4)).collect();
    for (number, topic) in topics.iter_mut().enumerate() {
        let replicas = |partition: usize| (0..3).map(|replica| rack(number + partition + replica)).collect();
        topic.racks = Some((0..4).map(replicas).collect());
    }
    let mut members = of_all(count);
    for (number, member) in members.iter_mut().enumerate() {
        member.rack = Some(rack(number));
    }
    let plan = balance(&described(&topics, &members).0);
    let members: Vec<NewMember> = (0..count).map(|number| claiming(&plan, &members[number])).collect();
    let (group, document) = described(&topics, &members[1..]);
    let bounded = |what: &str, call: &dyn Fn()| {
        let taken = peak(call);
        assert!(taken <= FOR_EACH_BYTE * document, "{what}: {taken} bytes for a document of {document}");
    };
    bounded("balance with racks", &|| drop(balance(&group)));
    bounded("verify with racks", &|| drop(Goals::default().verify(&group, balance(&group).assignment())));
    let leaves = Change::from([Event::Leave("m00002".into())]);
    bounded("rebalance with racks", &|| drop(balance(&group).rebalance(leaves.clone())));
}

/// This many are taken at most where there are racks and each topic has a network of its own from
/// them to its subscribers.
const FOR_EACH_BYTE_IN_RACKS: usize = 40;

/// Where members that say "all" claim something here and there, in any order of goals.
fn claims_beside_all(count: usize) {
    let rack = |number: usize| format!("r{}", number % 6);
    for is_racked in [false, true] {
        let mut topics: Vec<NewTopic> = (0..count).map(|number| NewTopic::new(format!("t{number:05}"), 3)).collect();
        let mut members = of_all(count);
        for (number, topic) in topics.iter_mut().enumerate() {
            let replicas = |partition: usize| (0..2).map(|replica| rack(number + partition + replica)).collect();
            topic.racks = is_racked.then(|| (0..3).map(replicas).collect());
            for partition in 0..3 {
                // Far from one another, and from the topics beside.
                let member = &mut members[(number * 7919 + partition as usize * 104_729) * 31 % 1009 % count];
                *member = member.clone().owning(&topic.name, [partition]);
            }
        }
        for (number, member) in members.iter_mut().enumerate() {
            member.rack = is_racked.then(|| rack(number));
            // Half of them name a few.
            if number % 2 == 1 {
                member.subscription = Subscription::Named((0..5).map(|more| topics[(number * 7 + more) % count].name.clone()).collect());
            }
        }
        let (group, document) = described(&topics, &members);
        for goals in
            ["balance,rack,stickiness,spread", "spread,balance,rack,stickiness", "balance,spread", "stickiness,rack", "rack,spread"]
        {
            let goals: Goals = goals.parse().expect("goals");
            let taken = peak(|| drop(goals.balance(&group)));
            let most = if is_racked { FOR_EACH_BYTE_IN_RACKS } else { FOR_EACH_BYTE };
            assert!(taken <= most * document, "{goals}: {taken} bytes for a document of {document}");
        }
    }
}

fn claiming(plan: &sticky_assignor::Plan, member: &NewMember) -> NewMember {
    let mut member = member.clone();
    for (topic, partitions) in plan.by_name().of_member(&member.id).into_iter().flatten() {
        member = member.owning(topic, partitions);
    }
    member
}

fn strategies(group: &Group, bounded: &dyn Fn(&str, &dyn Fn())) {
    for strategy in Strategy::ALL {
        bounded(strategy.name(), &|| drop(strategy.assign(group)));
    }
}

/// As many members name one topic each as say "all".
fn named_beside_all(count: usize) {
    let (topics, mut members) = (topics(count), of_all(count));
    members.extend(topics.iter().map(|topic| NewMember::new(format!("of {}", topic.name), [topic.name.as_str()])));
    let (group, document) = described(&topics, &members);
    strategies(&group, &|what, call| {
        let taken = peak(call);
        assert!(taken <= FOR_EACH_BYTE * document, "{what}: {taken} bytes for a document of {document}");
    });
}

/// This many bytes are taken at most for each partition, whatever is made of a plan.
const FOR_EACH_PARTITION: usize = 40;
/// This many by judging, three numbers for each partition, unless balancing takes more.
const FOR_EACH_JUDGED: usize = 13;
/// What is written is held this much at most.
const WRITTEN: usize = 64 << 10;

/// Where a few bytes describe many partitions, answers are written as they are found.
fn many_partitions_in_a_few_bytes(partitions: u32) {
    let members = [NewMember::new("a", Subscription::Every).owning("t", 0..4), NewMember::new("b", Subscription::Every)];
    let (group, _) = described(&[NewTopic::new("t", partitions)], &members);
    let bounded = |what: &str, most: usize, call: &dyn Fn()| {
        let taken = peak(call);
        assert!(taken <= most, "{what}: {taken} bytes for {partitions} partitions");
    };
    let most = FOR_EACH_PARTITION * partitions as usize;
    let nothing = GivenAssignment(BTreeMap::new());
    bounded("balance", most, &|| drop(balance(&group)));
    let judged = peak(|| balance(&group)).max(FOR_EACH_JUDGED * partitions as usize);
    bounded("verify", judged, &|| drop(verify_given(&group, &nothing, None)));
    let verdict = verify_given(&group, &nothing, None);
    assert_eq!((verdict.violations.len(), verdict.violations.runs().len()), (partitions.into(), 1));
    bounded("a verdict written", WRITTEN, &|| write(&VerdictDocument::new(&group, &verdict)));
    let plan = balance(&group);
    bounded("why it moves", most, &|| drop(plan.actions().last()));
    bounded("a plan written", WRITTEN, &|| write(&PlanDocument::whole(&plan, &[])));
    bounded("a plan written, explained", most, &|| write(&PlanDocument::whole(&plan, &[]).explained(&plan)));
    let claimed = plan.claimed_owners();
    bounded("differences", WRITTEN, &|| _ = claimed.differences(plan.assignment()).last());
}

fn write(document: &impl serde::Serialize) {
    serde_json::to_writer(io::sink(), document).expect("a sink takes anything");
}
