//! Units brought back from ends right beside a root: a member takes what it needs of others that
//! can spare some.

use crate::model::{MemberId, TopicId};
use crate::rebalance::neighbours::PARTITIONS_FOR_ONE_LOOK;
use crate::rebalance::round::{Ends, Round};
use crate::rebalance::state::{Direction, LocalFlow};

/// A member that has others fetches so many partitions of a topic at once: reading who has the
/// topic takes longer than all else about one of them.
const LEAST_OF_A_TOPIC: u32 = 2;

/// Finding what one member claims takes about as long as asking the owners of so many partitions,
/// and of one more for each that it has.
const PARTITIONS_FOR_ONE_OWNER: usize = 64;

/// So many owners of a topic's partitions have been asked once none is left.
const EVERYBODY: u32 = u32::MAX;

/// Whether there is more of a topic to be fetched from owners beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    Perhaps,
    Nothing,
}

impl LocalFlow<'_> {
    /// Takes partitions from members that can spare one or must give some up, of all topics that a
    /// member follows about equally many; a few at a time if it has others.
    pub(crate) fn fetch_from_beside(&mut self, round: &mut Round<'_>, member: MemberId, ends: Ends) {
        let root = self.member(member);
        // The nearest end may be nearer: where some of a topic comes back to the member, or a dear
        // owner must give one up.
        if 1 + self.price(root) != round.nearest {
            return;
        }
        let is_near = |topic: &TopicId| self.level(self.topic(*topic)) == self.level(root);
        let mut topics: Vec<TopicId> = self.group.subscribed_topics(member).filter(is_near).collect();
        self.patience -= topics.len() as i64;
        self.fetch_shares(round, (&mut topics, ends), member);
        while self.due(Direction::Back, root) > 0 && !topics.is_empty() {
            match self.few_who_can_spare(&topics, ends) {
                Some(owners) => return self.fetch_from(round, &owners, (&topics, member)),
                None => self.fetch_shares(round, (&mut topics, ends), member),
            }
        }
    }

    /// Takes partitions of all of these topics about equally many, and keeps the topics of which
    /// there may be more.
    fn fetch_shares(&mut self, round: &mut Round<'_>, (topics, ends): (&mut Vec<TopicId>, Ends), member: MemberId) {
        let least = if self.claims.load(member) > 0 { LEAST_OF_A_TOPIC } else { 1 };
        let mut turns = topics.len() as u32 + 1;
        topics.retain(|&topic| {
            turns -= 1;
            let needed = self.due(Direction::Back, self.member(member));
            let share = needed.div_ceil(turns).max(least).min(needed);
            share == 0 || self.fetch_of(round, (topic, ends), member, share) == Left::Perhaps
        });
    }

    /// The members that can spare a partition of whatever they claim, or must give some up; nothing
    /// where the owners of these topics are asked sooner than they.
    fn few_who_can_spare(&mut self, topics: &[TopicId], ends: Ends) -> Option<Vec<MemberId>> {
        let partitions = topics.iter().map(|topic| self.size_of(*topic)).sum::<usize>();
        if partitions <= self.promised.len() {
            return None;
        }
        self.patience -= self.promised.len() as i64 / PARTITIONS_FOR_ONE_LOOK;
        let can_spare = |owner: &MemberId| self.is_among(ends, Direction::Back, self.member(*owner)) && self.is_spare_beside(*owner);
        let owners: Vec<MemberId> = (0..self.promised.len()).map(MemberId::from_index).filter(can_spare).collect();
        (owners.iter().map(|owner| self.partitions_for(*owner)).sum::<usize>() < partitions).then_some(owners)
    }

    /// Finding what an owner claims of each topic takes about as long as asking the owners of so
    /// many partitions.
    fn partitions_for(&self, owner: MemberId) -> usize {
        PARTITIONS_FOR_ONE_OWNER + self.promised[owner.index()] as usize
    }

    /// Takes a partition of each of these owners, as long as more are needed: of the topic, among
    /// these in ascending order, of which the member got the fewest.
    fn fetch_from(&mut self, round: &mut Round<'_>, owners: &[MemberId], (topics, member): (&[TopicId], MemberId)) {
        for &owner in owners {
            if self.due(Direction::Back, self.member(member)) == 0 {
                break;
            }
            self.patience -= self.partitions_for(owner) as i64 / PARTITIONS_FOR_ONE_LOOK;
            let claimed = self.claims.counts_of(owner).into_iter().map(|(topic, _)| topic);
            let shared = claimed.filter(|topic| topics.binary_search(topic).is_ok() && self.can_spare(owner, *topic));
            if let Some(topic) = shared.min_by_key(|topic| self.moved.get(member, *topic)) {
                self.fetch_one(round, topic, owner, member);
            }
        }
    }

    /// Takes up to so many partitions of a topic, one from each member that can spare one or must
    /// give some up, and claims one that it can give. Who was asked before in this round for one
    /// partition after the other, for whatever member, is not asked so again.
    fn fetch_of(&mut self, round: &mut Round<'_>, (topic, ends): (TopicId, Ends), member: MemberId, mut wanted: u32) -> Left {
        let node = self.topic(topic);
        let mut asked = *round.asked(node, ends);
        self.patience -= 1;
        if asked == EVERYBODY {
            return Left::Nothing;
        }
        self.patience -= self.size_of(topic) as i64 / PARTITIONS_FOR_ONE_LOOK;
        let owners = self.claims.owners_of(topic);
        let mut owners = owners.iter().skip(asked as usize).map(|(_, owner)| owner);
        let mut last = member;
        while wanted > 0 {
            let gives = |owner: &MemberId| {
                asked += 1;
                // Partitions that follow each other have mostly one owner.
                let is_same = std::mem::replace(&mut last, *owner) == *owner;
                !is_same && self.is_among(ends, Direction::Back, self.member(*owner)) && self.can_spare(*owner, topic)
            };
            let Some(owner) = owners.find(gives) else { break };
            self.fetch_one(round, topic, owner, member);
            wanted -= 1;
        }
        *round.asked(node, ends) = if wanted > 0 { EVERYBODY } else { asked };
        if wanted > 0 { Left::Nothing } else { Left::Perhaps }
    }

    fn fetch_one(&mut self, round: &mut Round<'_>, topic: TopicId, owner: MemberId, member: MemberId) {
        // What was listed of the topic may show more room than there is now.
        round.search.unlist(self.topic(topic));
        debug_assert!(owner != member, "who needs some can spare none");
        self.moved.add(owner, topic, -1);
        self.moved.add(member, topic, 1);
        self.note_sent(Direction::Back, self.member(member), self.member(owner), 1);
    }

    pub(crate) fn can_spare(&self, owner: MemberId, topic: TopicId) -> bool {
        self.is_spare_beside(owner) && self.moved.get(owner, topic) == 0
    }

    /// Whether an owner who may keep what it claims is an end as near as others beside a topic: its
    /// price cancels against the step to the ground. What it must give up is as near only at price
    /// 0.
    fn is_spare_beside(&self, owner: MemberId) -> bool {
        let node = self.member(owner);
        self.is_end(Direction::Back, node, self.price(node)) && self.strangers.binary_search(&owner).is_err()
    }
}
