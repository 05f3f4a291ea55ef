//! Members by load, and so who gets the next partition.

use std::collections::BTreeMap;

use crate::model::Name;

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

    pub(super) fn lightest(&self) -> Option<(u32, usize)> {
        self.sorted.get_min().copied()
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

/// Members by load in each rack, and those in none; a persistent value.
#[derive(Clone, Default)]
pub(super) struct RackMembers<'a> {
    sorted: im::OrdSet<(Option<&'a Name>, u32, usize)>,
}

impl<'a> RackMembers<'a> {
    /// These members, each with its rack, its load and its place.
    pub(super) fn of(members: impl IntoIterator<Item = (Option<&'a Name>, u32, usize)>) -> Self {
        Self { sorted: members.into_iter().collect() }
    }

    /// The first of those in one of these racks or in none.
    pub(super) fn lightest(&self, racks: &'a [Name]) -> Option<(u32, usize)> {
        let first = |rack: Option<&'a Name>| self.sorted.range((rack, 0, 0)..).next().filter(|(other, _, _)| *other == rack);
        let firsts = racks.iter().map(Some).chain([None]).filter_map(first);
        firsts.map(|&(_, load, place)| (load, place)).min()
    }

    /// A member of this rack has another load than before.
    pub(super) fn reload(&mut self, (rack, place): (Option<&'a Name>, usize), before: u32, after: u32) {
        if self.sorted.remove(&(rack, before, place)).is_some() {
            self.sorted.insert((rack, after, place));
        }
    }
}

/// The members of a topic by load.
#[derive(Clone)]
pub(super) struct TopicMembers {
    /// The subscribers that name it.
    pub(super) named: SortedMembers,
    /// Those that have any of it.
    pub(super) owners: SortedMembers,
}

impl TopicMembers {
    /// A member has another load than before, and of the topic some or none.
    pub(super) fn reload(&mut self, place: usize, (before, after): (u32, u32), owns_any: bool) {
        self.named = std::mem::take(&mut self.named).reloaded(place, before, after);
        self.owners.sorted.remove(&(before, place));
        if owns_any {
            self.owners.sorted.insert((after, place));
        }
    }
}

/// How many partitions of one topic its owners have, by their places; a persistent value.
#[derive(Clone)]
pub(super) struct OwnedCounts {
    counts: im::OrdMap<usize, u32>,
}

impl OwnedCounts {
    /// Those of the owners of partitions.
    pub(super) fn of(owners: impl Iterator<Item = usize>) -> Self {
        let mut counts: BTreeMap<usize, u32> = BTreeMap::new();
        owners.for_each(|owner| *counts.entry(owner).or_default() += 1);
        Self { counts: counts.into_iter().collect() }
    }

    /// Who has any.
    pub(super) fn owners(&self) -> impl Iterator<Item = usize> {
        self.counts.keys().copied()
    }

    pub(super) fn has_any(&self, place: usize) -> bool {
        self.counts.contains_key(&place)
    }

    /// A member gets so many more; whether it has any then.
    pub(super) fn change(&mut self, place: usize, more: i32) -> bool {
        let count = self.counts.get(&place).copied().unwrap_or(0).saturating_add_signed(more);
        match count {
            0 => drop(self.counts.remove(&place)),
            _ => drop(self.counts.insert(place, count)),
        }
        count > 0
    }
}
