//! What a balance of a million partitions takes in memory: at its peak, beyond the group it is given, and for the plan it leaves.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod shapes;

use peak_alloc::PeakAlloc;
use shapes::{Described, real};
use sticky_assignor::balance;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

fn main() {
    let million = || real::uniform(500, 2000, 2000);
    let cases: [(&str, &dyn Fn() -> Described); 4] = [
        ("a million, fresh", &million),
        ("a million with claims, one left", &|| million().settled().without(|place| place == 1000)),
        ("a million with claims, one joined", &|| real::joined(million().settled())),
        ("a million with claims, one follows one topic less", &|| real::odd_one_out(million().settled())),
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
