//! Water filling: partitions go to members so that levels rise evenly.

/// Something that takes in partitions: a member, or members that are alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bin {
    /// How many members it stands for; at least 1.
    pub(crate) width: u32,
    /// What it holds.
    pub(crate) content: u32,
    /// How much more it may take.
    pub(crate) room: u32,
}

impl Bin {
    /// What it takes in until each of its members holds `level`.
    fn below(&self, level: u64) -> u64 {
        (level * u64::from(self.width)).saturating_sub(u64::from(self.content)).min(u64::from(self.room))
    }
}

/// What bins take of an amount.
#[derive(Debug)]
pub(crate) struct Filled {
    /// How much each takes.
    pub(crate) taken: Vec<u32>,
    /// The bin whose turn it would be next; the number of bins if that is the first again.
    pub(crate) next: usize,
}

/// How much each bin takes of an amount when the lowest are filled first; of equally low ones,
/// those that come first take what is left over. Less than the amount only when all are full.
/// O(bins × log(amount)).
pub(crate) fn fill_bins(amount: u32, bins: &[Bin]) -> Filled {
    let amount = u64::from(amount).min(bins.iter().map(|bin| u64::from(bin.room)).sum());
    let level = level_within(amount, bins);
    let mut left = amount;
    let mut taken: Vec<u64> = bins.iter().map(|bin| bin.below(level)).collect();
    left -= taken.iter().sum::<u64>();
    let mut next = 0;
    for (place, (bin, taken)) in bins.iter().zip(&mut taken).enumerate() {
        let more = (bin.below(level + 1) - *taken).min(left);
        *taken += more;
        left -= more;
        if more > 0 {
            next = place + 1;
        }
    }
    Filled { taken: taken.into_iter().map(|taken| taken as u32).collect(), next }
}

/// The highest level that the amount fills all bins to. Were they one bin, it would be their
/// mean; usually it is, else it is near.
fn level_within(amount: u64, bins: &[Bin]) -> u64 {
    let content: u64 = bins.iter().map(|bin| u64::from(bin.content)).sum();
    let width: u64 = bins.iter().map(|bin| u64::from(bin.width)).sum();
    let highest = content + amount;
    let fills = |level: u64| level <= highest && bins.iter().map(|bin| bin.below(level)).sum::<u64>() <= amount;
    let mut low = (content + amount) / width.max(1);
    let mut step = 1;
    while !fills(low) {
        low = low.saturating_sub(step);
        step *= 2;
    }
    step = 1;
    while fills(low + step) {
        low += step;
        step *= 2;
    }
    while step > 0 {
        if fills(low + step) {
            low += step;
        }
        step /= 2;
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(amount: u32, bins: &[(u32, u32, u32)]) -> Vec<u32> {
        let bins: Vec<Bin> = bins.iter().map(|&(width, content, room)| Bin { width, content, room }).collect();
        fill_bins(amount, &bins).taken
    }

    #[test]
    fn the_lowest_are_filled_first() {
        assert_eq!(filled(4, &[(1, 3, 9), (1, 0, 9), (1, 1, 9)]), [0, 3, 1]);
        assert_eq!(filled(5, &[(1, 3, 9), (1, 0, 9), (1, 1, 9)]), [0, 3, 2]);
    }

    #[test]
    fn a_wide_vessel_takes_as_much_as_its_members() {
        assert_eq!(filled(8, &[(3, 0, 99), (1, 0, 99)]), [6, 2]);
    }

    #[test]
    fn a_full_vessel_leaves_the_rest_to_others() {
        assert_eq!(filled(6, &[(1, 0, 2), (1, 0, 99)]), [2, 4]);
        assert_eq!(filled(6, &[(1, 0, 2), (1, 0, 1)]), [2, 1]);
        assert_eq!(filled(6, &[(1, 0, 2), (1, 100, 9)]), [2, 4]);
    }
}
