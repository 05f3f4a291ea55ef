//! The event logs of public bug reports: each rebalance beside `balance` on the same group with the
//! same claims.

use std::fs;
use std::path::PathBuf;

use sticky_assignor::replay::{EventLog, Faults, Figures, RebalanceWindow};
use sticky_assignor::{Plan, balance};

use super::{UNLIMITED, history_of};

fn logs() -> Vec<(String, EventLog)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("proptests/cases/events");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("the cases are here").map(|entry| entry.expect("is readable").path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let text = fs::read(&path).expect("is readable");
        let log = EventLog::from_json_lines(&text, Faults::Refuse, UNLIMITED).expect("the log can be");
        (path.display().to_string(), log)
    };
    files.into_iter().map(read).collect()
}

fn windows() -> [RebalanceWindow; 3] {
    let window = |window: u32| RebalanceWindow { length: Some(window.into()), ..RebalanceWindow::default() };
    [RebalanceWindow::default(), window(0), window(60)]
}

/// Balance and stickiness of a plan are those of `balance` on its group.
fn assert_as_good_as_balance(plan: &Plan, what: &str) {
    let afresh = balance(plan.group()).summary();
    let summary = plan.summary();
    assert_eq!((summary.sum_of_squares, summary.retained), (afresh.sum_of_squares, afresh.retained), "{what}");
    assert_eq!(summary.unassigned, afresh.unassigned, "{what}");
}

fn assert_adds_up(figures: Figures, plan: &Plan, what: &str) {
    let Figures { retained, moved, forced, new, partitions, .. } = figures;
    assert_eq!(retained + moved + new, partitions, "{what}");
    assert_eq!(retained, plan.summary().retained, "{what}");
    assert!(forced <= moved, "{what}");
}

#[test]
fn each_rebalance_of_a_reported_log_is_as_good_as_balance_on_its_group() {
    let logs = logs();
    assert_eq!(logs.len(), 17);
    for (name, log) in &logs {
        for window in windows() {
            let history = history_of(log, window);
            for (number, figures) in history.figures().enumerate() {
                let what = format!("{name}, rebalance {number} of {window:?}");
                let plan = history.at(number).expect("is one of its versions");
                assert_as_good_as_balance(&plan, &what);
                assert_adds_up(figures, &plan, &what);
            }
        }
    }
}
