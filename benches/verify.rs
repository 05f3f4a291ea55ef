//! Judging assignments: the best plan of a group, and what other assignors make of it, beside one
//! balance and reading the assignment once.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use floor::{floor, median, timed};
use shapes::judged::{given, read};
use shapes::{Described, hard, real};
use sticky_assignor::{Goals, Strategy};

/// The order with a solver of its own, and the default.
fn orders() -> [(&'static str, Goals); 2] {
    [("two goals", Goals::BALANCE_STICKINESS), ("default", Goals::default())]
}

/// Groups whose assignments are judged.
fn cases() -> Vec<(&'static str, Described)> {
    let million = || real::uniform(500, 2000, 2000).settled();
    vec![
        ("a million, nothing changed", million()),
        ("a million, one joined", real::joined(million())),
        ("a million, one subscribes to one topic less", real::odd_one_out(million())),
        ("unequal 125,000, 5 % replaced", real::five_percent_replaced(real::unequal(1000, (50, 200), 1000, (1, 40), 1).settled())),
        ("unequal 1.2 million, 5 % replaced", real::five_percent_replaced(real::unequal(1000, (500, 2000), 2000, (1, 40), 2).settled())),
        ("chain of 2,000 members, skewed claims", hard::chain(2000)),
    ]
}

fn main() {
    // Criterion's own flags reach every bench; under `cargo test --benches` one run is enough.
    let testing = std::env::args().any(|argument| argument == "--test");
    let filter: Option<String> = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let is_asked = |name: &str| filter.as_deref().is_none_or(|filter| name.contains(filter));
    let runs = if testing { 1 } else { 7 };
    println!("floor: {:.3} ms\n", floor(runs) / 1e6);
    println!(
        "{:<44} {:<10} {:<11} {:>9} {:>9} {:>9} {:>6} {:>10} {:>8} {:>8}",
        "case", "goals", "judged", "ms", "balance", "reading", "ratio", "partitions", "optimal", "witness"
    );
    for (name, described) in cases().iter().filter(|(name, _)| is_asked(name)) {
        let group = described.group();
        for (order, goals) in orders() {
            let solving = median((0..runs).map(|_| timed(|| goals.balance(&group))).collect());
            for strategy in [Strategy::Sticky, Strategy::Range, Strategy::RoundRobin] {
                let given = given(&group, &strategy.assign(&group));
                let verdict = goals.verify_given(&group, &given, None);
                let reading = median((0..runs).map(|_| timed(|| read(&group, &given))).collect());
                let judging = median((0..runs).map(|_| timed(|| goals.verify_given(&group, &given, None))).collect());
                println!(
                    "{name:<44} {order:<10} {strategy:<11} {:>9.1} {:>9.1} {:>9.1} {:>6.1} {:>10} {:>8} {:>8}",
                    judging / 1e6,
                    solving / 1e6,
                    reading / 1e6,
                    judging / (solving + reading),
                    group.partition_count(),
                    verdict.is_optimal(),
                    verdict.witness.len()
                );
            }
        }
    }
}
