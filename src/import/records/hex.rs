//! Records as lines of hex: `timestamp offset key value`, an absent value as `-` or nothing.

use data_encoding::HEXLOWER_PERMISSIVE;

use super::super::error::ImportError;
use super::told::{Found, Told, date};
use crate::kafka::records::Heard;

/// The pieces of a line that is a record in hex.
pub(crate) struct Pieces<'a> {
    timestamp: i64,
    key: &'a str,
    value: Option<&'a str>,
}

impl<'a> Pieces<'a> {
    /// Those of a line, if it is one.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let mut pieces = text.split_ascii_whitespace();
        let (timestamp, offset) = (pieces.next()?.parse().ok()?, pieces.next()?);
        let (key, value) = (hex(pieces.next()?), pieces.next().filter(|value| *value != "-").map(hex));
        let is_known = offset.parse::<i64>().is_ok() && is_key(key) && pieces.next().is_none();
        is_known.then_some(Self { timestamp, key, value })
    }
}

fn hex(text: &str) -> &str {
    text.strip_prefix("0x").or_else(|| text.strip_prefix("\\x")).unwrap_or(text)
}

/// Whether this is a key in hex: it begins with a type, which is a small number.
fn is_key(text: &str) -> bool {
    text.len() >= 4 && text.starts_with("00") && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// What the line tells.
///
/// # Errors
///
/// Where hex is none, or a record of a known kind cannot be read.
pub(crate) fn read(line: usize, pieces: &Pieces<'_>) -> Result<Found, ImportError> {
    let unreadable = |reason: String| ImportError::Log { line, reason };
    let bytes = |part: &str, text: &str| {
        HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(|_| unreadable(format!("the {part} of the record is not in hex")))
    };
    let (key, value) = (bytes("key", pieces.key)?, pieces.value.map(|value| bytes("value", value)).transpose()?);
    let heard = Heard::decode(&key, value.as_deref()).map_err(|error| unreadable(error.to_string()))?;
    match heard {
        Heard::PassedOver(passed) => Ok(Found::Passed(passed.to_string())),
        Heard::Record(record) => {
            let group = record.group.into();
            let told = Told::of(record).map_err(|error| unreadable(error.to_string()))?;
            Ok(Found::Of { group, at: date(pieces.timestamp), told: Box::new(told) })
        }
    }
}
