//! A group's history from its log: what each rebalance moved, and what range would have moved.
//!
//! `cargo run --example replay`
#![expect(clippy::print_stdout, reason = "an example says what it does")]

use std::error::Error;

use sticky_assignor::replay::{EventLog, Faults, Figures, History, RebalanceWindow};
use sticky_assignor::{MAX_PARTITIONS, Strategy};

/// An event log as FORMAT.md has it: a group, then what happened to it and when.
const LOG: &str = r#"
{"topics": {"orders": 12, "clicks": 7}, "members": [{"id": "c1", "topics": "*"}, {"id": "c2", "topics": ["orders"]}]}
{"at": 10, "join": {"id": "c3", "topics": "*"}}
{"at": 60, "topics": {"orders": 24}}
{"at": 90, "leave": "c1"}
{"at": 91, "join": {"id": "c4", "topics": "*"}}
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let log = EventLog::from_json_lines(LOG.trim().as_bytes(), Faults::Refuse, MAX_PARTITIONS)?;
    let mut history = History::new(&log.group)?;
    let (mut group, mut assignment) = (log.group.clone(), Strategy::Range.assign(&log.group));

    println!("  at  ours  range");
    for batch in RebalanceWindow::default().batches(&log) {
        group = group.claiming(assignment).apply(&batch.change)?;
        assignment = Strategy::Range.assign(&group);
        let (at, range) = (batch.at, Figures::measure(&group, &assignment).moved);
        history = history.rebalance(batch)?;
        println!("{at:>4}  {:>4}  {range:>5}  moved", history.last_figures().moved);
    }

    // Every version is still there.
    println!("{} partitions changed hands from the first version to the last:", history.diff(0, history.len() - 1).len());
    Ok(())
}
