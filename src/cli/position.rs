//! Lines and columns, and those of a field in the text of a document.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use sticky_assignor::document::TextPlace;

/// A line and a column, both from 1.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

impl Position {
    /// The position after this text, which starts here.
    pub(super) fn after(self, text: &[u8]) -> Self {
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        match text.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => Self { line: self.line + lines, column: text.len() - last },
            None => Self { column: self.column + text.len(), ..self },
        }
    }

    /// The position of what a reader which started here found in that place.
    pub(super) fn onwards(self, TextPlace { line, column }: TextPlace) -> Self {
        match line {
            1 => Self { line: self.line, column: self.column + column.saturating_sub(1) },
            _ => Self { line: self.line + line - 1, column },
        }
    }
}

/// A step on the way to a field.
#[derive(Clone, Copy)]
pub(super) enum FieldStep<'a> {
    Key(&'a str),
    Index(usize),
}

/// Where in a document's text the value of a field is, or of an object or a list the first thing
/// inside; where the text has a plain value already a step earlier, that one is.
pub(super) fn place_of(text: &[u8], field: &[FieldStep<'_>]) -> Option<TextPlace> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let found = Seek(field).deserialize(&mut reader).err()?;
    Some(TextPlace { line: found.line(), column: found.column() }).filter(|place| place.line > 0)
}

/// Reads a document up to a field and fails there, for the reader says of a failure where it is. A
/// plain value fails by itself: none is expected.
struct Seek<'a>(&'a [FieldStep<'a>]);

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the way to a field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((FieldStep::Key(next), rest)) = self.0.split_first() else { return Err(A::Error::custom("it is here")) };
        while let Some(key) = map.next_key::<String>()? {
            match key == *next {
                true => map.next_value_seed(Seek(rest))?,
                false => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Some((FieldStep::Index(next), rest)) = self.0.split_first() else { return Err(A::Error::custom("it is here")) };
        for _ in 0..*next {
            seq.next_element::<IgnoredAny>()?;
        }
        seq.next_element_seed(Seek(rest)).map(drop)
    }
}
