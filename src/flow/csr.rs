//! Many short lists in one buffer.

/// Lists of numbers, numbered from 0, stored one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Csr {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Default for Csr {
    fn default() -> Self {
        Self { starts: vec![0], items: Vec::new() }
    }
}

impl Csr {
    /// The lists in their order.
    pub(crate) fn new<R: IntoIterator<Item = u32>>(rows: impl IntoIterator<Item = R>) -> Self {
        let mut collected = Self::default();
        rows.into_iter().for_each(|row| collected.push(row));
        collected
    }

    /// One list more, after the others.
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = u32>) {
        self.items.extend(row);
        self.starts.push(self.items.len() as u32);
    }

    /// For each key below `rows` the places that have it, ascending.
    pub(crate) fn by_key(rows: usize, keys: &[u32]) -> Self {
        let places = Self { starts: (0..=keys.len() as u32).collect(), items: keys.to_vec() };
        places.transposed(rows)
    }

    /// The lists turned round: for each item below `items` the lists that have it, ascending.
    pub(crate) fn transposed(&self, items: usize) -> Self {
        let mut starts = vec![0_u32; items + 1];
        for &item in &self.items {
            starts[item as usize + 1] += 1;
        }
        for item in 0..items {
            starts[item + 1] += starts[item];
        }
        let mut next = starts.clone();
        let mut lists = vec![0; self.items.len()];
        for (list, row) in self.iter().enumerate() {
            for &item in row {
                let at = &mut next[item as usize];
                lists[*at as usize] = list as u32;
                *at += 1;
            }
        }
        Self { starts, items: lists }
    }

    /// How many lists there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many items they have in all.
    pub(crate) fn item_count(&self) -> usize {
        self.items.len()
    }

    /// One list.
    pub(crate) fn row(&self, row: usize) -> &[u32] {
        &self.items[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// The lists in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|row| self.row(row))
    }
}
