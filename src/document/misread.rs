//! A text that is not the document it should be.

use thiserror::Error;

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
