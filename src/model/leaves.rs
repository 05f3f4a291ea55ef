//! Persistent vectors, read and written leaf by leaf: a step from one item to the next costs more than the item.

/// Finding a place takes about as long as copying so many items.
pub(crate) const ITEMS_FOR_ONE_LOOKUP: usize = 32;

/// All items, in one list.
pub(crate) fn list<T: Copy>(items: &im::Vector<T>) -> Vec<T> {
    let mut list = Vec::with_capacity(items.len());
    items.leaves().for_each(|leaf| list.extend_from_slice(leaf));
    list
}

/// These items, at least as many as before. Where few differ from those before, what does not is shared.
pub(crate) fn replaced<T: Copy + Default + PartialEq>(mut before: im::Vector<T>, after: &[T]) -> im::Vector<T> {
    while before.len() < after.len() {
        before.push_back(T::default());
    }
    let differing = differing(&before, after);
    match differing.len() > after.len() / ITEMS_FOR_ONE_LOOKUP {
        true => write(&mut before, after),
        false => differing.into_iter().for_each(|place| before[place] = after[place]),
    }
    before
}

fn differing<T: Copy + PartialEq>(before: &im::Vector<T>, after: &[T]) -> Vec<usize> {
    let (mut start, mut places) = (0, Vec::new());
    for leaf in before.leaves() {
        let same = &after[start..start + leaf.len()];
        if leaf != same {
            places.extend((0..leaf.len()).filter(|&place| leaf[place] != same[place]).map(|place| start + place));
        }
        start += leaf.len();
    }
    places
}

fn write<T: Copy>(items: &mut im::Vector<T>, after: &[T]) {
    let mut start = 0;
    for leaf in items.leaves_mut() {
        leaf.copy_from_slice(&after[start..start + leaf.len()]);
        start += leaf.len();
    }
}
