//! Prices by number, kept goal by goal; persistent values.
//!
//! What a rebalance leaves of the prices before differs from goal to goal: levels usually stay, and
//! only those that changed are written; moves are priced anew, and few of them are not usual.

use std::sync::Arc;

use super::price::{GOALS, Price};
use super::racks::RackSet;
use crate::model::{TopicId, chunks};

/// The prices of members, or of topics, by number: a column for each goal, in the order of goals.
#[derive(Clone, Debug, Default)]
pub(super) struct Prices {
    columns: [PriceColumn; GOALS],
}

/// One goal's component of all prices, by number; a persistent value.
#[derive(Clone, Debug)]
pub(crate) enum PriceColumn {
    /// 2 × level + 1, what one more partition at the level adds to a sum of squares; 0 for numbers
    /// that have no level.
    AtLevels(im::Vector<u32>),
    /// Each its own; 0 beyond them.
    Each(Arc<[i64]>),
    /// All but the odd ones have the usual component. The odd ones ascend by number.
    Mostly {
        /// What is usual.
        usual: i64,
        /// Numbers, and what they have instead.
        odd: Arc<[(u32, i64)]>,
    },
}

impl Default for PriceColumn {
    /// Nothing for everybody.
    fn default() -> Self {
        Self::uniform(0)
    }
}

impl Prices {
    /// These prices, in the order of numbers.
    pub(super) fn of(prices: &[Price]) -> Self {
        let component = |place: usize| prices.iter().map(move |price| price.get(place));
        Self { columns: std::array::from_fn(|place| PriceColumn::of(component(place))) }
    }

    /// The prices with another column at this place, made from the one before.
    #[must_use]
    pub(super) fn with(mut self, place: usize, column: impl FnOnce(PriceColumn) -> PriceColumn) -> Self {
        self.columns[place] = column(std::mem::take(&mut self.columns[place]));
        self
    }

    /// The column of the goal at this place.
    pub(super) fn column(&self, place: usize) -> &PriceColumn {
        &self.columns[place]
    }

    /// From this number on all prices are the same.
    pub(super) fn len(&self) -> usize {
        self.columns.iter().map(PriceColumn::len).max().unwrap_or(0)
    }

    /// The price of this number.
    pub(super) fn get(&self, number: usize) -> Price {
        (0..GOALS).fold(Price::ZERO, |price, place| price.with(place, self.columns[place].get(number)))
    }
}

impl PriceColumn {
    /// This for everybody.
    pub(crate) fn uniform(usual: i64) -> Self {
        Self::Mostly { usual, odd: Arc::new([]) }
    }

    /// These, in the order of numbers.
    pub(super) fn of(components: impl Iterator<Item = i64> + Clone) -> Self {
        match components.clone().map(level_of).collect() {
            Some(levels) => Self::AtLevels(levels),
            None if components.clone().all(|component| component == 0) => Self::uniform(0),
            None => Self::Each(components.collect()),
        }
    }

    /// Those of these levels, in the order of numbers, at least as many as before. Of levels before
    /// that did not change, most are shared. (Numbers that nobody has any more may have had none.)
    #[must_use]
    pub(crate) fn at_levels(self, levels: &[u32]) -> Self {
        let before = match self {
            Self::AtLevels(before) => before,
            Self::Each(_) | Self::Mostly { .. } => im::Vector::new(),
        };
        Self::AtLevels(chunks::replaced(before, levels))
    }

    /// These, of which most may be the same.
    pub(crate) fn mostly(components: &[i32]) -> Self {
        let usual = frequent(components);
        let mut odd: Vec<(u32, i64)> = Vec::new();
        for (start, some) in (0..).step_by(COMPARED).zip(components.chunks(COMPARED)) {
            // Usually none is odd, and that is seen of many at a time.
            if some.iter().fold(false, |is_any_odd, &component| is_any_odd | (component != usual)) {
                let numbered = (start..).zip(some).filter(|(_, component)| **component != usual);
                odd.extend(numbered.map(|(number, &component)| (number, i64::from(component))));
            }
        }
        match odd.len() > components.len() / 2 {
            true => Self::Each(components.iter().map(|&component| component.into()).collect()),
            false => Self::Mostly { usual: usual.into(), odd: odd.into() },
        }
    }

    /// The levels, in the order of numbers.
    pub(super) fn levels(&self) -> Vec<u32> {
        match self {
            Self::AtLevels(levels) => chunks::list(levels),
            Self::Each(components) => components.iter().map(|component| (component.max(&0) / 2) as u32).collect(),
            Self::Mostly { .. } => Vec::new(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::AtLevels(levels) => levels.len(),
            Self::Each(components) => components.len(),
            Self::Mostly { odd, .. } => odd.last().map_or(0, |odd| odd.0 as usize + 1),
        }
    }

    fn get(&self, number: usize) -> i64 {
        match self {
            Self::AtLevels(levels) => levels.get(number).map_or(0, |&level| at_level(level)),
            Self::Each(components) => components.get(number).copied().unwrap_or(0),
            Self::Mostly { usual, odd } => odd.binary_search_by_key(&number, |odd| odd.0 as usize).map_or(*usual, |place| odd[place].1),
        }
    }
}

/// What one more partition at a level adds to a sum of squares: (l + 1)² − l².
pub(crate) fn at_level(level: u32) -> i64 {
    2 * i64::from(level) + 1
}

/// What the k-th partition adds to a sum of squares: k² − (k − 1)².
pub(crate) fn at_count(count: i32) -> i64 {
    2 * i64::from(count) - 1
}

/// The level at which one more partition adds this much to a sum of squares.
fn level_of(squares: i64) -> Option<u32> {
    let level = u32::try_from(squares.div_euclid(2)).ok()?;
    (at_level(level) == squares).then_some(level)
}

/// How many prices are looked at to find a frequent one.
const ASKED: usize = 64;

/// How many prices are compared at once.
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

/// The prices of topics and, where partitions of a topic differ in racks, of its classes.
#[derive(Clone, Debug, Default)]
pub(super) struct TopicPrices {
    /// By topic id: of all partitions of a topic that has no prices by racks.
    pub(super) topics: Prices,
    by_racks: im::OrdMap<TopicId, ClassPrices>,
}

/// The prices of a topic's classes, ascending by racks.
pub(super) type ClassPrices = Arc<[(RackSet, Price)]>;

impl TopicPrices {
    /// The prices where no topic has any by racks.
    pub(super) fn of(topics: Prices) -> Self {
        Self { topics, by_racks: im::OrdMap::new() }
    }

    /// The prices with those of a topic's classes, in any order; the first price of a class counts.
    #[must_use]
    pub(super) fn with_classes(mut self, topic: TopicId, mut classes: Vec<(RackSet, Price)>) -> Self {
        classes.sort_by(|one, next| one.0.cmp(&next.0));
        classes.dedup_by(|later, first| later.0 == first.0);
        self.by_racks.insert(topic, classes.into());
        self
    }

    /// The price of a topic's partitions that have no price by their racks.
    pub(super) fn topic(&self, topic: TopicId) -> Price {
        self.topics.get(topic.index())
    }

    /// The prices of a topic's classes, where it has any.
    pub(super) fn classes(&self, topic: TopicId) -> Option<&ClassPrices> {
        self.by_racks.get(&topic)
    }

    /// The price of a class.
    pub(super) fn class(&self, topic: TopicId, racks: &RackSet) -> Price {
        let by_racks = self.by_racks.get(&topic).and_then(|classes| {
            let place = classes.binary_search_by(|class| class.0.cmp(racks)).ok()?;
            Some(classes[place].1)
        });
        by_racks.unwrap_or_else(|| self.topic(topic))
    }

    /// Whether no class and no topic is priced otherwise by the other prices.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let topics = self.topics.len().max(other.topics.len());
        (0..topics).all(|number| self.topics.get(number) == other.topics.get(number)) && self.by_racks == other.by_racks
    }
}
