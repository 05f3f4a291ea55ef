//! JSON of groups, event logs and histories that nobody should write: `cargo +nightly fuzz run
//! --fuzz-dir proptests/fuzz documents -- -malloc_limit_mb=64`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sticky_assignor::document::{GroupDocument, VerifyInput};
use sticky_assignor::replay::documents::HistoryDocument;
use sticky_assignor::replay::{EventLog, Faults, History};
use sticky_assignor::{Goals, Group};

/// A group of more would take its time.
const MOST_PARTITIONS: u64 = 1_000;

fuzz_target!(|text: &[u8]| {
    if let Ok(document) = serde_json::from_slice::<GroupDocument>(text) {
        balanced(&document);
    }
    let _ = serde_json::from_slice::<VerifyInput>(text);
    for faults in [Faults::Refuse, Faults::Skip] {
        let _ = EventLog::from_json_lines(text, faults, MOST_PARTITIONS);
    }
    // A history has no limit of its own.
    let has_large_number = text.split(|byte| !byte.is_ascii_alphanumeric()).any(|word| word.len() > 3 && word[0].is_ascii_digit());
    if !has_large_number && let Ok(document) = serde_json::from_slice::<HistoryDocument>(text) {
        rebalanced(&document);
    }
});

fn balanced(document: &GroupDocument) {
    let partitions = document.partition_count();
    if partitions > MOST_PARTITIONS {
        return;
    }
    if let Ok(group) = Group::try_from(document) {
        let summary = Goals::default().balance(&group).summary();
        assert_eq!(summary.assigned + summary.unassigned, partitions);
    }
}

fn rebalanced(document: &HistoryDocument) {
    if let Ok(history) = History::try_from(document) {
        let again = HistoryDocument::from(&history);
        assert!(History::try_from(&again).is_ok(), "what was written can be read");
    }
}
