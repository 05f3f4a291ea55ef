//! Edits to lists of numbers that are not written anew for each of them.

use std::sync::Arc;

/// What is to be added to lists, and taken from them, ascending by list and item; one edit at most
/// for both. A persistent value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edits(Arc<[Edit]>);

/// An item that a list begins, or ends, to have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edit {
    list: u32,
    item: u32,
    having: Having,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Having {
    Begins,
    Ends,
}

impl Edit {
    pub(crate) fn begins(list: u32, item: u32) -> Self {
        Self { list, item, having: Having::Begins }
    }

    pub(crate) fn ends(list: u32, item: u32) -> Self {
        Self { list, item, having: Having::Ends }
    }
}

impl Edits {
    /// The edits with later ones, in any order, each list and item once. O(edits), where there are
    /// later ones.
    pub(crate) fn with(self, mut later: Vec<Edit>) -> Self {
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

    /// The lists that have edits, ascending, for each edit once.
    pub(crate) fn lists(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().map(|edit| edit.list)
    }

    /// The edits, ready to be asked for any of so many lists.
    pub(crate) fn indexed(&self, lists: usize) -> Indexed {
        let mut first = vec![NOWHERE; lists];
        // Backwards, so that the first of each list is what remains.
        (0..self.0.len()).rev().for_each(|place| first[self.0[place].list as usize] = place as u32);
        Indexed { edits: self.clone(), first }
    }
}

/// Edits, and where those of each list begin: looking for them would take longer than reading them.
#[derive(Debug)]
pub(crate) struct Indexed {
    edits: Edits,
    first: Vec<u32>,
}

/// The place of no edit, beyond all.
const NOWHERE: u32 = u32::MAX;

impl Indexed {
    /// The items of a list after its edits: those it had and has still, then those that came.
    pub(crate) fn applied<I: Iterator<Item = u32>>(&self, list: u32, before: I) -> Applied<'_, I> {
        let rest = self.edits.0.get(self.first[list as usize] as usize..).unwrap_or_default();
        let edits = &rest[..rest.iter().take_while(|edit| edit.list == list).count()];
        Applied { before, edits, rest: edits.iter() }
    }
}

/// A list after its edits. Lists are short and gone over one item at a time, which chained adapters
/// are slower at.
#[derive(Clone, Debug)]
pub(crate) struct Applied<'a, I> {
    before: I,
    edits: &'a [Edit],
    rest: std::slice::Iter<'a, Edit>,
}

impl<I: Iterator<Item = u32>> Iterator for Applied<'_, I> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let edits = self.edits;
        let is_unedited = |item: &u32| edits.is_empty() || edits.binary_search_by_key(item, |edit| edit.item).is_err();
        let begun = || self.rest.find(|edit| edit.having == Having::Begins).map(|edit| edit.item);
        self.before.find(is_unedited).or_else(begun)
    }
}

fn key(edit: &Edit) -> (u32, u32) {
    (edit.list, edit.item)
}

/// Two lists of edits as one; where both say something of a list and an item, the later ones count.
fn merged(earlier: &[Edit], later: &[Edit]) -> Vec<Edit> {
    let mut merged = Vec::with_capacity(earlier.len() + later.len());
    let mut rest = earlier;
    for edit in later {
        let place = rest.partition_point(|other| key(other) < key(edit));
        merged.extend_from_slice(&rest[..place]);
        merged.push(*edit);
        let replaced = rest.get(place).is_some_and(|other| key(other) == key(edit));
        rest = &rest[place + usize::from(replaced)..];
    }
    merged.extend_from_slice(rest);
    merged
}
