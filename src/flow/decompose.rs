//! The path decomposition of moves: paths from where more leaves than enters to where more enters
//! than leaves, and cycles.

use super::csr::Csr;

/// Splits moves between this many places, each from one to another, into paths and cycles: lists of
/// places in the list of moves.
///
/// Along a path each move leaves the place that the move before it enters, and no place is visited
/// twice. A path that is not a cycle starts where more leaves than enters in all, and ends where
/// more enters than leaves. Linear in moves and places.
pub(crate) fn paths_and_cycles(places: usize, moves: &[(u32, u32)]) -> Csr {
    let mut walk = Walk::of(places, moves);
    // Paths first: a cycle must not use up the moves that lead out of a place where one starts.
    for place in 0..places {
        while walk.gain[place] < 0 {
            walk.take_from(place);
        }
    }
    for place in 0..places {
        while walk.next[place] < walk.ends[place] {
            walk.take_from(place);
        }
    }
    walk.done
}

/// Moves not yet in a path, by the place they leave, and how many more enter than leave each place.
struct Walk<'m> {
    moves: &'m [(u32, u32)],
    /// The moves by the place they leave, in their order.
    leaving: Vec<u32>,
    /// The first move that leaves each place and is in no path yet.
    next: Vec<u32>,
    /// The end of those that leave each place.
    ends: Vec<u32>,
    gain: Vec<i64>,
    /// Where on the path under way each place was left, if it was.
    left: Vec<Option<u32>>,
    done: Csr,
}

impl<'m> Walk<'m> {
    fn of(places: usize, moves: &'m [(u32, u32)]) -> Self {
        let (mut gain, mut ends) = (vec![0; places], vec![0_u32; places]);
        for &(from, to) in moves {
            gain[from as usize] -= 1;
            gain[to as usize] += 1;
            ends[from as usize] += 1;
        }
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        let next = ends.clone();
        let mut leaving = vec![0; moves.len()];
        for (number, &(from, _)) in (0..).zip(moves) {
            leaving[ends[from as usize] as usize] = number;
            ends[from as usize] += 1;
        }
        Self { moves, leaving, next, ends, gain, left: vec![None; places], done: Csr::default() }
    }

    /// Takes one path from a place that not more enters than leaves, and before it every cycle met
    /// on the way.
    fn take_from(&mut self, first: usize) {
        let mut path: Vec<u32> = Vec::new();
        let mut here = first;
        while self.gain[here] <= 0 && self.next[here] < self.ends[here] {
            let number = self.leaving[self.next[here] as usize];
            self.next[here] += 1;
            self.left[here] = Some(path.len() as u32);
            here = self.moves[number as usize].1 as usize;
            path.push(number);
            if let Some(start) = self.left[here] {
                let cycle = path.drain(start as usize..);
                cycle.as_slice().iter().for_each(|number| self.left[self.moves[*number as usize].0 as usize] = None);
                self.done.push(cycle);
            }
        }
        path.iter().for_each(|&number| self.left[self.moves[number as usize].0 as usize] = None);
        if let (Some(&start), Some(&end)) = (path.first(), path.last()) {
            self.gain[self.moves[start as usize].0 as usize] += 1;
            self.gain[self.moves[end as usize].1 as usize] -= 1;
            self.done.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const PLACES: u32 = 4;

    /// This many moves between four places, none from a place to itself; the number picks which.
    fn moves(count: u32, number: u32) -> Vec<(u32, u32)> {
        let arc = |nth: u32| number / (PLACES * (PLACES - 1)).pow(nth) % (PLACES * (PLACES - 1));
        let ends = |arc: u32| (arc / (PLACES - 1), 1 + arc % (PLACES - 1));
        (0..count).map(|nth| ends(arc(nth))).map(|(from, by)| (from, (from + by) % PLACES)).collect()
    }

    /// How many more enter a place than leave it.
    fn gain(moves: &[(u32, u32)], place: u32) -> i64 {
        moves.iter().map(|&(from, to)| i64::from(to == place) - i64::from(from == place)).sum()
    }

    fn check(moves: &[(u32, u32)]) {
        let found = paths_and_cycles(PLACES as usize, moves);
        let mut all: Vec<u32> = found.iter().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..moves.len() as u32).collect::<Vec<_>>(), "every move is in one path: {moves:?}");
        for path in found.iter() {
            let path: Vec<(u32, u32)> = path.iter().map(|&number| moves[number as usize]).collect();
            assert!(path.windows(2).all(|pair| pair[0].1 == pair[1].0), "each move leaves where the last went: {path:?}");
            let (start, end) = (path[0].0, path[path.len() - 1].1);
            let left: BTreeSet<u32> = path.iter().map(|&(from, _)| from).collect();
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
        (1..2000).for_each(|number| check(&moves(8, number * 214_589 % 12_u32.pow(8))));
    }
}
