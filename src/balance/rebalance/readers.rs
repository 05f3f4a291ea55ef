//! Who follows a topic, kept from plan to plan.

use std::sync::Arc;

use super::effects::{Effects, reading};
use crate::balance::network::{NONE, Network};
use crate::model::{Group, MemberId, SubscriptionId, TopicId};

/// The followers of every topic: those of the network of the last plan made from the ground up, and what changed since. A persistent value.
#[derive(Clone, Debug)]
pub(in crate::balance) struct Readers {
    network: Arc<Network>,
    /// Members that left or follow other topics than they did in the network.
    stale: im::OrdSet<MemberId>,
    /// Followers the network does not know, or no longer knows rightly.
    added: im::OrdMap<TopicId, im::OrdSet<MemberId>>,
    /// Topics created since, of which the network knows nothing that still holds.
    created: im::OrdSet<TopicId>,
}

impl Readers {
    pub(in crate::balance) fn new(network: Network) -> Self {
        Self { network: Arc::new(network), stale: im::OrdSet::new(), added: im::OrdMap::new(), created: im::OrdSet::new() }
    }

    /// The one subscription that every member has that follows anything, if that is so.
    pub(super) fn only_subscription(&self) -> Option<SubscriptionId> {
        self.network.only_subscription
    }

    /// Whether so much changed since the network was made that making a new one is due.
    pub(super) fn are_old(&self) -> bool {
        self.stale.len() + self.added.len() / 4 > 16 + self.network.members.len() / 8
    }

    /// The members that follow a topic with partitions.
    pub(super) fn of_topic(&self, topic: TopicId) -> impl Iterator<Item = MemberId> + '_ {
        let class = self.network.class_of.get(topic.index()).copied().unwrap_or(NONE);
        let shapes = match class {
            NONE => &[],
            _ if self.created.contains(&topic) => &[],
            class => self.network.followers.row(class as usize),
        };
        let members = shapes.iter().flat_map(|&shape| self.network.members_of.row(shape as usize));
        let known = members.map(|&member| self.network.members[member as usize]);
        let fresh = known.filter(|member| self.stale.is_empty() || !self.stale.contains(member));
        fresh.chain(self.added.get(&topic).into_iter().flat_map(|members| members.iter().copied()))
    }

    /// The readers after a change.
    pub(super) fn after(mut self, group: &Group, effects: &Effects) -> Self {
        for &member in effects.left.iter().chain(&effects.subscribed) {
            let topics: Vec<TopicId> =
                self.added.iter().filter(|(_, members)| members.contains(&member)).map(|(&topic, _)| topic).collect();
            topics.into_iter().for_each(|topic| self.change(topic, |members| members.without(&member)));
            self.stale.insert(member);
        }
        for &member in &effects.subscribed {
            reading(group, member).for_each(|topic| self.change(topic, |members| members.update(member)));
        }
        for &topic in effects.grown.iter().filter(|(_, before)| **before == 0).map(|(topic, _)| topic) {
            self.created.insert(topic);
            self.added.insert(topic, group.subscribers(topic).collect());
        }
        self
    }

    fn change(&mut self, topic: TopicId, change: impl FnOnce(im::OrdSet<MemberId>) -> im::OrdSet<MemberId>) {
        let members = self.added.get(&topic).cloned().unwrap_or_default();
        self.added.insert(topic, change(members));
    }
}
