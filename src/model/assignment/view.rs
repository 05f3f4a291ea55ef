//! What a flat table says, with the transfers since laid over it, and what two of these say
//! differently.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::Arc;
use std::vec::IntoIter;

use super::super::ids::{MemberId, TopicId, TopicPartition, Transfer};
use super::log::{Gain, Log};
use super::table::{OwnerTable, TableDifferences};

/// Owners, ascending by partition, those of transferred partitions replaced.
pub(super) fn overlaid<'a>(
    table: impl Iterator<Item = (TopicPartition, MemberId)> + 'a,
    changed: Vec<Transfer>,
) -> impl Iterator<Item = (TopicPartition, MemberId)> + 'a {
    let (mut table, mut changed) = (table.peekable(), changed.into_iter().peekable());
    std::iter::from_fn(move || {
        loop {
            match (table.peek(), changed.peek()) {
                (Some((partition, _)), Some(change)) if *partition < change.partition => return table.next(),
                (_, Some(&transfer)) => {
                    table.next_if(|(same, _)| *same == transfer.partition);
                    changed.next();
                    if let Some(owner) = transfer.to {
                        return Some((transfer.partition, owner));
                    }
                }
                (_, None) => return table.next(),
            }
        }
    })
}

/// Ascending partitions, less some of them, and others.
pub(super) struct Revised<K: Iterator, C: Iterator> {
    kept: Peekable<K>,
    changes: Peekable<C>,
}

impl<K: Iterator, C: Iterator> Revised<K, C> {
    pub(super) fn new(kept: K, changes: C) -> Self {
        Self { kept: kept.peekable(), changes: changes.peekable() }
    }
}

impl<K: Iterator<Item = TopicPartition>, C: Iterator<Item = (TopicPartition, Gain)>> Iterator for Revised<K, C> {
    type Item = TopicPartition;

    fn next(&mut self) -> Option<TopicPartition> {
        loop {
            match (self.kept.peek(), self.changes.peek()) {
                (Some(kept), Some((partition, _))) if kept < partition => return self.kept.next(),
                (_, Some(&(partition, gain))) => {
                    self.kept.next_if_eq(&partition);
                    self.changes.next();
                    if gain == Gain::Got {
                        return Some(partition);
                    }
                }
                (_, None) => return self.kept.next(),
            }
        }
    }

    /// Most members' partitions are the table's, unchanged: those need no comparing.
    fn fold<B, F: FnMut(B, TopicPartition) -> B>(mut self, start: B, mut visit: F) -> B {
        if self.changes.peek().is_none() {
            return self.kept.fold(start, visit);
        }
        let mut folded = start;
        for partition in self {
            folded = visit(folded, partition);
        }
        folded
    }
}

/// What changes hands between two assignments, ascending by partition.
#[derive(Clone)]
pub(crate) enum Differences {
    /// Of two that are tables and nothing else: they may differ in every partition, and no list is
    /// made of that.
    OfTables(TableDifferences),
    Listed(IntoIter<Transfer>),
}

impl Differences {
    /// Those between two tables, each with the transfers since.
    pub(super) fn between((table, log): (&Arc<OwnerTable>, &Log), (table_after, log_after): (&Arc<OwnerTable>, &Log)) -> Self {
        let of_tables = || TableDifferences::between(Arc::clone(table), Arc::clone(table_after));
        match (Arc::ptr_eq(table, table_after), log.len() + log_after.len()) {
            (false, 0) => Self::OfTables(of_tables()),
            (false, _) => Self::Listed(log.differences(log_after, &of_tables().collect::<Vec<_>>()).into_iter()),
            (true, _) => Self::Listed(log.differences(log_after, &[]).into_iter()),
        }
    }
}

impl Iterator for Differences {
    type Item = Transfer;

    fn next(&mut self) -> Option<Transfer> {
        match self {
            Self::OfTables(differences) => differences.next(),
            Self::Listed(differences) => differences.next(),
        }
    }
}

/// Who owns which partition of a topic.
///
/// Nothing is allocated by the numbers of partitions, which may be anything in an assignment that
/// did not come from a plan.
#[derive(Clone, Debug)]
pub(crate) struct TopicOwners {
    topic: TopicId,
    /// Of the partitions that a flat table knows.
    known: Vec<Option<MemberId>>,
    others: BTreeMap<u32, Option<MemberId>>,
}

impl TopicOwners {
    /// The owners that a table knows.
    pub(super) fn new(topic: TopicId, known: Vec<Option<MemberId>>) -> Self {
        Self { topic, known, others: BTreeMap::new() }
    }

    /// No more partitions than that have owners.
    pub(super) fn upper_bound(&self) -> usize {
        self.known.len() + self.others.len()
    }

    /// The owners after a transfer.
    pub(super) fn set(&mut self, transfer: &Transfer) {
        let partition = transfer.partition.partition;
        match self.known.get_mut(partition as usize) {
            Some(owner) => *owner = transfer.to,
            None => drop(self.others.insert(partition, transfer.to)),
        }
    }

    /// The partitions that have owners, ascending, with these.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (TopicPartition, MemberId)> + '_ {
        let known = (0..self.known.len() as u32).zip(self.known.iter().copied());
        let all = known.chain(self.others.iter().map(|(&partition, &owner)| (partition, owner)));
        all.filter_map(|(partition, owner)| Some((TopicPartition { topic: self.topic, partition }, owner?)))
    }
}
