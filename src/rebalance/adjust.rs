//! Prices and levels: topics priced before a search; afterwards what was nearer than the ends is
//! priced anew, or what has no end changes its level.

use crate::model::TopicId;
use crate::rebalance::search::{Node, Search};
use crate::rebalance::state::{Direction, LocalFlow, Side};

impl LocalFlow<'_> {
    /// Gives topics the price at which a search in this direction puts off most: back 0, so that
    /// whatever a member gets costs a move, and onward 1, so that whatever it gives up does.
    ///
    /// What holds a topic's price up is followers dearer than 0 and units that came and may go
    /// back; what holds it down, followers cheaper than 0 and units that went and may come back.
    /// Topics of which neither is so can have the price.
    pub(crate) fn price_topics(&mut self, direction: Direction) {
        let (price, least_apt) = match direction {
            Direction::Onward => (1, self.price_bounds.cheapest_topic),
            Direction::Back => (0, self.price_bounds.dearest_topic),
        };
        if (price - least_apt) * direction.sign() <= 0 {
            return;
        }
        let is_against = |amount: i32| amount * direction.sign() < 0;
        let Some(has_odd_follower) = self.followed_at_a_price(is_against) else { return };
        let topics = (0..).map(TopicId::from_index).zip(&mut self.price[..self.topics]);
        for ((topic, current), has_odd_follower) in topics.zip(has_odd_follower) {
            let is_apt = (price - *current) * direction.sign() > 0 && !has_odd_follower;
            if is_apt && !self.moved.of_topic(topic).iter().any(|(_, moved)| is_against(*moved)) {
                *current = price;
            }
        }
        let prices = || self.price[..self.topics].iter().copied();
        self.price_bounds.dearest_topic = prices().max().unwrap_or(0);
        self.price_bounds.cheapest_topic = prices().min().unwrap_or(0);
    }

    /// Makes what is nearer than the ends found dearer or cheaper by as much as it is nearer: then
    /// the ways to them, and back, cost nothing.
    pub(crate) fn reprice(&mut self, direction: Direction, search: &Search, distance: i32) {
        for &node in search.reached() {
            let nearer = distance - search.distance(node);
            if nearer > 0 {
                self.add_to_price(node, direction.sign() * nearer);
            }
        }
    }

    /// All that a search met, which came to no end, rises by a level, or falls by one.
    ///
    /// Its prices in moves are shifted together so that nothing costs less than nothing between it
    /// and the neighbours that it meets there.
    pub(crate) fn change_levels(&mut self, direction: Direction, search: &Search) {
        let mut shift = 0;
        for &node in search.reached() {
            shift = shift.max(self.least_shift(direction, node, search));
        }
        for &node in search.reached() {
            self.shift_level(direction, node);
            self.add_to_price(node, -direction.sign() * shift);
        }
    }

    /// A node one level further up, or down.
    pub(crate) fn shift_level(&mut self, direction: Direction, node: Node) {
        let level = &mut self.level[node as usize];
        match direction {
            Direction::Onward => *level += 1,
            Direction::Back => *level -= 1,
        }
    }

    /// By how much a node must become cheaper when it rises, or dearer when it falls. A member that
    /// rises follows no topic above it, and a topic that falls has no follower below it: those two
    /// meet nobody.
    fn least_shift(&mut self, direction: Direction, node: Node, search: &Search) -> i32 {
        match (direction, self.side(node)) {
            (Direction::Onward, Side::Member(_)) => self.price(node),
            (Direction::Back, Side::Topic(_)) => 0,
            (Direction::Onward, Side::Topic(_)) => self.most_saved(direction, node, self.level(node) + 1, search),
            (Direction::Back, Side::Member(_)) => self.most_saved(direction, node, self.level(node) - 1, search).max(-self.price(node)),
        }
    }

    /// The most that is saved at current prices, if anything, where a member gets one more of a
    /// topic: this one, or a neighbour at that level that was not met.
    fn most_saved(&mut self, direction: Direction, node: Node, level: u32, search: &Search) -> i32 {
        let met = self.neighbours(direction, node).map(|place| self.neighbours.at(place).node);
        let met = met.filter(|&other| self.level(other) == level && !search.was_reached(other));
        let saved = met.map(|other| {
            let (member, topic) = self.pair(node, other);
            self.price(self.topic(topic)) - Self::cost_of_more(self.moved.get(member, topic)) - self.price(self.member(member))
        });
        saved.max().unwrap_or(0)
    }
}
