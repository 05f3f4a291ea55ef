//! Many short lists in one buffer.

/// Lists of numbers, numbered from 0, stored one after the other.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Rows {
    /// The lists in their order.
    pub(super) fn new<R: IntoIterator<Item = u32>>(rows: impl IntoIterator<Item = R>) -> Self {
        let mut collected = Self { starts: vec![0], items: Vec::new() };
        for row in rows {
            collected.items.extend(row);
            collected.starts.push(collected.items.len() as u32);
        }
        collected
    }

    /// For each key below `rows` the places that have it, ascending: a counting sort.
    pub(super) fn by_key(rows: usize, keys: &[u32]) -> Self {
        let mut starts = vec![0_u32; rows + 1];
        for &key in keys {
            starts[key as usize + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut items = vec![0; keys.len()];
        for (place, &key) in keys.iter().enumerate() {
            let at = &mut next[key as usize];
            items[*at as usize] = place as u32;
            *at += 1;
        }
        Self { starts, items }
    }

    /// How many lists there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// One list.
    pub(super) fn row(&self, row: usize) -> &[u32] {
        &self.items[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// The lists in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|row| self.row(row))
    }
}
