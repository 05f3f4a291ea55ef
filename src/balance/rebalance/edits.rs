//! Edits to lists of numbers that are not written anew for each of them.

use std::sync::Arc;

/// What is to be added to lists, and taken from them, ascending by list and item; one edit at most for both. A persistent value.
#[derive(Clone, Debug, Default)]
pub(super) struct Edits(Arc<[Edit]>);

/// An item that a list begins, or ends, to have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit {
    pub(super) list: u32,
    pub(super) item: u32,
    pub(super) having: Having,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Having {
    Begins,
    Ends,
}

impl Edits {
    /// The edits with later ones, in any order, each list and item once. O(edits), where there are later ones.
    pub(super) fn with(self, mut later: Vec<Edit>) -> Self {
        if later.is_empty() {
            return self;
        }
        later.sort_unstable_by_key(key);
        Self(merged(&self.0, &later).into())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Where the edits of each of so many lists begin.
    pub(super) fn places(&self, lists: usize) -> Places {
        let mut first = vec![NOWHERE; lists];
        // Backwards, so that the first of each list is what remains.
        (0..self.0.len()).rev().for_each(|place| first[self.0[place].list as usize] = place as u32);
        Places(first)
    }

    /// The edits of a list.
    fn of(&self, list: u32, places: &Places) -> &[Edit] {
        let rest = self.0.get(places.0[list as usize] as usize..).unwrap_or_default();
        &rest[..rest.iter().take_while(|edit| edit.list == list).count()]
    }

    /// The items of a list after its edits: those it had and has still, then those that came.
    pub(super) fn applied<I: Iterator<Item = u32>>(&self, (list, places): (u32, &Places), before: I) -> Applied<'_, I> {
        let edits = self.of(list, places);
        Applied { before, edits, rest: edits.iter() }
    }
}

/// A list after its edits. Lists are short and gone over one item at a time, which chained adapters are slower at.
#[derive(Clone, Debug)]
pub(super) struct Applied<'a, I> {
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

/// Where the edits of each list begin among all: looking for them would take longer than reading them.
#[derive(Debug)]
pub(super) struct Places(Vec<u32>);

/// The place of no edit.
const NOWHERE: u32 = u32::MAX;

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
