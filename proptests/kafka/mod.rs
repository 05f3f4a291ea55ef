//! Kafka's consumer protocol: our bytes against those of others, and bytes nobody should send.

mod hostile;
mod import;
mod messages;
mod oracle;
mod round_trip;
mod vectors;
