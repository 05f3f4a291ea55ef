//! Plans in other orders of goals, as ratios to `balance, stickiness` of the same group in the same
//! run; and the grid of Kafka's own benchmark of assignors, in both orders, as ratios to the floor.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use std::collections::BTreeMap;

use floor::{floor, median, timed};
use shapes::changes::{Subscriptions, change, of_a_million, rebalanced};
use shapes::{Described, real};
use sticky_assignor::{Goals, Group, NewMember, NewTopic};

/// A group, an order, and the ratio that it shall stay below.
struct Case {
    name: &'static str,
    goals: &'static str,
    aim: f64,
    group: Box<dyn Fn() -> Described>,
}

const DEFAULT: &str = "balance,rack,stickiness,spread";
const SPREAD_FIRST: &str = "spread,balance,rack,stickiness";
const SPREAD_SECOND: &str = "balance,spread,rack,stickiness";

fn cases() -> Vec<Case> {
    let case = |name, goals, aim, group: Box<dyn Fn() -> Described>| Case { name, goals, aim, group };
    let million = || real::uniform(500, 2000, 2000);
    let unequal = || real::unequal(1000, (50, 200), 1000, (1, 40), 1);
    let crowd = || real::uniform(10, 10_000, 10_000);
    vec![
        case("a million, one joined", DEFAULT, 1.7, Box::new(move || real::joined(million().settled()))),
        case("a million with claims, one odd member", DEFAULT, 3.0, Box::new(move || real::odd_one_out(million().settled()))),
        case("unequal 125,000, 5 % replaced", DEFAULT, 2.5, Box::new(move || real::five_percent_replaced(unequal().settled()))),
        case(
            "unequal 125,000, 5 % replaced, racks",
            DEFAULT,
            5.0,
            Box::new(move || racked(real::five_percent_replaced(unequal().settled()))),
        ),
        case("unequal 125,000, 5 % replaced", SPREAD_FIRST, 1.5, Box::new(move || real::five_percent_replaced(unequal().settled()))),
        case(
            "unequal 125,000, claims of its own plan",
            SPREAD_SECOND,
            3.0,
            Box::new(move || real::five_percent_replaced(unequal().settled_in(order(SPREAD_SECOND)))),
        ),
        case(
            "unequal 125,000, claims of another order",
            SPREAD_SECOND,
            5.0,
            Box::new(move || real::five_percent_replaced(unequal().settled())),
        ),
        case("10,000 members, 10 topics, one joined", DEFAULT, 1.5, Box::new(move || real::joined(crowd().settled()))),
        case("10,000 members, 10 topics, one joined, racks", DEFAULT, 8.0, Box::new(move || racked(real::joined(crowd().settled())))),
    ]
}

/// The group with every member in one of six racks, and every partition with replicas in three.
fn racked(mut described: Described) -> Described {
    let rack = |number: usize| format!("rack-{}", number % 6);
    for (place, member) in described.members.iter_mut().enumerate() {
        member.rack = Some(rack(place));
    }
    for (number, topic) in described.topics.iter_mut().enumerate() {
        let replicas = |partition: usize| (0..3).map(|replica| rack(number + partition + replica)).collect();
        topic.racks = Some((0..topic.partitions as usize).map(replicas).collect());
    }
    described
}

fn order(goals: &str) -> Goals {
    goals.parse().expect("an order of goals")
}

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let filter: Option<String> = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let runs = if testing { 1 } else { 7 };
    println!("| group | goals | ms | ratio | aim |\n|---|---|---|---|---|");
    for case in cases().iter().filter(|case| filter.as_deref().is_none_or(|filter| case.name.contains(filter))) {
        let group = (case.group)().group();
        let [two, time] = interleaved(&group, [Goals::BALANCE_STICKINESS, order(case.goals)], runs);
        println!("| {} | {} | {:.2} | {:.1} | {} |", case.name, case.goals, time / 1e6, time / two, case.aim);
    }
    if filter.as_deref().is_none_or(|filter| filter == "changes") {
        changes(runs, if testing { 6 } else { 600 });
    }
    if filter.is_none_or(|filter| filter == "grid") {
        grid(runs.min(3), if testing { 20 } else { 1 });
    }
}

/// The least time of a plan in each of two orders, in turns.
fn interleaved(group: &Group, orders: [Goals; 2], runs: usize) -> [f64; 2] {
    let mut least = [f64::INFINITY; 2];
    for _ in 0..runs {
        for (least, goals) in least.iter_mut().zip(orders) {
            *least = least.min(timed(|| goals.balance(group)));
        }
    }
    least
}

/// Changes of plans in the default order: of the million in floors, and random ones of an unequal
/// group beside a balance of the changed group, its claims the plan before.
fn changes(runs: usize, count: usize) {
    let (floor, goals) = (floor(runs), Goals::default());
    println!("\n| change in the default order | ms | in floors | in balances |\n|---|---|---|---|");
    let million = goals.balance(&real::uniform(500, 2000, 2000).group());
    for (name, _, change) in of_a_million().into_iter().take(2) {
        let time = (0..runs).map(|_| timed(|| rebalanced(&million, &change))).fold(f64::INFINITY, f64::min);
        println!("| of the million, {name} | {:.2} | {:.1} | |", time / 1e6, time / floor);
    }
    let mut plan = goals.balance(&real::unequal(1000, (50, 200), 1000, (1, 40), 1).group());
    let mut times: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    let mut dice = shapes::Dice(9);
    for number in 0..count {
        let (kind, change) = change(&plan, &mut dice, number, &Subscriptions::Anything);
        let mut next = None;
        let time = timed(|| next = Some(rebalanced(&plan, &change)));
        plan = next.expect("it was made");
        let anew = timed(|| goals.balance(plan.group()));
        for kind in [kind, "all"] {
            times.entry(kind).or_default().push((time, time / anew));
        }
    }
    for (kind, times) in times {
        let (time, part) = (median(times.iter().map(|time| time.0).collect()), median(times.iter().map(|time| time.1).collect()));
        println!("| unequal 125,000, {kind} | {:.2} | {:.1} | {part:.3} |", time / 1e6, time / floor);
    }
}

/// Kafka's own grid, at 1,000 members, 1,000 topics and 50,000 partitions, all divided where this
/// is only to be seen to run.
fn grid(runs: usize, divided: usize) {
    let floor = floor(runs);
    let size = 1000 / divided;
    println!("\n| subscriptions | sizes | racks | change | floors, balance,stickiness | floors, default |\n|---|---|---|---|---|---|");
    let mut slowest = (0.0, String::new());
    for (subscriptions, sizes, racks) in kinds() {
        let fresh = |members: usize, more: u32| grid_group(size, members, subscriptions, sizes, more);
        let finish = |described: Described| if racks == "given" { racked(described) } else { described };
        let settled = fresh(size, 0).settled();
        for change in ["none", "one joins", "many join", "one leaves", "many leave", "partitions added", "from nothing"] {
            let described = match change {
                "none" => settled.clone(),
                "one joins" => joined(settled.clone(), fresh(size + 1, 0)),
                "many join" => joined(settled.clone(), fresh(size + size / 10, 0)),
                "one leaves" => settled.clone().without(|place| place == size / 2),
                "many leave" => settled.clone().without(|place| place % 10 == 5),
                "partitions added" => Described { topics: fresh(size, 10).topics, ..settled.clone() },
                _ => fresh(size, 0),
            };
            let group = finish(described).group();
            let [two, four] = interleaved(&group, [Goals::BALANCE_STICKINESS, Goals::default()], runs).map(|time| time / floor);
            println!("| {subscriptions} | {sizes} | {racks} | {change} | {two:.1} | {four:.1} |");
            if four > slowest.0 {
                slowest = (four, format!("{subscriptions}, {sizes}, racks {racks}, {change}"));
            }
        }
    }
    println!("\nslowest: {} ({:.1} floors; aim 15)", slowest.1, slowest.0);
}

fn kinds() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let subscriptions = ["identical", "disjoint groups", "nested"];
    let sized = subscriptions.into_iter().flat_map(|subscriptions| ["equal", "skewed"].map(|sizes| (subscriptions, sizes)));
    sized.flat_map(|(subscriptions, sizes)| ["none", "given"].map(|racks| (subscriptions, sizes, racks)))
}

/// Topics of 50 partitions on average, and members that subscribe to all of them, to those of their
/// tenth of the group, or to so many of the first.
fn grid_group(topics: usize, members: usize, subscriptions: &str, sizes: &str, more: u32) -> Described {
    let partitions = |topic: usize| match sizes {
        "skewed" => 5 + (90 * topic / topics) as u32,
        _ => 50,
    };
    let topics: Vec<NewTopic> = (0..topics).map(|topic| NewTopic::new(shapes::topic_name(topic), partitions(topic) + more)).collect();
    let tenth = topics.len().div_ceil(10);
    let subscribed = |place: usize| match subscriptions {
        "disjoint groups" => (place % 10 * tenth)..((place % 10 + 1) * tenth).min(topics.len()),
        "nested" => 0..(topics.len() * (place % 10 + 1)).div_ceil(10),
        _ => 0..topics.len(),
    };
    let members: Vec<NewMember> = (0..members).map(|place| shapes::member(place, subscribed(place))).collect();
    Described { topics, members }
}

/// The settled group with those members of a larger one that it lacks.
fn joined(mut settled: Described, larger: Described) -> Described {
    settled.members.extend(larger.members.into_iter().skip(settled.members.len()));
    settled
}
