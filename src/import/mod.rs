//! Groups of an existing cluster: the text of `kafka-consumer-groups.sh --describe --members
//! --verbose` as group documents.
//!
//! That text says who owns what, and nothing else: how many partitions a topic has and what a
//! member follows is inferred, and every inference is noted.

mod history;
mod infer;
mod note;
mod owned;
mod table;

use std::collections::BTreeMap;

use thiserror::Error;

use crate::document::VerifyInput;
use crate::model::Subscription;

pub use note::ImportNote;

/// What the text does not say, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportKnowledge {
    /// Partition counts by topic; of other topics the highest partition seen is taken for the last.
    pub topics: BTreeMap<String, i64>,
    /// The topics members follow, by member id or instance id; other members are taken to follow
    /// every topic.
    pub subscriptions: BTreeMap<String, Subscription>,
}

/// A group as the text has it.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedGroup {
    /// The group, each member claiming what it owns, which is also the assignment to judge.
    pub document: VerifyInput,
    /// What was inferred, and what was passed over.
    pub notes: Vec<ImportNote>,
}

/// Why a text is not understood, and in which line (from 1).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// No line heads a table of members.
    #[error("no table of members: a line with CONSUMER-ID, HOST, CLIENT-ID and #PARTITIONS is expected (`--describe --members --verbose`)")]
    NoTable,
    /// The table does not say who owns what.
    #[error("line {line}: the table has no assignments; `--verbose` prints them")]
    NoAssignments {
        /// The line of the table's head.
        line: usize,
    },
    /// A line of the table does not have the columns of its head.
    #[error("line {line}: the columns are not those of the table's head")]
    Columns {
        /// The line.
        line: usize,
    },
    /// A member stands in two lines of a group: mostly the text has the group twice, from different
    /// times.
    #[error("line {line}: {member:?} is in line {before} already; one table of each group is expected")]
    Repeated {
        /// The line.
        line: usize,
        /// The line it stood in first.
        before: usize,
        /// The member's id.
        member: String,
    },
    /// An assignment is neither of the form `topic(0,1), …` nor `topic:0,1;…`.
    #[error("line {line}: {text:?} is not a topic with its partitions")]
    Assignment {
        /// The line.
        line: usize,
        /// What stands there.
        text: String,
    },
}

/// Reads the groups of a text, in its order. Linear in the text, but for looking names up.
///
/// ```
/// use sticky_assignor::import::{ImportKnowledge, import};
/// let text = "
/// GROUP  CONSUMER-ID HOST       CLIENT-ID #PARTITIONS ASSIGNMENT
/// orders c1          /127.0.0.1 app       2           clicks(0), orders(3)
/// ";
/// let groups = import(text, &ImportKnowledge::default())?;
/// assert_eq!(groups[0].document.topics.0["orders"].partitions, 4);
/// # Ok::<(), sticky_assignor::import::ImportError>(())
/// ```
///
/// # Errors
///
/// Where the text has no table of members, the table no assignments, a line of it cannot be read,
/// or a group has a member twice.
pub fn import(text: &str, knowledge: &ImportKnowledge) -> Result<Vec<ImportedGroup>, ImportError> {
    let rows = table::rows(text)?;
    let groups = table::by_group(&rows);
    groups.iter().try_for_each(|(_, rows)| table::each_once(rows))?;
    Ok(groups.into_iter().map(|(name, rows)| infer::group(name, &rows, knowledge)).collect())
}
