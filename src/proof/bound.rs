//! Prices that prove a plan: the lower bound they give, evaluated without the solver.
//!
//! Think of every partition as bought from its topic at the topic's price and sold to a member at
//! the member's. A plan then costs what its parts cost: loads against member prices, counts on each
//! subscription against the difference of two prices, partitions against topic prices. Each part
//! alone has a least cost in closed form, so the sum of those is a bound that no plan beats (weak
//! duality). With the right prices a plan meets it.

use crate::model::{Group, MemberId, TopicId};
use crate::proof::audit::{Believed, Reads};
use crate::proof::prices::Prices;

/// A cost, compared first by squared loads, then by partitions that do not stay: what one plan is
/// worse by than another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price {
    /// In sums of squared loads.
    pub squares: i64,
    /// In partitions that do not stay with the owner their claims name.
    pub moves: i64,
}

impl Price {
    /// The price of one more partition at a level: (l + 1)² − l² squares, and moves.
    pub(crate) fn of(level: u32, moves: i64) -> Self {
        Self { squares: 2 * i64::from(level) + 1, moves }
    }
}

/// Prices of a group's members and topics.
///
/// The price of a member is what one more partition there costs, the price of a topic what one more
/// partition of it costs. *Any* prices give a lower bound on every plan of the group
/// ([`bound`](Self::bound)); the right ones meet the best, and then it is proved.
#[derive(Clone, Debug)]
pub struct Proof {
    members: Prices,
    topics: Prices,
}

impl PartialEq for Proof {
    /// Whether all prices are the same, however they are kept.
    fn eq(&self, other: &Self) -> bool {
        let members = self.members.len().max(other.members.len());
        let topics = self.topics.len().max(other.topics.len());
        (0..members).all(|number| self.members.get(number) == other.members.get(number))
            && (0..topics).all(|number| self.topics.get(number) == other.topics.get(number))
    }
}

impl Eq for Proof {}

impl Default for Proof {
    /// One more partition of any topic costs one move, at whatever member: so it is while nothing
    /// moved.
    fn default() -> Self {
        Self { members: Prices::uniform(0), topics: Prices::uniform(1) }
    }
}

/// A lower bound on the cost of every plan of a group, compared like a [`Price`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bound {
    /// No plan has a smaller sum of squared loads.
    pub sum_of_squares: i128,
    /// No plan with that sum lets fewer partitions go elsewhere than where their claims name.
    pub moves: i128,
}

impl Proof {
    /// The proof with these prices.
    pub fn new(group: &Group, member: impl Fn(MemberId) -> Price, topic: impl Fn(TopicId) -> Price) -> Self {
        let mut members = vec![Price::default(); group.all_members().numbers()];
        let mut topics = vec![Price::default(); group.all_topics().len()];
        group.members().for_each(|(id, _)| members[id.index()] = member(id));
        group.topics().for_each(|(id, _)| topics[id.index()] = topic(id));
        Self::of_numbers(&members, &topics)
    }

    /// The proof with these prices of members and topics, in the order of their ids.
    pub(crate) fn of_numbers(members: &[Price], topics: &[Price]) -> Self {
        Self { members: Prices::of(members), topics: Prices::of(topics) }
    }

    /// The price of a member; no squares for one the proof does not know.
    pub fn member(&self, id: MemberId) -> Price {
        self.members.get(id.index())
    }

    /// The price of a topic; no squares for one the proof does not know.
    pub fn topic(&self, id: TopicId) -> Price {
        self.topics.get(id.index())
    }

    /// The prices once everybody claims what the plan gave them.
    #[must_use]
    pub(crate) fn without_moves(self) -> Self {
        Self { members: self.members.with_uniform_moves(0), topics: self.topics.with_uniform_moves(1) }
    }

    /// The levels of members, in the order of their ids.
    pub(crate) fn member_levels(&self) -> Vec<u32> {
        self.members.levels()
    }

    /// The levels of topics, in the order of their ids.
    pub(crate) fn topic_levels(&self) -> Vec<u32> {
        self.topics.levels()
    }

    /// The proof with these levels and prices in moves, of members and of topics, in the order of
    /// their ids; what stays of the levels is shared.
    #[must_use]
    pub(crate) fn at(self, members: (&[u32], &[i32]), topics: (&[u32], &[i32])) -> Self {
        Self { members: self.members.at(members.0, members.1), topics: self.topics.at(topics.0, topics.1) }
    }

    /// What every plan of the group costs at least, by these prices, however far they are: what is
    /// added up are products of a difference of prices (65 bits), a load or count (31) and a number
    /// of members, so an `i128` holds it for up to 2³¹ of these. Linear in subscriptions,
    /// partitions and claims.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// let members = [NewMember::new("c1", ["orders"]).owning("orders", 0..12), NewMember::new("c2", ["orders"])];
    /// let group = Group::new(&[NewTopic::new("orders", 12)], &members)?;
    /// let plan = balance(&group);
    /// let bound = plan.proof().bound(&group);
    /// assert_eq!(bound.sum_of_squares, i128::from(plan.summary().sum_of_squares));
    /// assert_eq!(bound.moves, i128::from(plan.summary().moved + plan.summary().new));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn bound(&self, group: &Group) -> Bound {
        self.bound_of(group, &Believed::of(group))
    }

    /// The bound, with what is believed of the group at hand.
    pub(crate) fn bound_of(&self, group: &Group, believed: &Believed) -> Bound {
        let prices: Vec<Price> = (0..group.all_members().numbers()).map(|number| self.member(MemberId::from_index(number))).collect();
        let partitions = i128::from(believed.partitions());
        let members = group.members().map(|(id, _)| least_of_load(prices[id.index()], partitions));
        let topics = believed.topics().map(|(topic, reads)| least_of_topic(self.topic(topic), reads, &prices));
        members.chain(topics).fold(Bound::default(), Bound::plus)
    }
}

/// The least of load² − price × load, over all loads up to `most`: the load whose next partition
/// costs more than the price.
fn least_of_load(price: Price, most: i128) -> Bound {
    let cost = |load: i128| Bound { sum_of_squares: load * load, moves: 0 }.plus(price.bound().times(-load));
    let load = i128::from(price.squares).div_euclid(2);
    let candidates = [load, load + 1].map(|load| load.clamp(0, most));
    cost(candidates[0]).min(cost(candidates[1]))
}

/// The topic's partitions at its price, and on each subscription to it the count that costs least,
/// by the prices of members.
fn least_of_topic(price: Price, reads: &Reads, members: &[Price]) -> Bound {
    let (price, supply) = (price.bound(), i128::from(reads.partitions()));
    let counts = reads.followers.iter().map(|&(member, claimed)| {
        let gain = members[member.index()].bound().plus(price.times(-1));
        least_of_count(gain, claimed.into(), supply)
    });
    counts.fold(price.times(supply), Bound::plus)
}

/// The least of `each` × count, plus one move for every one beyond those claimed, over all counts
/// up to `most`.
fn least_of_count(each: Bound, claimed: i128, most: i128) -> Bound {
    let beyond = each.plus(Bound { sum_of_squares: 0, moves: 1 });
    let kept = each.times(claimed);
    Bound::default().min(kept).min(kept.plus(beyond.times(most - claimed)))
}

impl Price {
    fn bound(self) -> Bound {
        Bound { sum_of_squares: self.squares.into(), moves: self.moves.into() }
    }
}

impl Bound {
    fn plus(self, other: Self) -> Self {
        Self { sum_of_squares: self.sum_of_squares + other.sum_of_squares, moves: self.moves + other.moves }
    }

    fn times(self, factor: i128) -> Self {
        Self { sum_of_squares: self.sum_of_squares * factor, moves: self.moves * factor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUPPLY: i128 = 4;

    fn prices() -> impl Iterator<Item = Price> {
        (-3..14).flat_map(|squares| (-3..4).map(move |moves| Price { squares, moves }))
    }

    #[test]
    fn no_load_costs_less_than_the_least() {
        for price in prices() {
            let cost = |load: i128| Bound { sum_of_squares: load * load, moves: 0 }.plus(price.bound().times(-load));
            assert_eq!(Some(least_of_load(price, SUPPLY)), (0..=SUPPLY).map(cost).min(), "{price:?}");
        }
    }

    #[test]
    fn no_count_costs_less_than_the_least() {
        for (price, claimed) in prices().flat_map(|price| (0..=SUPPLY).map(move |claimed| (price, claimed))) {
            let moves = |count: i128| Bound { sum_of_squares: 0, moves: (count - claimed).max(0) };
            let cost = |count: i128| price.bound().times(count).plus(moves(count));
            assert_eq!(Some(least_of_count(price.bound(), claimed, SUPPLY)), (0..=SUPPLY).map(cost).min(), "{price:?}, {claimed} claimed");
        }
    }
}
