//! Why an input cannot be read.

use thiserror::Error;

use super::note::short;

/// Why a text is not understood, and in which line (from 1).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Nothing in it is known.
    #[error(
        "{looks}; taken are: the tables of `kafka-consumer-groups.sh --describe` (best with `--members --verbose`) and of `kafka-topics.sh --describe`, the logs of a leading client and of the coordinator, records of `__consumer_offsets` (hex, JSON, or the log dump), and the JSON of admin clients"
    )]
    Nothing {
        /// What it looks like.
        looks: String,
    },
    /// The tables do not say who has what.
    #[error("line {line}: the table has no assignments; `--members --verbose` prints them")]
    NoAssignments {
        /// The line of the table's head.
        line: usize,
    },
    /// A line of a table does not have the columns of its head.
    #[error("line {line}: the columns are not those of the table's head")]
    Columns {
        /// The line.
        line: usize,
    },
    /// A line looks like one of a table whose head is not there.
    #[error(
        "line {line}: this looks like a line of a table, but no head stands above it: the line with the columns' names, which `grep` leaves out"
    )]
    NoHead {
        /// The line.
        line: usize,
    },
    /// A member stands in two lines of a table.
    #[error("line {line}: \"{}\" is in line {before} already", short(.member))]
    Repeated {
        /// The line.
        line: usize,
        /// The line it stood in first.
        before: usize,
        /// The member's id.
        member: String,
    },
    /// An assignment is neither of the form `topic(0,1), …` nor `topic:0,1;…`, or a partition's
    /// number is none.
    #[error("line {line}: \"{}\" is not a topic with its partitions", short(.text))]
    Assignment {
        /// The line.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A line of a topic's description cannot be read.
    #[error("line {line}: the description of the topic cannot be read")]
    Topic {
        /// The line.
        line: usize,
    },
    /// An entry of a log cannot be read.
    #[error("line {line}: {reason}")]
    Log {
        /// The line.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A JSON document cannot be read.
    #[error("line {line}: {reason}")]
    Json {
        /// The line.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// It is a document of this program.
    #[error("line {line}: this is {what}: {taken}")]
    Document {
        /// The line.
        line: usize,
        /// What it is.
        what: &'static str,
        /// Which command takes it, and how.
        taken: &'static str,
    },
    /// A date in a zone of which only the name is given.
    #[error("line {line}: the zone \"{}\" is not known by its name; `date -u`, `date -R` and `date -Is` are read", short(.zone))]
    Zone {
        /// The line.
        line: usize,
        /// The zone.
        zone: String,
    },
    /// A line looks like a date, in a form that is not read.
    #[error("line {line}: \"{}\" looks like a date, in a form that is not read; `date -u`, `date -R` and `date -Is` are", short(.text))]
    Date {
        /// The line.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A table's right edge is not there.
    #[error("line {line}: the table is cut off in or behind its column {}; what stands there may be cut off as well", short(.column))]
    CutOff {
        /// The line of the table's head.
        line: usize,
        /// Its last column.
        column: String,
    },
    /// A table of another tool that does not tell members apart.
    #[error(
        "line {line}: this table of {tool} does not say by their ids which members have what; `kafka-consumer-groups.sh --describe --members --verbose` does"
    )]
    OtherTool {
        /// The line.
        line: usize,
        /// The tool.
        tool: &'static str,
    },
    /// A log names no partitions, and none were given.
    #[error("the coordinator's log of group \"{}\" says who joins and leaves, but not which topics there are: --topic NAME=COUNT does, and --subscribe MEMBER=TOPIC,... who subscribes to which", short(.group))]
    TopicsNeeded {
        /// The group.
        group: String,
    },
    /// The group asked for is not there.
    #[error("no group \"{}\" here; there are: {}", short(.group), groups.iter().map(|group| short(group)).collect::<Vec<_>>().join(", "))]
    NoSuchGroup {
        /// The group.
        group: String,
        /// Groups that are there, the first few.
        groups: Vec<String>,
    },
}
