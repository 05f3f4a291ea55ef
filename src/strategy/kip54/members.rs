//! Members by load, and so who gets the next partition.

/// Members by load, who is to get the next partition: the lightest first and in their order where
/// loads are equal; a persistent value.
#[derive(Clone, Default)]
pub(super) struct SortedMembers {
    sorted: im::OrdSet<(u32, usize)>,
}

impl SortedMembers {
    /// These members, each with its load and its place.
    pub(super) fn of(members: impl IntoIterator<Item = (u32, usize)>) -> Self {
        Self { sorted: members.into_iter().collect() }
    }

    /// The first member that will do.
    pub(super) fn lightest(&self, mut will_do: impl FnMut(usize) -> bool) -> Option<(u32, usize)> {
        self.sorted.iter().find(|(_, place)| will_do(*place)).copied()
    }

    /// The lightest, this many.
    pub(super) fn first(&self, count: usize) -> impl Iterator<Item = (u32, usize)> {
        self.sorted.iter().take(count).copied()
    }

    pub(super) fn heaviest(&self) -> Option<(u32, usize)> {
        self.sorted.get_max().copied()
    }

    /// The members, one of them with another load than before.
    #[must_use]
    pub(super) fn reloaded(mut self, place: usize, before: u32, after: u32) -> Self {
        if self.sorted.remove(&(before, place)).is_some() {
            self.sorted.insert((after, place));
        }
        self
    }

    /// Whether no two loads differ by more than one.
    pub(super) fn within_one(&self) -> bool {
        let load = |member: Option<&(u32, usize)>| member.map_or(0, |(load, _)| *load);
        load(self.sorted.get_max()) <= load(self.sorted.get_min()) + 1
    }

    /// The differences of loads, summed over all pairs of members: KIP-54's balance score, 0 at its
    /// best.
    pub(super) fn balance_score(&self) -> u64 {
        let (score, _, _) = self.sorted.iter().fold((0, 0, 0), |(score, lighter, sum), (load, _)| {
            let load = u64::from(*load);
            (score + load * lighter - sum, lighter + 1, sum + load)
        });
        score
    }
}

/// The members of a topic by load.
#[derive(Clone)]
pub(super) struct TopicMembers {
    /// The subscribers that name it.
    pub(super) named: SortedMembers,
    /// Those that have any of it, and how many partitions each.
    pub(super) owners: SortedMembers,
    pub(super) owned: im::OrdMap<usize, u32>,
}

impl TopicMembers {
    /// A member gets one of the topic, or gives one.
    pub(super) fn reload(&mut self, place: usize, (before, after): (u32, u32), change: i32) {
        self.named = std::mem::take(&mut self.named).reloaded(place, before, after);
        let owned = self.owned.get(&place).copied().unwrap_or(0).saturating_add_signed(change);
        self.owners.sorted.remove(&(before, place));
        match owned {
            0 => drop(self.owned.remove(&place)),
            _ => {
                self.owned.insert(place, owned);
                self.owners.sorted.insert((after, place));
            }
        }
    }
}
