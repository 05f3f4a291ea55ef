//! The residual arcs that a search follows: only tight ones, which cost no squares.

use crate::model::{MemberId, TopicId};
use crate::rebalance::neighbours::{Neighbour, PARTITIONS_FOR_ONE_LOOK};
use crate::rebalance::search::{Node, ResidualArc};
use crate::rebalance::state::{Direction, LocalFlow, Side};

/// Counting what one member claims of a topic takes about as long as looking at so many arcs.
const LOOKS_FOR_ONE_COUNT: i64 = 4;

/// A count is worth while instead of looking up who has some of a topic of so many partitions: half
/// of what it takes, as those looked up become arcs each.
const PARTITIONS_FOR_ONE_COUNT: usize = (LOOKS_FOR_ONE_COUNT * PARTITIONS_FOR_ONE_LOOK) as usize / 2;

impl LocalFlow<'_> {
    /// What every arc from a node costs at least, but for those of
    /// [`each_regained`](Self::each_regained), as far as is known without looking.
    pub(crate) fn least_cost(&self, direction: Direction, node: Node) -> i32 {
        match (direction, self.side(node)) {
            (Direction::Onward, Side::Member(_)) => (self.price_bounds.cheapest_topic - self.price(node)).max(0),
            (Direction::Back, Side::Topic(_)) => (self.price(node) - self.price_bounds.dearest_member).max(0),
            (Direction::Back, Side::Member(_)) => (1 + self.price(node) - self.price_bounds.dearest_topic).max(0),
            _ => 0,
        }
    }

    /// What every arc from a node costs at least, but for those of
    /// [`each_regained`](Self::each_regained) and those of [`each_dear`](Self::each_dear).
    pub(crate) fn cost_beyond_dear(&mut self, direction: Direction, node: Node) -> i32 {
        match (direction, self.side(node)) {
            (Direction::Back, Side::Topic(topic)) if self.price_bounds.dearest_member > 0 && self.has_few_dear(topic) => self.price(node),
            _ => self.least_cost(direction, node),
        }
    }

    fn has_few_dear(&mut self, topic: TopicId) -> bool {
        let most = self.size_of(topic) / PARTITIONS_FOR_ONE_COUNT;
        self.dear().followers(topic).is_some_and(|followers| followers.len() <= most)
    }

    /// Visits the arcs along which something goes back that moved before, which saves a move.
    pub(crate) fn each_regained(&self, direction: Direction, node: Node, mut visit: impl FnMut(ResidualArc)) {
        let mut arc = |member: Node, topic: Node, other: Node, moved: i32| {
            if moved > 0 {
                visit(ResidualArc { node: other, cost: self.price(topic) - self.price(member) - 1, room: moved.unsigned_abs() });
            }
        };
        match (direction, self.side(node)) {
            (Direction::Onward, Side::Member(member)) => {
                let topics = self.moved.of_member(member);
                topics.for_each(|topic| arc(node, self.topic(topic), self.topic(topic), self.moved.get(member, topic)));
            }
            (Direction::Back, Side::Topic(topic)) => {
                let members = self.moved.of_topic(topic).iter();
                members.for_each(|&(member, moved)| arc(self.member(member), node, self.member(member), moved));
            }
            (Direction::Back, Side::Member(member)) => {
                for topic in self.moved.of_member(member) {
                    let (moved, other) = (self.moved.get(member, topic), self.topic(topic));
                    if moved < 0 && self.level(other) == self.level(node) {
                        visit(self.arc_of_more((member, topic), other, moved));
                    }
                }
            }
            _ => {}
        }
    }

    /// Visits the tight arcs of a node in a search: what units at a node can go on to, or back from
    /// where they can come.
    pub(crate) fn each_arc(&mut self, direction: Direction, node: Node, mut visit: impl FnMut(ResidualArc)) {
        match (direction, self.side(node)) {
            (Direction::Onward, Side::Topic(_)) | (Direction::Back, Side::Member(_)) => self.each_more(direction, node, |_, _| true, visit),
            (Direction::Onward, Side::Member(_)) | (Direction::Back, Side::Topic(_)) => {
                self.each_regained(direction, node, &mut visit);
                self.each_claimed(direction, node, visit);
            }
        }
    }

    /// Visits the arcs of a node that may lead to an end no further than that, and perhaps others.
    ///
    /// Onward from a member, how much it has of a topic that it follows is not looked up before a
    /// way leads there. Back from a topic that is dearer than that, only dear members are near
    /// enough that claim some of it. Back from a member, the next two arcs take one more of some
    /// topic, from somebody who has it. Together they cost at least 1 + this member's price − the
    /// dearest member's, whatever the topic's price. Where that is beyond the ends, only topics of
    /// which something moved can lead there: undoing a move saves one.
    pub(crate) fn each_promising(&mut self, direction: Direction, node: Node, most: i32, mut visit: impl FnMut(ResidualArc)) {
        let is_cut_short = 1 + self.price(node) - self.price_bounds.dearest_member > most;
        match (direction, self.side(node)) {
            (Direction::Onward, Side::Member(member)) => self.each_perhaps_claimed(node, member, visit),
            (Direction::Back, Side::Topic(topic)) if self.cost_beyond_dear(direction, node) > most => {
                self.each_regained(direction, node, &mut visit);
                self.each_dear(topic, visit);
            }
            (Direction::Back, Side::Member(_)) if is_cut_short => {
                self.each_more(direction, node, |flow: &Self, topic| !flow.moved.of_topic(topic).is_empty(), visit);
            }
            _ => self.each_arc(direction, node, visit),
        }
    }

    /// Visits the arcs along which members with a price above 0 give up some of a topic that they
    /// claim.
    pub(crate) fn each_dear(&mut self, topic: TopicId, mut visit: impl FnMut(ResidualArc)) {
        let node = self.topic(topic);
        for member in self.dear().followers(topic).into_iter().flatten() {
            let other = self.member(member);
            self.patience -= 1;
            // At another level it has none of the topic, which need not be counted.
            if self.level(other) == self.level(node) {
                let room = self.kept(member, topic);
                if room > 0 {
                    visit(ResidualArc { node: other, cost: self.price(node) - self.price(other), room });
                }
            }
        }
    }

    /// Visits the arcs along which a member may give up some of a topic.
    fn each_perhaps_claimed(&mut self, node: Node, member: MemberId, mut visit: impl FnMut(ResidualArc)) {
        self.each_regained(Direction::Onward, node, &mut visit);
        let group = self.group;
        for topic in group.subscribed_topics(member) {
            let other = self.topic(topic);
            self.patience -= 1;
            if self.level(other) == self.level(node) {
                visit(ResidualArc { node: other, cost: self.price(other) - self.price(node), room: ResidualArc::NOT_LOOKED_UP });
            }
        }
    }

    /// How many partitions of a topic that a member claims it has not given up; 0 where it has more
    /// than it claims, as those go back first.
    pub(crate) fn kept(&mut self, member: MemberId, topic: TopicId) -> u32 {
        match self.moved.get(member, topic) {
            1.. => 0,
            moved => self.claimed(member, topic).saturating_sub(moved.unsigned_abs()),
        }
    }

    /// How many partitions of a topic a member claims.
    pub(crate) fn claimed(&mut self, member: MemberId, topic: TopicId) -> u32 {
        self.patience -= LOOKS_FOR_ONE_COUNT;
        self.claims.count_of(member, topic)
    }

    /// Visits the arcs along which a member gets one more of a topic: all of a topic's, or all of a
    /// member's. It costs nothing where it comes back to what it claims.
    fn each_more(
        &mut self,
        direction: Direction,
        node: Node,
        is_of_interest: impl Fn(&Self, TopicId) -> bool,
        mut visit: impl FnMut(ResidualArc),
    ) {
        for place in self.neighbours(direction, node) {
            let other = self.neighbours.at(place).node;
            let (member, topic) = self.pair(node, other);
            if self.level(other) == self.level(node) && is_of_interest(self, topic) {
                visit(self.arc_of_more((member, topic), other, self.moved.get(member, topic)));
            }
        }
    }

    /// The arc from a topic to a follower, if that is an end so much further away than the topic.
    pub(crate) fn arc_to_taker(&self, topic: TopicId, member: MemberId, further: i32) -> Option<ResidualArc> {
        let node = self.member(member);
        let is_tight = self.level(node) == self.level(self.topic(topic));
        let (beyond, _) = self.end(Direction::Onward, node).filter(|_| is_tight)?;
        let arc = self.arc_of_more((member, topic), node, self.moved.get(member, topic));
        (arc.cost + beyond == further).then_some(arc)
    }

    /// The arc to a node along which a member gets more of a topic, of which it has so many more
    /// than it claims.
    pub(crate) fn arc_of_more(&self, (member, topic): (MemberId, TopicId), node: Node, moved: i32) -> ResidualArc {
        let room = if moved < 0 { moved.unsigned_abs() } else { ResidualArc::UNLIMITED };
        let cost = Self::cost_of_more(moved) + self.price(self.member(member)) - self.price(self.topic(topic));
        ResidualArc { node, cost, room }
    }

    /// What it costs to give a member one more of a topic: nothing where it comes back to what it
    /// claims.
    pub(crate) fn cost_of_more(moved: i32) -> i32 {
        i32::from(moved >= 0)
    }

    /// Visits the arcs along which a member gives up one that it claims of a topic: all of a
    /// topic's, or all of a member's.
    fn each_claimed(&mut self, direction: Direction, node: Node, mut visit: impl FnMut(ResidualArc)) {
        for place in self.neighbours(direction, node) {
            let Neighbour { node: other, claimed } = self.neighbours.at(place);
            let (member, topic) = self.pair(node, other);
            let moved = self.moved.get(member, topic);
            if moved <= 0 && claimed > moved.unsigned_abs() {
                let cost = self.price(self.topic(topic)) - self.price(self.member(member));
                visit(ResidualArc { node: other, cost, room: claimed - moved.unsigned_abs() });
            }
        }
    }

    /// A topic and a member that are next to each other.
    pub(crate) fn pair(&self, node: Node, other: Node) -> (MemberId, TopicId) {
        let (topic, member) = (node.min(other), node.max(other));
        (MemberId::from_index(member as usize - self.topics), TopicId::from_index(topic as usize))
    }
}
