//! The path decomposition of moves: paths from where more leaves than enters to where more enters
//! than leaves, and cycles.

use std::collections::BTreeMap;

/// Splits moves, each from one place to another, into paths and cycles: lists of places in the
/// list of moves.
///
/// Along a path each move leaves the place that the move before it enters, and no place is visited
/// twice. A path that is not a cycle starts where more leaves than enters in all, and ends where
/// more enters than leaves. Linear in moves, but for looking places up.
pub(crate) fn paths_and_cycles<P: Copy + Ord>(moves: &[(P, P)]) -> Vec<Vec<usize>> {
    let mut walk = Walk { moves, leaving: BTreeMap::new(), gain: BTreeMap::new(), done: Vec::new() };
    for (number, &(from, to)) in moves.iter().enumerate().rev() {
        walk.leaving.entry(from).or_default().push(number);
        *walk.gain.entry(from).or_default() -= 1;
        *walk.gain.entry(to).or_default() += 1;
    }
    let places: Vec<P> = walk.leaving.keys().copied().collect();
    // Paths first: a cycle must not use up the moves that lead out of a place where one starts.
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

/// Moves not yet in a path, by the place they leave, and how many more enter than leave each place.
struct Walk<'m, P> {
    moves: &'m [(P, P)],
    leaving: BTreeMap<P, Vec<usize>>,
    gain: BTreeMap<P, i64>,
    done: Vec<Vec<usize>>,
}

impl<P: Copy + Ord> Walk<'_, P> {
    /// Takes one path from a place that not more enters than leaves, and before it every cycle met
    /// on the way.
    fn follow(&mut self, first: P) {
        let mut path: Vec<usize> = Vec::new();
        let mut left: BTreeMap<P, usize> = BTreeMap::new();
        let mut here = first;
        while self.gain[&here] <= 0
            && let Some(number) = self.leaving.get_mut(&here).and_then(Vec::pop)
        {
            left.insert(here, path.len());
            here = self.moves[number].1;
            path.push(number);
            if let Some(&start) = left.get(&here) {
                let cycle = path.split_off(start);
                for &number in &cycle {
                    left.remove(&self.moves[number].0);
                }
                self.done.push(cycle);
            }
        }
        if let (Some(&start), Some(&end)) = (path.first(), path.last()) {
            *self.gain.entry(self.moves[start].0).or_default() += 1;
            *self.gain.entry(self.moves[end].1).or_default() -= 1;
            self.done.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const PLACES: usize = 4;

    /// So many moves between four places, none from a place to itself; the number picks which.
    fn moves(count: u32, number: usize) -> Vec<(usize, usize)> {
        let arc = |nth: u32| number / (PLACES * (PLACES - 1)).pow(nth) % (PLACES * (PLACES - 1));
        let ends = |arc: usize| (arc / (PLACES - 1), 1 + arc % (PLACES - 1));
        (0..count).map(|nth| ends(arc(nth))).map(|(from, by)| (from, (from + by) % PLACES)).collect()
    }

    /// How many more enter a place than leave it.
    fn gain(moves: &[(usize, usize)], place: usize) -> i64 {
        moves.iter().map(|&(from, to)| i64::from(to == place) - i64::from(from == place)).sum()
    }

    fn check(moves: &[(usize, usize)]) {
        let found = paths_and_cycles(moves);
        let mut all: Vec<usize> = found.concat();
        all.sort_unstable();
        assert_eq!(all, (0..moves.len()).collect::<Vec<_>>(), "every move is in one path: {moves:?}");
        for path in found {
            let path: Vec<(usize, usize)> = path.into_iter().map(|number| moves[number]).collect();
            assert!(path.windows(2).all(|pair| pair[0].1 == pair[1].0), "each move leaves where the last went: {path:?}");
            let (start, end) = (path[0].0, path[path.len() - 1].1);
            let left: BTreeSet<usize> = path.iter().map(|&(from, _)| from).collect();
            assert_eq!(left.len(), path.len(), "no place is left twice: {path:?}");
            assert!(start == end || !left.contains(&end), "none is met again but the first: {path:?}");
            assert!(
                start == end || (gain(moves, start) < 0 && gain(moves, end) > 0),
                "from where more leaves to where more enters: {path:?}"
            );
        }
    }

    #[test]
    fn up_to_four_moves_between_four_places_make_paths() {
        for count in 0..=4 {
            (0..(PLACES * (PLACES - 1)).pow(count)).for_each(|number| check(&moves(count, number)));
        }
    }

    #[test]
    fn many_moves_make_paths() {
        (1..2000).for_each(|number| check(&moves(8, number * 214_589 % 12_usize.pow(8))));
    }
}
