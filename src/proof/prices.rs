//! The prices of members, or of topics, by number; a persistent value.

use std::sync::Arc;

use crate::model::leaves;
use crate::proof::Price;

/// Prices by number: from version to version only a change of levels changes squares, while every
/// rebalance makes moves anew.
#[derive(Clone, Debug)]
pub(crate) struct Prices {
    squares: Squares,
    moves: Moves,
}

#[derive(Clone, Debug)]
enum Squares {
    /// Those of one more partition at these levels.
    AtLevels(im::Vector<u32>),
    Each(Arc<[i64]>),
}

#[derive(Clone, Debug)]
enum Moves {
    Each(Arc<[i64]>),
    /// All but the odd ones have the usual price; those ascend by number.
    Mostly {
        usual: i64,
        odd: Arc<[(u32, i64)]>,
    },
}

impl Prices {
    /// These prices.
    pub(crate) fn of(prices: &[Price]) -> Self {
        let moves = prices.iter().map(|price| price.moves).collect();
        Self { squares: Squares::of(prices.iter().map(|price| price.squares)), moves: Moves::Each(moves) }
    }

    /// No prices in squares, and this one in moves, for everybody.
    pub(crate) fn uniform(moves: i64) -> Self {
        Self { squares: Squares::AtLevels(im::Vector::new()), moves: Moves::uniform(moves) }
    }

    /// How many have a price in squares.
    pub(crate) fn len(&self) -> usize {
        match &self.squares {
            Squares::AtLevels(levels) => levels.len(),
            Squares::Each(squares) => squares.len(),
        }
    }

    /// The price of this number; no squares where the number is not known.
    pub(crate) fn get(&self, number: usize) -> Price {
        Price { squares: self.squares.get(number), moves: self.moves.get(number) }
    }

    /// The levels, in the order of numbers.
    pub(crate) fn levels(&self) -> Vec<u32> {
        match &self.squares {
            Squares::AtLevels(levels) => leaves::list(levels),
            Squares::Each(squares) => squares.iter().map(|squares| (squares.max(&0) / 2) as u32).collect(),
        }
    }

    /// The prices with this one in moves for everybody.
    #[must_use]
    pub(crate) fn with_uniform_moves(self, moves: i64) -> Self {
        Self { moves: Moves::uniform(moves), ..self }
    }

    /// The prices at these levels and in these moves, both in the order of numbers, for at least as
    /// many as before. Where few levels changed, the others are shared, unless some prices before
    /// were none of levels (a balance has those for numbers that nobody has any more).
    #[must_use]
    pub(crate) fn at(self, levels: &[u32], moves: &[i32]) -> Self {
        let before = match self.squares {
            Squares::AtLevels(before) => before,
            Squares::Each(_) => im::Vector::new(),
        };
        Self { squares: Squares::AtLevels(leaves::replaced(before, levels)), moves: Moves::of(moves) }
    }
}

impl Squares {
    fn of(squares: impl Iterator<Item = i64> + Clone) -> Self {
        match squares.clone().map(level_of).collect() {
            Some(levels) => Self::AtLevels(levels),
            None => Self::Each(squares.collect()),
        }
    }

    fn get(&self, number: usize) -> i64 {
        match self {
            Self::AtLevels(levels) => levels.get(number).map_or(0, |&level| Price::of(level, 0).squares),
            Self::Each(squares) => squares.get(number).copied().unwrap_or_default(),
        }
    }
}

/// The level at which one more partition costs so many squares.
fn level_of(squares: i64) -> Option<u32> {
    let level = u32::try_from(squares.div_euclid(2)).ok()?;
    (Price::of(level, 0).squares == squares).then_some(level)
}

impl Moves {
    fn uniform(moves: i64) -> Self {
        Self::Mostly { usual: moves, odd: Arc::new([]) }
    }

    fn of(moves: &[i32]) -> Self {
        let usual = frequent(moves);
        let mut odd: Vec<(u32, i64)> = Vec::new();
        for (start, some) in (0..).step_by(COMPARED).zip(moves.chunks(COMPARED)) {
            // Mostly none is odd, which is seen of many at a time.
            if some.iter().fold(false, |is_any_odd, &price| is_any_odd | (price != usual)) {
                let numbered = (start..).zip(some).filter(|(_, price)| **price != usual);
                odd.extend(numbered.map(|(number, &price)| (number, i64::from(price))));
            }
        }
        match odd.len() > moves.len() / 2 {
            true => Self::Each(moves.iter().map(|&price| price.into()).collect()),
            false => Self::Mostly { usual: usual.into(), odd: odd.into() },
        }
    }

    fn get(&self, number: usize) -> i64 {
        match self {
            Self::Each(moves) => moves.get(number).copied().unwrap_or_default(),
            Self::Mostly { usual, odd } => odd.binary_search_by_key(&number, |odd| odd.0 as usize).map_or(*usual, |place| odd[place].1),
        }
    }
}

/// At most so many prices are asked which is frequent.
const ASKED: usize = 64;

/// So many prices are compared at once.
const COMPARED: usize = 64;

/// The price that more than half have of some that are spread evenly, where there is one (Boyer and
/// Moore's vote). Should it be rare in all, they are kept one by one.
fn frequent(prices: &[i32]) -> i32 {
    let (mut candidate, mut lead) = (0, 0_usize);
    for &price in prices.iter().step_by(prices.len() / ASKED + 1) {
        match (price == candidate, lead) {
            (true, _) => lead += 1,
            (false, 0) => (candidate, lead) = (price, 1),
            (false, _) => lead -= 1,
        }
    }
    candidate
}
