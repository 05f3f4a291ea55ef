//! What a change leaves of a plan: partitions set free, members in need, and levels for who and
//! what is new.

use std::collections::BTreeSet;

use crate::model::{MemberId, TopicId, Transfer};
use crate::network::freed::freed;
use crate::network::impact::{Effects, reading};
use crate::plan::Plan;
use crate::rebalance::search::Node;
use crate::rebalance::state::LocalFlow;

/// Partitions without an owner to stay with: those to place, and those that nobody follows.
#[derive(Debug, Default)]
pub(crate) struct SetFree {
    /// Partitions to place, ascending, each with the owner it had.
    pub(crate) to_place: Vec<Transfer>,
    /// Partitions that nobody follows now.
    pub(crate) dropped: Vec<Transfer>,
}

impl LocalFlow<'_> {
    /// The flow with what a change set free, and what it leaves members in need of.
    pub(crate) fn touched_by(mut self, plan: &Plan, effects: &Effects) -> Self {
        self.strangers = effects.left.union(&effects.subscribed).copied().collect();
        let newcomers = self.newcomers(plan, effects);
        let free = freed(self.group, effects, self.claims);
        free.iter().filter_map(|handed| handed.from).for_each(|from| self.promised[from.index()] -= 1);
        let mut touched = self.release_all(&newcomers);
        for same in free.chunk_by(|one, next| one.partition.topic == next.partition.topic) {
            let topic = same[0].partition.topic;
            if self.followers.of_topic(topic).next().is_some() {
                self.add_due(self.topic(topic), same.len() as i32);
                self.set_free.to_place.extend(same);
                touched.insert(topic);
            } else {
                self.set_free.dropped.extend(same);
            }
        }
        self.put_on_levels(&touched, &newcomers, effects);
        self.note_needs(&newcomers, effects);
        self
    }

    /// The members whose levels have to be found: those that read nothing before, and those that
    /// begin to follow a topic above their level.
    fn newcomers(&self, plan: &Plan, effects: &Effects) -> BTreeSet<MemberId> {
        let follows_higher = |member: MemberId| {
            let level = self.level(self.member(member));
            reading(self.group, member).any(|topic| !effects.is_new(topic) && self.level(self.topic(topic)) > level)
        };
        let read = |member: MemberId| plan.group.member(member).is_some() && reading(&plan.group, member).next().is_some();
        let reads = |member: &MemberId| reading(self.group, *member).next().is_some();
        effects.subscribed.iter().copied().filter(|member| reads(member) && (!read(*member) || follows_higher(*member))).collect()
    }

    /// Places anew what newcomers claim, as if they had joined without claims, though it still
    /// costs nothing to give it back; and says what that is.
    fn release_all(&mut self, newcomers: &BTreeSet<MemberId>) -> BTreeSet<TopicId> {
        let mut released = BTreeSet::new();
        for &member in newcomers {
            for (topic, claimed) in self.claims.counts_of(member) {
                if self.group.subscribes(member, topic) {
                    self.moved.add(member, topic, -(claimed as i32));
                    self.add_due(self.topic(topic), claimed as i32);
                    released.insert(topic);
                }
            }
            self.promised[member.index()] = 0;
        }
        released
    }

    /// Puts topics of which something is free on the level of their lowest followers, and newcomers
    /// on the level of their highest topics.
    fn put_on_levels(&mut self, touched: &BTreeSet<TopicId>, newcomers: &BTreeSet<MemberId>, effects: &Effects) {
        let mut only_newcomers = BTreeSet::new();
        for &topic in touched {
            let node = topic.index();
            let others = || self.followers.of_topic(topic).filter(|member| !newcomers.contains(member));
            // Mostly a follower is on the topic's level, and none is ever lower.
            if !effects.is_new(topic) && others().any(|member| self.level(self.member(member)) == self.level[node]) {
                continue;
            }
            let lowest = others().map(|member| self.level(self.member(member))).min();
            match lowest {
                None => drop(only_newcomers.insert(topic)),
                Some(lowest) if effects.is_new(topic) => self.level[node] = lowest,
                Some(lowest) => self.level[node] = self.level[node].max(lowest),
            }
        }
        for &member in newcomers {
            let shared = reading(self.group, member).filter(|topic| !only_newcomers.contains(topic));
            let highest = shared.map(|topic| self.level(self.topic(topic))).max().unwrap_or(0);
            let node = self.member(member) as usize;
            self.level[node] = highest;
        }
        for &topic in &only_newcomers {
            let lowest = self.followers.of_topic(topic).map(|member| self.level(self.member(member))).min();
            self.level[topic.index()] = lowest.unwrap_or(0);
        }
        newcomers.iter().for_each(|&member| self.cheapen_released(member));
    }

    /// A topic of which a newcomer on its level can have back what it claims costs nothing there.
    fn cheapen_released(&mut self, member: MemberId) {
        let level = self.level(self.member(member));
        let released: Vec<Node> = self.moved.of_member(member).map(|topic| self.topic(topic)).collect();
        for node in released {
            if self.level(node) == level && self.price(node) > 0 {
                self.add_to_price(node, -1);
            }
        }
    }

    /// Notes what newcomers need to reach their levels, and what others lost below theirs.
    fn note_needs(&mut self, newcomers: &BTreeSet<MemberId>, effects: &Effects) {
        let touched: BTreeSet<MemberId> = effects.subscribed.iter().chain(effects.bereft.keys()).copied().collect();
        for member in touched.into_iter().filter(|&member| self.group.member(member).is_some()) {
            let node = self.member(member);
            if !newcomers.contains(&member) && reading(self.group, member).next().is_none() {
                self.level[node as usize] = 0;
                continue;
            }
            let promised = self.promised[member.index()];
            self.add_due(node, -(self.level(node).saturating_sub(promised) as i32));
            self.promised[member.index()] = promised.max(self.level(node));
        }
    }
}
