//! The residual arcs that a search follows: only tight ones, which cost no squares.

use super::local_flow::{LocalFlow, Side, Way};
use super::search::{Arc, Node};
use crate::model::{MemberId, TopicId};

impl LocalFlow<'_> {
    /// What every arc from a node costs at least, but for those of [`each_regained`](Self::each_regained), as far as is known without looking.
    pub(super) fn least_cost(&self, way: Way, node: Node) -> i32 {
        match (way, self.side(node)) {
            (Way::Onward, Side::Member(_)) => (self.cheapest_topic - self.price(node)).max(0),
            (Way::Back, Side::Topic(_)) => (self.price(node) - self.dearest_member).max(0),
            _ => 0,
        }
    }

    /// Visits the arcs along which something goes back that a member has beyond what it claims, which saves a move.
    pub(super) fn each_regained(&self, way: Way, node: Node, mut visit: impl FnMut(Arc)) {
        let mut arc = |from: Node, to: Node, other: Node, moved: i32| {
            if moved > 0 {
                visit(Arc { node: other, cost: self.price(to) - self.price(from) - 1, room: moved.unsigned_abs() });
            }
        };
        match (way, self.side(node)) {
            (Way::Onward, Side::Member(member)) => {
                let topics = self.moved.of_member(member).iter();
                topics.for_each(|&topic| arc(node, self.topic(topic), self.topic(topic), self.moved.get(member, topic)));
            }
            (Way::Back, Side::Topic(topic)) => {
                let members = self.moved.of_topic(topic).iter();
                members.for_each(|&(member, moved)| arc(self.member(member), node, self.member(member), moved));
            }
            _ => {}
        }
    }

    /// What it costs to give a member one more of a topic: nothing where it comes back to what it claims.
    pub(super) fn cost_of_more(moved: i32) -> i32 {
        i32::from(moved >= 0)
    }

    /// What it costs to take one of a topic from a member, and how many can be taken so: a move less where it has more than it claims.
    fn cost_of_less(moved: i32, held: u32) -> (i32, u32) {
        match moved > 0 {
            true => (-1, moved as u32),
            false => (0, held),
        }
    }

    /// Visits the tight arcs of a node in a search: what units at a node can go on to, or back from where they can come.
    pub(super) fn each_arc(&mut self, way: Way, node: Node, visit: impl FnMut(Arc)) {
        match (way, self.side(node)) {
            (Way::Onward, Side::Topic(topic)) => self.each_follower(node, topic, visit),
            (Way::Onward, Side::Member(member)) => self.each_held(node, member, visit),
            (Way::Back, Side::Topic(topic)) => self.each_holder(node, topic, visit),
            (Way::Back, Side::Member(member)) => self.each_followed(node, member, visit),
        }
    }

    fn each_follower(&mut self, node: Node, topic: TopicId, mut visit: impl FnMut(Arc)) {
        let mut looked = 0;
        for follower in self.readers.of_topic(topic) {
            looked += 1;
            let other = self.member(follower);
            if self.level(other) == self.level(node) {
                visit(self.one_more(follower, topic, other));
            }
        }
        self.patience -= looked;
    }

    fn each_followed(&mut self, node: Node, member: MemberId, mut visit: impl FnMut(Arc)) {
        let mut looked = 0;
        for topic in self.group.followed(member) {
            looked += 1;
            let other = self.topic(topic);
            if self.level(other) == self.level(node) {
                visit(self.one_more(member, topic, other));
            }
        }
        self.patience -= looked;
    }

    /// The arc along which a member gets one more of a topic, seen from one of them to the other.
    fn one_more(&self, member: MemberId, topic: TopicId, node: Node) -> Arc {
        let moved = self.moved.get(member, topic);
        let room = if moved < 0 { moved.unsigned_abs() } else { u32::MAX };
        Arc { node, cost: Self::cost_of_more(moved) + self.price(self.member(member)) - self.price(self.topic(topic)), room }
    }

    fn each_held(&mut self, node: Node, member: MemberId, mut visit: impl FnMut(Arc)) {
        let held = self.held_by(member);
        for (topic, claimed) in held {
            let moved = self.moved.get(member, topic);
            let units = (claimed as i32 + moved) as u32;
            if units > 0 {
                let (cost, room) = Self::cost_of_less(moved, units);
                let other = self.topic(topic);
                visit(Arc { node: other, cost: cost + self.price(other) - self.price(node), room });
            }
        }
    }

    fn each_holder(&mut self, node: Node, topic: TopicId, mut visit: impl FnMut(Arc)) {
        for (member, claimed) in self.holders_of(topic) {
            let moved = self.moved.get(member, topic);
            let units = (claimed as i32 + moved) as u32;
            if units > 0 {
                let (cost, room) = Self::cost_of_less(moved, units);
                let other = self.member(member);
                visit(Arc { node: other, cost: cost + self.price(node) - self.price(other), room });
            }
        }
    }

    /// The topics that a member claims, or has more or fewer of than it claims, and how many it claims.
    fn held_by(&mut self, member: MemberId) -> Vec<(TopicId, u32)> {
        let mut held: Vec<(TopicId, u32)> = Vec::with_capacity(32);
        self.claims.partitions_of(member).for_each(|partition| match held.last_mut() {
            Some((topic, count)) if *topic == partition.topic => *count += 1,
            _ => held.push((partition.topic, 1)),
        });
        self.patience -= i64::from(self.load[member.index()]);
        if self.stranger[member.index()] {
            held.retain(|&(topic, _)| self.group.subscribes(member, topic));
        }
        let claimed = held.len();
        for &topic in self.moved.of_member(member) {
            if held[..claimed].binary_search_by_key(&topic, |held| held.0).is_err() {
                held.push((topic, 0));
            }
        }
        held
    }

    /// The members that claim some of a topic they follow, or have more or fewer of it than they claim, and how many they claim.
    pub(super) fn holders_of(&mut self, topic: TopicId) -> Vec<(MemberId, u32)> {
        let mut holders: Vec<(MemberId, u32)> = Vec::with_capacity(32);
        let mut looked = 0;
        for (_, owner) in self.claims.owners_of(topic) {
            looked += 1;
            let tally = &mut self.tally[owner.index()];
            if *tally == 0 {
                holders.push((owner, 0));
            }
            *tally += 1;
        }
        self.patience -= looked;
        for (member, claimed) in &mut holders {
            *claimed = self.tally[member.index()];
        }
        let also = self.moved.of_topic(topic).iter().filter(|(member, _)| self.tally[member.index()] == 0);
        let also: Vec<(MemberId, u32)> = also.map(|&(member, _)| (member, 0)).collect();
        holders.iter().for_each(|(member, _)| self.tally[member.index()] = 0);
        holders.retain(|&(member, _)| !self.stranger[member.index()] || self.group.subscribes(member, topic));
        holders.extend(also);
        holders
    }
}
