//! What a flat table says, with what changed since laid over it.

use std::iter::Peekable;

use super::ids::{MemberId, TopicPartition};
use super::passed::Passed;
use super::run::Gain;

/// Owners, ascending by partition, those that changed replaced.
pub(super) fn overlaid<'a>(
    sheet: impl Iterator<Item = (TopicPartition, MemberId)> + 'a,
    changed: Vec<Passed>,
) -> impl Iterator<Item = (TopicPartition, MemberId)> + 'a {
    let (mut sheet, mut changed) = (sheet.peekable(), changed.into_iter().peekable());
    std::iter::from_fn(move || {
        loop {
            match (sheet.peek(), changed.peek()) {
                (Some((partition, _)), Some(change)) if *partition < change.partition => return sheet.next(),
                (_, Some(&passed)) => {
                    sheet.next_if(|(same, _)| *same == passed.partition);
                    changed.next();
                    if let Some(owner) = passed.to() {
                        return Some((passed.partition, owner));
                    }
                }
                (_, None) => return sheet.next(),
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

    /// Most members' partitions are the sheet's, unchanged: those need no comparing.
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
