//! The tables that an input is in while it is read: under which head the next lines stand, and of
//! which group and which moment they are.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use super::admin_json::OwnedPartition;
use super::error::ImportError;
use super::merge::Groups;
use super::note::ImportNote;
use super::table::{Assigned, GroupTable, Head, Heading, TableKind};
use super::text::{TextLine, is_rebalancing};
use super::time::Time;
use crate::document::Date;

#[derive(Debug, Default)]
pub(super) struct OpenTables {
    /// What was read so far.
    pub(super) groups: Groups,
    /// The first line that heads a table which does not say who has what.
    pub(super) without_assignments: Option<usize>,
    /// The time that stood last.
    clock: Option<Time>,
    /// How many times stood so far.
    section: usize,
    head: Option<Head>,
    /// Whether the line before was the head of the table, or one of its rows.
    is_inside: bool,
    /// The groups of which a table stands under the head.
    open: BTreeSet<Option<String>>,
    /// The group that tables without a name are of.
    named: Option<String>,
    /// Groups that are said to be rebalancing, of which no table came since.
    rebalancing: BTreeSet<String>,
    /// Groups that were said to be rebalancing where no table shows them, and how often.
    unseen: BTreeMap<String, usize>,
    /// The last document of JSON in which partitions had owners.
    document: Option<usize>,
}

impl OpenTables {
    /// A time: what comes is another moment.
    pub(super) fn turn(&mut self, time: Time) {
        self.mark_rebalancing();
        (self.clock, self.section) = (Some(time), self.section + 1);
        self.leave();
    }

    pub(super) fn begin(&mut self, line: usize, head: Head) {
        if head.kind != TableKind::States && !head.has_assignments() {
            self.without_assignments.get_or_insert(line);
        }
        self.head = Some(head);
        self.is_inside = true;
        self.open.clear();
    }

    /// What comes may still be rows, but need not.
    pub(super) fn pause(&mut self) {
        self.is_inside = false;
    }

    /// No row comes without another head.
    pub(super) fn leave(&mut self) {
        (self.head, self.is_inside) = (None, false);
    }

    /// Whether the line before was one of a table.
    pub(super) fn is_inside(&self) -> bool {
        self.is_inside
    }

    pub(super) fn has_head(&self) -> bool {
        self.head.is_some()
    }

    /// Tables without a name are of this group from here on.
    pub(super) fn name(&mut self, group: &str) {
        self.named = Some(group.into());
    }

    pub(super) fn named(&self) -> Option<&String> {
        self.named.as_ref()
    }

    /// A group is said to be rebalancing.
    pub(super) fn is_rebalancing(&mut self, group: &str) {
        self.rebalancing.insert(group.into());
    }

    /// The time of what stands here: that which stood last, else that of the line.
    pub(super) fn at(&self, stamp: Option<Date>) -> Option<Date> {
        self.clock.map(|clock| clock.date).or(stamp)
    }

    /// Reads a row of the table, if the line is one; what is to be noted of it.
    ///
    /// # Errors
    ///
    /// As `GroupTable::with`.
    pub(super) fn row(&mut self, line: &TextLine<'_>) -> Result<Option<Vec<ImportNote>>, ImportError> {
        let Some(head) = self.head.take() else { return Ok(None) };
        let fields = head.fields(&line.text);
        let notes = match &fields {
            None => None,
            Some(fields) => {
                self.is_inside = true;
                let group = fields.get(Heading::Group).map(String::from).or_else(|| self.named.clone());
                if head.kind == TableKind::States {
                    self.state(group.as_deref(), line);
                    Some(Vec::new())
                } else {
                    let (table, notes) = self.table_of(group, head.kind, line.stamp).with(&head, line.number, fields)?;
                    self.groups.hold(table);
                    Some(notes)
                }
            }
        };
        self.head = Some(head);
        Ok(notes)
    }

    /// Adds a partition with its owner, as this document of JSON has it; one in another document is
    /// of another table.
    pub(super) fn owned(&mut self, document: usize, line: usize, stamp: Option<Date>, owned: OwnedPartition) {
        let OwnedPartition { group, topic, partition, owner } = owned;
        if self.document.replace(document) != Some(document) {
            self.open.clear();
        }
        let table = self.table_of(group, TableKind::Offsets, stamp).owning(line, Some((topic, partition)), owner);
        self.groups.hold(table);
    }

    /// Adds a table that is whole.
    pub(super) fn described(&mut self, mut table: GroupTable, stamp: Option<Date>) {
        (table.at, table.section) = (self.at(stamp), self.section);
        self.groups.table(table);
    }

    /// A group has no members.
    pub(super) fn empty(&mut self, group: &str) {
        let name = Some(group.to_string());
        let is_said = |before: &GroupTable| before.assigned == Assigned::ToNobody && before.section == self.section;
        if !self.groups.held(name.as_ref()).is_some_and(is_said) {
            let mut table = GroupTable::new(name, TableKind::Members, self.at(None), self.section);
            table.assigned = Assigned::ToNobody;
            self.groups.table(table);
        }
    }

    /// Nothing comes any more; the groups that were said to be rebalancing where no table shows
    /// them, and how often.
    pub(super) fn finish(&mut self) -> BTreeMap<String, usize> {
        self.mark_rebalancing();
        mem::take(&mut self.unseen)
    }

    /// The table of a group under this head; a new one where there is none.
    fn table_of(&mut self, group: Option<String>, kind: TableKind, stamp: Option<Date>) -> GroupTable {
        if let Some(table) = self.open.contains(&group).then(|| self.groups.let_go(group.as_ref())).flatten() {
            return table;
        }
        self.open.insert(group.clone());
        let rebalancing = match &group {
            Some(group) => self.rebalancing.remove(group),
            None => !mem::take(&mut self.rebalancing).is_empty(),
        };
        let at = self.at(stamp);
        self.groups.next_of(group.as_ref());
        let mut table = GroupTable::new(group, kind, at, self.section);
        table.rebalancing = rebalancing;
        table
    }

    /// `orders  host:9092  (1)  range  Stable  3`.
    fn state(&mut self, group: Option<&str>, line: &TextLine<'_>) {
        let Some(group) = group else { return };
        if line.text.split_whitespace().any(is_rebalancing) {
            self.is_rebalancing(group);
        }
        match line.text.split_whitespace().next_back() {
            Some("0") => self.empty(group),
            _ => drop(self.without_assignments.get_or_insert(line.number)),
        }
    }

    /// Groups whose rebalancing was said behind their table, or of which there is none.
    fn mark_rebalancing(&mut self) {
        for group in mem::take(&mut self.rebalancing) {
            let section = self.section;
            let names = [Some(group), None];
            let marked = names.iter().any(|name| self.groups.mark_rebalancing(name.as_ref(), section));
            if let ([Some(group), _], false) = (names, marked) {
                *self.unseen.entry(group).or_default() += 1;
            }
        }
    }
}
