//! The log of a Java client that leads its group: `Finished assignment for group at generation 2:
//! {c1=Assignment(partitions=[t-0])}`.

use super::error::ImportError;
use super::history::{PartitionsByTopic, SeenGroup, SeenMember};
use super::noise;
use super::partitions;

const FINISHED: &str = "Finished assignment for group";
const PARTITIONS: &str = "=Assignment(partitions=[";
/// The most lines that a long one may have been broken into.
const MOST_LINES: usize = 1000;

/// An assignment that a leader made.
pub(super) struct Finished {
    pub(super) group: Option<String>,
    pub(super) seen: SeenGroup,
}

/// An assignment that may go on in the next line.
#[derive(Clone, Debug)]
pub(super) struct Unfinished {
    /// Where it begins.
    line: usize,
    lines: usize,
    text: String,
}

/// Whether a line of such a log says what was assigned.
pub(super) fn is_line(text: &str) -> bool {
    text.contains(FINISHED)
}

impl Unfinished {
    pub(super) fn new(line: usize) -> Self {
        Self { line, lines: 0, text: String::new() }
    }

    /// The assignment with what one more line says, whole or not yet.
    ///
    /// # Errors
    ///
    /// Where it does not end, or a member or partition of it cannot be read.
    pub(super) fn with(mut self, part: &str) -> Result<Result<Finished, Self>, ImportError> {
        if self.lines > 0 && (self.lines == MOST_LINES || is_line(part) || noise::is_logged(part)) {
            return Err(self.endless());
        }
        self.lines += 1;
        self.text.push_str(if self.lines == 1 { part } else { part.trim() });
        let finished = if part.contains('}') { self.finished()? } else { None };
        Ok(finished.ok_or(self))
    }

    /// The assignment, if it is whole.
    fn finished(&self) -> Result<Option<Finished>, ImportError> {
        let Some((head, rest)) = self.text.split_once(FINISHED) else { return Err(self.endless()) };
        let Some((before, map)) = rest.split_once('{') else { return Ok(None) };
        let Some(members) = members(map).map_err(|reason| ImportError::Log { line: self.line, reason })? else { return Ok(None) };
        // Before Kafka 2.4 no generation stands there, and before 2.0 the group's name.
        let before = before.trim().trim_end_matches(':');
        let generation = before.strip_prefix("at generation ").and_then(|number| number.parse().ok());
        let named = Some(before).filter(|name| generation.is_none() && !name.is_empty()).map(String::from);
        Ok(Some(Finished { group: group(head).or(named), seen: SeenGroup { generation, members, ..SeenGroup::default() } }))
    }

    /// What is wrong where nothing follows.
    pub(super) fn endless(&self) -> ImportError {
        ImportError::Log { line: self.line, reason: "the assignment does not end".into() }
    }
}

/// `[Consumer clientId=c1, groupId=orders]`.
fn group(head: &str) -> Option<String> {
    let (_, name) = head.rsplit_once("groupId=")?;
    let (name, _) = name.rsplit_once(']')?;
    Some(name.to_string()).filter(|name| !name.is_empty())
}

/// The members of a map, up to its closing brace; none where it is not all there.
fn members(map: &str) -> Result<Option<Vec<SeenMember>>, String> {
    let mut members = Vec::new();
    let mut rest = map.trim_start();
    while !rest.starts_with('}') {
        let Some((id, behind)) = rest.split_once(PARTITIONS) else {
            return if rest.contains('}') { Err(format!("{:?} is not a member with its assignment", short(rest))) } else { Ok(None) };
        };
        let Some((list, behind)) = behind.split_once(']') else { return Ok(None) };
        let Some((user_data, behind)) = behind.split_once(')') else { return Ok(None) };
        if !(user_data.is_empty() || user_data.starts_with(", userDataSize=")) {
            return Err(format!("{:?} stands behind the partitions of {:?}", short(user_data), short(id)));
        }
        members.push(member(id, list)?);
        rest = behind.strip_prefix(',').unwrap_or(behind).trim_start();
        if rest.is_empty() {
            return Ok(None);
        }
    }
    Ok(Some(members))
}

fn member(id: &str, list: &str) -> Result<SeenMember, String> {
    let mut decided = PartitionsByTopic::new();
    for text in list.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let (topic, partition) = partitions::joined(text).ok_or_else(|| format!("{:?} is not a partition", short(text)))?;
        decided.entry(topic.into()).or_default().push(partition);
    }
    Ok(SeenMember { id: id.into(), decided: Some(decided), ..SeenMember::default() })
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
