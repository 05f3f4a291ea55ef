//! Many numbers in three.

/// How numbers are distributed: each figure is one of the numbers, or 0 where there are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    /// Half of the numbers are no greater.
    pub median: u64,
    /// 95 of 100 are no greater.
    pub p95: u64,
    /// The greatest.
    pub max: u64,
}

impl Distribution {
    /// The distribution of these numbers, in any order. O(n log n).
    pub fn of(numbers: impl IntoIterator<Item = u64>) -> Self {
        let mut numbers: Vec<u64> = numbers.into_iter().collect();
        numbers.sort_unstable();
        let at = |percent: usize| numbers.get((numbers.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0);
        Self { median: at(50), p95: at(95), max: at(100) }
    }
}
