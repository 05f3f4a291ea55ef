//! What is taken of memory, counted allocation by allocation: for test binaries of their own.

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most bytes that were taken at once while this was called.
pub(crate) fn peak<T>(call: impl FnOnce() -> T) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let result = call();
    let taken = MEMORY.peak_usage() - before;
    drop(result);
    taken
}
