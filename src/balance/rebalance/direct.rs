//! Units sent where an end is right beside a root: most of them, without listing what lies around it.

use std::ops::ControlFlow;

use super::local_flow::{Direction, LocalFlow, Side};
use super::neighbours::PARTITIONS_FOR_ONE_LOOK;
use super::round::{Ends, Round};
use super::search::Node;
use crate::model::{MemberId, TopicId};

/// For each unit so many members are asked who has the fewest of the topic.
const ASKED: usize = 4;

/// A member that has others fetches so many partitions of a topic at once: reading who has the topic takes longer than all else about one of them.
const LEAST_OF_A_TOPIC: u32 = 2;

/// So many owners of a topic's partitions have been asked once none is left.
const EVERYBODY: u32 = u32::MAX;

/// Whether there is more of a topic to be fetched from owners beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    Perhaps,
    Nothing,
}

impl LocalFlow<'_> {
    /// Sends units between a root and ends beside it, at this distance. What then is left has a longer way to go, or needs more of one member.
    pub(super) fn send_directly(&mut self, round: &mut Round<'_>, root: Node) {
        match (round.direction, self.side(root)) {
            (Direction::Onward, Side::Topic(topic)) => {
                round.search.unlist(root);
                round.ends.iter().for_each(|&ends| self.place_beside(topic, round.nearest, ends));
            }
            (Direction::Back, Side::Member(member)) => round.ends.iter().for_each(|&ends| self.fetch_from_beside(round, member, ends)),
            // What a member gives up passes through a topic.
            _ => {}
        }
    }

    /// Gives partitions of a topic to followers, first to those who have the fewest of it.
    fn place_beside(&mut self, topic: TopicId, nearest: i32, ends: Ends) {
        let root = self.topic(topic);
        let wanted = self.due(Direction::Onward, root) as usize;
        let price = self.price(root);
        let is_beside = |member: &MemberId| {
            let node = self.member(*member);
            let cost = || Self::cost_of_more(self.moved.get(*member, topic)) + self.price(node) - price;
            self.level(node) == self.level(root)
                && self.is_among(ends, Direction::Onward, node)
                && self.end(Direction::Onward, node).is_some_and(|(further, _)| cost() + further == nearest)
        };
        let (mut looked_at, mut found) = (0, Vec::with_capacity(32));
        self.followers.each_of_topic(topic, |member| {
            looked_at += 1;
            if is_beside(&member) {
                found.push((0, member));
            }
            if found.len() < ASKED * wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        self.patience -= looked_at;
        self.keep_fewest(topic, &mut found, wanted);
        for (_, member) in found {
            self.moved.add(member, topic, 1);
            self.note_sent(Direction::Onward, root, self.member(member), 1);
        }
    }

    fn is_among(&self, ends: Ends, direction: Direction, node: Node) -> bool {
        ends == Ends::Any || self.due(direction.opposite(), node) > 0
    }

    /// Keeps so many of these members, those that claim the fewest of a topic. How many each claims is written beside it, but only where not all are kept.
    fn keep_fewest(&mut self, topic: TopicId, members: &mut Vec<(u32, MemberId)>, wanted: usize) {
        if members.len() <= wanted {
            return;
        }
        self.count_claims(topic, members);
        members.sort_unstable();
        members.truncate(wanted);
    }

    /// Takes partitions from members that can spare one or must give some up, of all topics that a member follows about equally many; a few at a time if it has others.
    fn fetch_from_beside(&mut self, round: &mut Round<'_>, member: MemberId, ends: Ends) {
        let root = self.member(member);
        // The nearest end may be nearer: where some of a topic comes back to the member, or a dear owner must give one up.
        if 1 + self.price(root) != round.nearest {
            return;
        }
        let is_near = |topic: &TopicId| self.level(self.topic(*topic)) == self.level(root);
        let mut topics: Vec<TopicId> = self.group.followed(member).filter(is_near).collect();
        let least = if self.claims.load(member) > 0 { LEAST_OF_A_TOPIC } else { 1 };
        self.patience -= topics.len() as i64;
        while self.due(Direction::Back, root) > 0 && !topics.is_empty() {
            let mut turns = topics.len() as u32 + 1;
            topics.retain(|&topic| {
                turns -= 1;
                let needed = self.due(Direction::Back, root);
                let share = needed.div_ceil(turns).max(least).min(needed);
                share == 0 || self.fetch_of(round, (topic, ends), member, share) == Left::Perhaps
            });
        }
    }

    /// Takes up to so many partitions of a topic, one from each member that can spare one or must give some up, and claims one that it can give. Who was asked before
    /// in this round, for whatever member, is not asked again.
    fn fetch_of(&mut self, round: &mut Round<'_>, (topic, ends): (TopicId, Ends), member: MemberId, wanted: u32) -> Left {
        let (root, node) = (self.member(member), self.topic(topic));
        let stop_at = self.due(Direction::Back, root) - wanted;
        let mut asked = *round.asked(node, ends);
        self.patience -= 1;
        if asked == EVERYBODY {
            return Left::Nothing;
        }
        self.patience -= self.size_of(topic) as i64 / PARTITIONS_FOR_ONE_LOOK;
        let mut last = member;
        for (_, owner) in self.claims.owners_of(topic).iter().skip(asked as usize) {
            if self.due(Direction::Back, root) == stop_at {
                break;
            }
            asked += 1;
            // Partitions that follow each other have mostly one owner.
            if std::mem::replace(&mut last, owner) != owner
                && owner != member
                && self.is_among(ends, Direction::Back, self.member(owner))
                && self.can_spare(owner, topic)
            {
                self.moved.add(owner, topic, -1);
                self.moved.add(member, topic, 1);
                self.note_sent(Direction::Back, root, self.member(owner), 1);
            }
        }
        // What was listed of the topic may show more room than there is now.
        round.search.unlist(node);
        let left = if self.due(Direction::Back, root) > stop_at { Left::Nothing } else { Left::Perhaps };
        *round.asked(node, ends) = if left == Left::Nothing { EVERYBODY } else { asked };
        left
    }

    fn can_spare(&self, owner: MemberId, topic: TopicId) -> bool {
        let node = self.member(owner);
        // An owner's price cancels against the step to the ground. What it must give up is as near only at price 0.
        self.is_end(Direction::Back, node, self.price(node))
            && self.moved.get(owner, topic) == 0
            && self.strangers.binary_search(&owner).is_err()
    }
}
