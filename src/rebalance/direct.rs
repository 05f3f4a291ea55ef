//! Units sent where an end is right beside a root: most of them, without listing what lies around
//! it.

use std::ops::ControlFlow;

use crate::model::{MemberId, TopicId};
use crate::rebalance::neighbours::PARTITIONS_FOR_ONE_LOOK;
use crate::rebalance::round::{Ends, Round};
use crate::rebalance::search::{Node, ResidualArc};
use crate::rebalance::state::{Direction, LocalFlow, Side};

/// For each unit so many members are asked who has the fewest of the topic.
const ASKED: usize = 4;

impl LocalFlow<'_> {
    /// Sends units between a root and ends beside it, at this distance. What then is left has a
    /// longer way to go, or needs more of one member.
    pub(crate) fn send_directly(&mut self, round: &mut Round<'_>, root: Node) {
        match (round.direction, self.side(root)) {
            (Direction::Onward, Side::Topic(topic)) => {
                round.search.unlist(root);
                round.ends.iter().for_each(|&ends| self.place_beside(round, topic, ends));
            }
            (Direction::Back, Side::Member(member)) => round.ends.iter().for_each(|&ends| self.fetch_from_beside(round, member, ends)),
            // What a member gives up passes through a topic.
            _ => {}
        }
    }

    /// The arc from a topic right to an end at this distance from it, if one is found without much
    /// looking.
    pub(crate) fn arc_to_end_beside(&mut self, direction: Direction, node: Node, further: i32) -> Option<ResidualArc> {
        match (direction, self.side(node)) {
            (Direction::Onward, Side::Topic(topic)) => self.arc_to_any_taker(topic, further),
            (Direction::Back, Side::Topic(topic)) if further == self.price(node) => self.arc_to_any_giver(topic),
            _ => None,
        }
    }

    fn arc_to_any_taker(&mut self, topic: TopicId, further: i32) -> Option<ResidualArc> {
        let mut looked_at = 0;
        let mut followers = self.followers.of_topic(topic).inspect(|_| looked_at += 1);
        let found = followers.find_map(|member| self.arc_to_taker(topic, member, further));
        self.patience -= looked_at;
        found
    }

    fn arc_to_any_giver(&mut self, topic: TopicId) -> Option<ResidualArc> {
        self.patience -= self.size_of(topic) as i64 / PARTITIONS_FOR_ONE_LOOK;
        let owners = self.claims.owners_of(topic);
        let giver = owners.iter().map(|(_, owner)| owner).find(|owner| self.can_spare(*owner, topic))?;
        let (node, from) = (self.member(giver), self.topic(topic));
        Some(ResidualArc { node, cost: self.price(from) - self.price(node), room: 1 })
    }

    /// Gives partitions of a topic to followers, first to those who have the fewest of it.
    fn place_beside(&mut self, round: &mut Round<'_>, topic: TopicId, ends: Ends) {
        let root = self.topic(topic);
        let wanted = self.due(Direction::Onward, root) as usize;
        let (mut looked_at, mut found) = (0, Vec::with_capacity(32));
        let mut look_at = |member: MemberId| {
            looked_at += 1;
            if self.is_among(ends, Direction::Onward, self.member(member)) && self.arc_to_taker(topic, member, round.nearest).is_some() {
                found.push((0, member));
            }
            if found.len() < ASKED * wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let _ = self.followers.shapes_of(topic).try_for_each(|shape| round.room.each_of_shape(self, shape, &mut look_at));
        self.patience -= looked_at + round.room.looked_at();
        self.keep_fewest(topic, &mut found, wanted);
        for (_, member) in found {
            self.moved.add(member, topic, 1);
            self.note_sent(Direction::Onward, root, self.member(member), 1);
        }
    }

    pub(crate) fn is_among(&self, ends: Ends, direction: Direction, node: Node) -> bool {
        ends == Ends::Any || self.due(direction.opposite(), node) > 0
    }

    /// Keeps so many of these members, those that claim the fewest of a topic. How many each claims
    /// is written beside it, but only where not all are kept.
    fn keep_fewest(&mut self, topic: TopicId, members: &mut Vec<(u32, MemberId)>, wanted: usize) {
        if members.len() <= wanted {
            return;
        }
        self.count_claims(topic, members);
        members.sort_unstable();
        members.truncate(wanted);
    }
}
