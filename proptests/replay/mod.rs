//! Event logs, their gathering into rebalances, and histories.

mod cases;
mod gathering;
mod history;
mod log;

use sticky_assignor::replay::{EventLog, Faults, Gathering, History, Moment};

const UNLIMITED: u64 = u64::MAX;

/// The log of these lines.
fn log_of(lines: &[&str]) -> EventLog {
    EventLog::from_json_lines(lines.join("\n").as_bytes(), Faults::Refuse, UNLIMITED).expect("the log can be")
}

/// The history of a log.
fn history_of(log: &EventLog, gathering: Gathering) -> History {
    let start = History::new(&log.group).expect("the group can be");
    gathering.moments(log).try_fold(start, History::rebalance).expect("the log was checked")
}

fn moments_of(log: &EventLog, gathering: Gathering) -> Vec<Moment> {
    gathering.moments(log).collect()
}
