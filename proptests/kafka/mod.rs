//! Kafka's consumer protocol: our bytes against those of others, bytes nobody should send, and the
//! leader's work on them.

mod claim;
mod hostile;
mod lead;
mod messages;
mod oracle;
pub(crate) mod records;
mod round_trip;
mod vectors;
