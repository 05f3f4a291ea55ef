//! Event logs, their gathering into rebalances, and histories.

#[cfg(feature = "json")]
mod cases;
mod events;
#[cfg(feature = "json")]
mod gathering;
mod history;
#[cfg(feature = "json")]
mod log;
#[cfg(feature = "json")]
mod savings;
mod walk;

#[cfg(feature = "json")]
use sticky_assignor::replay::{EventLog, Faults, Gathering, History, Moment};

#[cfg(feature = "json")]
const UNLIMITED: u64 = u64::MAX;

#[cfg(feature = "json")]
/// The log of these lines.
fn log_of(lines: &[&str]) -> EventLog {
    EventLog::from_json_lines(lines.join("\n").as_bytes(), Faults::Refuse, UNLIMITED).expect("the log can be")
}

#[cfg(feature = "json")]
/// The history of a log.
fn history_of(log: &EventLog, gathering: Gathering) -> History {
    let start = History::new(&log.group).expect("the group can be");
    gathering.moments(log).try_fold(start, History::rebalance).expect("the log was checked")
}

#[cfg(feature = "json")]
fn moments_of(log: &EventLog, gathering: Gathering) -> Vec<Moment> {
    gathering.moments(log).collect()
}
