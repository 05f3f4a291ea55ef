//! Integers of any size, as hostile claims may hold them, and numbers too large for the reader.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};

use crate::model::Clamped;

/// An integer of a document: what an `i64` holds is kept, what is beyond counts as the nearest it
/// can hold.
///
/// ```
/// use sticky_assignor::document::AnyInteger;
/// let claimed: Vec<AnyInteger> = serde_json::from_str("[3, -1, 99999999999999999999]")?;
/// assert_eq!(claimed.iter().filter_map(|number| number.as_partition()).collect::<Vec<_>>(), [3, -1]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnyInteger(pub i64);

impl AnyInteger {
    /// The integer as a partition number, if it could be one.
    pub fn as_partition(self) -> Option<i32> {
        i32::try_from(self.0).ok()
    }

    /// The integer as it was written; none where it may have been one beyond.
    pub(super) fn as_written(self) -> Option<i64> {
        Some(self.0).filter(|integer| !matches!(*integer, i64::MIN | i64::MAX))
    }

    /// The integer that arrives as a float because it is beyond 64 bits; none where the float is no
    /// integer.
    pub(super) fn whole(value: f64) -> Option<Self> {
        // `as` saturates.
        (value.fract() == 0.0).then_some(Self(value as i64))
    }
}

impl From<u64> for AnyInteger {
    fn from(value: u64) -> Self {
        Self(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

/// The integer, or of one that may have been beyond that it was `9223372036854775807 or more`.
impl fmt::Display for AnyInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Clamped(self.0).fmt(f)
    }
}

impl Serialize for AnyInteger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for AnyInteger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyIntegerVisitor)
    }
}

struct AnyIntegerVisitor;

impl Visitor<'_> for AnyIntegerVisitor {
    type Value = AnyInteger;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<AnyInteger, E> {
        Ok(AnyInteger(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<AnyInteger, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<AnyInteger, E> {
        AnyInteger::whole(value).ok_or_else(|| E::invalid_type(Unexpected::Float(value), &self))
    }
}

/// The text of a document with numbers that its reader would refuse as out of range, at 309 digits
/// or more, made ones that it takes, and that [`AnyInteger`] has the same value
/// for; `None` where there are none. All else stays where it is.
pub fn saturated(text: &[u8]) -> Option<Vec<u8>> {
    let mut saturated = None;
    let mut place = 0;
    while let Some(byte) = text.get(place) {
        let end = place + token(*byte, &text[place..]);
        if is_beyond(&text[place..end]) {
            let written: &[u8] = if *byte == b'-' { b"-9e99" } else { b"9e99" };
            let number = &mut saturated.get_or_insert_with(|| text.to_vec())[place..end];
            number.fill(b' ');
            number[..written.len()].copy_from_slice(written);
        }
        place = end;
    }
    saturated
}

/// How long the string or the number is that begins here; anything else is taken a byte at a time.
fn token(first: u8, text: &[u8]) -> usize {
    match first {
        b'"' => string(text),
        b'-' | b'0'..=b'9' => text.iter().take_while(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')).count(),
        _ => 1,
    }
}

fn string(text: &[u8]) -> usize {
    let mut length = 1;
    while let Some(byte) = text.get(length) {
        length += if *byte == b'\\' { 2 } else { 1 };
        if *byte == b'"' {
            break;
        }
    }
    length.min(text.len())
}

fn is_beyond(token: &[u8]) -> bool {
    token.first() != Some(&b'"') && std::str::from_utf8(token).is_ok_and(|token| token.parse().is_ok_and(f64::is_infinite))
}

#[cfg(test)]
mod tests {
    use super::saturated;

    fn text(text: &str) -> Option<String> {
        saturated(text.as_bytes()).map(|text| String::from_utf8(text).expect("text"))
    }

    #[test]
    fn a_number_beyond_the_reader_is_one_within_and_all_else_stays() {
        assert_eq!(text(r#"[1e400, -1E+400 , 12]"#).as_deref(), Some(r#"[9e99 , -9e99   , 12]"#));
        let digits = "7".repeat(400);
        assert_eq!(text(&format!("[{digits}]")), Some(format!("[9e99{}]", " ".repeat(396))));
    }

    #[test]
    fn what_is_no_such_number_is_left_alone() {
        for same in ["[1e300, 9223372036854775808]", r#"{"1e400": "a\"1e400"}"#, r#""\\", -"#, "\"1e400\\", "Infinity 1e4-00", ""] {
            assert_eq!(text(same), None, "{same}");
        }
    }
}
