//! Records of `__consumer_offsets`, which brokers keep of their groups, in the three forms that
//! people get them in: lines of hex, the console consumer's JSON, the log dump since Kafka 3.8.
//!
//! `hex` and `json` read a record of a text into what it tells (`told`); `life` puts what is told
//! of a group together to moments.

mod hex;
mod json;
mod life;
mod told;

pub(super) use hex::{Record as HexRecord, misplaced as misplaced_hex, read as read_hex};
pub(super) use json::{is_dump_line, read as read_json, read_dump};
pub(super) use life::RecordedLife;
pub(super) use told::FoundRecord;
