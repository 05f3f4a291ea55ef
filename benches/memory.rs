//! What memory a balance of a million partitions takes: at its peak, beyond the group it is given,
//! and for the plan it leaves; and what a version after a change keeps.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod shapes;

use std::collections::BTreeMap;

use peak_alloc::PeakAlloc;
use shapes::changes::{KINDS, Subscriptions, change, of_a_million, rebalanced};
use shapes::{Described, Dice, balance, real};
use sticky_assignor::{Change, Plan};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    balances();
    versions_of_a_million();
    versions(if testing { KINDS.len() } else { 600 });
}

fn balances() {
    let million = || real::uniform(500, 2000, 2000);
    let cases: [(&str, &dyn Fn() -> Described); 4] = [
        ("a million, fresh", &million),
        ("a million with claims, one left", &|| million().settled().without(|place| place == 1000)),
        ("a million with claims, one joined", &|| real::joined(million().settled())),
        ("a million with claims, one subscribes to one topic less", &|| real::odd_one_out(million().settled())),
    ];
    println!("{:<52} {:>8} {:>8}", "case", "peak MB", "plan MB");
    for (name, described) in cases {
        let group = described().group();
        let before = ALLOCATED.current_usage();
        ALLOCATED.reset_peak_usage();
        let plan = balance(&group);
        let megabytes = |bytes: usize| (bytes - before) as f64 / f64::from(1 << 20);
        println!("{name:<52} {:>8.1} {:>8.1}", megabytes(ALLOCATED.peak_usage()), megabytes(ALLOCATED.current_usage()));
        drop(plan);
    }
}

/// Everyone subscribes to everything: 500 topics × 2,000 partitions × 2,000 members.
fn versions_of_a_million() {
    let plan = balance(&real::uniform(500, 2000, 2000).group());
    for (name, _, change) in of_a_million() {
        let (_, version) = version(&plan, &change);
        println!("{name:<52} {:>4} changed hands, the version keeps {} KB", version.changed, version.kept / 1024);
    }
}

/// Every member subscribes to something else: 1,000 topics, 1,000 members, 1–40 topics each; random
/// changes.
fn versions(changes: usize) {
    let mut plan = balance(&real::unequal(1000, (50, 200), 1000, (1, 40), 1).group());
    let mut dice = Dice(9);
    let mut kept: BTreeMap<&str, Vec<Version>> = BTreeMap::new();
    for number in 0..changes {
        let (kind, change) = change(&plan, &mut dice, number, &Subscriptions::Anything);
        let (next, version) = version(&plan, &change);
        kept.entry(kind).or_default().push(version);
        plan = next;
    }
    kept.iter().for_each(|(kind, versions)| report(kind, versions));
    report("all changes", &kept.into_values().flatten().collect::<Vec<_>>());
}

/// What changed hands, and the bytes that the version keeps beside the one before.
struct Version {
    changed: usize,
    kept: usize,
}

fn version(plan: &Plan, change: &Change) -> (Plan, Version) {
    let before = ALLOCATED.current_usage();
    let next = rebalanced(plan, change);
    let kept = ALLOCATED.current_usage().saturating_sub(before);
    let changed = plan.assignment().differences(next.assignment()).count();
    (next, Version { changed, kept })
}

fn report(kind: &str, versions: &[Version]) {
    let sum = |of: &dyn Fn(&Version) -> usize| versions.iter().map(of).sum::<usize>();
    println!("{kind:<52} {:>4} bytes kept for each partition that changed hands", sum(&|one| one.kept) / sum(&|one| one.changed).max(1));
}
