//! Records as lines of hex or base64: `timestamp offset key value`, an absent value as `-` or
//! nothing.

use data_encoding::{BASE64, Encoding, HEXLOWER_PERMISSIVE};

use super::super::error::ImportError;
use super::told::{FoundRecord, Told, date};
use crate::kafka::records::{Heard, PassedOver};

/// The parts of a line that is a record.
pub(crate) struct Record<'a> {
    timestamp: i64,
    offset: i64,
    key: &'a str,
    value: Option<&'a str>,
    form: Form,
}

/// In which letters bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Hex,
    Base64,
}

impl<'a> Record<'a> {
    /// Those of a line, if it is one.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let (timestamp, rest) = word(text)?;
        let timestamp = timestamp.parse().ok()?;
        let (offset, rest) = word(rest)?;
        let offset = offset.parse().ok()?;
        let (written, rest) = word(rest)?;
        let (key, form) = key(written)?;
        // The value is long, and looked at once, where it is decoded.
        let value = rest.trim_ascii();
        let is_nothing = value.is_empty() || value == "-" || value.eq_ignore_ascii_case("null");
        Some(Self { timestamp, offset, key, value: (!is_nothing).then(|| digits(value)), form })
    }
}

/// The first word of a text, and what stands behind it.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_ascii_start();
    let end = text.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The digits of a text that may say that they are hex.
fn digits(text: &str) -> &str {
    text.strip_prefix("0x").or_else(|| text.strip_prefix("\\x")).unwrap_or(text)
}

/// A key and its form: it begins with a type, which is a small number.
fn key(text: &str) -> Option<(&str, Form)> {
    let digits = digits(text);
    let is_hex = digits.len() >= 4 && digits.starts_with("00") && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let is_base64 = || text.len() >= 8 && text.len().is_multiple_of(4) && text.starts_with("AA") && BASE64.decode(text.as_bytes()).is_ok();
    if is_hex { Some((digits, Form::Hex)) } else { is_base64().then_some((text, Form::Base64)) }
}

/// Whether a line that is no record has one's key among its first words: what stands around it is
/// not what is due there, or the key is cut off.
pub(crate) fn misplaced(text: &str) -> bool {
    const SHORTEST: usize = 12;
    let is_cut_off = |word: &str| word.starts_with("000") && word.bytes().all(|digit| digit.is_ascii_alphanumeric());
    let is_key = |word: &str| word.len() >= SHORTEST && (key(word).is_some() || is_cut_off(word));
    text.split_ascii_whitespace().take(6).any(is_key)
}

/// What the line tells.
///
/// # Errors
///
/// Where hex is none, or a record of a known kind cannot be read.
pub(crate) fn read(line: usize, record: &Record<'_>) -> Result<FoundRecord, ImportError> {
    /// Before 1973, or more records than a topic has.
    const NEITHER: i64 = 100_000_000_000;
    let unreadable = |reason: String| ImportError::Log { line, reason };
    if (0..NEITHER).contains(&record.timestamp) && record.offset >= NEITHER {
        return Err(unreadable("a record is `timestamp offset key value`, and here the offset stands first".into()));
    }
    let (encoding, written): (&Encoding, _) = match record.form {
        Form::Hex => (&HEXLOWER_PERMISSIVE, "hex"),
        Form::Base64 => (&BASE64, "base64"),
    };
    let bytes = |part: &str, text: &str| {
        encoding.decode(text.as_bytes()).map_err(|_| unreadable(format!("the {part} of the record is not in {written}")))
    };
    let key = bytes("key", record.key)?;
    // A topic is for the most part offsets, whose values nobody needs.
    if let Some(passed) = key.first_chunk().and_then(|kind| PassedOver::of(i16::from_be_bytes(*kind), None)) {
        return Ok(FoundRecord::PassedOver(passed));
    }
    let value = record.value.map(|value| bytes("value", value)).transpose()?;
    let heard = Heard::decode(&key, value.as_deref()).map_err(|error| unreadable(error.to_string()))?;
    match heard {
        Heard::PassedOver(passed) => Ok(FoundRecord::PassedOver(passed)),
        Heard::Record(heard) => {
            let group = heard.group.into();
            let told = Told::of(heard).map_err(|error| unreadable(error.to_string()))?;
            Ok(FoundRecord::Of { group, at: date(record.timestamp), told: Box::new(told) })
        }
    }
}
