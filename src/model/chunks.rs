//! Persistent vectors, read and written chunk by chunk: a step from one item to the next costs more
//! than the item.

/// Finding a place takes about as long as copying this many items.
pub(crate) const ITEMS_FOR_ONE_LOOKUP: usize = 32;

/// All items, in one list.
pub(crate) fn list<T: Copy>(items: &im::Vector<T>) -> Vec<T> {
    let mut list = Vec::with_capacity(items.len());
    items.leaves().for_each(|chunk| list.extend_from_slice(chunk));
    list
}

/// These items, at least as many as before. Where few differ from those before, what does not is
/// shared.
pub(crate) fn replaced<T: Copy + Default + PartialEq>(before: im::Vector<T>, after: &[T]) -> im::Vector<T> {
    let mut replaced = lengthened(before, after.len());
    let differing = differing(&replaced, after);
    if differing.len() > after.len() / ITEMS_FOR_ONE_LOOKUP {
        return rewritten(replaced, after);
    }
    differing.into_iter().for_each(|place| replaced[place] = after[place]);
    replaced
}

/// These items, at least as many as before, of which most chunks differ.
pub(crate) fn rewritten<T: Copy + Default>(before: im::Vector<T>, after: &[T]) -> im::Vector<T> {
    let (mut rewritten, mut start) = (lengthened(before, after.len()), 0);
    for chunk in rewritten.leaves_mut() {
        chunk.copy_from_slice(&after[start..start + chunk.len()]);
        start += chunk.len();
    }
    rewritten
}

fn lengthened<T: Copy + Default>(mut items: im::Vector<T>, length: usize) -> im::Vector<T> {
    while items.len() < length {
        items.push_back(T::default());
    }
    items
}

fn differing<T: Copy + PartialEq>(before: &im::Vector<T>, after: &[T]) -> Vec<usize> {
    let (mut start, mut places) = (0, Vec::new());
    for chunk in before.leaves() {
        let same = &after[start..start + chunk.len()];
        if chunk != same {
            places.extend((0..chunk.len()).filter(|&place| chunk[place] != same[place]).map(|place| start + place));
        }
        start += chunk.len();
    }
    places
}
