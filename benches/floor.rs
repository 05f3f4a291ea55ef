//! The least work there is for a million partitions, and the clock that it and all else is measured
//! by.

#![allow(dead_code, reason = "each bench uses what it needs")]

use std::hint::black_box;
use std::time::Instant;

/// One pass that counts, one that scatters a table of owners into one buffer: nanoseconds, the
/// least of some runs.
pub(crate) fn floor(runs: usize) -> f64 {
    let owner: Vec<u32> = (0..1_000_000).map(|place| place % 2000).collect();
    (0..runs).map(|_| timed(|| scatter(black_box(&owner)))).fold(f64::INFINITY, f64::min)
}

fn scatter(owner: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; 2001];
    owner.iter().for_each(|&owner| starts[owner as usize + 1] += 1);
    (0..2000).for_each(|member| starts[member + 1] += starts[member]);
    let mut next = starts.clone();
    let mut partitions = vec![0_u32; owner.len()];
    for (partition, &owner) in owner.iter().enumerate() {
        partitions[next[owner as usize] as usize] = partition as u32;
        next[owner as usize] += 1;
    }
    (starts, partitions)
}

/// Nanoseconds of one call; dropping its result is not among them.
pub(crate) fn timed<T>(call: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    let result = black_box(call());
    let elapsed = start.elapsed();
    drop(result);
    elapsed.as_nanos() as f64
}

pub(crate) fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
