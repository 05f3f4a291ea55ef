//! What a search found is carried out on the flow: units sent at new prices, or levels that change.

use super::local_flow::{LocalFlow, Side, Way};
use super::search::{Node, Search};

impl LocalFlow<'_> {
    /// Makes what is nearer than the ends found dearer or cheaper by as much as it is nearer: then the ways to them, and back, cost nothing.
    pub(super) fn reprice(&mut self, way: Way, search: &Search, distance: i32) {
        for &node in search.reached() {
            let nearer = distance - search.distance(node);
            if nearer > 0 {
                self.add_to_price(node, if way == Way::Onward { nearer } else { -nearer });
            }
        }
    }

    /// All that a search met, which came to no end, rises by a level, or falls by one.
    ///
    /// Its prices in moves are shifted together so that nothing costs less than nothing between it and the neighbours that it meets there.
    pub(super) fn change_levels(&mut self, way: Way, search: &Search) {
        let mut shift = 0;
        for &node in search.reached() {
            shift = shift.max(self.least_shift(way, node, search));
        }
        for &node in search.reached() {
            let level = &mut self.level[node as usize];
            match way {
                Way::Onward => *level += 1,
                Way::Back => *level -= 1,
            }
            self.add_to_price(node, if way == Way::Onward { -shift } else { shift });
        }
    }

    /// By how much a node must become cheaper when it rises, or dearer when it falls.
    fn least_shift(&mut self, way: Way, node: Node, search: &Search) -> i32 {
        let (level, price) = (self.level(node), self.price(node));
        match (way, self.side(node)) {
            (Way::Onward, Side::Member(_)) => price,
            (Way::Back, Side::Topic(_)) => 0,
            (Way::Onward, Side::Topic(topic)) => {
                let met = self.readers.of_topic(topic).map(|member| (member, self.member(member)));
                let met = met.filter(|&(_, other)| self.level(other) == level + 1 && !search.was_reached(other));
                met.map(|(member, other)| price - Self::cost_of_more(self.moved.get(member, topic)) - self.price(other)).max().unwrap_or(0)
            }
            (Way::Back, Side::Member(member)) => {
                let met = self.group.followed(member).map(|topic| (topic, self.topic(topic)));
                let met = met.filter(|&(_, other)| self.level(other) == level - 1 && !search.was_reached(other));
                let dearer = met.map(|(topic, other)| self.price(other) - Self::cost_of_more(self.moved.get(member, topic)) - price);
                dearer.max().unwrap_or(0).max(-price)
            }
        }
    }
}
