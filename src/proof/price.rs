//! What one partition more costs, and what a plan costs: a component for each goal.

use std::fmt;

use crate::model::{Goal, Goals};

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
