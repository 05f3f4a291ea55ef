//! `import`: groups of an existing cluster, as its own tools print them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sticky_assignor::document::{VerifyInput, printable};
use sticky_assignor::import::{ImportError, ImportOptions, Imported, ImportedHistory, Unsaid, read_pieces};
use sticky_assignor::{NewTopic, Subscription};

use super::input::InputPieces;
use super::options::{named_subscription, named_topic};
use super::output::{self, Failure};

/// Turn what Kafka's tools and logs say of groups into documents and event logs
///
/// Reads the tables of `kafka-consumer-groups.sh --describe` (with `--members --verbose`, or plain)
/// and of `kafka-topics.sh --describe`, records of `__consumer_offsets` (lines of hex, the console
/// consumer's JSON, the log dump), the logs of a client that leads its group and of the broker's
/// coordinator, and the JSON of admin clients; several kinds may stand in one input.
/// Prints a document for each group, for `plan` and `verify`, or, where the input shows several
/// moments, an event log for `replay`. What it does not say is inferred, and every inference is
/// noted on standard error.
#[derive(Debug, Args)]
#[command(after_help = "\
Is the assignment optimal, and what would one more consumer cost?
  kafka-consumer-groups.sh --bootstrap-server HOST:PORT \\
    --describe --group orders --members --verbose > members.txt
  sticky-assignor import members.txt | sticky-assignor verify
  sticky-assignor import members.txt | sticky-assignor plan - --join new

A history, from a table every ten seconds:
  while sleep 10; do date -u
    kafka-consumer-groups.sh --bootstrap-server HOST:PORT \\
      --describe --group orders --members --verbose
  done > hour.txt
  sticky-assignor import hour.txt > hour.jsonl
  sticky-assignor replay --compare recorded,range hour.jsonl

Exit status: 0, or 2 if the input cannot be read or the output not be written.")]
pub(crate) struct ImportArguments {
    /// A file with the text; - is standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// How many partitions a topic has; by default as its description says, or as many as the
    /// highest partition seen
    #[arg(long, value_name = "NAME=COUNT", value_parser = named_topic)]
    topic: Vec<NewTopic>,
    /// The topics a member (by its id, instance id or client id; * for all others) subscribes to, *
    /// for every topic; by default every topic
    #[arg(long, value_name = "MEMBER=TOPIC,…", value_parser = named_subscription)]
    subscribe: Vec<(String, Subscription)>,
    /// Take members of whom it is not said to subscribe to the topics they owned so far
    #[arg(long)]
    subscribe_owned: bool,
    /// The rack of each broker; with a description of topics it says where their replicas are
    #[arg(long, value_name = "BROKER=RACK,…", value_parser = broker_rack, value_delimiter = ',')]
    broker_racks: Vec<(i32, String)>,
    /// Only this group
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// Write a file for each group into this folder, which is made if it is not there
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

pub(crate) fn run(arguments: &ImportArguments) -> Result<ExitCode, Failure> {
    let options = arguments.options()?;
    let mut input = InputPieces::open(&arguments.file)?;
    let imported = read_pieces(input.by_ref(), &options);
    if let Some(failure) = input.failure() {
        return Err(failure);
    }
    let imported = imported.map_err(|error| failure(input.name(), &error))?;
    output::say_notes(imported.notes.iter().map(|note| printable(&note.to_string())));
    match &arguments.into {
        Some(folder) => write_into(folder, &imported)?,
        None => print(input.name(), &imported)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the groups' documents, or the one event log there is.
fn print(input: &str, imported: &Imported) -> Result<(), Failure> {
    let Imported { groups, histories, .. } = imported;
    let mut out = BufWriter::new(output::stdout());
    match histories.as_slice() {
        [] => groups.iter().try_for_each(|group| output::line(&mut out, group))?,
        [history] if groups.is_empty() => write_history(&mut out, history)?,
        _ => return Err(too_many(input, imported)),
    }
    Ok(out.flush()?)
}

/// Why histories of several groups are not printed: they would be one.
fn too_many(input: &str, Imported { groups, histories, .. }: &Imported) -> Failure {
    /// The most groups that are named.
    const NAMED: usize = 8;
    let history = |history: &ImportedHistory| format!("{} ({} rebalances)", name(history.name.as_deref()), history.lines.len());
    let group = |group: &VerifyInput| format!("{} (one moment)", name(group.name.as_deref()));
    let all: Vec<String> = histories.iter().map(history).chain(groups.iter().map(group)).collect();
    let more = all.len().checked_sub(NAMED + 1).map_or_else(String::new, |more| format!(" and {} more", more + 1));
    let named = all[..all.len().min(NAMED)].join(", ");
    let reason = format!("histories of several groups: {named}{more}; --group NAME prints one, --into DIR writes a file for each");
    Failure::Input { place: input.into(), reason }
}

fn name(name: Option<&str>) -> String {
    name.unwrap_or("(without a name)").chars().take(60).collect()
}

fn write_history(out: &mut dyn Write, history: &ImportedHistory) -> io::Result<()> {
    history.start.iter().try_for_each(|start| output::try_line(out, start))?;
    history.lines.iter().try_for_each(|line| output::try_line(out, &line))
}

/// Writes a file for each group, never over one that is there.
fn write_into(folder: &Path, imported: &Imported) -> Result<(), Failure> {
    for group in &imported.groups {
        write_new(folder, group.name.as_deref(), |out| output::try_line(out, group))?;
    }
    for history in &imported.histories {
        write_new(folder, history.name.as_deref(), |out| write_history(out, history))?;
    }
    Ok(())
}

fn write_new(folder: &Path, name: Option<&str>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let file = folder.join(file_name(name.unwrap_or("group")));
    let opened = fs::create_dir_all(folder).and_then(|()| OpenOptions::new().write(true).create_new(true).open(&file));
    let written = opened.and_then(|opened| {
        let mut out = BufWriter::new(opened);
        write(&mut out)?;
        out.flush()
    });
    written.map_err(|error| Failure::Unwritable { file: file.display().to_string(), error })
}

/// What a file's name may hold as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
/// The longest name of a file, in bytes: systems take 255, and some need room for more at its end.
const LONGEST: usize = 200;

/// A file name for a group: one component of a path, whatever the group is called.
fn file_name(group: &str) -> String {
    const ENDING: &str = ".jsonl";
    let mut name = utf8_percent_encode(group, PLAIN).to_string();
    if name.starts_with('.') {
        name.replace_range(..1, "%2E");
    }
    name.truncate(LONGEST - ENDING.len());
    name + ENDING
}

impl ImportArguments {
    fn options(&self) -> Result<ImportOptions, Failure> {
        let topics = self.topic.iter().map(|topic| (topic.name.clone(), topic.partitions));
        Ok(ImportOptions {
            topics: told_once("--topic", topics)?,
            subscriptions: told_once("--subscribe", self.subscribe.iter().cloned())?,
            unsaid: if self.subscribe_owned { Unsaid::Owned } else { Unsaid::Every },
            broker_racks: told_once("--broker-racks", self.broker_racks.iter().cloned())?,
            group: self.group.clone(),
        })
    }
}

/// A broker and its rack: `1=a`.
fn broker_rack(argument: &str) -> Result<(i32, String), String> {
    let (broker, rack) = argument.split_once('=').filter(|(_, rack)| !rack.is_empty()).ok_or("BROKER=RACK,… is expected")?;
    let broker = broker.trim().parse().map_err(|_| format!("`{broker}` is not the number of a broker"))?;
    Ok((broker, rack.trim().into()))
}

/// What an option says by name; saying it of one name twice is a slip.
fn told_once<K: Ord + ToString, T>(option: &str, told: impl Iterator<Item = (K, T)>) -> Result<BTreeMap<K, T>, Failure> {
    let mut by_name = BTreeMap::new();
    for (name, value) in told {
        match by_name.entry(name) {
            Entry::Vacant(vacant) => vacant.insert(value),
            Entry::Occupied(taken) => return Err(Failure::Usage(format!("{option} {}: given twice", taken.key().to_string()))),
        };
    }
    Ok(by_name)
}

fn failure(input: &str, error: &ImportError) -> Failure {
    Failure::Input { place: input.into(), reason: error.to_string() }
}
