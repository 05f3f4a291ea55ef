//! The speed table: `balance` on shapes of real groups and on hard ones, as ratios to the floor
//! measured in the same run.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use floor::{floor, median, timed};
use shapes::{Described, balance, hard, real};
use sticky_assignor::{NewMember, Subscription};

/// A case of the table.
struct Case {
    name: &'static str,
    /// What is hard about it.
    hard: &'static str,
    /// The ratio to the floor that it shall stay below.
    aim: f64,
    group: Box<dyn Fn() -> Described>,
}

fn case(name: &'static str, hard: &'static str, aim: f64, group: impl Fn() -> Described + 'static) -> Case {
    Case { name, hard, aim, group: Box::new(group) }
}

fn million() -> Described {
    real::uniform(500, 2000, 2000)
}

fn cases() -> Vec<Case> {
    let sparse = || real::unequal(1000, (50, 200), 1000, (1, 40), 1);
    let large = || real::unequal(1000, (500, 2000), 2000, (1, 40), 2);
    let by_pattern = || real::unequal(20_000, (10, 10), 500, (20, 60), 4);
    vec![
        case("a million, fresh", "nothing; memory", 6.0, million),
        case(
            "a million with claims, nothing changed",
            "a million claims to resolve, each far from the one before in the table of owners",
            8.0,
            || million().settled(),
        ),
        case("a million with claims, one left", "free partitions go where the fewest of their topic are", 8.0, || {
            million().settled().without(|place| place == 1000)
        }),
        case("a million with claims, one joined", "every fourth member gives one up, each of another topic", 8.0, || {
            real::joined(million().settled())
        }),
        case("a million with claims, one subscribes to one topic less", "one odd member takes the closed form away", 12.0, || {
            real::odd_one_out(million().settled())
        }),
        case("unequal 125,000, 5 % replaced", "every member subscribes to something else", 5.0, move || {
            real::five_percent_replaced(sparse().settled())
        }),
        case("unequal 1.2 million, fresh", "the same, larger, and nothing to start from", 9.0, large),
        case("unequal 1.2 million, 5 % replaced", "the same, with claims", 12.0, move || real::five_percent_replaced(large().settled())),
        case(
            "20,000 topics × 10 × 500 members, claims of a greedy plan",
            "another client's plan, in which much is where it cannot stay",
            8.0,
            move || real::greedily_claimed(by_pattern()),
        ),
        case("unequal 1.2 million, greedy plan, 5 % replaced", "the same, larger", 9.0, move || {
            real::five_percent_replaced(real::greedily_claimed(large()))
        }),
        case("20,000 topics × 10 × 500 members, one replaced", "many topics with one or two subscribers", 8.0, move || {
            by_pattern().settled().replacing(|place| place == 250)
        }),
        case("chain of 2,000 members, skewed claims", "paths as long as the chain", 6.0, || hard::chain(2000)),
        case("nested 122 750, fresh", "many levels", 100.0, || hard::nested(122, 750)),
        case("nested 104 3625, fresh", "many levels, wide", 100.0, || hard::nested(104, 3625)),
        case("nested 104 3625, one left", "the second step of that", 100.0, || {
            hard::nested(104, 3625).settled().without(|place| place == 1000)
        }),
        case("last-one 50 800 800, one left", "one member subscribes to one topic", 100.0, || {
            hard::last_one(50, 800, 800).settled().without(|place| place == 400)
        }),
        case("complete 1,000 × 1,000, random owners", "every member has too many of something", 100.0, || {
            hard::random_owners(1000, 900, 1000)
        }),
        case("power law 2,000 × 2,000, 5 % replaced", "a few crowded topics", 100.0, || {
            real::five_percent_replaced(hard::power_law(2000, 2000).settled())
        }),
        case("blocks joined in a chain", "few paths between many members", 100.0, || hard::blocks(200, 10)),
    ]
}

fn main() {
    // Criterion's own flags reach every bench; under `cargo test --benches` one run of each is
    // enough.
    let testing = std::env::args().any(|argument| argument == "--test");
    let filter: Option<String> = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let runs = if testing { 1 } else { 15 };
    let floor = floor(if testing { 1 } else { 15 });
    println!("floor: {:.3} ms\n", floor / 1e6);
    println!(
        "| case | what is hard about it | partitions | ms | ratio | aim | build | reading | sum |\n|---|---|---|---|---|---|---|---|---|"
    );
    for case in cases().iter().filter(|case| filter.as_deref().is_none_or(|filter| case.name.contains(filter))) {
        let described = (case.group)();
        let group = described.group();
        let balance = median((0..runs).map(|_| timed(|| balance(&group))).collect());
        let build = median((0..runs.min(5)).map(|_| timed(|| described.group())).collect());
        let reading = median((0..runs.min(5)).map(|_| timed(|| read(&described))).collect());
        let ratios = [balance / floor, case.aim, build / floor, reading / floor, (balance + build) / floor];
        let ratios = ratios.map(|ratio| ((ratio * 10.0).round() / 10.0).to_string()).join(" | ");
        println!("| {} | {} | {} | {:.2} | {ratios} |", case.name, case.hard, group.partition_count(), balance / 1e6);
    }
}

/// The least that building a group must do: a look at each name and each number that describes it.
fn read(described: &Described) -> u64 {
    let first = |name: &String| name.bytes().next().map_or(0, u64::from);
    let of_member = |member: &NewMember| {
        let named: u64 = match &member.subscription {
            Subscription::Named(names) => names.iter().map(first).sum(),
            Subscription::Every => 0,
        };
        let owned = member.owned.iter().map(|(topic, list)| first(topic) + list.iter().map(|partition| *partition as u64).sum::<u64>());
        named + owned.sum::<u64>()
    };
    described.members.iter().map(of_member).sum()
}
