//! What operators have, from the texts to documents and event logs.

mod cases;
mod json;
mod noise;
mod pasted;
#[cfg(feature = "cli")]
mod program;
#[cfg(feature = "kafka")]
mod records;
mod tables;

use serde_json::Value;
use sticky_assignor::import::{ImportError, ImportOptions, Imported};

fn read(text: &str) -> Result<Imported, ImportError> {
    read_with(text, &ImportOptions::default())
}

fn read_with(text: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    sticky_assignor::import::read(text, options)
}

fn topics(topics: &[(&str, i64)]) -> ImportOptions {
    let topics = topics.iter().map(|(topic, count)| ((*topic).to_string(), *count)).collect();
    ImportOptions { topics, ..ImportOptions::default() }
}

fn fault(text: &str) -> ImportError {
    read(text).expect_err(text)
}

/// The groups' documents.
fn documents(text: &str) -> Vec<Value> {
    let imported = read(text).expect("it is read");
    imported.groups.iter().map(|group| serde_json::to_value(group).expect("it is written")).collect()
}

fn only(text: &str) -> Value {
    only_with(text, &ImportOptions::default())
}

/// The one document there is, and no history.
fn only_with(text: &str, options: &ImportOptions) -> Value {
    let imported = read_with(text, options).expect("it is read");
    assert_eq!((imported.groups.len(), imported.histories.len()), (1, 0));
    serde_json::to_value(&imported.groups[0]).expect("it is written")
}

/// The lines of the one event log there is.
fn lines(text: &str) -> Vec<Value> {
    let imported = read(text).expect("it is read");
    assert_eq!((imported.groups.len(), imported.histories.len()), (0, 1));
    imported.histories[0].lines.iter().map(|line| serde_json::to_value(line).expect("it is written")).collect()
}

/// All that is noted, a line each.
fn notes(text: &str) -> String {
    read(text).expect("it is read").notes.iter().map(|note| format!("{note}\n")).collect()
}
