//! A bar on standard error while a long log is replayed; only where that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// Logs with fewer rebalances are over before a bar could be read.
const LONG: usize = 200;

/// The bar of so many rebalances.
pub(super) fn progress(rebalances: usize) -> ProgressBar {
    if rebalances < LONG {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(rebalances as u64);
    match ProgressStyle::with_template("{bar:40} {pos}/{len} rebalances, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
