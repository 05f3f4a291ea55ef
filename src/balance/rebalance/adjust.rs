//! What a search found is carried out on the flow: units sent at new prices, or levels that change.

use super::local_flow::{LocalFlow, Side, Way};
use super::nearby::Found;
use super::search::{Node, Search};
use crate::model::TopicId;

impl LocalFlow<'_> {
    /// Makes what is nearer than the ends found dearer or cheaper by as much as it is nearer, and sends units to or from all of them.
    pub(super) fn send(&mut self, way: Way, found: Found) -> Search {
        let Found { search, ends, distance } = found;
        for &node in search.reached() {
            let nearer = distance - search.distance(node);
            if nearer > 0 {
                self.add_to_price(node, if way == Way::Onward { nearer } else { -nearer });
            }
        }
        ends.into_iter().for_each(|(end, amount)| self.send_along(way, &search, end, amount));
        search
    }

    /// The ends in the order in which they are served: members that have the fewest of a topic first; topics in turn.
    pub(super) fn in_turn(&mut self, way: Way, search: &Search, ends: Vec<Node>) -> Vec<Node> {
        let mut by_topic: Vec<(Node, Node)> = ends.into_iter().map(|end| (search.parent(end), end)).collect();
        by_topic.sort_unstable();
        let mut ranked: Vec<(u32, Node)> = Vec::with_capacity(by_topic.len());
        for same in by_topic.chunk_by(|one, next| one.0 == next.0) {
            if way == Way::Onward && self.imbalance(same[0].0) > 0 {
                let holders = self.holders_of(TopicId::from_index(same[0].0 as usize));
                holders.iter().for_each(|&(member, claimed)| self.tally[member.index()] = claimed);
                ranked.extend(same.iter().map(|&(_, end)| (self.tally[end as usize - self.topics], end)));
                holders.iter().for_each(|&(member, _)| self.tally[member.index()] = 0);
            } else {
                ranked.extend(same.iter().enumerate().map(|(turn, &(_, end))| (turn as u32, end)));
            }
        }
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, end)| end).collect()
    }

    fn send_along(&mut self, way: Way, search: &Search, end: Node, amount: u32) {
        let (root, count) = (search.root(end), amount as i32);
        for (node, parent) in search.steps(end) {
            let (from, to) = if way == Way::Onward { (parent, node) } else { (node, parent) };
            match (self.side(from), self.side(to)) {
                (Side::Topic(topic), Side::Member(member)) => self.moved.add(member, topic, count),
                (Side::Member(member), Side::Topic(topic)) => self.moved.add(member, topic, -count),
                _ => {}
            }
        }
        self.imbalance[root as usize] -= amount;
        let place = end as usize;
        match way {
            Way::Onward if self.imbalance[place] > 0 => self.imbalance[place] -= amount,
            Way::Onward => self.load[place - self.topics] += amount,
            Way::Back => self.load[place - self.topics] -= amount,
        }
    }

    /// All that a search met, which came to no end, rises by a level, or falls by one.
    ///
    /// Its prices in moves are shifted together so that nothing costs less than nothing between it and the neighbours that it meets there.
    pub(super) fn change_levels(&mut self, way: Way, search: Search) -> Search {
        let mut shift = 0;
        for &node in search.reached() {
            shift = shift.max(self.least_shift(way, node, &search));
        }
        for &node in search.reached() {
            let level = &mut self.level[node as usize];
            match way {
                Way::Onward => *level += 1,
                Way::Back => *level -= 1,
            }
            self.add_to_price(node, if way == Way::Onward { -shift } else { shift });
        }
        search
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
