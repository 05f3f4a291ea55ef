//! Moves in the order in which they push one another along: trails from where more leaves than
//! enters to where more enters than leaves.

use std::collections::BTreeMap;

/// One thing that moves from one place to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hop<P, T> {
    pub(crate) from: P,
    pub(crate) to: P,
    pub(crate) what: T,
}

/// Splits moves into trails. Along a trail each move leaves the place that the move before it
/// enters. A trail visits no place twice, but may end where it began.
///
/// A trail that is not a ring starts where more leaves than enters in all, and ends where more
/// enters than leaves. Linear in moves, but for looking places up.
pub(crate) fn trails<P: Copy + Ord, T: Copy>(moves: &[Hop<P, T>]) -> Vec<Vec<Hop<P, T>>> {
    let mut walk = Walk { leaving: BTreeMap::new(), gain: BTreeMap::new(), done: Vec::new() };
    for &hop in moves.iter().rev() {
        walk.leaving.entry(hop.from).or_default().push(hop);
        *walk.gain.entry(hop.from).or_default() -= 1;
        *walk.gain.entry(hop.to).or_default() += 1;
    }
    let places: Vec<P> = walk.leaving.keys().copied().collect();
    for place in &places {
        while walk.gain[place] < 0 {
            walk.follow(*place);
        }
    }
    for place in places {
        while !walk.leaving[&place].is_empty() {
            walk.follow(place);
        }
    }
    walk.done
}

/// Moves not yet in a trail, by the place they leave, and how many more enter than leave each
/// place.
struct Walk<P, T> {
    leaving: BTreeMap<P, Vec<Hop<P, T>>>,
    gain: BTreeMap<P, i64>,
    done: Vec<Vec<Hop<P, T>>>,
}

impl<P: Copy + Ord, T: Copy> Walk<P, T> {
    /// Takes one trail from a place that not more enters than leaves, and before it every ring met
    /// on the way.
    fn follow(&mut self, first: P) {
        let mut trail: Vec<Hop<P, T>> = Vec::new();
        let mut left: BTreeMap<P, usize> = BTreeMap::new();
        let mut here = first;
        while self.gain[&here] <= 0
            && let Some(hop) = self.leaving.get_mut(&here).and_then(Vec::pop)
        {
            left.insert(here, trail.len());
            here = hop.to;
            trail.push(hop);
            if let Some(&start) = left.get(&here) {
                let ring = trail.split_off(start);
                for hop in &ring {
                    left.remove(&hop.from);
                }
                self.done.push(ring);
            }
        }
        if let (Some(start), Some(end)) = (trail.first(), trail.last()) {
            *self.gain.entry(start.from).or_default() += 1;
            *self.gain.entry(end.to).or_default() -= 1;
            self.done.push(trail);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const PLACES: usize = 4;

    /// So many moves between four places, none from a place to itself; the number picks which.
    fn moves(count: u32, number: usize) -> Vec<Hop<usize, u32>> {
        let way = |nth: u32| number / (PLACES * (PLACES - 1)).pow(nth) % (PLACES * (PLACES - 1));
        let hop = |nth| (way(nth) / (PLACES - 1), 1 + way(nth) % (PLACES - 1), nth);
        (0..count).map(hop).map(|(from, by, what)| Hop { from, to: (from + by) % PLACES, what }).collect()
    }

    /// How many more enter a place than leave it.
    fn gain(moves: &[Hop<usize, u32>], place: usize) -> i64 {
        moves.iter().map(|hop| i64::from(hop.to == place) - i64::from(hop.from == place)).sum()
    }

    fn check(moves: &[Hop<usize, u32>]) {
        let found = trails(moves);
        let mut all: Vec<u32> = found.iter().flatten().map(|hop| hop.what).collect();
        all.sort_unstable();
        assert_eq!(all, moves.iter().map(|hop| hop.what).collect::<Vec<_>>(), "every move is in one trail: {moves:?}");
        for trail in found {
            assert!(trail.windows(2).all(|pair| pair[0].to == pair[1].from), "each move leaves where the last went: {trail:?}");
            let (start, end) = (trail[0].from, trail[trail.len() - 1].to);
            let left: BTreeSet<usize> = trail.iter().map(|hop| hop.from).collect();
            assert_eq!(left.len(), trail.len(), "no place is left twice: {trail:?}");
            assert!(start == end || !left.contains(&end), "none is met again but the first: {trail:?}");
            assert!(
                start == end || (gain(moves, start) < 0 && gain(moves, end) > 0),
                "from where more leaves to where more enters: {trail:?}"
            );
        }
    }

    #[test]
    fn up_to_four_moves_between_four_places_make_trails() {
        for count in 0..=4 {
            (0..(PLACES * (PLACES - 1)).pow(count)).for_each(|number| check(&moves(count, number)));
        }
    }

    #[test]
    fn many_moves_make_trails() {
        (1..2000).for_each(|number| check(&moves(8, number * 214_589 % 12_usize.pow(8))));
    }
}
