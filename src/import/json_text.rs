//! Documents of JSON within a text, put together from its lines: each character is looked at once,
//! and nothing is kept of a document that was read. What is whole within a long document, or in a
//! list, is handed out by itself before the document ends.

use std::borrow::Cow;
use std::mem;
use std::ops::Range;

use super::text::{LONG, TextLine, plain};
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
    /// What there is of it from the pieces before, without the parts that were handed out.
    begun: String,
    depth: usize,
    within: Within,
    /// Where its parts are looked for.
    outline: Option<Outline>,
}

/// A document, or what is one by itself within another.
#[derive(Debug)]
pub(super) struct JsonPart {
    /// The line it begins in.
    pub(super) line: usize,
    /// The name that it stands under.
    pub(super) name: Option<String>,
    pub(super) text: String,
}

/// A document that has ended.
pub(super) struct EndedJson<'a> {
    /// Parts of it that were not handed out yet.
    pub(super) parts: Vec<JsonPart>,
    /// All of it but its parts, in whose places `null` stands.
    pub(super) rest: Cow<'a, str>,
    /// The line that it ends in, if it had any.
    pub(super) had_parts: Option<usize>,
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Within {
    #[default]
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
        let (begun, within, outline) = (String::new(), Within::Structure, None);
        Self { line, stamp, prefix: Prefix::Nothing, begun, depth: 0, within, outline }
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

    /// Adds text, and hands out what is whole with it.
    pub(super) fn push(&mut self, text: &str) -> Vec<JsonPart> {
        if let Some(outline) = &mut self.outline {
            return outline.push(&mut self.begun, text);
        }
        self.begun.push_str(text);
        if self.begun.len() < LONG && !is_list(&self.begun) {
            return Vec::new();
        }
        let begun = mem::take(&mut self.begun);
        self.outline.insert(Outline::new(self.line)).push(&mut self.begun, &begun)
    }

    /// All of it, with its end.
    pub(super) fn ended(mut self, end: &str) -> EndedJson<'_> {
        if self.begun.is_empty() && !is_list(end) {
            return EndedJson { parts: Vec::new(), rest: Cow::Borrowed(end), had_parts: None };
        }
        let parts = self.push(end);
        let had_parts = self.outline.filter(|outline| outline.had_parts).map(|outline| outline.line);
        EndedJson { parts, rest: Cow::Owned(self.begun), had_parts }
    }
}

fn is_list(text: &str) -> bool {
    text.trim_start().starts_with('[')
}

/// Deeper documents are refused by who reads them.
const DEEPEST: usize = 128;
/// Names in objects that are one whole, whatever is described within: records, and documents of
/// this program.
const OF_WHOLES: [&str; 7] = ["key", "value", "at", "version", "summary", "assignment", "topics"];

/// Where the parts of a document are: the elements of a list, and what has members in an object.
#[derive(Debug)]
struct Outline {
    line: usize,
    within: Within,
    /// What is open, from the outside inwards.
    open: Vec<Opened>,
    /// The last text, and the last that was a name.
    text: Range<usize>,
    name: Option<Range<usize>>,
    /// Whether nothing within it is a part.
    is_whole: bool,
    had_parts: bool,
}

#[derive(Debug)]
struct Opened {
    is_list: bool,
    line: usize,
    start: usize,
    name: Option<Range<usize>>,
    /// Whether it has a list or an object of members.
    has_members: bool,
}

impl Outline {
    fn new(line: usize) -> Self {
        let (within, open, text) = (Within::Structure, Vec::new(), 0..0);
        Self { line, within, open, text, name: None, is_whole: false, had_parts: false }
    }

    /// Adds a text to what is kept of those before; the parts that are whole with it are not kept.
    fn push(&mut self, kept: &mut String, text: &str) -> Vec<JsonPart> {
        let (mut parts, mut copied) = (Vec::new(), 0);
        for (at, byte) in text.bytes().enumerate() {
            let mut keep = |end: usize| {
                kept.push_str(&text[copied..end]);
                copied = end;
                kept.len()
            };
            self.line += usize::from(byte == b'\n');
            match (self.within, byte) {
                (Within::Text, b'"') => (self.within, self.text.end) = (Within::Structure, keep(at)),
                (Within::Text, b'\\') => self.within = Within::Escape,
                (Within::Escape, _) => self.within = Within::Text,
                (Within::Structure, b'"') => (self.within, self.text) = (Within::Text, keep(at + 1)..0),
                (Within::Structure, b':') => self.is_named(kept),
                (Within::Structure, b'{' | b'[') => {
                    let start = keep(at);
                    self.opens(kept, byte == b'[', start);
                }
                (Within::Structure, b'}' | b']') => {
                    keep(at + 1);
                    parts.extend(self.closes(kept));
                }
                (Within::Text | Within::Structure, _) => {}
            }
        }
        kept.push_str(&text[copied..]);
        self.had_parts |= !parts.is_empty();
        parts
    }

    /// The last text was a name.
    fn is_named(&mut self, kept: &str) {
        let is_outermost = matches!(self.open.as_slice(), [outer] if !outer.is_list);
        // What is no JSON may have no text there.
        let text = kept.get(self.text.clone()).unwrap_or_default();
        self.is_whole |= is_outermost && OF_WHOLES.contains(&text);
        self.name = Some(self.text.clone());
    }

    fn opens(&mut self, kept: &str, is_list: bool, start: usize) {
        let name = self.name.take();
        let is_members = name.clone().and_then(|name| kept.get(name)).is_some_and(|name| name.eq_ignore_ascii_case("members"));
        if let Some(outer) = self.open.last_mut() {
            outer.has_members |= is_members;
        }
        self.is_whole |= self.open.len() >= DEEPEST;
        if !self.is_whole {
            self.open.push(Opened { is_list, line: self.line, start, name, has_members: false });
        }
    }

    /// The part that ends here, if one does.
    fn closes(&mut self, kept: &mut String) -> Option<JsonPart> {
        self.name = None;
        if self.is_whole {
            return None;
        }
        let closed = self.open.pop()?;
        let is_part = match self.open.as_slice() {
            [] => false,
            [outer] if outer.is_list => !closed.is_list,
            [outer, ..] => !outer.is_list && closed.has_members && !self.open.iter().any(|around| around.has_members),
        };
        if !is_part {
            return None;
        }
        let text = kept.split_off(closed.start);
        // With its quotes it is a text of JSON.
        let quoted = closed.name.and_then(|name| kept.get(name.start.checked_sub(1)?..=name.end));
        let name = quoted.and_then(|name| serde_json::from_str(name).ok());
        // One `null` stands for all of a list that follow one another.
        match kept
            .trim_end()
            .strip_suffix(',')
            .filter(|before| before.ends_with("null") && self.open.last().is_some_and(|outer| outer.is_list))
        {
            Some(before) => kept.truncate(before.len()),
            None => kept.push_str("null"),
        }
        Some(JsonPart { line: closed.line, name, text })
    }
}
