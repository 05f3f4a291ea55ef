//! Documents from a file, from standard input, or from within the program, each with its place.

use std::fmt;
use std::io::{self, Read};
use std::marker::PhantomData;
use std::path::Path;

use serde::de::{DeserializeOwned, IgnoredAny};

use super::failure::Failure;

/// What was read, and what it is called in errors.
pub(crate) struct Input {
    name: String,
    text: Vec<u8>,
}

impl Input {
    /// The contents of a file; `-` is standard input.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        match path.as_os_str().to_str() {
            Some("-") => Self::named("<stdin>".into(), read_to_end(io::stdin().lock())),
            _ => Self::named(path.display().to_string(), std::fs::read(path)),
        }
    }

    /// A text the program carries with it.
    pub(crate) fn embedded(name: &str, text: &str) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    fn named(name: String, text: io::Result<Vec<u8>>) -> Result<Self, Failure> {
        match text {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => Err(Failure::Unreadable { source_name: name, error }),
        }
    }

    /// Its documents, one after another, each read when it is asked for; after one that cannot be read there is none.
    pub(crate) fn documents<T: DeserializeOwned>(&self) -> Documents<'_, T> {
        Documents { input: self, offset: 0, at: Position::default(), answered: Answered::Nothing, kind: PhantomData }
    }
}

fn read_to_end(mut source: impl Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    source.read_to_end(&mut text)?;
    Ok(text)
}

/// Where a document starts.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    source: String,
    line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.line)
    }
}

impl Place {
    /// The failure of a document that can be read, but not be used.
    pub(crate) fn failure(&self, reason: impl fmt::Display) -> Failure {
        Failure::Input { place: self.to_string(), reason: reason.to_string() }
    }
}

/// The documents of an input.
pub(crate) struct Documents<'a, T> {
    input: &'a Input,
    offset: usize,
    at: Position,
    answered: Answered,
    kind: PhantomData<T>,
}

/// How far the reading of documents has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    Nothing,
    Something,
    All,
}

impl<T: DeserializeOwned> Iterator for Documents<'_, T> {
    type Item = Result<(Place, T), Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blank();
        let rest = &self.input.text[self.offset..];
        let before = match (self.answered, rest) {
            (Answered::All, _) | (Answered::Something, []) => return None,
            (Answered::Nothing, []) => Some("no document here"),
            (_, [b'{', ..]) => None,
            _ => Some("a document starts with `{`"),
        };
        let read = match before {
            Some(reason) => Err(Failure::Input { place: self.spot(self.at), reason: reason.into() }),
            None => self.read(rest),
        };
        self.answered = if read.is_ok() { Answered::Something } else { Answered::All };
        Some(read)
    }
}

impl<T: DeserializeOwned> Documents<'_, T> {
    fn skip_blank(&mut self) {
        let blank = self.input.text[self.offset..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.pass(blank);
    }

    fn pass(&mut self, bytes: usize) {
        self.at = self.at.after(&self.input.text[self.offset..self.offset + bytes]);
        self.offset += bytes;
    }

    fn read(&mut self, rest: &[u8]) -> Result<(Place, T), Failure> {
        let place = Place { source: self.input.name.clone(), line: self.at.line };
        let mut reader = serde_json::Deserializer::from_slice(rest);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| self.unreadable(&error))?;
        self.pass(reader.into_iter::<IgnoredAny>().byte_offset());
        Ok((place, value))
    }

    fn unreadable(&self, error: &serde_path_to_error::Error<serde_json::Error>) -> Failure {
        let inner = error.inner();
        let stated = inner.to_string();
        let reason = stated.strip_suffix(&format!(" at line {} column {}", inner.line(), inner.column())).unwrap_or(&stated);
        let reason = match error.path().iter().next() {
            Some(_) => format!("{}: {reason}", error.path()),
            None => reason.to_string(),
        };
        Failure::Input { place: self.spot(self.at.onwards(inner.line(), inner.column())), reason }
    }

    fn spot(&self, position: Position) -> String {
        format!("{}:{}:{}", self.input.name, position.line, position.column)
    }
}

/// A line and a column, both from 1.
#[derive(Clone, Copy)]
struct Position {
    line: usize,
    column: usize,
}

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

impl Position {
    fn after(self, text: &[u8]) -> Self {
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        match text.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => Self { line: self.line + lines, column: text.len() - last },
            None => Self { column: self.column + text.len(), ..self },
        }
    }

    /// The position that a reader which started here calls by that line and column.
    fn onwards(self, line: usize, column: usize) -> Self {
        match line {
            0 | 1 => Self { line: self.line, column: self.column + column.saturating_sub(1) },
            _ => Self { line: self.line + line - 1, column },
        }
    }
}
