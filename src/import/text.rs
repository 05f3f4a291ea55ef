//! The lines of a text, without what others put before them: quotes, the prefixes of container
//! logs, colours.

use std::borrow::Cow;

use super::time;
use crate::document::Date;

/// A line.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    /// Its number, from 1.
    pub(super) number: usize,
    /// Where it begins in the text, in bytes.
    pub(super) offset: usize,
    /// What it says; spaces before it are kept, for columns count from there.
    pub(super) text: Cow<'a, str>,
    /// When it was written, if something put that before it.
    pub(super) stamp: Option<Date>,
}

impl Line<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut offset = 0;
    for (index, whole) in text.split_inclusive('\n').enumerate() {
        lines.push(bare(index + 1, offset, whole));
        offset += whole.len();
    }
    lines
}

fn bare(number: usize, offset: usize, whole: &str) -> Line<'_> {
    let mut stamp = None;
    let text = match plain(whole.trim_end()) {
        Cow::Borrowed(plain) => Cow::Borrowed(without_prefixes(plain, &mut stamp)),
        Cow::Owned(plain) => Cow::Owned(without_prefixes(&plain, &mut stamp).to_string()),
    };
    Line { number, offset, text, stamp }
}

/// The text without escape sequences and other control characters, tabs excepted.
fn plain(text: &str) -> Cow<'_, str> {
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
    while let Some(shorter) = [unquoted, without_container, without_unit].iter().find_map(|strip| strip(text)).or_else(|| {
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
    let is_name = !name.is_empty() && !name.contains(char::is_whitespace) && !name.starts_with('%');
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

/// What stands behind a date and time, and behind the name of the stream.
fn stamped(text: &str) -> Option<(Date, &str)> {
    let (word, rest) = text.split_once(' ')?;
    let date = time::rfc_3339(word)?;
    let rest = ["stdout F ", "stderr F ", "stdout P ", "stderr P "].iter().find_map(|stream| rest.strip_prefix(stream)).unwrap_or(rest);
    (!rest.trim().is_empty()).then_some((date, rest))
}
