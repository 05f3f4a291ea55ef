//! How documents are read: integers of any size, as hostile claims may hold them; objects with each
//! key once; and what is wrong with a text that is not the document it should be.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::model::Clamped;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPlace {
    /// The line, from 1.
    pub line: usize,
    /// The column, in bytes, from 1.
    pub column: usize,
}

/// Why a text is not a document, and where that shows.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{reason}", field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default())]
#[non_exhaustive]
pub struct Misread {
    /// Where in the text, unless the document as a whole is at fault.
    pub place: Option<TextPlace>,
    /// The field, as a path such as `members[0].owned`, if it is in one.
    pub field: Option<String>,
    /// What is wrong there.
    pub reason: String,
}

impl Misread {
    /// What stands in this column of the first line does not begin a document.
    #[doc(hidden)]
    pub fn no_document(column: usize) -> Self {
        Self { place: Some(TextPlace { line: 1, column }), field: None, reason: "a document starts with `{`".into() }
    }

    /// What is wrong, once the text was read again with its numbers `saturated`: what was found
    /// then, unless a number was at fault after all, of which the first reading knows how it was
    /// written.
    #[doc(hidden)]
    #[cfg(feature = "json")]
    #[must_use]
    pub fn or(self, again: Self) -> Self {
        if again.field == self.field { self } else { again }
    }
}

/// The document that a text of JSON begins with, and how many bytes it has; something else may
/// stand behind it.
///
/// # Errors
///
/// Where the text does not begin with such a document: where, in which field, and why, in plain
/// words.
///
/// ```
/// use sticky_assignor::document::{GroupDocument, read_first};
/// let (group, length): (GroupDocument, usize) = read_first(br#"{"topics": {"t": 2}, "members": []} and more"#)?;
/// assert_eq!((group.partition_count(), length), (2, 35));
/// let misread = read_first::<GroupDocument>(br#"{"topics": {"t": "two"}, "members": []}"#).unwrap_err();
/// assert_eq!((misread.field.as_deref(), misread.place.map(|place| place.column)), (Some("topics.t"), Some(22)));
/// # Ok::<(), sticky_assignor::document::Misread>(())
/// ```
#[cfg(feature = "json")]
pub fn read_first<T: serde::de::DeserializeOwned>(text: &[u8]) -> Result<(T, usize), Misread> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(Misread::in_field)?;
    Ok((value, reader.into_iter::<serde::de::IgnoredAny>().byte_offset()))
}

#[cfg(feature = "json")]
impl Misread {
    pub(crate) fn in_field(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let field = field(error.path());
        Self { field, ..Self::of_json(&error.into_inner()) }
    }

    pub(crate) fn of_json(error: &serde_json::Error) -> Self {
        let (line, column, stated) = (error.line(), error.column(), error.to_string());
        let reason = stated.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&stated);
        let place = (line > 0).then_some(TextPlace { line, column });
        Self { place, field: None, reason: in_plain_words(reason) }
    }
}

/// The field that a path leads to. One that the reader has not come to yet is not named.
#[cfg(feature = "json")]
fn field(path: &serde_path_to_error::Path) -> Option<String> {
    let written = path.to_string();
    let known = match path.iter().next_back()? {
        serde_path_to_error::Segment::Unknown => written.strip_suffix('?').map(|known| known.strip_suffix('.').unwrap_or(known))?,
        _ => written.as_str(),
    };
    (!known.is_empty()).then(|| known.to_string())
}

/// Reasons of the reader that only its programmer would understand, and the same for whoever wrote
/// the text.
#[cfg(feature = "json")]
const REASONS: [(&str, &str); 9] = [
    ("EOF while parsing a list", "the document ends within an array"),
    ("EOF while parsing an object", "the document ends within an object"),
    ("EOF while parsing a string", "the document ends within a string"),
    ("EOF while parsing a value", "the document ends where a value is expected"),
    ("expected ident", "`true`, `false` or `null` is expected"),
    ("expected value", "a value is expected"),
    ("trailing comma", "a comma with nothing behind it"),
    ("trailing characters", "something stands behind the document"),
    ("recursion limit exceeded", "nested too deeply"),
];

#[cfg(feature = "json")]
fn in_plain_words(reason: &str) -> String {
    match REASONS.iter().find(|(known, _)| *known == reason) {
        Some((_, plain)) => (*plain).into(),
        None => in_json_words(reason),
    }
}

/// What the reader calls by names of its own language, and what JSON calls it.
#[cfg(feature = "json")]
const WORDS: [(&str, &str); 6] = [
    ("sequence", "array"),
    ("map", "object"),
    ("floating point", "number"),
    ("a sequence", "an array"),
    ("i64", "an integer from -9223372036854775808 to 9223372036854775807"),
    ("f64", "a number"),
];

/// A reason in the words of JSON: what was found stands first in it, what was expected last.
#[cfg(feature = "json")]
fn in_json_words(reason: &str) -> String {
    WORDS.iter().fold(reason.to_string(), |reason, (word, in_json)| {
        let reason = match reason.strip_prefix(&format!("invalid type: {word}")) {
            Some(rest) => format!("invalid type: {in_json}{rest}"),
            None => reason,
        };
        match reason.strip_suffix(&format!(", expected {word}")) {
            Some(rest) => format!("{rest}, expected {in_json}"),
            None => reason,
        }
    })
}

/// An ordered map with string keys; reading one refuses a key given twice.
///
/// ```
/// use sticky_assignor::document::UniqueMap;
/// let map: UniqueMap<u32> = serde_json::from_str(r#"{"b": 2, "a": 1}"#)?;
/// assert_eq!(map.0.keys().collect::<Vec<_>>(), ["a", "b"]);
/// assert!(serde_json::from_str::<UniqueMap<u32>>(r#"{"a": 1, "a": 2}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct UniqueMap<V>(pub BTreeMap<String, V>);

impl<V> Default for UniqueMap<V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<V> UniqueMap<V> {
    /// Whether it has no keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V> FromIterator<(String, V)> for UniqueMap<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl<V: Serialize> Serialize for UniqueMap<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for UniqueMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UniqueVisitor(PhantomData))
    }
}

struct UniqueVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for UniqueVisitor<V> {
    type Value = UniqueMap<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            match entries.entry(key) {
                Entry::Vacant(vacant) => vacant.insert(map.next_value()?),
                Entry::Occupied(taken) => return Err(A::Error::custom(format!("repeated key `{}`", taken.key()))),
            };
        }
        Ok(UniqueMap(entries))
    }
}

/// Reads an array of objects.
pub(super) fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let objects: Vec<Object<T>> = Vec::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|Object(value)| value).collect())
}

/// Reads an object, or null.
pub(super) fn optional<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let object: Option<Object<T>> = Option::deserialize(deserializer)?;
    Ok(object.map(|Object(value)| value))
}

/// What an object holds.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

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
