//! The clock, around calls of pure functions.

use std::hint::black_box;
use std::num::NonZeroU32;
use std::time::Instant;

/// What a call answers, and the nanoseconds it took.
pub(super) fn timed<T>(call: impl FnOnce() -> T) -> (T, u64) {
    let start = Instant::now();
    let answer = call();
    let elapsed = start.elapsed();
    (answer, u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX))
}

/// What a call answers that is made that many times, and the nanoseconds each took.
pub(super) fn timed_often<T>(repeat: NonZeroU32, call: impl Fn() -> T) -> (T, Vec<u64>) {
    settle_allocator();
    let (mut answer, first) = timed(&call);
    let mut elapsed_ns = vec![first];
    for _ in 1..repeat.get() {
        drop(answer);
        let (again, elapsed) = timed(&call);
        answer = again;
        elapsed_ns.push(elapsed);
    }
    (answer, elapsed_ns)
}

/// Has the allocator put together what reading gave back in small pieces. It does so at the next
/// large request, which would be the first call's: a tenth of a second after a million claims,
/// where the call itself takes a hundredth.
fn settle_allocator() {
    drop(black_box(Vec::<u8>::with_capacity(1 << 16)));
}
