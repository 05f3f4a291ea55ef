//! Where in an ascending list a key is to be looked for.

/// A list's keys fall into buckets of equal width, so many that on average a few items are in one.
#[derive(Clone, Debug)]
pub(super) struct Buckets {
    /// The width, as the power of two that it is.
    width: u32,
    /// Where each bucket begins, and where the last one ends.
    starts: Box<[u32]>,
}

/// So many items are to be in one bucket, or up to twice as many.
const ITEMS: usize = 4;

/// Where buckets are only to sort by, there are so many for each item, or half as many: then few
/// have to be sorted in themselves.
const BUCKETS_TO_SORT_AN_ITEM: usize = 8;

impl Buckets {
    /// The buckets of a list with these keys.
    pub(super) fn of(keys: impl ExactSizeIterator<Item = u32> + Clone) -> Self {
        let buckets = keys.len() / ITEMS + 1;
        Self::so_many(buckets, keys)
    }

    fn so_many(buckets: usize, keys: impl Iterator<Item = u32> + Clone) -> Self {
        let last = keys.clone().max().unwrap_or(0);
        let width = (last as usize / buckets).checked_ilog2().map_or(0, |width| (width + 1).min(31));
        let mut starts = vec![0; (last >> width) as usize + 2];
        keys.for_each(|key| starts[(key >> width) as usize + 1] += 1);
        (1..starts.len()).for_each(|bucket| starts[bucket] += starts[bucket - 1]);
        Self { width, starts: starts.into() }
    }

    /// The items of the list, if it ascends by key, that are in the bucket of this key.
    pub(super) fn near<'a, T>(&self, list: &'a [T], key: u32) -> &'a [T] {
        let bucket = (key >> self.width) as usize;
        match self.starts.get(bucket..bucket + 2) {
            Some(bounds) => &list[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}

/// A list put in order by this key; what has the same key stays in the order of the list.
pub(super) fn sorted<T: Copy>(list: &[T], key: impl Fn(&T) -> u32) -> Vec<T> {
    let buckets = Buckets::so_many(list.len() * BUCKETS_TO_SORT_AN_ITEM + 1, list.iter().map(&key));
    let (mut next, mut sorted) = (buckets.starts.clone(), list.to_vec());
    for item in list {
        let place = &mut next[(key(item) >> buckets.width) as usize];
        sorted[*place as usize] = *item;
        *place += 1;
    }
    if buckets.width > 0 {
        let bounds = buckets.starts.windows(2).filter(|bounds| bounds[1] > bounds[0] + 1);
        bounds.for_each(|bounds| sorted[bounds[0] as usize..bounds[1] as usize].sort_by_key(&key));
    }
    sorted
}
