//! The lines of a text, without what others put before them: quotes, the prefixes of container
//! logs, colours.

use std::borrow::Cow;

use super::time;
use crate::document::Date;

/// A line.
#[derive(Clone, Debug)]
pub(super) struct TextLine<'a> {
    /// Its number, from 1.
    pub(super) number: usize,
    /// What it says; spaces before it are kept, for columns count from there.
    pub(super) text: Cow<'a, str>,
    /// When it was written, if something put that before it.
    pub(super) stamp: Option<Date>,
}

impl<'a> TextLine<'a> {
    /// What a line of a text says.
    pub(super) fn bare(number: usize, whole: &'a str) -> Self {
        let mut stamp = None;
        let text = match plain(whole) {
            Cow::Borrowed(plain) => Cow::Borrowed(without_prefixes(plain, &mut stamp).trim_end()),
            Cow::Owned(plain) => Cow::Owned(without_prefixes(&plain, &mut stamp).trim_end().to_string()),
        };
        Self { number, text, stamp }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Lines, put together from the pieces that a text comes in.
#[derive(Debug, Default)]
pub(super) struct LineBuffer {
    /// How many lines are complete.
    lines: usize,
    /// What is there of the next one.
    begun: String,
}

/// A line, or as much of it as is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct LinePart<'a> {
    pub(super) number: usize,
    pub(super) text: &'a str,
    pub(super) extent: Extent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The line ends here.
    Whole,
    /// More may come.
    Begun,
}

/// From here on it is worth a look whether what is there of a line can be read without the rest.
pub(super) const LONG: usize = 1 << 16;

impl LineBuffer {
    /// Hands on the lines that are complete with this piece, and what is there of one that is long;
    /// of which `take` says how many bytes it could read.
    pub(super) fn add<E>(&mut self, piece: &str, mut take: impl FnMut(LinePart<'_>) -> Result<usize, E>) -> Result<(), E> {
        let mut rest = piece;
        while let Some((line, behind)) = rest.split_once('\n') {
            rest = behind;
            self.lines += 1;
            let number = self.lines;
            if self.begun.is_empty() {
                take(LinePart { number, text: line, extent: Extent::Whole })?;
            } else {
                let mut begun = std::mem::take(&mut self.begun);
                begun.push_str(line);
                take(LinePart { number, text: &begun, extent: Extent::Whole })?;
            }
        }
        self.begun.push_str(rest);
        if self.begun.len() >= LONG {
            let taken = take(LinePart { number: self.lines + 1, text: &self.begun, extent: Extent::Begun })?;
            self.begun.drain(..taken);
        }
        Ok(())
    }

    /// The last line, where nothing ends it.
    pub(super) fn rest(&self) -> Option<LinePart<'_>> {
        (!self.begun.is_empty()).then(|| LinePart { number: self.lines + 1, text: &self.begun, extent: Extent::Whole })
    }
}

/// The text without escape sequences and other control characters, tabs excepted.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let obeyed = |character: char| character.is_control() && character != '\t';
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\u{1b}' => escape(&mut rest),
            character if obeyed(character) => {}
            character => plain.push(character),
        }
    }
    Cow::Owned(plain)
}

/// Passes over an escape sequence: `[` and all up to its last letter, `]` and all up to its bell,
/// or one character.
fn escape(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match rest.next() {
        Some('[') => drop(rest.by_ref().find(|character| ('@'..='~').contains(character))),
        Some(']') => drop(rest.by_ref().find(|character| *character == '\u{7}')),
        _ => {}
    }
}

fn without_prefixes<'a>(text: &'a str, stamp: &mut Option<Date>) -> &'a str {
    let mut text = text;
    while let Some(shorter) = [unquoted, without_container, without_unit, without_time].iter().find_map(|strip| strip(text)).or_else(|| {
        let (date, rest) = stamped(text)?;
        *stamp = Some(date);
        Some(rest)
    }) {
        text = shorter;
    }
    text
}

/// What a mail or a comment quotes.
fn unquoted(text: &str) -> Option<&str> {
    let quoted = text.trim_start().strip_prefix('>')?;
    match quoted.strip_prefix(' ') {
        Some(quoted) => Some(quoted),
        None => Some(quoted).filter(|quoted| quoted.is_empty() || quoted.starts_with('>')),
    }
}

/// What stands behind `kafka-1  | ` or `[pod/kafka-0/kafka] `. Tables with lines between their
/// columns have more than one.
fn without_container(text: &str) -> Option<&str> {
    if let Some(pod) = text.strip_prefix("[pod/") {
        return pod.split_once(']').map(|(_, rest)| rest.strip_prefix(' ').unwrap_or(rest));
    }
    let (name, rest) = text.split_once('|')?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || "._-/@:".contains(character));
    (is_name && !rest.contains('|')).then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// What stands behind `Mar  1 10:00:03 host kafka[1234]: `, or behind `host kafka[1234]: ` where
/// the time was taken away already.
fn without_unit(text: &str) -> Option<&str> {
    let (before, rest) = text.split_once("]:")?;
    let rest = rest.strip_prefix(' ').or_else(|| Some(rest).filter(|rest| rest.is_empty()))?;
    let words: Vec<&str> = before.split_whitespace().collect();
    let unit = words.last()?;
    let numbered = unit.split_once('[').is_some_and(|(_, number)| number.parse::<u32>().is_ok());
    let dated = match words.as_slice() {
        [_host, _unit] => true,
        [month, day, time, _host, _unit] => time::is_month(month) && day.parse::<u8>().is_ok() && time.contains(':'),
        _ => false,
    };
    (numbered && dated).then_some(rest)
}

/// What stands behind `Mar 01 10:00:03 `, as `ts` puts it before every line.
fn without_time(text: &str) -> Option<&str> {
    let rest = text.split_once(' ').filter(|(month, _)| time::is_month(month))?.1.trim_start();
    let (_, rest) = rest.split_once(' ').filter(|(day, _)| day.parse::<u8>().is_ok())?;
    let (clock, rest) = rest.split_once(' ')?;
    let is_clock = clock.len() >= 8 && clock.bytes().all(|byte| byte.is_ascii_digit() || byte == b':' || byte == b'.');
    is_clock.then_some(rest)
}

/// What stands behind a date and time, and behind the name of the stream. Before an empty line, a
/// space stands behind the date, and behind one that is a line of its own there is none.
fn stamped(text: &str) -> Option<(Date, &str)> {
    let (word, rest) = text.split_once(' ')?;
    let date = time::rfc_3339(word)?;
    let rest = ["stdout F ", "stderr F ", "stdout P ", "stderr P "].iter().find_map(|stream| rest.strip_prefix(stream)).unwrap_or(rest);
    Some((date, rest))
}
