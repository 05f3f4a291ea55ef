//! Who may get more of a topic and who has some of it, looked up once for each node that a search
//! comes by.

use std::mem::take;

use crate::model::{MemberId, TopicId};
use crate::rebalance::search::Node;
use crate::rebalance::state::{Direction, LocalFlow, Side};

/// A node next to another, and what is claimed between the two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neighbour {
    pub(crate) node: Node,
    pub(crate) claimed: u32,
}

/// The neighbours looked up so far, of whatever level.
#[derive(Debug, Default)]
pub(crate) struct Neighbours {
    /// Where those of each node lie among all; nowhere, from 0 to 0, if they were not looked up.
    places: Vec<(u32, u32)>,
    all: Vec<Neighbour>,
}

const NOWHERE: (u32, u32) = (0, 0);

impl Neighbours {
    /// Nothing known of so many nodes.
    pub(crate) fn unknown(nodes: usize) -> Self {
        Self { places: vec![NOWHERE; nodes], all: Vec::with_capacity(nodes) }
    }

    pub(crate) fn at(&self, place: u32) -> Neighbour {
        self.all[place as usize]
    }
}

/// Counting so many partitions takes about as long as looking at one arc.
pub(crate) const PARTITIONS_FOR_ONE_LOOK: i64 = 16;

/// Counting what one of a few members has of a topic takes about as long as counting so many of its
/// partitions.
const PARTITIONS_FOR_ONE_OF_A_FEW: usize = 32;

impl LocalFlow<'_> {
    /// Where the neighbours of a node lie that something can go to, or come from.
    ///
    /// Onward, those are the followers of a topic, and the topics that a member claims some of.
    /// Back, they are the topics that a member follows, and the members that claim some of a topic.
    /// What came to a member that claims nothing of the topic is not among them: see
    /// [`each_regained`](Self::each_regained).
    pub(crate) fn neighbours(&mut self, direction: Direction, node: Node) -> std::ops::Range<u32> {
        let (start, end) = match self.neighbours.places[node as usize] {
            NOWHERE => self.look_up(direction, node),
            known => known,
        };
        self.patience -= i64::from(end - start);
        start..end
    }

    fn look_up(&mut self, direction: Direction, node: Node) -> (u32, u32) {
        let start = self.neighbours.all.len() as u32;
        match (direction, self.side(node)) {
            (Direction::Onward, Side::Topic(topic)) => self.look_up_followers(topic),
            (Direction::Onward, Side::Member(member)) => self.look_up_held(member),
            (Direction::Back, Side::Topic(topic)) => self.look_up_holders(topic),
            (Direction::Back, Side::Member(member)) => self.look_up_followed(member),
        }
        let found = (start, self.neighbours.all.len() as u32);
        self.neighbours.places[node as usize] = found;
        found
    }

    fn look_up_followers(&mut self, topic: TopicId) {
        let Self { followers, neighbours, topics, .. } = self;
        followers.each_of_topic(topic, |member| {
            neighbours.all.push(Neighbour { node: (*topics + member.index()) as Node, claimed: 0 });
        });
    }

    fn look_up_followed(&mut self, member: MemberId) {
        let topics = self.group.subscribed_topics(member).map(|topic| Neighbour { node: topic.index() as Node, claimed: 0 });
        self.neighbours.all.extend(topics);
    }

    fn look_up_held(&mut self, member: MemberId) {
        let mut held = self.claims.counts_of(member);
        self.patience -= 1 + i64::from(self.promised[member.index()]) / PARTITIONS_FOR_ONE_LOOK;
        if self.strangers.binary_search(&member).is_ok() {
            held.retain(|&(topic, _)| self.group.subscribes(member, topic));
        }
        self.neighbours.all.extend(held.into_iter().map(|(topic, claimed)| Neighbour { node: topic.index() as Node, claimed }));
    }

    fn look_up_holders(&mut self, topic: TopicId) {
        for (owner, claimed) in self.claims_of(topic) {
            let keeps = || self.strangers.binary_search(&owner).is_err() || self.group.subscribes(owner, topic);
            if keeps() {
                let node = self.member(owner);
                self.neighbours.all.push(Neighbour { node, claimed });
            }
        }
    }

    /// The members that claim some of a topic, and how much.
    fn claims_of(&mut self, topic: TopicId) -> Vec<(MemberId, u32)> {
        self.tallied(topic, |tally, owners| {
            let mut claims = Vec::with_capacity(owners.len());
            claims.extend(owners.iter().map(|&owner| (owner, take(&mut tally[owner.index()]))).filter(|(_, claimed)| *claimed > 0));
            claims
        })
    }

    /// About how many partitions a topic has: as many as the table of claims has places for, which
    /// is near at hand; those of a topic that is new there are looked up.
    pub(crate) fn size_of(&self, topic: TopicId) -> usize {
        match self.claims.table_size_of(topic) {
            0 => self.group.topic(topic).partitions() as usize,
            size => size,
        }
    }

    /// Writes beside members how many partitions of a topic each claims.
    pub(crate) fn count_claims(&mut self, topic: TopicId, members: &mut [(u32, MemberId)]) {
        match members.len() * PARTITIONS_FOR_ONE_OF_A_FEW < self.size_of(topic) {
            true => self.count_claims_of_few(topic, members),
            false => self.tallied(topic, |tally, _| members.iter_mut().for_each(|(claimed, member)| *claimed = tally[member.index()])),
        }
    }

    /// The same, with a look at the table of claims for each member. What changed since it was
    /// written is read for all together.
    fn count_claims_of_few(&mut self, topic: TopicId, members: &mut [(u32, MemberId)]) {
        let (claims, tally, mut gains) = (self.claims, &mut self.tally, 0);
        claims.each_recent_gain_of(topic, |member, gain| {
            gains += 1;
            tally[member.index()] = tally[member.index()].wrapping_add_signed(gain);
        });
        for (claimed, member) in members.iter_mut() {
            *claimed = claims.table_count_of(*member, topic).wrapping_add(tally[member.index()]);
            debug_assert_eq!(*claimed, claims.count_of(*member, topic));
        }
        claims.each_recent_gain_of(topic, |member, _| tally[member.index()] = 0);
        self.patience -= 1 + (gains + members.len() * PARTITIONS_FOR_ONE_OF_A_FEW) as i64 / PARTITIONS_FOR_ONE_LOOK;
    }

    /// What is read of how many partitions of a topic each member claims, by its number; beside it
    /// the members that claim any and some that claim none, some twice.
    pub(crate) fn tallied<T>(&mut self, topic: TopicId, read: impl FnOnce(&mut [u32], &[MemberId]) -> T) -> T {
        let (tally, mut owners) = (&mut self.tally, Vec::with_capacity(32));
        // Of what came and went either may be met first: so a count may pass below 0 on its way.
        self.claims.each_gain_of(topic, |owner, gain| {
            let count = &mut tally[owner.index()];
            if *count == 0 {
                owners.push(owner);
            }
            *count = count.wrapping_add_signed(gain);
        });
        let found = read(tally, &owners);
        owners.iter().for_each(|owner| tally[owner.index()] = 0);
        self.patience -= 1 + self.size_of(topic) as i64 / PARTITIONS_FOR_ONE_LOOK;
        found
    }
}
