//! Documents from a file, from standard input, or from within the program, each with its place:
//! lines, columns, and those of a field in the text of a document.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::{fmt, mem};

use indicatif::ProgressBar;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use sticky_assignor::document::{Misread, TextPlace, read_first, saturated};

use super::kind::{Wanted, hint};
use super::output::{self, Failure};

/// What is said where there is nothing to read.
pub(crate) const NO_DOCUMENT: &str = "no document here; for an example: sticky-assignor plan --example";

/// What was read, and what it is called in errors.
pub(crate) struct Input {
    name: String,
    text: Vec<u8>,
}

impl Input {
    /// The contents of a file; `-` is standard input.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        match path.as_os_str().to_str() {
            Some("-") => Self::named("<stdin>".into(), read_standard_input()),
            _ => Self::named(path.display().to_string(), std::fs::read(path)),
        }
    }

    /// The contents of these files one after another; where none is named, standard input.
    pub(crate) fn read_all(files: &[PathBuf]) -> Result<Vec<Self>, Failure> {
        match files {
            [] => Ok(vec![Self::read(Path::new("-"))?]),
            files => files.iter().map(|file| Self::read(file)).collect(),
        }
    }

    /// What it is called in errors.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// All of it.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// A text the program carries with it.
    pub(crate) fn embedded(name: &str, text: &str) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    fn named(name: String, text: io::Result<Vec<u8>>) -> Result<Self, Failure> {
        match text.and_then(without_mark) {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => Err(Failure::Unreadable { source_name: name, error }),
        }
    }

    /// Its documents, one after another, each read when it is asked for; after one that cannot be
    /// read there is none.
    pub(crate) fn documents<T: DeserializeOwned>(&self, wanted: Wanted) -> Documents<'_, T> {
        Documents {
            input: self,
            wanted,
            text: Cow::Borrowed(&self.text),
            offset: 0,
            at: Position::default(),
            progress: ReadingProgress::Nothing,
            kind: PhantomData,
        }
    }
}

/// A text without the byte order mark that some editors put before UTF-8. Some shells write UTF-16,
/// which is told by its mark; compressed text is told by how it begins.
fn without_mark(mut text: Vec<u8>) -> io::Result<Vec<u8>> {
    let unreadable = |reason| Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    match &text[..] {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return unreadable("this is UTF-16, and UTF-8 is expected"),
        [0x1f, 0x8b, ..] => return unreadable("this is compressed by gzip; gzip -dc unpacks it"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => return unreadable("this is compressed by zstd; zstd -dc unpacks it"),
        [0xef, 0xbb, 0xbf, ..] => drop(text.drain(..3)),
        _ => {}
    }
    Ok(text)
}

fn read_standard_input() -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    standard_input().read_to_end(&mut text)?;
    Ok(text)
}

fn standard_input() -> io::StdinLock<'static> {
    let stdin = io::stdin().lock();
    if stdin.is_terminal() {
        output::say("Reading standard input (end it with Ctrl-D).");
    }
    stdin
}

/// A text that is read piece after piece, as it is asked for; each piece ends between two
/// characters. A bar on standard error shows how far a long one has come.
pub(crate) struct InputPieces {
    name: String,
    source: Box<dyn Read>,
    progress: Option<ProgressBar>,
    read: u64,
    /// The beginning of a character whose end is not read yet.
    begun: Vec<u8>,
    state: PiecesState,
}

enum PiecesState {
    More,
    Ended,
    Failed(io::Error),
}

/// As much is read at a time, in bytes.
const PIECE: u64 = 1 << 16;
/// From here on a bar is shown, in bytes.
const LONG: u64 = 16 << 20;

impl InputPieces {
    /// The pieces of a file; `-` is standard input.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            let progress = (!io::stdin().is_terminal()).then(|| output::bar(None, "{spinner} {bytes} read"));
            return Ok(Self::of("<stdin>".into(), Box::new(standard_input()), progress));
        }
        let name = path.display().to_string();
        match File::open(path).and_then(|file| Ok((file.metadata()?.len(), file))) {
            Ok((length, file)) => {
                let bar = || output::bar(Some(length), "{bar:40} {bytes} of {total_bytes}, {eta} left");
                Ok(Self::of(name, Box::new(file), (length >= LONG).then(bar)))
            }
            Err(error) => Err(Failure::Unreadable { source_name: name, error }),
        }
    }

    /// What it is called in errors.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Why it ended before its end, if it did.
    pub(crate) fn failure(&mut self) -> Option<Failure> {
        self.progress.iter().for_each(ProgressBar::finish_and_clear);
        match mem::replace(&mut self.state, PiecesState::Ended) {
            PiecesState::Failed(error) => Some(Failure::Unreadable { source_name: self.name.clone(), error }),
            PiecesState::More | PiecesState::Ended => None,
        }
    }

    fn of(name: String, source: Box<dyn Read>, progress: Option<ProgressBar>) -> Self {
        Self { name, source, progress, read: 0, begun: Vec::new(), state: PiecesState::More }
    }

    fn piece(&mut self) -> io::Result<String> {
        let mut bytes = mem::take(&mut self.begun);
        let read = (&mut self.source).take(PIECE).read_to_end(&mut bytes)? as u64;
        if self.read == 0 {
            bytes = without_mark(bytes)?;
        }
        self.read += read;
        if let Some(progress) = self.progress.as_ref().filter(|_| self.read >= LONG) {
            progress.set_position(self.read);
        }
        match read < PIECE {
            true => self.state = PiecesState::Ended,
            false => self.begun = bytes.split_off(whole_characters(&bytes)),
        }
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }
}

impl Iterator for InputPieces {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if !matches!(self.state, PiecesState::More) {
            return None;
        }
        let piece = self.piece();
        piece.map_err(|error| self.state = PiecesState::Failed(error)).ok()
    }
}

/// How many bytes of a text end with a whole character.
fn whole_characters(text: &[u8]) -> usize {
    let length = |first: u8| match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0.. => 4,
        _ => 1,
    };
    // The first byte of a character is within the last four, or this is not UTF-8.
    let first = (text.len().saturating_sub(4)..text.len()).rev().find(|at| text[*at] & 0xc0 != 0x80);
    first.filter(|at| at + length(text[*at]) > text.len()).unwrap_or(text.len())
}

/// Where a document starts, and the text from there on.
#[derive(Clone, Copy)]
pub(crate) struct DocumentPlace<'a> {
    source: &'a str,
    at: Position,
    text: &'a [u8],
}

impl fmt::Display for DocumentPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.at.line)
    }
}

impl DocumentPlace<'_> {
    /// The failure of a document that can be read, but not be used.
    pub(crate) fn failure(&self, reason: impl fmt::Display) -> Failure {
        Failure::Input { place: self.to_string(), reason: reason.to_string() }
    }

    /// The same, where one field of the document is at fault.
    pub(crate) fn failure_at(&self, field: &[FieldStep<'_>], reason: impl fmt::Display) -> Failure {
        match place_of(self.text, field) {
            Some(place) => failure(self.source, self.at.onwards(place), reason),
            None => self.failure(reason),
        }
    }
}

/// The failure of what stands in that position.
fn failure(source: &str, at: Position, reason: impl fmt::Display) -> Failure {
    Failure::Input { place: format!("{source}:{}:{}", at.line, at.column), reason: reason.to_string() }
}

/// The documents of an input.
pub(crate) struct Documents<'a, T> {
    input: &'a Input,
    wanted: Wanted,
    text: Cow<'a, [u8]>,
    offset: usize,
    at: Position,
    progress: ReadingProgress,
    kind: PhantomData<T>,
}

/// How far the reading of documents has come.
#[derive(Clone, Copy)]
enum ReadingProgress {
    /// None was read yet.
    Nothing,
    /// Some were read, and there may be more.
    Something,
    /// One could not be read, so where the next would start is not known.
    Stuck,
}

impl<'a, T: DeserializeOwned> Iterator for Documents<'a, T> {
    type Item = Result<(DocumentPlace<'a>, T), Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blank();
        let read = match (self.progress, &self.text[self.offset..]) {
            (ReadingProgress::Stuck, _) | (ReadingProgress::Something, []) => return None,
            (ReadingProgress::Nothing, []) => Err(failure(&self.input.name, self.at, NO_DOCUMENT)),
            (_, [b'{', ..]) => self.read(),
            _ => Err(self.unreadable(&Misread::no_document(1))),
        };
        self.progress = if read.is_ok() { ReadingProgress::Something } else { ReadingProgress::Stuck };
        Some(read)
    }
}

impl<'a, T: DeserializeOwned> Documents<'a, T> {
    fn skip_blank(&mut self) {
        let blank = self.text[self.offset..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.pass(blank);
    }

    fn pass(&mut self, bytes: usize) {
        self.at = self.at.after(&self.text[self.offset..self.offset + bytes]);
        self.offset += bytes;
    }

    fn read(&mut self) -> Result<(DocumentPlace<'a>, T), Failure> {
        let place = DocumentPlace { source: &self.input.name, at: self.at, text: &self.input.text[self.offset..] };
        let read = read_first(&self.text[self.offset..]).or_else(|misread| self.read_saturated(misread));
        let (value, length) = read.map_err(|misread| self.unreadable(&misread))?;
        self.pass(length);
        Ok((place, value))
    }

    /// Reads a document again that could not be read, perhaps because some of its numbers are too
    /// large for the reader.
    fn read_saturated(&mut self, misread: Misread) -> Result<(T, usize), Misread> {
        match saturated(&self.text) {
            None => Err(misread),
            Some(saturated) => {
                self.text = saturated.into();
                read_first(&self.text[self.offset..]).map_err(|again| misread.or(again))
            }
        }
    }

    fn unreadable(&self, misread: &Misread) -> Failure {
        let at = misread.place.map_or(self.at, |place| self.at.onwards(place));
        match hint(&self.text[self.offset..], self.wanted) {
            Some(hint) => failure(&self.input.name, at, format_args!("{misread}; {hint}")),
            None => failure(&self.input.name, at, misread),
        }
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
    /// The position after this text, which starts here.
    fn after(self, text: &[u8]) -> Self {
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        match text.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => Self { line: self.line + lines, column: text.len() - last },
            None => Self { column: self.column + text.len(), ..self },
        }
    }

    /// The position of what a reader which started here found in that place.
    fn onwards(self, TextPlace { line, column }: TextPlace) -> Self {
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
fn place_of(text: &[u8], field: &[FieldStep<'_>]) -> Option<TextPlace> {
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
