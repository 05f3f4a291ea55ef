//! Records of `__consumer_offsets`, which brokers keep of their groups, in the three forms that
//! people get them in: lines of hex, the console consumer's JSON, the log dump since Kafka 3.8.
//!
//! `forms` reads a record of a text into what it tells; `life` puts what is told of a group
//! together to moments.

mod forms;
mod life;

pub(super) use forms::{HexRecord, is_dump_line, misplaced_hex};
pub(super) use life::Records;
