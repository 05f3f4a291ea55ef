//! Options that commands share, and what arguments say by name.

use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PathBufValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use sticky_assignor::document::Seconds;
use sticky_assignor::replay::RebalanceWindow;
use sticky_assignor::{Goals, NewTopic, Strategy, Subscription};
use terminal_size::{Width, terminal_size_of};

/// How the answer is shown.
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// Text for a person, or JSON with one line for each document
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Whether text is coloured; auto is on a terminal, if NO_COLOR is not set
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub(crate) color: Colour,
    /// Show tables and lists in full, however long and wide
    #[arg(short, long)]
    all: bool,
    /// Fit tables into N columns; by default as many as the terminal has
    #[arg(long, value_name = "N", conflicts_with = "all", value_parser = clap::value_parser!(u16).range(20..))]
    width: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

/// How much of a long list is shown, and how wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// As much as a person reads, in that many columns of text.
    Readable {
        /// None where there is no terminal.
        columns: Option<u16>,
    },
    /// All of it.
    Whole,
}

impl Length {
    /// How many columns of text there are, if that is limited.
    pub(crate) fn columns(self) -> Option<usize> {
        match self {
            Self::Readable { columns } => columns.map(usize::from),
            Self::Whole => None,
        }
    }
}

impl Shown {
    /// How much of a long list is shown.
    pub(crate) fn length(&self) -> Length {
        match self.all {
            true => Length::Whole,
            false => Length::Readable { columns: self.width.or_else(terminal_columns) },
        }
    }
}

fn terminal_columns() -> Option<u16> {
    terminal_size_of(io::stdout()).map(|(Width(columns), _)| columns)
}

/// What a plan is best at.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct GoalOptions {
    /// The goals in their order: each only chooses among what those before it leave
    #[arg(short, long, value_name = "GOAL,…", default_value_t)]
    pub(crate) goals: Goals,
}

/// Which events make one rebalance.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct WindowOptions {
    /// Let the events of S seconds, counted from the first, make one rebalance; 0 is for equal
    /// times; by default each event makes one of its own
    #[arg(short, long, value_name = "S", value_parser = seconds, allow_negative_numbers = true)]
    window: Option<Seconds>,
    /// Let a static member return within S seconds without a rebalance
    #[arg(long, value_name = "S", value_parser = seconds, allow_negative_numbers = true, default_value = "0")]
    session_timeout: Seconds,
}

impl WindowOptions {
    /// Whether static members have time to come back.
    pub(crate) fn has_session_timeout(self) -> bool {
        self.session_timeout.number() > 0.0
    }
}

impl From<WindowOptions> for RebalanceWindow {
    fn from(WindowOptions { window, session_timeout }: WindowOptions) -> Self {
        Self { length: window, session_timeout }
    }
}

/// A number of a type that has none below 1.
pub(crate) fn positive<T: FromStr>(argument: &str) -> Result<T, String> {
    argument.parse().map_err(|_| "a whole number is expected, 1 or more".into())
}

/// The name of a file to write.
pub(crate) fn file_to_write() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|file| match file.to_str() {
        Some("-") => Err("the name of a file is expected: standard output has the answer"),
        _ => Ok(file),
    })
}

fn seconds(argument: &str) -> Result<Seconds, String> {
    let seconds = argument.parse().ok().and_then(Seconds::new).filter(|seconds| seconds.number() >= 0.0);
    seconds.ok_or_else(|| "a number of seconds is expected, 0 or more".into())
}

/// Reads the name of a strategy.
pub(crate) fn strategy() -> impl TypedValueParser<Value = Strategy> {
    PossibleValuesParser::new(Strategy::ALL.iter().map(|strategy| strategy.name())).try_map(|name| name.parse::<Strategy>())
}

/// A topic and how many partitions it has: `NAME=COUNT`.
pub(crate) fn named_topic(argument: &str) -> Result<NewTopic, String> {
    let (name, count) = argument.rsplit_once('=').filter(|(name, _)| !name.is_empty()).ok_or("NAME=COUNT is expected")?;
    match count.parse() {
        Ok(partitions) if i32::try_from(partitions).is_ok() => Ok(NewTopic::new(name, partitions)),
        _ => Err(format!("`{count}` is not a partition count (0 to 2147483647)")),
    }
}

/// A member and what it subscribes to: `MEMBER=TOPIC,…`, where `*` is every topic.
pub(crate) fn named_subscription(argument: &str) -> Result<(String, Subscription), String> {
    // Topic names hold no `=`, so the last one ends the name of the member.
    let (member, topics) = argument.rsplit_once('=').ok_or("MEMBER=TOPIC,… is expected")?;
    let topics: Vec<&str> = topics.split(',').map(str::trim).filter(|topic| !topic.is_empty()).collect();
    match (member, &topics[..]) {
        ("", _) => Err("a member needs an id".into()),
        (_, []) => Err("no topic is named; * is every topic".into()),
        (_, named) if named.contains(&"*") => Ok((member.into(), Subscription::Every)),
        (_, named) => Ok((member.into(), Subscription::Named(named.iter().map(|topic| (*topic).into()).collect()))),
    }
}
