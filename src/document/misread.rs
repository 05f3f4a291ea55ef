//! A text that is not the document it should be.

use thiserror::Error;

/// Why a text is not a document, and where that shows.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{reason}", field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default())]
pub struct Misread {
    /// The line of the text, from 1.
    pub line: usize,
    /// The column, in bytes, from 1; 0 where the document as a whole is at fault.
    pub column: usize,
    /// The field, as a path such as `members[0].owned`, if it is in one.
    pub field: Option<String>,
    /// What is wrong there.
    pub reason: String,
}

#[cfg(feature = "cli")]
impl From<serde_path_to_error::Error<serde_json::Error>> for Misread {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = error.path().to_string();
        // The reader calls a field `?` that it has not come to yet, and all of the document `.`.
        let path = path.trim_end_matches('?').trim_end_matches('.');
        let field = (!path.is_empty()).then(|| path.to_string());
        Self { field, ..Self::from(error.into_inner()) }
    }
}

#[cfg(feature = "cli")]
impl From<serde_json::Error> for Misread {
    fn from(error: serde_json::Error) -> Self {
        let (line, column, stated) = (error.line(), error.column(), error.to_string());
        let reason = stated.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&stated);
        Self { line, column, field: None, reason: in_json_words(reason) }
    }
}

/// What the reader calls by names of its own language, and what JSON calls it.
#[cfg(feature = "cli")]
const WORDS: [(&str, &str); 6] = [
    ("sequence", "array"),
    ("map", "object"),
    ("floating point", "number"),
    ("a sequence", "an array"),
    ("i64", "an integer"),
    ("f64", "a number"),
];

/// A reason in the words of JSON: what was found stands first in it, what was expected last.
#[cfg(feature = "cli")]
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
