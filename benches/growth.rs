//! How time grows with size: partitions, members and topics doubled one at a time, and the exponent
//! that this shows.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use floor::{median, timed};
use shapes::{Described, balance, real};

/// How often a size is doubled.
const DOUBLINGS: usize = 3;

/// The sizes of a group.
#[derive(Clone, Copy)]
struct Size {
    topics: usize,
    partitions: usize,
    members: usize,
}

/// One way for a group to grow.
struct Growth {
    name: &'static str,
    start: Size,
    doubled: fn(Size) -> Size,
    group: fn(Size) -> Described,
}

fn more_partitions(size: Size) -> Size {
    Size { partitions: 2 * size.partitions, ..size }
}

fn more_members(size: Size) -> Size {
    Size { members: 2 * size.members, ..size }
}

fn more_topics(size: Size) -> Size {
    Size { topics: 2 * size.topics, ..size }
}

/// Everyone subscribes to everything; a settled group that one member left.
fn identical(size: Size) -> Described {
    real::uniform(size.topics, size.partitions as u32, size.members).settled().without(|place| place == 1)
}

/// Each member subscribes to 1 to 40 topics; a settled group of which every twentieth member is
/// replaced.
fn unequal(size: Size) -> Described {
    let sizes = (size.partitions / 2, size.partitions * 2);
    real::five_percent_replaced(real::unequal(size.topics, sizes, size.members, (1, 40), 1).settled())
}

fn growths() -> Vec<Growth> {
    let (small, sparse) = (Size { topics: 200, partitions: 500, members: 500 }, Size { topics: 500, partitions: 100, members: 500 });
    let of = |name, start, doubled, group| Growth { name, start, doubled, group };
    vec![
        of("identical subscriptions, partitions of a topic", small, more_partitions, identical),
        of("identical subscriptions, members", small, more_members, identical),
        of("identical subscriptions, topics", small, more_topics, identical),
        of("unequal subscriptions, partitions of a topic", sparse, more_partitions, unequal),
        of("unequal subscriptions, members (and subscriptions)", sparse, more_members, unequal),
        of("unequal subscriptions, topics", sparse, more_topics, unequal),
    ]
}

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let (runs, doublings) = if testing { (1, 0) } else { (15, DOUBLINGS) };
    println!("| what is doubled | ms, from one size to the next | exponent |\n|---|---|---|");
    for growth in growths() {
        let sizes = std::iter::successors(Some(growth.start), |size| Some((growth.doubled)(*size)));
        let times: Vec<f64> = sizes.take(doublings + 1).map(|size| time(&(growth.group)(size), runs)).collect();
        let shown: Vec<String> = times.iter().map(|time| format!("{:.2}", time / 1e6)).collect();
        let exponent = (times[doublings] / times[0]).log2() / doublings.max(1) as f64;
        println!("| {} | {} | {exponent:.2} |", growth.name, shown.join(", "));
    }
}

fn time(described: &Described, runs: usize) -> f64 {
    let group = described.group();
    median((0..runs).map(|_| timed(|| balance(&group))).collect())
}
