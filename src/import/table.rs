//! Tables of a group: what each of their lines says.

use std::collections::BTreeMap;

use super::error::ImportError;
use super::head::{Head, Heading, LineFields, TableKind};
use super::history::{PartitionsByTopic, SeenMember};
use super::note::{About, ImportNote};
use super::partitions;
use crate::document::Date;

/// What one table says of one group.
#[derive(Clone, Debug)]
pub(super) struct GroupTable {
    pub(super) group: Option<String>,
    pub(super) kind: TableKind,
    /// The time that stood before it.
    pub(super) at: Option<Date>,
    /// How many times stood before it: tables between two of them belong together.
    pub(super) section: usize,
    pub(super) members: Vec<SeenMember>,
    /// Where each member stands in the list, and the line it was first met in.
    places: BTreeMap<String, (usize, usize)>,
    /// Partitions without an owner.
    pub(super) unowned: PartitionsByTopic,
    pub(super) generation: Option<i64>,
    /// What it says of who has what.
    pub(super) assigned: Assigned,
    /// Members that do not say their target.
    pub(super) untargeted: Vec<String>,
    /// Whether the group was said to be rebalancing.
    pub(super) rebalancing: bool,
}

/// What a table says of who has what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Assigned {
    /// Nothing.
    NotSaid,
    /// There are no members.
    ToNobody,
    /// What members hold: on the way to a new assignment this is not what was decided.
    Held,
    /// Also what was decided.
    Decided,
}

impl GroupTable {
    pub(super) fn new(group: Option<String>, kind: TableKind, at: Option<Date>, section: usize) -> Self {
        let (members, places, unowned) = (Vec::new(), BTreeMap::new(), PartitionsByTopic::new());
        Self {
            group,
            kind,
            at,
            section,
            members,
            places,
            unowned,
            generation: None,
            assigned: Assigned::NotSaid,
            untargeted: Vec::new(),
            rebalancing: false,
        }
    }

    /// The table with a line more.
    ///
    /// # Errors
    ///
    /// Where its partitions cannot be read, or it is the second of a member that may have only one.
    pub(super) fn with(self, head: &Head, line: usize, fields: &LineFields<'_>) -> Result<(Self, Vec<ImportNote>), ImportError> {
        match head.kind {
            TableKind::Members => self.member(head, line, fields),
            TableKind::Offsets => self.partition(line, fields).map(|table| (table, Vec::new())),
            TableKind::States => Ok((self, Vec::new())),
        }
    }

    fn member(mut self, head: &Head, line: usize, fields: &LineFields<'_>) -> Result<(Self, Vec<ImportNote>), ImportError> {
        let member = named(fields).ok_or(ImportError::Columns { line })?;
        if let Some((_, before)) = self.places.insert(member.id.clone(), (self.members.len(), line)) {
            return Err(ImportError::Repeated { line, before, member: member.id });
        }
        let list = |column| fields.get(column).map_or(Ok(PartitionsByTopic::new()), |text| partitions::parse(line, text));
        let held = list(Heading::Assignment)?;
        let epoch: Option<i64> = fields.get(Heading::TargetEpoch).and_then(|epoch| epoch.parse().ok());
        let target = (epoch.is_some() || fields.get(Heading::Target).is_some()).then(|| list(Heading::Target)).transpose()?;
        let notes = miscounted(self.group.as_deref(), line, fields, &held);
        if head.has_assignments() {
            self.assigned = self.assigned.max(if target.is_some() { Assigned::Decided } else { Assigned::Held });
            if target.is_none() {
                self.untargeted.push(member.id.clone());
            }
            let (decided, held) = (Some(target.unwrap_or_else(|| held.clone())), Some(held));
            self.members.push(SeenMember { decided, held, ..member });
        } else {
            self.members.push(member);
        }
        self.generation = self.generation.max(epoch);
        Ok((self, notes))
    }

    fn partition(mut self, line: usize, fields: &LineFields<'_>) -> Result<Self, ImportError> {
        self.assigned = Assigned::Held;
        let partition = match (fields.get(Heading::Topic), fields.get(Heading::Partition)) {
            (Some(topic), Some(text)) => Some((topic.to_string(), partitions::partition(line, text)?)),
            _ => None,
        };
        let Some(member) = named(fields) else {
            if let Some((topic, partition)) = partition {
                self.unowned.entry(topic).or_default().push(partition);
            }
            return Ok(self);
        };
        let (index, _) = *self.places.entry(member.id.clone()).or_insert((self.members.len(), line));
        if index == self.members.len() {
            self.members.push(SeenMember { decided: Some(PartitionsByTopic::new()), held: Some(PartitionsByTopic::new()), ..member });
        }
        if let Some((topic, partition)) = partition {
            let SeenMember { decided, held, .. } = &mut self.members[index];
            [decided, held].into_iter().flatten().for_each(|list| list.entry(topic.clone()).or_default().push(partition));
        }
        Ok(self)
    }
}

/// Who a line is about.
fn named(fields: &LineFields<'_>) -> Option<SeenMember> {
    let text = |column| fields.get(column).map(String::from);
    let (instance, client) = (text(Heading::Instance), text(Heading::Client));
    Some(SeenMember { id: text(Heading::Member)?, instance, client, ..SeenMember::default() })
}

fn miscounted(group: Option<&str>, line: usize, fields: &LineFields<'_>, held: &PartitionsByTopic) -> Vec<ImportNote> {
    let listed = held.values().map(Vec::len).sum();
    let said: Option<usize> = fields.get(Heading::Count).and_then(|count| count.parse().ok());
    let wrong = said.filter(|said| fields.get(Heading::Assignment).is_some() && *said != listed);
    wrong.map(|said| ImportNote::of(group, About::Miscounted { line, said, listed })).into_iter().collect()
}
