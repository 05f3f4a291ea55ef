//! The next plan after a change: its time as a ratio to the floor, and to a balance of the changed
//! group. What a version keeps is in the bench `memory`.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use std::collections::BTreeMap;

use floor::{floor, median, timed};
use shapes::changes::{KINDS, Subscriptions, change, of_a_million, rebalanced};
use shapes::{Described, Dice, balance, real};
use sticky_assignor::{Change, Event, Group, NewMember, NewTopic, Plan, Subscription};

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let runs = if testing { 1 } else { 15 };
    let floor = floor(runs);
    println!("floor: {:.3} ms", floor / 1e6);
    million(floor, runs);
    crowd(runs);
    let unequal = || real::unequal(1000, (50, 200), 1000, (1, 40), 1);
    println!("unequal: 1,000 topics, 1,000 members, 1–40 topics each; balance anew is on the same group, its claims the plan before");
    random(runs, &unequal(), &Subscriptions::Anything);
    chain(runs, &unequal());
    println!("shared: the same, but that members have one of five subscriptions of 250–500 topics");
    let subscriptions = real::subscriptions(5, 500, 1000, 1);
    random(runs, &real::sharing(unequal(), &subscriptions), &Subscriptions::OneOf(subscriptions.clone()));
}

/// Everyone subscribes to everything: 500 topics × 2,000 partitions × 2,000 members.
fn million(floor: f64, runs: usize) {
    let plan = balance(&real::uniform(500, 2000, 2000).group());
    for (name, aim, change) in of_a_million() {
        let time = median((0..runs).map(|_| timed(|| rebalanced(&plan, &change))).collect());
        let changed = plan.assignment().differences(rebalanced(&plan, &change).assignment()).count();
        println!("{name:<55} {:>8.3} ms  ratio {:>6.3}  aim {aim:>4}  {changed:>4} changed hands", time / 1e6, time / floor);
    }
}

/// Two subscriptions, which 25,000 members have each: a small change beside topics that very many
/// subscribe to.
fn crowd(runs: usize) {
    let subscriptions = real::subscriptions(2, 40, 50, 1);
    let plan = balance(&real::sharing(real::unequal(50, (2000, 6000), 50_000, (0, 0), 1), &subscriptions).group());
    println!("crowd: 50,000 members that have one of two subscriptions of {} partitions", plan.summary().assigned);
    let grown = plan.group().topics().map(|(_, topic)| NewTopic::new(topic.name().to_string(), topic.partitions() + 5)).next();
    for (name, event) in [("one leaves", Event::Leave("m01000".into())), ("a topic grows by five", Event::Topic(grown.expect("50 topics")))]
    {
        let change = Change::from([event]);
        let time = median((0..runs).map(|_| timed(|| rebalanced(&plan, &change))).collect());
        println!("{name:<55} {:>8.3} ms", time / 1e6);
    }
}

/// The same changes one after the other, each called once.
fn chain(runs: usize, described: &Described) {
    let (mut plan, mut dice) = (balance(&described.group()), Dice(9));
    let once = |number| {
        let (_, change) = change(&plan, &mut dice, number, &Subscriptions::Anything);
        let before = plan.clone();
        timed(|| plan = rebalanced(&before, &change))
    };
    let times = (0..if runs == 1 { KINDS.len() } else { 600 }).map(once).collect();
    println!("one after the other, each called once: median {:.1} µs", median(times) / 1e3);
}

/// The medians of many random changes, beside balancing the changed group anew.
fn random(runs: usize, described: &Described, subscribes: &Subscriptions) {
    let mut plan = balance(&described.group());
    let mut dice = Dice(9);
    let mut measured: BTreeMap<&str, Vec<Measured>> = BTreeMap::new();
    for number in 0..if runs == 1 { KINDS.len() } else { 600 } {
        let (kind, change) = change(&plan, &mut dice, number, subscribes);
        let (next, measure) = measure(&plan, &change, runs);
        measured.entry(kind).or_default().push(measure);
        plan = next;
    }
    measured.iter().for_each(|(kind, measured)| report(kind, measured));
    report("all changes", &measured.into_values().flatten().collect::<Vec<_>>());
    let stated = settled(&plan);
    println!("balance from stated claims: {:.3} ms", median((0..runs).map(|_| timed(|| balance(&stated))).collect()) / 1e6);
}

/// A change as it was measured: nanoseconds, medians of some runs, and what changed hands.
struct Measured {
    rebalance: f64,
    /// The first run, which finds what a few balances left in the caches.
    first: f64,
    balance: f64,
    changed: usize,
}

fn measure(plan: &Plan, change: &Change, runs: usize) -> (Plan, Measured) {
    let claiming = plan.group().clone().claiming(plan.assignment().clone()).apply(change).expect("the change can happen");
    let balance = median((0..runs).map(|_| timed(|| balance(&claiming))).collect());
    let times: Vec<f64> = (0..runs).map(|_| timed(|| rebalanced(plan, change))).collect();
    let next = rebalanced(plan, change);
    let changed = plan.assignment().differences(next.assignment()).count();
    (next, Measured { first: times[0], rebalance: median(times), balance, changed })
}

fn report(kind: &str, measured: &[Measured]) {
    let middle = |of: &dyn Fn(&Measured) -> f64| median(measured.iter().map(of).collect());
    let (rebalance, balance) = (middle(&|one| one.rebalance), middle(&|one| one.balance));
    let mean = measured.iter().map(|one| one.rebalance).sum::<f64>() / measured.len() as f64;
    let worst = measured.iter().map(|one| one.rebalance / one.balance).fold(0.0, f64::max);
    println!(
        "{kind:<25} median {:>8.1} µs, mean {:>8.1}, first run {:>8.1}, balance anew {:>8.1} µs: 1/{:<4.0} worst {worst:.2} of balance; {:>4.0} changed hands",
        rebalance / 1e3,
        mean / 1e3,
        middle(&|one| one.first) / 1e3,
        balance / 1e3,
        balance / rebalance,
        middle(&|one| one.changed as f64),
    );
}

/// The plan's group as clients would describe it: each member states what it owns.
fn settled(plan: &Plan) -> Group {
    let group = plan.group();
    let topics: Vec<NewTopic> = group.topics().map(|(_, topic)| NewTopic::new(topic.name().to_string(), topic.partitions())).collect();
    let names =
        |id| group.subscribed_topics(id).map(|topic| group.topic(topic).expect("a topic of the group").name().to_string()).collect();
    let members = group.members().map(|(id, member)| NewMember::new(member.id().to_string(), Subscription::Named(names(id)))).collect();
    Described { topics, members }.settled().group()
}
