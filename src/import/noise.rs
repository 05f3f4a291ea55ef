//! Lines that come with a paste: prompts, commands, fences, rules between rows, what the tools say
//! beside their tables.

use super::time;

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

/// What the line is, if it is one of these.
pub(super) fn of(text: &str) -> Option<Noise<'_>> {
    let text = text.trim();
    of_a_group(text)
        .or_else(|| is_logged(text).then_some(Noise::Logged))
        .or_else(|| warning(text))
        .or_else(|| command(text))
        .or_else(|| is_silent(text).then_some(Noise::Silent))
        .or_else(|| field(text))
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
