//! The neighbours of nodes: looked up once for each node that a search in one direction comes by.
//!
//! | direction | behind a topic | behind a member |
//! |---|---|---|
//! | forward | subscribers: each may get one more | claimed topics: it may give one up of each |
//! | backward | owners: each may give one up | subscribed topics: it may get one more of each |
//!
//! What came to a member that claims nothing of the topic is not among them: a reversal arc leads
//! there, which is looked up among the net moves instead.

use std::mem::take;

use crate::model::{Assignment, MemberId, TopicId};
use crate::rebalance::budget::{ARC, LOOK_UP, READ};
use crate::rebalance::state::{Direction, Node, NodeKind, State};

/// A neighbour, and how many partitions the member of the two claims of the topic. Only looked up
/// where the arc gives one up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neighbour {
    pub(super) node: Node,
    pub(super) claimed: u32,
}

/// The neighbours looked up so far, of whatever level.
#[derive(Debug)]
pub(super) struct Neighbours {
    direction: Direction,
    /// Where those of each node lie among all; from 0 to 0 if they were not looked up.
    places: Vec<(u32, u32)>,
    all: Vec<Neighbour>,
    tally: ClaimCounts,
}

const NOT_LOOKED_UP: (u32, u32) = (0, 0);

/// Counting what one member claims of a topic takes about as long as counting this many of its
/// partitions.
const PARTITIONS_FOR_ONE_MEMBER: usize = 32;

impl Neighbours {
    /// Nothing looked up yet.
    pub(super) fn unknown(state: &State<'_>, direction: Direction) -> Self {
        let nodes = state.node_count();
        Self {
            direction,
            places: vec![NOT_LOOKED_UP; nodes],
            all: Vec::with_capacity(nodes),
            tally: ClaimCounts::new(state.member_count()),
        }
    }

    /// The neighbours of a node.
    pub(super) fn of(&mut self, state: &mut State<'_>, node: Node) -> &[Neighbour] {
        let (start, end) = match self.places[node.index()] {
            NOT_LOOKED_UP => self.look_up(state, node),
            known => known,
        };
        let found = &self.all[start as usize..end as usize];
        state.spend(found.len(), ARC);
        found
    }

    fn look_up(&mut self, state: &mut State<'_>, node: Node) -> (u32, u32) {
        let start = self.all.len() as u32;
        match (self.direction, state.kind(node)) {
            (Direction::Forward, NodeKind::Topic(topic)) => {
                let neighbour = |member| Neighbour { node: state.member(member), claimed: 0 };
                state.subscribers().each_of_topic(topic, |member| self.all.push(neighbour(member)));
            }
            (Direction::Forward, NodeKind::Member(member)) => {
                let mut claimed = state.claims().counts_of(member);
                state.spend(1, ARC);
                state.spend(state.target(member) as usize, READ);
                if state.is_changed_subscriber(member) {
                    claimed.retain(|&(topic, _)| state.group().subscribes(member, topic));
                }
                self.all.extend(claimed.into_iter().map(|(topic, claimed)| Neighbour { node: state.topic(topic), claimed }));
            }
            (Direction::Backward, NodeKind::Topic(topic)) => {
                let all = &mut self.all;
                self.tally.read(state, topic, |state, tally, owners| {
                    all.reserve(owners.len());
                    for &owner in owners {
                        let claimed = take(&mut tally[owner.index()]);
                        if claimed > 0 && (!state.is_changed_subscriber(owner) || state.group().subscribes(owner, topic)) {
                            all.push(Neighbour { node: state.member(owner), claimed });
                        }
                    }
                });
            }
            (Direction::Backward, NodeKind::Member(member)) => {
                let topics = state.group().subscribed_topics(member);
                self.all.extend(topics.map(|topic| Neighbour { node: state.topic(topic), claimed: 0 }));
            }
        }
        let found = (start, self.all.len() as u32);
        self.places[node.index()] = found;
        found
    }

    /// Writes beside members how many partitions of a topic each claims.
    pub(super) fn count_claims(&mut self, state: &mut State<'_>, topic: TopicId, members: &mut [(u32, MemberId)]) {
        if members.len() * PARTITIONS_FOR_ONE_MEMBER < state.size_of(topic) {
            return members.iter_mut().for_each(|(claimed, member)| *claimed = Self::count_claim(state, *member, topic));
        }
        self.tally.read(state, topic, |_, tally, _| members.iter_mut().for_each(|(claimed, member)| *claimed = tally[member.index()]));
    }

    /// How many partitions of a topic one member claims.
    pub(super) fn count_claim(state: &mut State<'_>, member: MemberId, topic: TopicId) -> u32 {
        state.spend(1, LOOK_UP);
        state.claims().count_of(member, topic)
    }
}

/// Scratch for counting what members claim of a topic: by member, all 0 between uses.
#[derive(Debug)]
pub(super) struct ClaimCounts(Vec<u32>);

impl ClaimCounts {
    pub(super) fn new(members: usize) -> Self {
        Self(vec![0; members])
    }

    /// Has the counts read: by member, and beside them the members that claim any, with some that
    /// claim none and some twice.
    pub(super) fn counted<R>(&mut self, claims: &Assignment, topic: TopicId, read: impl FnOnce(&mut [u32], &[MemberId]) -> R) -> R {
        let (tally, mut owners) = (&mut self.0, Vec::with_capacity(32));
        // Of what came and went either may be met first: so a count may pass below 0 on its way.
        claims.each_gain_of(topic, |owner, gain| {
            let count = &mut tally[owner.index()];
            if *count == 0 {
                owners.push(owner);
            }
            *count = count.wrapping_add_signed(gain);
        });
        let found = read(tally, &owners);
        owners.iter().for_each(|owner| tally[owner.index()] = 0);
        found
    }

    /// The same, at its price in work.
    fn read(&mut self, state: &mut State<'_>, topic: TopicId, read: impl FnOnce(&State<'_>, &mut [u32], &[MemberId])) {
        self.counted(state.claims(), topic, |tally, owners| read(state, tally, owners));
        state.spend(1, ARC);
        state.spend(state.size_of(topic), READ);
    }
}
