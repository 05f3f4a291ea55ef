//! The lines of a text, without what others put before them: quotes, the prefixes of container
//! logs, colours; and what a line is that came with a paste and belongs to no format: prompts,
//! commands, fences, rules between rows, what the tools say beside their tables.

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
    // Prefixes stand before each other in any order: what each takes away may uncover another. The
    // date nearest to the text is the one that counts.
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

/// What a line is that belongs to no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Noise<'a> {
    /// Of no interest.
    Silent,
    /// A prompt, or a command, which may name the group that its tables are of.
    Command { group: Option<&'a str> },
    /// The group is on its way to another assignment.
    Rebalancing { group: &'a str },
    /// The group has no members.
    Empty { group: &'a str },
    /// There is no such group.
    Gone { group: &'a str },
    /// A field of a group: `STATE  Stable`, as rpk prints before its tables.
    Field { name: &'a str, value: &'a str },
    /// Something that whoever asked for the tables may have to know.
    Warning,
    /// A line of some log.
    Logged,
}

impl<'a> Noise<'a> {
    /// What the line is, if it is one of these.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let text = text.trim();
        // What a tool says of a group may begin as a warning or a log line does, so it is asked
        // first; fields last, for `ERROR` also begins lines of logs.
        of_a_group(text)
            .or_else(|| is_logged(text).then_some(Self::Logged))
            .or_else(|| warning(text))
            .or_else(|| command(text))
            .or_else(|| is_silent(text).then_some(Self::Silent))
            .or_else(|| field(text))
    }
}

/// `Warning: Consumer group 'orders' is rebalancing.`
fn of_a_group(text: &str) -> Option<Noise<'_>> {
    let (_, rest) = text.split_once("onsumer group '")?;
    let (group, said) = rest.rsplit_once("' ")?;
    match said {
        said if said.starts_with("is rebalancing") => Some(Noise::Rebalancing { group }),
        said if said.starts_with("has no active members") => Some(Noise::Empty { group }),
        said if said.starts_with("does not exist") => Some(Noise::Gone { group }),
        _ => None,
    }
}

const WARNINGS: [&str; 5] = ["warning:", "error:", "exception in thread", "caused by:", "org.apache.kafka."];
const SILENT: [&str; 17] = [
    "```",
    "~~~",
    "note:",
    "picked up ",
    "slf4j:",
    "openjdk ",
    "log4j:",
    "dumping ",
    "log starting offset:",
    "baseoffset: ",
    // What pagers print below a screen, and what wikis and pages put around a text.
    "(end)",
    "--more--",
    "{noformat",
    "{code",
    "<pre",
    "</pre",
    "</code",
];
const TOOLS: [&str; 6] = ["kafka-consumer-groups", "kafka-topics", "rpk group", "rpk topic", "confluent kafka", "kubectl "];
const LEVELS: [&str; 7] = ["TRACE", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "FATAL"];

fn begins_with(text: &str, beginnings: &[&str]) -> bool {
    let is_start = |start: &str| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    beginnings.iter().any(|start| is_start(start))
}

fn warning(text: &str) -> Option<Noise<'_>> {
    (begins_with(text, &WARNINGS) || text.starts_with("at org.apache.kafka.")).then_some(Noise::Warning)
}

/// `[2026-03-01 10:00:03,110] WARN …`, or a line with a level among its first words behind a date.
pub(super) fn is_logged(text: &str) -> bool {
    let dated = time::begins(text.trim_start_matches('['));
    let level = |word: &str| LEVELS.contains(&word.trim_matches(|character: char| !character.is_ascii_alphanumeric()));
    let leveled = text.split_whitespace().take(6).any(level);
    let begins = text.split_whitespace().next().is_some_and(|word| LEVELS.contains(&word));
    // Also what is no record of a group in a dump of a log.
    (dated && leveled) || begins || is_librdkafka(text) || begins_with(text, &["| offset: ", "offset: "])
}

/// `%7|1700000000.897|HEARTBEAT|app#consumer-1| …`.
fn is_librdkafka(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('%') else { return false };
    let mut fields = rest.split('|');
    let level = fields.next().is_some_and(|level| level.parse::<u8>().is_ok());
    level && fields.next().is_some_and(|time| time.parse::<f64>().is_ok())
}

/// A command with or without its prompt, or a prompt alone.
fn command(text: &str) -> Option<Noise<'_>> {
    let prompted = text.ends_with(['$', '#', '%', '❯', '➜', '»']) || text.contains("$ ") || text.contains("# ");
    let prompted = prompted || text.starts_with("PS ") && text.ends_with('>');
    let prompted = prompted || begins_with(text, &["+ ", "% "]);
    let known = TOOLS.iter().any(|tool| text.contains(tool));
    if !(prompted || known) || looks_like_a_row(text) {
        return None;
    }
    let mut words = text.split_whitespace();
    let group = words.by_ref().find_map(|word| match word.strip_prefix("--group") {
        Some("") => Some(None),
        Some(value) => value.strip_prefix('=').map(Some),
        None => None,
    });
    let group = group.and_then(|value| value.or_else(|| words.next()));
    let group = if known { group.map(|group| group.trim_matches(['"', '\''])) } else { None };
    Some(Noise::Command { group: group.filter(|group| !group.is_empty()) })
}

fn is_silent(text: &str) -> bool {
    begins_with(text, &SILENT) || text == "~" || text.chars().all(|character| "-+=|:─│┼ \t".contains(character))
}

const FIELDS: [&str; 9] =
    ["GROUP", "COORDINATOR", "COORDINATOR-NODE", "COORDINATOR-PARTITION", "STATE", "BALANCER", "MEMBERS", "TOTAL-LAG", "ERROR"];

fn field(text: &str) -> Option<Noise<'_>> {
    let (name, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let value = value.trim();
    // `GROUP  STATE` heads a list of groups.
    let listed = ["STATE", "TYPE", "PROTOCOL"].iter().any(|column| value.split_whitespace().any(|word| word == *column));
    (FIELDS.contains(&name) && !(name == "GROUP" && (listed || value.is_empty()))).then_some(Noise::Field { name, value })
}

/// States in which a group is between two assignments.
pub(super) fn is_rebalancing(state: &str) -> bool {
    let known = ["preparingrebalance", "completingrebalance", "assigning", "reconciling"];
    let state: String = state.chars().filter(|character| character.is_ascii_alphabetic()).collect();
    known.contains(&state.to_ascii_lowercase().as_str())
}

/// Whether a line that belongs to no table looks like one that does.
pub(super) fn looks_like_a_row(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |word: &&&str| **word == "-" || word.parse::<u64>().is_ok();
    let listed = |word: &&str| {
        let (topic, list) = match word.trim_end_matches(',').strip_suffix(')') {
            Some(word) => word.split_once('(').unwrap_or_default(),
            None => word.rsplit_once(':').filter(|(_, list)| list.contains(',')).unwrap_or_default(),
        };
        !topic.is_empty() && !list.is_empty() && list.split(',').all(|partition| partition.parse::<u64>().is_ok())
    };
    let host = words.len() >= 4 && words.iter().take(4).skip(1).any(|word| word.starts_with('/') && word.len() > 1);
    host || words.iter().any(listed) || words.iter().filter(number).count() >= 3
}
