//! The next plan after a change: its time as a ratio to the floor, and what keeping the version costs in memory.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use floor::{floor, median, timed};
use peak_alloc::PeakAlloc;
use shapes::{Dice, real, topic_name};
use sticky_assignor::{Change, Event, NewMember, NewTopic, Plan, Subscription, balance};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let runs = if testing { 1 } else { 15 };
    let floor = floor(runs);
    println!("floor: {:.3} ms", floor / 1e6);
    million(floor, runs);
    unequal(runs);
}

/// Everyone follows everything: 500 topics × 2,000 partitions × 2,000 members.
fn million(floor: f64, runs: usize) {
    let described = real::uniform(500, 2000, 2000);
    let plan = balance(&described.group());
    let names = |more: Option<&str>| (0..500).map(topic_name).chain(more.map(String::from)).collect::<Vec<_>>();
    let changes = [
        ("one leaves", 1.0, Event::Leave("m01000".into())),
        ("one joins", 1.0, Event::Join(NewMember::new("newcomer", described.members[0].subscription.clone()))),
        ("a topic nobody follows is created", 0.02, Event::Topic(NewTopic::new("unheard", 12))),
        (
            "a member follows one more topic that does not exist",
            0.02,
            Event::Subscribe { member: "m01000".into(), subscription: Subscription::Named(names(Some("unheard"))) },
        ),
    ];
    for (name, aim, event) in changes {
        let change = Change::from([event]);
        let time = median((0..runs).map(|_| timed(|| rebalanced(&plan, &change))).collect());
        let before = ALLOCATED.current_usage();
        let next = rebalanced(&plan, &change);
        let kept = ALLOCATED.current_usage() - before;
        let changed = plan.assignment().differences(next.assignment()).count();
        println!(
            "{name:<55} {:>8.3} ms  ratio {:>6.3}  aim {aim:>4}  {changed:>4} changed hands, version keeps {} KB",
            time / 1e6,
            time / floor,
            kept / 1024
        );
    }
}

/// Every member follows something else: the median of many changes, beside balancing anew.
fn unequal(runs: usize) {
    let described = real::unequal(1000, (50, 200), 1000, (1, 40), 1);
    let mut plan = balance(&described.group());
    let claiming = plan.group().clone().claiming(plan.assignment().clone());
    let anew = median((0..runs).map(|_| timed(|| balance(&claiming))).collect());
    let mut dice = Dice(9);
    let mut times = Vec::new();
    for number in 0..if runs == 1 { 4 } else { 400 } {
        let change = Change::from([event(&plan, &mut dice, number)]);
        times.push(timed(|| rebalanced(&plan, &change)));
        plan = rebalanced(&plan, &change);
    }
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    let middle = median(times);
    println!(
        "unequal, median of {} changes: {:.3} ms, mean {:.3} ms; balance anew {:.3} ms: 1/{:.0}",
        400,
        middle / 1e6,
        mean / 1e6,
        anew / 1e6,
        anew / middle
    );
}

fn event(plan: &Plan, dice: &mut Dice, number: usize) -> Event {
    let ids: Vec<String> = plan.group().members().map(|(_, member)| member.id().to_string()).collect();
    let someone = ids[dice.between(0, ids.len() - 1)].clone();
    let follows = |dice: &mut Dice| {
        let count = dice.between(1, 40);
        Subscription::Named(dice.choose(count, 1000).into_iter().map(topic_name).collect())
    };
    match number % 4 {
        0 => Event::Leave(someone),
        1 => Event::Join(NewMember::new(format!("new-{number}"), follows(dice))),
        2 => Event::Subscribe { member: someone, subscription: follows(dice) },
        _ => {
            let (_, topic) = plan.group().topics().nth(dice.between(0, 999)).expect("there are as many topics");
            Event::Topic(NewTopic::new(topic.name().to_string(), i64::from(topic.partitions()) + 5))
        }
    }
}

fn rebalanced(plan: &Plan, change: &Change) -> Plan {
    plan.rebalance(change).expect("the change can happen")
}
