//! The worst cases: inputs that could cost far more than their size, each as a ratio to what it may
//! cost, measured in the same run, and the most memory it takes beside that of its input.
//!
//! `cargo bench --bench worst -- tiny` prints only the rows that have the word in their names,
//! `--smaller=10` makes all inputs smaller by that factor.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;
mod shapes;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;
use std::io::{Read, Write};
use std::num::NonZeroUsize;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use floor::{median, timed};
use peak_alloc::PeakAlloc;
use shapes::flows::{Blocks, Ways, chain, exits, levels};
use shapes::judged::{given, read};
use shapes::{Described, Dice, real};
use sticky_assignor::document::GroupDocument;
use sticky_assignor::kafka::{ConsumerProtocolSubscription, JoinedMember, Protocol, lead};
use sticky_assignor::replay::{EventBatch, History};
use sticky_assignor::{Change, Event, Goals, Group, NewMember, NewTopic, Plan, Price, Proof, Strategy, Subscription, balance};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// Prints the lines of a row of the table.
type Row = fn(Size);

/// How large the cases are.
#[derive(Clone, Copy)]
struct Size {
    runs: usize,
    /// Each is smaller by this factor.
    smaller: usize,
}

fn main() {
    // Criterion's own flags reach every bench; under `cargo test --benches` small cases are enough.
    let testing = std::env::args().any(|argument| argument == "--test");
    let filter: Option<String> = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let smaller = std::env::args().find_map(|argument| argument.strip_prefix("--smaller=")?.parse().ok());
    let size = if testing { Size { runs: 1, smaller: 100 } } else { Size { runs: 3, smaller: smaller.unwrap_or(1) } };
    let rows: [(&str, Row); 8] = [
        ("1 in a word", in_a_word),
        ("2 flows", flows),
        ("3 judging", judging),
        ("4 leading", leading),
        ("5 turned over", turned_over),
        ("6 lives", lives),
        ("7 tiny", tiny),
        ("8 colliding", colliding),
    ];
    println!("| row | case | what | ms | beside, ms | ratio | aim | peak, MB | beside, MB | ratio | aim |");
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    rows.iter().filter(|(name, _)| filter.as_deref().is_none_or(|filter| name.contains(filter))).for_each(|(_, row)| row(size));
}

/// What one call takes.
#[derive(Clone, Copy)]
struct Taken {
    nanoseconds: f64,
    bytes: usize,
}

/// The median time of some calls, and the most bytes one has at once beyond what was there.
fn taken<T>(runs: usize, mut call: impl FnMut() -> T) -> Taken {
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    let nanoseconds = median((0..runs).map(|_| timed(&mut call)).collect());
    Taken { nanoseconds, bytes: ALLOCATED.peak_usage() - before }
}

/// A line of the table: what was taken, beside what it is compared with, and the aims of the
/// ratios.
struct Line<'a> {
    row: u8,
    case: &'a str,
    what: &'a str,
    taken: Taken,
    beside: Taken,
    /// The most that the ratios of time and of memory should be, where there is an aim.
    aims: (Option<f64>, Option<f64>),
}

impl Line<'_> {
    fn print(&self) {
        let Self { row, case, what, taken, beside, aims } = self;
        let (ms, mb) = (|ns: f64| ns / 1e6, |bytes: usize| bytes as f64 / 1e6);
        let aim = |aim: Option<f64>| aim.map_or_else(|| "–".into(), |aim| aim.to_string());
        println!(
            "| {row} | {case} | {what} | {:.1} | {:.1} | {:.1} | {} | {:.2} | {:.2} | {:.1} | {} |",
            ms(taken.nanoseconds),
            ms(beside.nanoseconds),
            taken.nanoseconds / beside.nanoseconds,
            aim(aims.0),
            mb(taken.bytes),
            mb(beside.bytes),
            taken.bytes as f64 / beside.bytes as f64,
            aim(aims.1)
        );
    }
}

/// Row 1: topics of one partition, and members that say "all". Time beside a balance of the group,
/// memory beside its document.
fn in_a_word(size: Size) {
    for (topics, members) in [(20_000, 20_000), (80_001, 20_001)].map(|(topics, members)| (topics / size.smaller, members / size.smaller)) {
        let case = format!("{topics} topics, {members} members of all");
        let group = all_of_all(topics, members).group();
        let document = serde_json::to_string(&GroupDocument::from(&group)).expect("a document").len();
        let plan = balance(&group);
        let planning = Taken { bytes: document, ..taken(size.runs, || balance(&group)) };
        let line = |what: &str, call: &dyn Fn(), most: Option<f64>| {
            let taken = taken(size.runs, call);
            Line { row: 1, case: &case, what, taken, beside: planning, aims: (most, Some(20.0)) }.print();
        };
        let goals: [Goals; 3] =
            ["balance,stickiness", "spread,balance,rack,stickiness", "stickiness,balance"].map(|goals| goals.parse().expect("goals"));
        line("balance", &|| drop(balance(&group)), Some(3.0));
        goals.iter().for_each(|goals| line(&format!("balance of {goals}"), &|| drop(goals.balance(&group)), None));
        line("bound", &|| _ = black_box(plan.proof().bound(&group)), Some(3.0));
        let hostile = all_different(&group);
        line("bound, all prices different", &|| _ = black_box(hostile.bound(&group)), Some(3.0));
        let (best, turns) = (given(&group, plan.assignment()), given(&group, &Strategy::RoundRobin.assign(&group)));
        line("verify, the best plan", &|| drop(Goals::default().verify_given(&group, &best, None)), Some(3.0));
        line("verify, the plan of roundrobin", &|| drop(Goals::default().verify_given(&group, &turns, None)), Some(3.0));
        let leaves = Change::from([Event::Leave("m00001".into())]);
        let joins = Change::from([Event::Join(NewMember::new("newcomer", Subscription::Every))]);
        let names = Subscription::from(["t00001"]);
        let odd = Change::from([Event::Join(NewMember::new("odd", names))]);
        for plan in [Goals::BALANCE_STICKINESS.balance(&group), plan.clone()] {
            // In other goals a plan is balanced anew, with an arc for each topic and member with
            // claims.
            if plan.goals() != Goals::BALANCE_STICKINESS && topics * members > MOST_PAIRS {
                continue;
            }
            let line = |what: &str, change: &Change| {
                line(&format!("rebalance in {}, {what}", plan.goals()), &|| drop(plan.rebalance(change)), None);
            };
            line("one leaves", &leaves);
            line("one joins", &joins);
            line("one joins that names a topic", &odd);
        }
        for strategy in Strategy::ALL.iter().filter(|strategy| **strategy != Strategy::Sticky) {
            line(strategy.name(), &|| drop(strategy.assign(&group)), None);
        }
        // One member names each topic; the others say "all".
        let mut mixed = all_of_all(topics / 10, members / 10);
        mixed
            .members
            .extend(mixed.topics.iter().enumerate().map(|(place, topic)| NewMember::new(format!("n{place:05}"), [topic.name.as_str()])));
        let group = mixed.group();
        let document = serde_json::to_string(&GroupDocument::from(&group)).expect("a document").len();
        let case = format!("{} topics, {} members of all, {} of one topic each", topics / 10, members / 10, topics / 10);
        let planning = Taken { bytes: document, ..taken(size.runs, || balance(&group)) };
        let line = |what: &str, call: &dyn Fn()| {
            let taken = taken(1, call);
            Line { row: 1, case: &case, what, taken, beside: planning, aims: (None, Some(20.0)) }.print();
        };
        line("balance", &|| drop(balance(&group)));
        let plan = balance(&group);
        line("verify, the best plan", &|| drop(Goals::default().verify(&group, plan.assignment())));
        for strategy in Strategy::ALL.iter().filter(|strategy| **strategy != Strategy::Sticky) {
            line(strategy.name(), &|| drop(strategy.assign(&group)));
        }
    }
}

/// Beyond this many pairs of topics and members a rebalance in other goals than balance and
/// stickiness is left out: it would take more memory than most machines have.
const MOST_PAIRS: usize = 5_000_000;

fn all_of_all(topics: usize, members: usize) -> Described {
    let topics = (0..topics).map(|number| NewTopic::new(format!("t{number:05}"), 1)).collect();
    let members = (0..members).map(|number| NewMember::new(format!("m{number:05}"), Subscription::Every)).collect();
    Described { topics, members }
}

/// Prices of which no two are the same.
fn all_different(group: &Group) -> Proof {
    let price = |number: usize| Price::from([2 * (number as i64 % 3), number as i64 % 7, (number as i64 * 7919) % 100_003]);
    Proof::new(Goals::default(), group, |member| price(member.index()), |topic| price(topic.index() + 1))
}

/// Row 2: groups whose flow is hard to find, about 10 MB as a document, in `balance, stickiness`
/// beside the same group once it is settled; what else is done with them beside that balance.
fn flows(size: Size) {
    let part = size.smaller.min(20);
    let line = |case: &str, described: Described| {
        let group = described.group();
        let hard = taken(1, || balanced(&group));
        let settled = described.settled().group();
        Line { row: 2, case, what: "balance", taken: hard, beside: taken(size.runs, || balanced(&settled)), aims: (None, None) }.print();
        others_of_hard(case, &group, hard);
    };
    for (ways, cost) in [(Ways::Free, "free"), (Ways::Costly, "costly")] {
        let places = [(Blocks::Far, "far"), (Blocks::Head, "at the head"), (Blocks::Both, "at both ends"), (Blocks::Along, "along it")];
        for (blocks, place) in places {
            let width = if blocks == Blocks::Both { 780 } else { 1100 } / part;
            for length in [1000 / part, 4250 / part] {
                line(&format!("a {cost} chain of {length}, a block {place}"), chain(length, width, ways, blocks));
            }
        }
        for (near, far) in [(1000, 2), (2, 1000), (700, 700)] {
            let (count, near, far) = (150 / part, (near / part).max(150 / part), (far / part).max(2));
            line(&format!("{count} {cost} exits, blocks of {near} and {far}"), exits(count, (near, far), ways));
        }
        line(&format!("4 levels of {cost} chains"), levels(4, 300 / part, 500 / part, ways));
    }
}

/// Beyond this many partitions `kip54` is left out: it moves what is over one partition and one
/// member at a time along a chain, and so takes minutes.
const MOST_OF_KIP54: u64 = 10_000_000;

/// Row 2: everything else that a hard group is put through.
fn others_of_hard(case: &str, group: &Group, beside: Taken) {
    let line = |what: &str, call: &dyn Fn()| Line { row: 2, case, what, taken: taken(1, call), beside, aims: (None, None) }.print();
    let middle = group.members().nth(group.members().count() / 2).map(|(_, member)| member.id().to_string());
    let leaves = Change::from([Event::Leave(middle.expect("there are members"))]);
    let turns = Strategy::RoundRobin.assign(group);
    for goals in [Goals::BALANCE_STICKINESS, Goals::default()] {
        let plan = goals.balance(group);
        if goals != Goals::BALANCE_STICKINESS {
            line(&format!("balance of {goals}"), &|| drop(goals.balance(group)));
        }
        line(&format!("verify by {goals}, roundrobin's plan"), &|| drop(goals.verify(group, &turns)));
        line(&format!("the steps of a plan in {goals}"), &|| _ = plan.actions().count());
        line(&format!("rebalance in {goals}, one leaves"), &|| drop(plan.rebalance(leaves.clone())));
    }
    let partitions: u64 = group.topics().map(|(_, topic)| u64::from(topic.partitions())).sum();
    line("uniform", &|| drop(Strategy::Uniform.assign(group)));
    if partitions <= MOST_OF_KIP54 {
        line("kip54", &|| drop(Strategy::Kip54.assign(group)));
    }
}

fn balanced(group: &Group) -> Plan {
    Goals::BALANCE_STICKINESS.balance(group)
}

/// Row 3: a million judged, beside one balance and reading the assignment once, names looked up.
fn judging(size: Size) {
    let million = || real::uniform(500 / size.smaller.min(10), 2000 / size.smaller.min(10) as u32, 2000 / size.smaller.min(10)).settled();
    let cases = [
        ("a million, nothing changed", million()),
        ("a million, one joined", real::joined(million())),
        ("a million, one subscribes to one topic less", real::odd_one_out(million())),
    ];
    for (case, described) in cases {
        let group = described.group();
        for goals in [Goals::BALANCE_STICKINESS, Goals::default()] {
            for strategy in [Strategy::Sticky, Strategy::RoundRobin] {
                let given = given(&group, &strategy.assign(&group));
                let solving = taken(size.runs, || goals.balance(&group));
                let reading = taken(size.runs, || read(&group, &given));
                let beside = Taken { nanoseconds: solving.nanoseconds + reading.nanoseconds, bytes: solving.bytes + reading.bytes };
                let taken = taken(size.runs, || goals.verify_given(&group, &given, None));
                let what = format!("{strategy} judged by {goals}");
                Line { row: 3, case, what: &what, taken, beside, aims: (Some(4.0), None) }.print();
            }
        }
    }
}

/// Row 4: one member that subscribes to 250 unknown topics with names as long as can be, beside
/// many others. What is returned is compared with what it holds, the peak with the messages.
fn leading(size: Size) {
    let names: Vec<String> = (0..1000 / size.smaller).map(|number| format!("t{number:05}")).collect();
    let topics: Vec<NewTopic> = names.iter().map(|name| NewTopic::new(name.clone(), 1)).collect();
    let long: Vec<String> = (0..250).map(|number| format!("{number:03}{}", "x".repeat(32_764))).collect();
    let said = |topics: &[String]| {
        let topics = topics.iter().map(String::as_str).collect();
        ConsumerProtocolSubscription { topics, ..Default::default() }.encode(3).expect("can be written")
    };
    let (usual, odd) = (said(&names), said(&long));
    let ids: Vec<String> = (0..1000 / size.smaller).map(|number| format!("m{number:05}")).collect();
    let members: Vec<JoinedMember<'_>> = (0..)
        .zip(&ids)
        .map(|(number, id)| JoinedMember { id, instance: None, metadata: if number == 0 { &odd } else { &usual } })
        .collect();
    let without: Vec<JoinedMember<'_>> = members[1..].to_vec();
    for protocol in Protocol::ALL {
        let plain = taken(size.runs, || lead(*protocol, &without, &topics));
        let message: usize = members.iter().map(|member| member.metadata.len()).sum();
        let call = taken(size.runs, || lead(*protocol, &members, &topics));
        let case = format!("{} members, one of 250 unknown topics, {protocol}", members.len());
        let beside = Taken { bytes: message, ..plain };
        Line { row: 4, case: &case, what: "lead, beside one without that member", taken: call, beside, aims: (None, None) }.print();
        let round = lead(*protocol, &members, &topics).expect("can be led");
        let sum = |of: fn(&Vec<u8>) -> usize| round.assignments.iter().map(|given| of(&given.assignment)).sum();
        let (kept, held) = (Taken { bytes: sum(Vec::capacity), ..call }, Taken { bytes: sum(Vec::len), ..plain });
        Line { row: 4, case: &case, what: "what is returned, beside what it holds", taken: kept, beside: held, aims: (None, Some(1.1)) }
            .print();
    }
}

/// Row 5: topics deleted and created in turn, two members that say "all".
fn turned_over(size: Size) {
    let partitions = 500_000 / size.smaller as u32;
    let life = |events: usize, partitions: u32| {
        let members = ["a", "b"].map(|id| NewMember::new(id, Subscription::Every));
        let start = History::new(&Group::new(&[NewTopic::new("t0", partitions)], &members).expect("a group")).expect("a history");
        (1..=events as u32).fold(start.keeping(NonZeroUsize::MIN), |history, turn| {
            let gone = Event::DeleteTopic(format!("t{}", turn - 1));
            let come = Event::Topic(NewTopic::new(format!("t{turn}"), partitions));
            history.rebalance(EventBatch::new(turn, Change::from([gone, come]))).expect("can happen")
        })
    };
    let (short, long) = (taken(1, || life(12, partitions)), taken(1, || life(48, partitions)));
    let case = format!("{partitions} partitions, keeping one version");
    let what = "48 turns beside 12";
    Line { row: 5, case: &case, what, taken: long, beside: short, aims: (Some(5.0), Some(1.25)) }.print();
    let wide = taken(1, || life(12, 2 * partitions));
    let what = "twice the partitions, 12 turns";
    Line { row: 5, case: &case, what, taken: wide, beside: short, aims: (Some(2.5), Some(2.2)) }.print();
}

/// What happens to a group, event by event.
type Life<'a> = &'a dyn Fn(usize) -> Vec<Event>;

/// Row 6: a group of ten members with unequal subscriptions through which very many pass. A
/// thousand events at the end beside those after a thousand, and what the plan keeps.
fn lives(size: Size) {
    let start = || balanced(&real::unequal(50, (10, 40), 10, (5, 20), 1).group());
    let name = |number: usize| if number < 10 { format!("m{number:05}") } else { format!("new-{}", number - 10) };
    let replaced = |number: usize| vec![Event::Leave(name(number)), Event::Join(NewMember::new(name(number + 10), interest(number)))];
    let back = |number: usize| match number % 2 {
        0 => vec![Event::Leave(name(number / 2 % 10))],
        _ => vec![Event::Join(NewMember::new(name(number / 2 % 10), interest(number)))],
    };
    let lives: [(&str, Life<'_>); 2] = [("one of ten replaced", &replaced), ("ten that leave and come back", &back)];
    for (case, events) in lives {
        let before = ALLOCATED.current_usage();
        let (mut plan, mut taken) = (start(), Vec::new());
        let part = 1000 / size.smaller.min(10);
        for end in [part, 2 * part, (1_000_000 / size.smaller).max(3 * part) - part, (1_000_000 / size.smaller).max(3 * part)] {
            let first = taken.last().map_or(0, |(end, _)| *end);
            let time = timed(|| (first..end).for_each(|number| plan = plan.rebalance(events(number)).expect("can happen")));
            let bytes = ALLOCATED.current_usage() - before;
            taken.push((end, Taken { nanoseconds: 1e3 * time / (end - first) as f64, bytes }));
        }
        let what = format!("a thousand events after {}, beside those after {}", taken[2].0, taken[0].0);
        Line { row: 6, case, what: &what, taken: taken[3].1, beside: taken[1].1, aims: (Some(1.5), Some(1.5)) }.print();
    }
}

/// Five to twenty of fifty topics, others every time.
fn interest(number: usize) -> Subscription {
    let mut dice = Dice(number as u64);
    let count = dice.between(5, 20);
    shapes::subscribing(dice.choose(count, 50))
}

/// Row 7: documents of some 70 bytes for 50 million partitions, answered by the program. Beside a
/// plan of the same group of which nothing is written but figures.
fn tiny(size: Size) {
    let partitions = 50_000_000 / size.smaller;
    let claims = r#""owned": {"t": [0, 1, 2, 3]}"#;
    let group =
        format!(r#""topics": {{"t": {partitions}}}, "members": [{{"id": "a", "topics": "*", {claims}}}, {{"id": "b", "topics": "*"}}]"#);
    let unassigned = format!(r#"{{{group}, "assignment": {{}}}}"#);
    let plain = format!("{{{group}}}");
    let figures = program(&["plan", "--quiet-assignment", "--format", "json"], &plain);
    let cases: [(&str, &[&str], &str); 7] = [
        ("verify", &["verify"], &unassigned),
        ("verify, JSON", &["verify", "--format", "json"], &unassigned),
        ("plan", &["plan"], &plain),
        ("plan, explained", &["plan", "--explain"], &plain),
        ("plan, explained, JSON", &["plan", "--explain", "--format", "json"], &plain),
        ("plan, JSON", &["plan", "--format", "json"], &plain),
        ("plan by roundrobin, JSON", &["plan", "--strategy", "roundrobin", "--format", "json"], &plain),
    ];
    let case = format!("{} bytes for {partitions} partitions", plain.len());
    for (what, arguments, document) in cases {
        let (taken, written) = program(arguments, document);
        let what = format!("{what}: {:.1} MB written", written as f64 / 1e6);
        Line { row: 7, case: &case, what: &what, taken, beside: figures.0, aims: (None, Some(2.0)) }.print();
    }
}

/// What the program takes for a document, as far as the system tells, and how many bytes it writes.
fn program(arguments: &[&str], document: &str) -> (Taken, u64) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_sticky-assignor"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("was piped").write_all(document.as_bytes()).expect("it reads");
    let mut stdout = child.stdout.take().expect("was piped");
    let reading = std::thread::spawn(move || {
        let (mut buffer, mut written) = (vec![0; 1 << 16], 0);
        while let Ok(read @ 1..) = stdout.read(&mut buffer) {
            written += read as u64;
        }
        written
    });
    let status = format!("/proc/{}/status", child.id());
    let mut bytes = 0;
    while child.try_wait().expect("it can be waited for").is_none() {
        let peak = std::fs::read_to_string(&status).ok().and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:").map(str::to_string))?;
            line.trim().strip_suffix(" kB")?.parse::<usize>().ok()
        });
        bytes = bytes.max(peak.unwrap_or(0) * 1024);
        std::thread::sleep(Duration::from_millis(2));
    }
    (Taken { nanoseconds: start.elapsed().as_nanos() as f64, bytes }, reading.join().expect("it ends"))
}

/// Row 8: names that collide in the standard library's hash with its fixed key, beside names that
/// do not; half of them are of topics that exist, and every member lists them in another order.
fn colliding(size: Size) {
    let count = 20_000 / size.smaller;
    // A table for so many has a power of two of places, which the lowest bits choose. (To find such
    // names takes ten seconds.)
    let places = (count as u64).next_power_of_two();
    let apart = |number: u64| format!("{:011}", number * places);
    let plain = led(size, &(0..count as u64).map(apart).collect::<Vec<_>>());
    let hash = |name: &String| {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        hasher.finish()
    };
    let colliding: Vec<String> =
        (0..).map(|number: u64| format!("{number:011}")).filter(|name| hash(name) % places == 0).take(count).collect();
    let case = format!("{count} names that collide");
    Line {
        row: 8,
        case: &case,
        what: "lead, beside names that do not",
        taken: led(size, &colliding),
        beside: plain,
        aims: (Some(1.5), Some(1.5)),
    }
    .print();
}

fn led(size: Size, names: &[String]) -> Taken {
    let topics: Vec<NewTopic> = names.iter().step_by(2).map(|name| NewTopic::new(name.clone(), 1)).collect();
    let mut dice = Dice(1);
    let messages: Vec<Vec<u8>> = (0..4)
        .map(|_| {
            let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
            (1..names.len()).rev().for_each(|place| names.swap(place, dice.between(0, place)));
            ConsumerProtocolSubscription { topics: names, ..Default::default() }.encode(3).expect("can be written")
        })
        .collect();
    let ids: BTreeMap<usize, String> = (0..messages.len()).map(|number| (number, format!("m{number}"))).collect();
    let members: Vec<JoinedMember<'_>> =
        ids.iter().map(|(&number, id)| JoinedMember { id, instance: None, metadata: &messages[number] }).collect();
    taken(size.runs, || lead(Protocol::Sticky, &members, &topics))
}
