//! Kafka's consumer protocol: our bytes against those of others, bytes nobody should send, and the leader's work on them.

use proptest::test_runner::{Config, FileFailurePersistence};

mod claim;
mod hostile;
mod lead;
mod messages;
mod oracle;
mod round_trip;
mod vectors;

fn config() -> Config {
    Config { failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))), ..Config::default() }
}
