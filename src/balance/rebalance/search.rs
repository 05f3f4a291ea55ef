//! Shortest paths near what changed: a search that touches only what it meets.

use std::collections::BTreeMap;

/// Distances found so far, from the nearest on; and how each node was found.
///
/// Distances are small whole numbers, so nodes wait in buckets; of equally near ones, the last found is taken first, which soon runs into an end.
#[derive(Debug)]
pub(super) struct Search<N> {
    found: BTreeMap<N, Found<N>>,
    buckets: Vec<Vec<N>>,
    current: usize,
}

#[derive(Clone, Copy, Debug)]
struct Found<N> {
    distance: i64,
    parent: Option<N>,
}

impl<N: Copy + Ord> Search<N> {
    /// A search that starts at a node.
    pub(super) fn from(start: N) -> Self {
        let found = BTreeMap::from([(start, Found { distance: 0, parent: None })]);
        Self { found, buckets: vec![vec![start]], current: 0 }
    }

    /// The nearest node not yet visited, with its distance.
    pub(super) fn next(&mut self) -> Option<(N, i64)> {
        while self.current < self.buckets.len() {
            while let Some(node) = self.buckets[self.current].pop() {
                if self.found[&node].distance == self.current as i64 {
                    return Some((node, self.current as i64));
                }
            }
            self.current += 1;
        }
        None
    }

    /// Takes note of a way to a node, at this distance, by way of its parent; never nearer than the node visited last.
    pub(super) fn reach(&mut self, node: N, distance: i64, parent: N) {
        if self.found.get(&node).is_none_or(|found| distance < found.distance) {
            self.found.insert(node, Found { distance, parent: Some(parent) });
            let bucket = distance as usize;
            if self.buckets.len() <= bucket {
                self.buckets.resize(bucket + 1, Vec::new());
            }
            self.buckets[bucket].push(node);
        }
    }

    /// The nodes nearer than a distance, each with its own.
    pub(super) fn nearer_than(&self, distance: i64) -> impl Iterator<Item = (N, i64)> + '_ {
        self.found.iter().map(|(&node, found)| (node, found.distance)).filter(move |(_, found)| *found < distance)
    }

    /// The way from a node back to the start, both included.
    pub(super) fn way_back(&self, from: N) -> Vec<N> {
        std::iter::successors(Some(from), |node| self.found[node].parent).collect()
    }
}
