//! Groups in which goals meet: what one of them leaves to the next, and what it costs which comes
//! first.

use sticky_assignor::document::{EventDocument, GroupDocument};
use sticky_assignor::{Change, Goal, Goals, MemberId, Plan};

use super::{document, group, loads};
use crate::oracle::{Problem, changed, least_costs};
use crate::strategies::{claiming, given};

const FRANZ_GO_795: &str = include_str!("../cases/events/franz-go-795-two-join-one-leaves-back.jsonl");

fn goals(names: &str) -> Goals {
    names.parse().expect("goals")
}

/// How many partitions of a topic each member has.
fn held(plan: &Plan, topic: &str) -> Vec<usize> {
    let topic = plan.group().topic_id(topic).expect("a topic");
    let held = |member: MemberId| plan.assignment().partitions_of_topic(member, topic).count();
    plan.group().members().map(|(member, _)| held(member)).collect()
}

/// The costs in the goals of the plan, and the oracle's.
fn assert_best(plan: &Plan, claimed: &GroupDocument) {
    let least = least_costs(&Problem::of(claimed), &plan.goals());
    assert!(plan.costs().iter().map(|(_, cost)| cost).eq(least.iter().map(|&least| i128::from(least))), "{:?} {least:?}", plan.costs());
}

/// Whoever gives up three of six without looking at topics gives up three of the four.
#[test]
fn topics_of_four_and_two_when_one_member_becomes_two() {
    let text = r#"{"topics": {"t": 4, "u": 2}, "members": [
        {"id": "a", "topics": "*", "owned": {"t": [0,1,2,3], "u": [0,1]}}, {"id": "b", "topics": "*"}]}"#;
    let plan = Goals::default().balance(&group(text));
    assert_eq!((held(&plan, "t"), held(&plan, "u"), plan.summary().moved), (vec![2, 2], vec![1, 1], 3));
}

/// A subscribes to X and Y, B only to Y. With even loads all of Y is B's; with Y even A has five
/// more.
#[test]
fn even_loads_and_even_topics_cannot_both_be_had() {
    let text = r#"{"topics": {"x": 10, "y": 10}, "members": [{"id": "a", "topics": ["x", "y"]}, {"id": "b", "topics": ["y"]}]}"#;
    assert_eq!(loads(&goals("balance,spread").balance(&group(text))), [10, 10]);
    let spread_first = goals("spread,balance").balance(&group(text));
    assert_eq!((loads(&spread_first), held(&spread_first, "y")), (vec![15, 5], vec![5, 5]));
}

/// The plans through the events of franz-go issue 795, each checked against the oracle.
fn plans_of_franz_go_795(goals: Goals) -> Vec<Plan> {
    let mut lines = FRANZ_GO_795.lines();
    let mut claimed = document(lines.next().expect("a group"));
    let mut plans = vec![goals.balance(&group(FRANZ_GO_795.lines().next().expect("a group")))];
    for line in lines {
        let event: EventDocument = serde_json::from_str(line).expect("an event");
        let (plan, change) = (&plans[plans.len() - 1], Change::from(event.content.events()));
        claimed = claiming(claimed, &given(plan.group(), plan.assignment()));
        claimed = changed(&claimed, &change).expect("a possible change");
        let after = plan.rebalance(&change).expect("a possible change");
        assert_best(&after, &claimed);
        plans.push(after);
    }
    plans
}

/// Two join, one after the other, and the first comes back: nobody ever has 72 of T3.
#[test]
fn with_spread_first_each_member_has_its_share_of_the_large_topic_after_every_event() {
    for plan in plans_of_franz_go_795(goals("spread,balance,stickiness")) {
        let members = plan.group().members().count();
        assert_eq!(held(&plan, "T3"), vec![96 / members; members]);
    }
}

/// Here even topics cost no move, so the default order has them too.
#[test]
fn by_default_the_large_topic_is_as_even_as_stickiness_allows_after_every_event() {
    for plan in plans_of_franz_go_795(Goals::default()) {
        let members = plan.group().members().count();
        assert_eq!(plan.costs().get(Goal::Spread), Some((2 * 24 * 24 + 96 * 96) / members as i128), "{:?}", held(&plan, "T3"));
    }
}

/// Twelve racks: what is confined to each set of them is not looked at any more, and all the same
/// every order comes out best.
#[test]
fn topics_in_more_racks_than_have_prices_of_their_own_at_the_start() {
    let replicas = |partition: usize| format!(r#"["r{}", "r{}"]"#, partition * partition % 12, (partition * 5 + 1) % 12);
    let topic = |name: &str, first: usize| {
        let racks: Vec<String> = (first..first + 30).map(replicas).collect();
        format!(r#""{name}": {{"partitions": 30, "racks": [{}]}}"#, racks.join(", "))
    };
    let member = |number: usize| {
        let topics = [r#""*""#, r#"["t", "u"]"#, r#"["u", "v"]"#][number % 3];
        let owned: Vec<String> = (0..30).filter(|partition| partition % 8 == number % 8).map(|partition| partition.to_string()).collect();
        let owned = if number < 8 { format!(r#", "owned": {{"u": [{}]}}"#, owned.join(", ")) } else { String::new() };
        format!(r#"{{"id": "m{number:02}", "rack": "r{}", "topics": {topics}{owned}}}"#, number * 7 % 12)
    };
    let members: Vec<String> = (0..20).map(member).collect();
    let topics = [topic("t", 0), topic("u", 3), topic("v", 8)].join(", ");
    let text = format!(r#"{{"topics": {{{topics}}}, "members": [{}]}}"#, members.join(", "));
    let orders = ["balance,rack,stickiness,spread", "spread,balance,rack,stickiness", "rack,spread,stickiness,balance"];
    for plan in orders.map(|order| goals(order).balance(&group(&text))) {
        assert_best(&plan, &document(&text));
        let bound = plan.proof().bound(plan.group());
        assert_eq!(plan.costs(), bound);
    }
}

/// Each topic is in the rack of its first subscriber, the first topic has twice what that can take,
/// and so each passes its own on to the next: a partition that finds no place costs as many
/// mismatches as the chain is long.
#[test]
fn partitions_that_no_rack_has_room_for_cost_mismatches_all_along_a_chain() {
    for length in [1, 3, 14] {
        let partitions = |topic: usize| if topic == 0 { 4 } else { 2 };
        let topic = |number: usize| {
            let racks = vec![format!(r#"["r{number:02}"]"#); partitions(number)].join(", ");
            format!(r#""t{number:02}": {{"partitions": {}, "racks": [{racks}]}}"#, partitions(number))
        };
        let member = |number: usize| {
            let subscribed = [number.checked_sub(1), Some(number).filter(|number| *number < length)];
            let subscribed: Vec<String> = subscribed.into_iter().flatten().map(|topic| format!(r#""t{topic:02}""#)).collect();
            format!(r#"{{"id": "m{number:02}", "rack": "r{number:02}", "topics": [{}]}}"#, subscribed.join(", "))
        };
        let (topics, members): (Vec<String>, Vec<String>) = ((0..length).map(topic).collect(), (0..=length).map(member).collect());
        let text = format!(r#"{{"topics": {{{}}}, "members": [{}]}}"#, topics.join(", "), members.join(", "));
        let plan = Goals::default().balance(&group(&text));
        assert_best(&plan, &document(&text));
        assert_eq!(plan.costs().get(Goal::Rack), Some(2 * length as i128));
        assert_eq!(plan.costs(), plan.proof().bound(plan.group()));
    }
}

/// Many members, of which every tenth has left, subscribe to the first topics, some to more than
/// others; their racks are unequal then, most claims are void where they are mismatches, and what
/// is dealt anew is uneven in a few topics.
#[test]
fn racks_that_a_tenth_of_the_members_have_left() {
    let replicas = |place: usize| format!(r#"["r{}", "r{}", "r{}"]"#, place % 6, (place + 1) % 6, (place + 2) % 6);
    let topic = |number: usize| {
        let racks: Vec<String> = (number..number + 12).map(replicas).collect();
        format!(r#""t{number:02}": {{"partitions": 12, "racks": [{}]}}"#, racks.join(", "))
    };
    let member = |place: usize| {
        let subscribed: Vec<String> = (0..40 * (place % 10 + 1) / 10).map(|topic| format!(r#""t{topic:02}""#)).collect();
        let owned: Vec<String> = (0..subscribed.len()).map(|topic| format!(r#""t{topic:02}": [{}]"#, (place + topic) % 12)).collect();
        let owned = owned.into_iter().filter(|_| !place.is_multiple_of(3)).collect::<Vec<_>>().join(", ");
        format!(r#"{{"id": "m{place:02}", "rack": "r{}", "topics": [{}], "owned": {{{owned}}}}}"#, place % 6, subscribed.join(", "))
    };
    let topics: Vec<String> = (0..40).map(topic).collect();
    for joined in [30, 60] {
        let members: Vec<String> = (0..joined).filter(|place| place % 10 != 5).map(member).collect();
        let text = format!(r#"{{"topics": {{{}}}, "members": [{}]}}"#, topics.join(", "), members.join(", "));
        let plan = Goals::default().balance(&group(&text));
        assert_best(&plan, &document(&text));
        assert_eq!(plan.costs(), plan.proof().bound(plan.group()));
    }
}

/// One joins twelve, whose claims to five of eight topics stand, while those to three are void, as
/// they are mismatches. It has its whole load of these three, so more of each than anybody else,
/// and costs less than the others do: nothing else proves that this is as even as can be.
#[test]
fn one_joins_where_claims_to_most_topics_stand_and_racks_void_the_others() {
    // Written down in another order than that of their names.
    let name = |number: usize| format!("t{}", (number * 5 + 3) % 8);
    let topic = |number: usize| {
        let replicas = |place: usize| format!(r#"["r{}", "r{}", "r{}"]"#, place % 6, (place + 1) % 6, (place + 2) % 6);
        let racks: Vec<String> = (number..number + 12).map(replicas).collect();
        format!(r#""{}": {{"partitions": 12, "racks": [{}]}}"#, name(number), racks.join(", "))
    };
    let member = |place: usize| {
        let owned: Vec<String> = (0..8).map(|topic| format!(r#""{}": [{}]"#, name(topic), (place + 12 * 8 - 2 * topic) % 12)).collect();
        let owned = if place < 12 { owned.join(", ") } else { String::new() };
        format!(r#"{{"id": "m{place:02}", "rack": "r{}", "topics": "*", "owned": {{{owned}}}}}"#, place % 6)
    };
    let (topics, members): (Vec<String>, Vec<String>) = ((0..8).map(topic).collect(), (0..13).map(member).collect());
    let text = format!(r#"{{"topics": {{{}}}, "members": [{}]}}"#, topics.join(", "), members.join(", "));
    let plan = Goals::default().balance(&group(&text));
    assert_best(&plan, &document(&text));
    assert_eq!(plan.costs(), plan.proof().bound(plan.group()));
    let joined = plan.group().members().map(|(id, _)| id).last().expect("a member");
    let held = (0..8).map(|number| plan.group().topic_id(&format!("t{number}")).expect("a topic"));
    let held: Vec<usize> = held.map(|topic| plan.assignment().partitions_of_topic(joined, topic).count()).collect();
    assert_eq!((held.iter().sum::<usize>(), held.iter().max()), (7, Some(&3)), "{held:?}");
    let spread = Goals::default().position(Goal::Spread).expect("a goal of the default order");
    assert!(plan.proof().member(joined).get(spread) < 0);
}
