//! What a longer window or static members would have saved: the log replayed under each assumption,
//! side by side.

use std::thread;

use sticky_assignor::replay::{EventLog, RebalanceWindow, SavingDocument, totals, with_static_members};

/// The window to try, in seconds, where the one given is shorter.
const WINDOW: f64 = 60.0;
/// The session timeout to try, in seconds, where none is given: Kafka's default.
const SESSION_TIMEOUT: f64 = 45.0;

/// What the log would have cost with a longer window, and with static members.
pub(super) fn savings(log: &EventLog, window: RebalanceWindow) -> Vec<SavingDocument> {
    let longer = window.length.filter(|window| *window >= WINDOW).map_or(WINDOW, |window| window * 2.0);
    let timeout = if window.session_timeout > 0.0 { window.session_timeout } else { SESSION_TIMEOUT };
    thread::scope(|scope| {
        let longest = scope.spawn(|| saving(log, RebalanceWindow { length: Some(longer), ..window }));
        let fixed = saving(&with_static_members(log, timeout), RebalanceWindow { session_timeout: timeout, ..window });
        let longest = longest.join().ok().flatten().map(|saving| SavingDocument { window: Some(longer), ..saving });
        let fixed = fixed.map(|saving| SavingDocument { static_session_timeout: Some(timeout), ..saving });
        longest.into_iter().chain(fixed).collect()
    })
}

fn saving(log: &EventLog, window: RebalanceWindow) -> Option<SavingDocument> {
    let totals = totals(log, window).ok()?;
    Some(SavingDocument { window: None, static_session_timeout: None, rebalances: totals.rebalances, moved: totals.moved, new: totals.new })
}
