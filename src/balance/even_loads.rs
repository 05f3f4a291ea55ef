//! The closed form for members that all follow the same topics: loads as even as can be, and the prices that prove them.

/// Every member gets the mean, rounded down, and the *seats* for one more go first to those whose claims fill them.
#[derive(Clone, Copy, Debug)]
pub(super) struct EvenLoads {
    /// The mean, rounded down.
    pub(super) level: u32,
    /// How many members have one more.
    seats: usize,
    /// How many members hold more than the level.
    filled: usize,
}

impl EvenLoads {
    /// The loads of members that hold so much each, where this many partitions are theirs.
    pub(super) fn of(partitions: u64, held: impl ExactSizeIterator<Item = u32>) -> Self {
        let members = held.len() as u64;
        let (level, seats) = ((partitions / members) as u32, (partitions % members) as usize);
        Self { level, seats, filled: held.filter(|held| *held > level).count() }
    }

    /// The load of each member, of those that hold so much.
    pub(super) fn loads(self, held: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
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
    /// At a price of 0 the level and one more are equally good; above it one more is better, below it the level. Where there are seats for all who fill one,
    /// who has to give up claims has a seat, and is dearer; where there are not, who fills none has none, and is cheaper.
    pub(super) fn member_price(&self, held: u32, load: u32) -> i32 {
        match self.is_contested() {
            true => i32::from(held > self.level) - 1,
            false => i32::from(held > load),
        }
    }

    /// What one more partition of any topic costs, in moves.
    pub(super) fn topic_price(&self) -> i32 {
        1 - i32::from(self.is_contested())
    }

    /// Whether more members fill seats than there are.
    fn is_contested(&self) -> bool {
        self.filled > self.seats
    }
}
