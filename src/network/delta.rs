//! What changed of lists of numbers since they were written: a few entries beside them, so that a
//! list need not be written anew for each change.

use std::sync::Arc;

/// The items added to lists and removed from them, ascending by list and item; one entry at most
/// for each list and item. A persistent value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta(Arc<[DeltaEntry]>);

/// An item that was added to a list, or removed from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeltaEntry {
    list: u32,
    item: u32,
    kind: DeltaKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeltaKind {
    Added,
    Removed,
}

impl DeltaEntry {
    pub(crate) fn added(list: u32, item: u32) -> Self {
        Self { list, item, kind: DeltaKind::Added }
    }

    pub(crate) fn removed(list: u32, item: u32) -> Self {
        Self { list, item, kind: DeltaKind::Removed }
    }
}

impl Delta {
    /// The delta with later entries, in any order, each list and item once. Linear in all entries
    /// where there are later ones.
    pub(crate) fn with(self, mut later: Vec<DeltaEntry>) -> Self {
        if later.is_empty() {
            return self;
        }
        later.sort_unstable_by_key(key);
        debug_assert!(later.is_sorted_by(|one, next| key(one) < key(next)), "a list has an item once");
        Self(merged(&self.0, &later).into())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The list of each entry, ascending.
    pub(crate) fn lists(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().map(|entry| entry.list)
    }

    /// The delta of this many lists, ready to be looked up by list.
    pub(crate) fn indexed(&self, lists: usize) -> IndexedDelta {
        let mut first = vec![NO_ENTRY; lists];
        // Backwards, so that the first of each list is what remains.
        (0..self.0.len()).rev().for_each(|place| first[self.0[place].list as usize] = place as u32);
        IndexedDelta { delta: self.clone(), first }
    }
}

/// A delta, and where the entries of each list begin: a binary search for them would take longer
/// than reading them.
#[derive(Debug)]
pub(crate) struct IndexedDelta {
    delta: Delta,
    first: Vec<u32>,
}

/// The place of no entry, beyond all.
const NO_ENTRY: u32 = u32::MAX;

impl IndexedDelta {
    /// The items of a list with its delta: those that remain, then those that were added.
    pub(crate) fn applied<I: Iterator<Item = u32>>(&self, list: u32, before: I) -> Applied<'_, I> {
        let rest = self.delta.0.get(self.first[list as usize] as usize..).unwrap_or_default();
        let entries = &rest[..rest.iter().take_while(|entry| entry.list == list).count()];
        Applied { before, entries, rest: entries.iter() }
    }
}

/// A list with its delta. A type of its own, as chained adapters are slower where lists are short.
#[derive(Clone, Debug)]
pub(crate) struct Applied<'a, I> {
    before: I,
    entries: &'a [DeltaEntry],
    rest: std::slice::Iter<'a, DeltaEntry>,
}

impl<I: Iterator<Item = u32>> Iterator for Applied<'_, I> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let entries = self.entries;
        let remains = |item: &u32| entries.is_empty() || entries.binary_search_by_key(item, |entry| entry.item).is_err();
        let added = || self.rest.find(|entry| entry.kind == DeltaKind::Added).map(|entry| entry.item);
        self.before.find(remains).or_else(added)
    }
}

fn key(entry: &DeltaEntry) -> (u32, u32) {
    (entry.list, entry.item)
}

/// Two lists of entries as one; where both have an entry of the same list and item, the later one
/// counts.
fn merged(earlier: &[DeltaEntry], later: &[DeltaEntry]) -> Vec<DeltaEntry> {
    let mut merged = Vec::with_capacity(earlier.len() + later.len());
    let mut rest = earlier;
    for entry in later {
        let place = rest.partition_point(|other| key(other) < key(entry));
        merged.extend_from_slice(&rest[..place]);
        merged.push(*entry);
        let replaced = rest.get(place).is_some_and(|other| key(other) == key(entry));
        rest = &rest[place + usize::from(replaced)..];
    }
    merged.extend_from_slice(rest);
    merged
}
