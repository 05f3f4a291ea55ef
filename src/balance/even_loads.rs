//! The closed form for members that all subscribe to the same topics: loads as even as can be, and
//! the prices that prove them.

/// Every member gets the mean, rounded down, and the *seats* for one more go first to those whose
/// claims fill them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EvenLoads {
    /// The mean, rounded down.
    pub(crate) level: u32,
    /// How many members have one more.
    seats: usize,
    /// How many members hold more than the level.
    filled: usize,
}

impl EvenLoads {
    /// The loads of members that hold this much each, where this many partitions are theirs.
    pub(crate) fn of(partitions: u64, held: impl ExactSizeIterator<Item = u32>) -> Self {
        let members = held.len() as u64;
        let (level, seats) = ((partitions / members) as u32, (partitions % members) as usize);
        Self { level, seats, filled: held.filter(|held| *held > level).count() }
    }

    /// The load of each member, of those that hold this much.
    pub(crate) fn loads(self, held: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        let (mut for_filled, mut for_others) = (self.seats.min(self.filled), self.seats.saturating_sub(self.filled));
        held.map(move |held| {
            let seats = if held > self.level { &mut for_filled } else { &mut for_others };
            let seat = u32::from(*seats > 0);
            *seats -= seat as usize;
            self.level + seat
        })
    }

    /// What one more partition costs at a member, in moves.
    ///
    /// At a price of 0 the level and one more are equally good; above it one more is better, below
    /// it the level. Where there are seats for all who fill one, who has to give up claims has a
    /// seat, and is dearer; where there are not, who fills none has none, and is cheaper.
    pub(crate) fn member_price(&self, held: u32, load: u32) -> i32 {
        match self.is_contested() {
            true => i32::from(held > self.level) - 1,
            false => i32::from(held > load),
        }
    }

    /// What one more partition of any topic costs, in moves.
    pub(crate) fn topic_price(&self) -> i32 {
        1 - i32::from(self.is_contested())
    }

    /// Whether more members fill seats than there are.
    fn is_contested(&self) -> bool {
        self.filled > self.seats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that four members can hold, up to four partitions each.
    fn holdings() -> impl Iterator<Item = [u32; 4]> {
        (0..5_u32.pow(4)).map(|number| [0, 1, 2, 3].map(|place| number / 5_u32.pow(place) % 5))
    }

    #[test]
    fn prices_prove_the_loads() {
        for (held, free) in holdings().flat_map(|held| (0..6).map(move |free| (held, free))) {
            let partitions = held.iter().sum::<u32>() + free;
            let even = EvenLoads::of(partitions.into(), held.into_iter());
            let loads: Vec<u32> = even.loads(held.into_iter()).collect();
            assert_eq!(loads.iter().sum::<u32>(), partitions);
            for (held, load) in held.into_iter().zip(loads) {
                let price = even.member_price(held, load);
                let best = match price.signum() {
                    1 => even.level + 1..=even.level + 1,
                    0 => even.level..=even.level + 1,
                    _ => even.level..=even.level,
                };
                assert!(best.contains(&load), "{load} at {price} of {even:?}");
                let cost = price - even.topic_price();
                assert!((-1..=0).contains(&cost), "keeping a claim costs nothing, a move saves nothing");
                assert!(held <= load || cost == 0, "what is given up was kept for nothing");
                assert!(held >= load || cost == -1, "what comes instead costs no more than a move");
            }
        }
    }
}
