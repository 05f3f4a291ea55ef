//! `import`: groups of an existing cluster, as its own tools print them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sticky_assignor::document::printable;
use sticky_assignor::import::{ImportError, ImportKnowledge, import};
use sticky_assignor::{NewTopic, Subscription};

use super::failure::Failure;
use super::input::Input;
use super::options::{named_subscription, named_topic};
use super::output;

/// Turn what `kafka-consumer-groups.sh` prints into group documents
///
/// Reads the text of `--describe --members --verbose` and prints one document for each group, for
/// `plan` and `verify`. The text has assignments only: what it does not say is inferred, and every
/// inference is noted on standard error.
#[derive(Debug, Args)]
#[command(after_help = "\
Is the assignment optimal, and what would one more consumer cost?
  kafka-consumer-groups.sh --bootstrap-server HOST:PORT --describe --group orders --members --verbose > members.txt
  sticky-assignor import members.txt | sticky-assignor verify
  sticky-assignor import members.txt | sticky-assignor plan - --join new

Exit status: 0, or 2 if the input cannot be read or the output not be written.")]
pub(crate) struct ImportArguments {
    /// A file with the text; - is standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// How many partitions a topic has; by default as many as the highest partition seen says
    #[arg(long, value_name = "NAME=COUNT", value_parser = named_topic)]
    topic: Vec<NewTopic>,
    /// The topics a member (by its id or its instance id) subscribes to, * for every topic; by
    /// default every topic
    #[arg(long, value_name = "MEMBER=TOPIC,…", value_parser = named_subscription)]
    subscribe: Vec<(String, Subscription)>,
}

pub(crate) fn run(arguments: &ImportArguments) -> Result<ExitCode, Failure> {
    let knowledge = arguments.knowledge()?;
    let input = Input::read(&arguments.file)?;
    let text = String::from_utf8_lossy(input.text());
    let groups = import(&text, &knowledge).map_err(|error| failure(&input, &error))?;
    if groups.is_empty() {
        output::say(format_args!("note: no table has members in it: there is nothing to plan or judge"));
    }
    let mut out = BufWriter::new(io::stdout().lock());
    for group in &groups {
        group
            .notes
            .iter()
            .for_each(|note| output::say(format_args!("note: {}{}", of(group.document.name.as_deref()), printable(&note.to_string()))));
        output::line(&mut out, &group.document)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

impl ImportArguments {
    fn knowledge(&self) -> Result<ImportKnowledge, Failure> {
        let topics = self.topic.iter().map(|topic| (topic.name.clone(), topic.partitions));
        let subscriptions = self.subscribe.iter().cloned();
        Ok(ImportKnowledge { topics: told_once("--topic", topics)?, subscriptions: told_once("--subscribe", subscriptions)? })
    }
}

/// What an option says by name; saying it of one name twice is a slip.
fn told_once<T>(option: &str, told: impl Iterator<Item = (String, T)>) -> Result<BTreeMap<String, T>, Failure> {
    let mut by_name = BTreeMap::new();
    for (name, value) in told {
        match by_name.entry(name) {
            Entry::Vacant(vacant) => vacant.insert(value),
            Entry::Occupied(taken) => return Err(Failure::Usage(format!("{option} {}: given twice", taken.key()))),
        };
    }
    Ok(by_name)
}

/// Which group a note is about.
fn of(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!("group {name:?}: "))
}

fn failure(input: &Input, error: &ImportError) -> Failure {
    Failure::Input { place: input.name().into(), reason: error.to_string() }
}
