//! Prices and costs, a component for each goal: what one partition more costs, and what a plan
//! costs; and the prices of all members, of all topics, kept goal by goal as persistent values.
//!
//! What a rebalance leaves of the prices before differs from goal to goal: levels usually stay, and
//! only those that changed are written; moves are priced anew, and few of them are not usual.

use std::fmt;
use std::sync::Arc;

use super::audit::RackSet;
use crate::model::{Goal, Goals, TopicId, chunks};

/// The most goals there are.
pub(crate) const GOALS: usize = Goal::ALL.len();

/// What one more partition costs: a component for each goal, in the order of a plan's goals.
///
/// Prices compare lexicographically: the first goal decides, each later one only where all before
/// it are equal. Components beyond the goals are 0.
///
/// ```
/// use sticky_assignor::Price;
/// assert!(Price::from([3, 0]) > Price::from([1, 9]));
/// assert_eq!(Price::from([3]), Price::from([3, 0, 0, 0]));
/// assert_eq!(Price::from([3, 1]).get(1), 1);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price([i64; GOALS]);

impl Price {
    /// Nothing.
    pub const ZERO: Self = Self([0; GOALS]);

    /// The component of the goal at this place in the order; 0 beyond the goals.
    pub fn get(&self, place: usize) -> i64 {
        self.0.get(place).copied().unwrap_or(0)
    }

    /// The price with another component at this place.
    ///
    /// # Panics
    ///
    /// At a place that no goal can have, from 4.
    ///
    /// ```
    /// use sticky_assignor::Price;
    /// let price = Price::ZERO.with(0, 7);
    /// assert_eq!((price.get(0), price.get(1)), (7, 0));
    /// ```
    #[must_use]
    pub fn with(mut self, place: usize, component: i64) -> Self {
        self.0[place] = component;
        self
    }

    /// The components, of which those beyond the goals are 0.
    pub fn components(&self) -> [i64; GOALS] {
        self.0
    }
}

impl<const N: usize> From<[i64; N]> for Price {
    /// The price with these components; more than there are goals do not compile.
    fn from(components: [i64; N]) -> Self {
        const { assert!(N <= GOALS, "there are four goals") }
        let mut price = Self::ZERO;
        price.0[..N].copy_from_slice(&components);
        price
    }
}

impl fmt::Debug for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Price").field(&self.0).finish()
    }
}

/// What a plan costs in each of its goals, or costs at least.
///
/// Costs in the same goals compare lexicographically; those in others do not.
///
/// ```
/// use sticky_assignor::{Cost, Goal, Goals};
/// let cost = Cost::new(Goals::BALANCE_STICKINESS, |goal| if goal == Goal::Balance { 18 } else { 3 });
/// assert_eq!((cost.get(Goal::Stickiness), cost.get(Goal::Rack)), (Some(3), None));
/// assert_eq!(cost.iter().map(|(_, cost)| cost).collect::<Vec<_>>(), [18, 3]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cost {
    goals: Goals,
    amounts: Amounts,
}

impl Cost {
    /// The cost that is this much in each goal.
    pub fn new(goals: Goals, mut of: impl FnMut(Goal) -> i128) -> Self {
        let mut amounts = Amounts::ZERO;
        goals.iter().zip(&mut amounts.0).for_each(|(goal, amount)| *amount = of(goal));
        Self { goals, amounts }
    }

    pub(super) fn of_amounts(goals: Goals, amounts: Amounts) -> Self {
        Self { goals, amounts }
    }

    /// The goals.
    pub fn goals(&self) -> Goals {
        self.goals
    }

    /// The cost in one goal, if it is one of these.
    pub fn get(&self, goal: Goal) -> Option<i128> {
        self.goals.position(goal).map(|place| self.amounts.0[place])
    }

    /// Each goal and the cost in it, in the order of the goals.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Goal, i128)> + '_ {
        self.goals.iter().zip(self.amounts.0)
    }
}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (self.goals == other.goals).then(|| self.amounts.cmp(&other.amounts))
    }
}

impl fmt::Debug for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(goal, amount)| (goal.name(), amount))).finish()
    }
}

/// Sums of prices: a component for each goal, compared lexicographically.
///
/// What is added up are products of a difference of prices (65 bits), a load or a count (31 bits)
/// and a number of members, so 128 bits hold it for up to 2²⁹ members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Amounts(pub(super) [i128; GOALS]);

impl Amounts {
    pub(super) const ZERO: Self = Self([0; GOALS]);

    /// This much of one goal; nothing where it is none of the goals.
    pub(super) fn unit(place: Option<usize>, amount: i128) -> Self {
        let mut amounts = Self::ZERO;
        if let Some(place) = place {
            amounts.0[place] = amount;
        }
        amounts
    }

    pub(super) fn plus(self, other: Self) -> Self {
        let mut sum = self.0;
        sum.iter_mut().zip(other.0).for_each(|(sum, other)| *sum += other);
        Self(sum)
    }

    pub(super) fn minus(self, other: Self) -> Self {
        let mut difference = self.0;
        difference.iter_mut().zip(other.0).for_each(|(difference, other)| *difference -= other);
        Self(difference)
    }

    pub(super) fn times(self, factor: i128) -> Self {
        Self(self.0.map(|amount| amount * factor))
    }
}

impl From<Price> for Amounts {
    fn from(price: Price) -> Self {
        Self(price.0.map(i128::from))
    }
}

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
