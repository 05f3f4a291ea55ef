//! The next plan after a change: its time as a ratio to the floor, and what keeping the version costs in memory.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use std::collections::BTreeMap;

use floor::{floor, median, timed};
use peak_alloc::PeakAlloc;
use shapes::{Described, Dice, real, topic_name};
use sticky_assignor::{Change, Event, Group, NewMember, NewTopic, Plan, Subscription, balance};

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

/// Every member follows something else: the medians of many random changes, beside balancing the changed group anew.
fn unequal(runs: usize) {
    let described = real::unequal(1000, (50, 200), 1000, (1, 40), 1);
    let mut plan = balance(&described.group());
    let mut dice = Dice(9);
    let mut measured: BTreeMap<&str, Vec<Measured>> = BTreeMap::new();
    for number in 0..if runs == 1 { KINDS.len() } else { 600 } {
        let kind = KINDS[number % KINDS.len()];
        let change = Change::from([event(&plan, &mut dice, kind, number)]);
        let (next, measure) = measure(&plan, &change);
        measured.entry(kind).or_default().push(measure);
        plan = next;
    }
    println!("unequal: 1,000 topics, 1,000 members, 1–40 topics each; balance anew is on the same group, its claims the plan before");
    measured.iter().for_each(|(kind, measured)| report(kind, measured));
    report("all changes", &measured.into_values().flatten().collect::<Vec<_>>());
    let stated = settled(&plan);
    println!("balance from stated claims: {:.3} ms", median((0..runs).map(|_| timed(|| balance(&stated))).collect()) / 1e6);
}

/// What can happen, in turn; a deleted topic is created again.
const KINDS: [&str; 6] =
    ["a member leaves", "a member joins", "a subscription changes", "a topic grows", "a topic is deleted", "a topic is created"];

/// A change as it was measured: nanoseconds, what changed hands, bytes that the version keeps.
struct Measured {
    rebalance: f64,
    balance: f64,
    changed: usize,
    kept: usize,
}

fn measure(plan: &Plan, change: &Change) -> (Plan, Measured) {
    let claiming = plan.group().clone().claiming(plan.assignment().clone()).apply(change).expect("the change can happen");
    let balance = (0..3).map(|_| timed(|| balance(&claiming))).fold(f64::INFINITY, f64::min);
    let rebalance = (0..3).map(|_| timed(|| rebalanced(plan, change))).fold(f64::INFINITY, f64::min);
    let before = ALLOCATED.current_usage();
    let next = rebalanced(plan, change);
    let kept = ALLOCATED.current_usage().saturating_sub(before);
    let changed = plan.assignment().differences(next.assignment()).count();
    (next, Measured { rebalance, balance, changed, kept })
}

fn report(kind: &str, measured: &[Measured]) {
    let middle = |of: &dyn Fn(&Measured) -> f64| median(measured.iter().map(of).collect());
    let sum = |of: &dyn Fn(&Measured) -> usize| measured.iter().map(of).sum::<usize>();
    let (rebalance, balance) = (middle(&|one| one.rebalance), middle(&|one| one.balance));
    let worst = measured.iter().map(|one| one.rebalance / one.balance).fold(0.0, f64::max);
    println!(
        "{kind:<25} median {:>8.1} µs, balance anew {:>8.1} µs: 1/{:<4.0} worst {worst:.2} of balance; {:>4.0} changed hands, {} bytes kept for each",
        rebalance / 1e3,
        balance / 1e3,
        balance / rebalance,
        middle(&|one| one.changed as f64),
        sum(&|one| one.kept) / sum(&|one| one.changed).max(1),
    );
}

/// The plan's group as clients would describe it: each member states what it owns.
fn settled(plan: &Plan) -> Group {
    let group = plan.group();
    let topics: Vec<NewTopic> =
        group.topics().map(|(_, topic)| NewTopic::new(topic.name().to_string(), i64::from(topic.partitions()))).collect();
    let names = |id| group.followed(id).map(|topic| group.topic(topic).name().to_string()).collect();
    let members = group.members().map(|(id, member)| NewMember::new(member.id().to_string(), Subscription::Named(names(id)))).collect();
    Described { topics, members }.settled().group()
}

fn event(plan: &Plan, dice: &mut Dice, kind: &str, number: usize) -> Event {
    let ids: Vec<String> = plan.group().members().map(|(_, member)| member.id().to_string()).collect();
    let someone = ids[dice.between(0, ids.len() - 1)].clone();
    let follows = |dice: &mut Dice| {
        let count = dice.between(1, 40);
        Subscription::Named(dice.choose(count, 1000).into_iter().map(topic_name).collect())
    };
    let topic = topic_name(dice.between(0, 999));
    match kind {
        "a member leaves" => Event::Leave(someone),
        "a member joins" => Event::Join(NewMember::new(format!("new-{number}"), follows(dice))),
        "a subscription changes" => Event::Subscribe { member: someone, subscription: follows(dice) },
        "a topic grows" => Event::Topic(NewTopic::new(topic.clone(), partitions(plan, &topic) + 5)),
        "a topic is deleted" => Event::DeleteTopic(topic_name(number % 1000)),
        _ => Event::Topic(NewTopic::new(topic_name((number - 1) % 1000), dice.between(50, 200) as i64)),
    }
}

fn partitions(plan: &Plan, topic: &str) -> i64 {
    plan.group().topic_id(topic).map_or(0, |id| i64::from(plan.group().topic(id).partitions()))
}

fn rebalanced(plan: &Plan, change: &Change) -> Plan {
    plan.rebalance(change).expect("the change can happen")
}
