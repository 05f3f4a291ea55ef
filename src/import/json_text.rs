//! Documents of JSON within a text, put together from its lines: each character is looked at once,
//! and nothing is kept of a document that was read.

use std::borrow::Cow;

use super::text::{TextLine, plain};
use crate::document::Date;

/// A document that has begun.
#[derive(Debug)]
pub(super) struct JsonText {
    /// The line it begins in.
    pub(super) line: usize,
    /// When that line was written, if something put that before it.
    pub(super) stamp: Option<Date>,
    /// What stands before its first line and is none of it.
    prefix: Prefix,
    /// What there is of it from the pieces before.
    begun: String,
    depth: usize,
    within: Within,
}

/// What stands before the lines of a document and is none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Prefix {
    Nothing,
    /// The same before each.
    Same(String),
    /// Something else before each, as times are.
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Structure,
    Text,
    /// Behind a `\` of a text.
    Escape,
}

impl JsonText {
    /// Whether a document may begin in a line.
    pub(super) fn begins(text: &str) -> bool {
        let text = text.trim();
        let behind = text.strip_prefix('{').or_else(|| text.strip_prefix('[')).map(str::trim_start);
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(['"', '{', '[', '}', ']']))
    }

    /// One that begins a text.
    pub(super) fn new(line: usize, stamp: Option<Date>) -> Self {
        Self { line, stamp, prefix: Prefix::Nothing, begun: String::new(), depth: 0, within: Within::Structure }
    }

    /// One that begins in a line, which was written like that.
    pub(super) fn in_line(line: &TextLine<'_>, written: &str) -> Self {
        let prefix = match written.trim_end().strip_suffix(line.text.trim_end()) {
            Some(before) if before.trim().is_empty() => Prefix::Nothing,
            Some(before) => Prefix::Same(before.into()),
            None => Prefix::Any,
        };
        Self { prefix, ..Self::new(line.number, line.stamp) }
    }

    /// What another line says of it. Only what stands before the first may stand before the others:
    /// a line of a document may begin with what looks like it.
    pub(super) fn of_line<'a>(&self, number: usize, written: &'a str) -> Cow<'a, str> {
        let behind = match &self.prefix {
            Prefix::Nothing => Some(written),
            Prefix::Same(before) => written.strip_prefix(before.as_str()),
            Prefix::Any => None,
        };
        behind.map_or_else(|| TextLine::bare(number, written).text, plain)
    }

    /// Where in this text, which follows what there is, the document ends, if it does.
    pub(super) fn end(&mut self, text: &str) -> Option<usize> {
        for (at, byte) in text.bytes().enumerate() {
            match (self.within, byte) {
                (Within::Text, b'"') => self.within = Within::Structure,
                (Within::Text, b'\\') => self.within = Within::Escape,
                (Within::Escape, _) => self.within = Within::Text,
                (Within::Text, _) => {}
                (Within::Structure, b'"') => self.within = Within::Text,
                (Within::Structure, b'{' | b'[') => self.depth += 1,
                (Within::Structure, b'}' | b']') => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                (Within::Structure, _) => {}
            }
        }
        None
    }

    /// Adds what does not end it.
    pub(super) fn push(&mut self, text: &str) {
        self.begun.push_str(text);
    }

    /// All of it, with its end.
    pub(super) fn whole(self, end: &str) -> Cow<'_, str> {
        if self.begun.is_empty() { Cow::Borrowed(end) } else { Cow::Owned(self.begun + end) }
    }
}
