//! Where in an ascending list a key is to be looked for.

/// A list's keys fall into buckets of equal width, so many that on average a few items are in one.
#[derive(Clone, Debug)]
pub(super) struct Buckets {
    width: u32,
    /// Where each bucket begins, and where the last one ends.
    starts: Box<[u32]>,
}

/// So many items are to be in one bucket.
const ITEMS: usize = 8;

impl Buckets {
    /// The buckets of a list with these keys, which ascend.
    pub(super) fn of(keys: impl ExactSizeIterator<Item = u32> + DoubleEndedIterator + Clone) -> Self {
        let (items, last) = (keys.len(), keys.clone().next_back().unwrap_or(0));
        let width = (last / (items / ITEMS + 1) as u32).saturating_add(1);
        let mut starts = vec![0; (last / width) as usize + 2];
        keys.for_each(|key| starts[(key / width) as usize + 1] += 1);
        (1..starts.len()).for_each(|bucket| starts[bucket] += starts[bucket - 1]);
        Self { width, starts: starts.into() }
    }

    /// The items of the list in the bucket of this key.
    pub(super) fn near<'a, T>(&self, list: &'a [T], key: u32) -> &'a [T] {
        let bucket = (key / self.width) as usize;
        match self.starts.get(bucket..bucket + 2) {
            Some(bounds) => &list[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}
