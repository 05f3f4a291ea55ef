//! Event logs, their batches, and histories.

#[cfg(feature = "json")]
mod cases;
mod events;
mod history;
#[cfg(feature = "json")]
mod log;
#[cfg(feature = "json")]
mod recorded;
#[cfg(feature = "json")]
mod savings;
#[cfg(feature = "json")]
mod seen;
mod walk;
#[cfg(feature = "json")]
mod window;

#[cfg(feature = "json")]
use sticky_assignor::replay::{EventBatch, EventLog, Faults, History, RebalanceWindow};

#[cfg(feature = "json")]
const UNLIMITED: u64 = u64::MAX;

#[cfg(feature = "json")]
/// The log of these lines.
fn log_of(lines: &[&str]) -> EventLog {
    EventLog::from_json_lines(lines.join("\n").as_bytes(), Faults::Refuse, UNLIMITED).expect("the log can be")
}

#[cfg(feature = "json")]
/// The history of a log.
fn history_of(log: &EventLog, window: RebalanceWindow) -> History {
    let start = History::new(&log.group).expect("the group can be");
    window.batches(log).try_fold(start, History::rebalance).expect("the log was checked")
}

#[cfg(feature = "json")]
fn batches_of(log: &EventLog, window: RebalanceWindow) -> Vec<EventBatch> {
    window.batches(log).collect()
}
