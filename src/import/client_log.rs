//! The log of a Java client that leads its group: `Finished assignment for group at generation 2:
//! {c1=Assignment(partitions=[t-0])}`.

use super::error::ImportError;
use super::history::{Partitions, SeenGroup, SeenMember};
use super::owned;
use super::text::Line;

const FINISHED: &str = "Finished assignment for group";
const PARTITIONS: &str = "=Assignment(partitions=[";
/// The most lines that a long one may have been broken into.
const MOST_LINES: usize = 1000;

/// An assignment that a leader made, and how many lines say it.
pub(super) struct Finished {
    pub(super) group: Option<String>,
    pub(super) seen: SeenGroup,
    pub(super) lines: usize,
}

/// Whether a line of such a log says what was assigned.
pub(super) fn is_line(text: &str) -> bool {
    text.contains(FINISHED)
}

/// What the first of these lines says; a long one may go on in those behind it.
///
/// # Errors
///
/// Where it does not end, or a member or partition of it cannot be read.
pub(super) fn read(lines: &[Line<'_>]) -> Result<Finished, ImportError> {
    let line = lines.first().map_or(0, |first| first.number);
    let unreadable = |reason: &str| ImportError::Log { line, reason: reason.into() };
    let mut text = String::new();
    for (index, part) in lines.iter().take(MOST_LINES).enumerate() {
        text.push_str(if index == 0 { &part.text } else { part.text.trim() });
        let Some((head, rest)) = text.split_once(FINISHED) else { break };
        let Some((generation, map)) = rest.split_once('{') else { continue };
        if let Some(members) = members(map).map_err(|reason| unreadable(&reason))? {
            let generation = generation.split_whitespace().find_map(|word| word.trim_end_matches(':').parse().ok());
            let seen = SeenGroup { generation, members, ..SeenGroup::default() };
            return Ok(Finished { group: group(head), seen, lines: index + 1 });
        }
    }
    Err(unreadable("the assignment does not end"))
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
    let mut decided = Partitions::new();
    for text in list.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let (topic, partition) = owned::joined(text).ok_or_else(|| format!("{:?} is not a partition", short(text)))?;
        decided.entry(topic.into()).or_default().push(partition);
    }
    Ok(SeenMember { id: id.into(), decided: Some(decided), ..SeenMember::default() })
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
