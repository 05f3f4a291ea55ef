//! What a longer window or static members would have saved: the log replayed under each assumption,
//! side by side.

use std::thread;

use sticky_assignor::replay::{EventLog, Gathering, SavingDocument, totals, with_static_members};

/// The window to try, in seconds, where the one given is shorter.
const WINDOW: f64 = 60.0;
/// The session timeout to try, in seconds, where none is given: Kafka's default.
const SESSION_TIMEOUT: f64 = 45.0;

/// What the log would have cost with a longer window, and with static members.
pub(super) fn savings(log: &EventLog, gathering: Gathering) -> Vec<SavingDocument> {
    let longer = gathering.window.filter(|window| *window >= WINDOW).map_or(WINDOW, |window| window * 2.0);
    let timeout = if gathering.session_timeout > 0.0 { gathering.session_timeout } else { SESSION_TIMEOUT };
    thread::scope(|scope| {
        let window = scope.spawn(|| saving(log, Gathering { window: Some(longer), ..gathering }));
        let fixed = saving(&with_static_members(log, timeout), Gathering { session_timeout: timeout, ..gathering });
        let window = window.join().ok().flatten().map(|saving| SavingDocument { window: Some(longer), ..saving });
        let fixed = fixed.map(|saving| SavingDocument { static_session_timeout: Some(timeout), ..saving });
        window.into_iter().chain(fixed).collect()
    })
}

fn saving(log: &EventLog, gathering: Gathering) -> Option<SavingDocument> {
    let totals = totals(log, gathering).ok()?;
    Some(SavingDocument { window: None, static_session_timeout: None, rebalances: totals.rebalances, moved: totals.moved, new: totals.new })
}
