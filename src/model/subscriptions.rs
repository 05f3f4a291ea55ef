//! Subscriptions as members share them: equal ones are kept once.

use std::cmp::Ordering;
use std::sync::Arc;

use super::ids::{MemberId, TopicId};

/// The topics a member subscribes to, as numbers.
#[derive(Clone, Debug)]
pub(crate) enum Subscribed {
    /// Every topic that exists.
    Every,
    /// These, ascending; also topics that do not exist (yet).
    These(Arc<[TopicId]>),
}

impl Subscribed {
    /// These topics, in any order, repeated or not.
    pub(crate) fn these(mut topics: Vec<TopicId>) -> Self {
        topics.sort_unstable();
        topics.dedup();
        Self::These(topics.into())
    }

    /// Whether the topic is among them; existing or not.
    pub(crate) fn contains(&self, topic: TopicId) -> bool {
        match self {
            Self::Every => true,
            Self::These(topics) => topics.binary_search(&topic).is_ok(),
        }
    }

    /// Visits the places of those among these topics, which ascend. O(length of the shorter list ×
    /// log of the longer).
    #[inline]
    fn each_among(&self, topics: &[TopicId], visit: impl FnMut(usize)) {
        match self {
            Self::These(list) if list.len() < topics.len() => {
                list.iter().filter_map(|topic| topics.binary_search(topic).ok()).for_each(visit);
            }
            _ => (0..topics.len()).filter(|&place| self.contains(topics[place])).for_each(visit),
        }
    }
}

impl Ord for Subscribed {
    /// Lists that are shared are equal, which is usually so, and seen without reading them.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Every, Self::Every) => Ordering::Equal,
            (Self::Every, Self::These(_)) => Ordering::Less,
            (Self::These(_), Self::Every) => Ordering::Greater,
            (Self::These(one), Self::These(other)) if Arc::ptr_eq(one, other) => Ordering::Equal,
            (Self::These(one), Self::These(other)) => one.cmp(other),
        }
    }
}

impl PartialOrd for Subscribed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Subscribed {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Subscribed {}

/// The number of a subscription, for as long as a member has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SubscriptionId(u32);

/// A subscription and the members that have it.
#[derive(Clone, Debug)]
struct Shared {
    subscribed: Subscribed,
    members: im::OrdSet<MemberId>,
}

/// The subscriptions of a group's members, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subscriptions {
    shared: im::OrdMap<SubscriptionId, Shared>,
    numbers: im::OrdMap<Subscribed, SubscriptionId>,
    next: u32,
}

impl Subscriptions {
    /// The subscriptions, a member having this one from now on; and its number.
    pub(super) fn with_subscriber(mut self, subscribed: Subscribed, member: MemberId) -> (Self, SubscriptionId) {
        let id = match self.numbers.get(&subscribed) {
            Some(&id) => id,
            None => self.number(subscribed),
        };
        if let Some(shared) = self.shared.get_mut(&id) {
            shared.members.insert(member);
        }
        (self, id)
    }

    fn number(&mut self, subscribed: Subscribed) -> SubscriptionId {
        let id = SubscriptionId(self.next);
        self.next += 1;
        self.numbers.insert(subscribed.clone(), id);
        self.shared.insert(id, Shared { subscribed, members: im::OrdSet::new() });
        id
    }

    /// The subscriptions, a member having given one up; the last to do so takes it along.
    pub(super) fn without_subscriber(mut self, id: SubscriptionId, member: MemberId) -> Self {
        let Some(shared) = self.shared.get_mut(&id) else { return self };
        shared.members.remove(&member);
        if shared.members.is_empty() {
            let subscribed = shared.subscribed.clone();
            self.numbers.remove(&subscribed);
            self.shared.remove(&id);
        }
        self
    }

    pub(super) fn get(&self, id: SubscriptionId) -> &Subscribed {
        &self.shared[&id].subscribed
    }

    /// The subscriptions that members have, ascending by number.
    pub(super) fn distinct(&self) -> impl Iterator<Item = (SubscriptionId, &Subscribed)> {
        self.shared.iter().map(|(&id, shared)| (id, &shared.subscribed))
    }

    /// The members with this subscription, in the order of their numbers.
    pub(super) fn members_having(&self, id: SubscriptionId) -> impl Iterator<Item = MemberId> + '_ {
        self.shared.get(&id).into_iter().flat_map(|shared| shared.members.iter().copied())
    }

    /// Those of these topics that any member subscribes to; both ascend. Subscriptions are read
    /// until all are found.
    pub(super) fn subscribed_among(&self, topics: &[TopicId]) -> Vec<TopicId> {
        let mut subscribed = vec![false; topics.len()];
        let mut left = topics.len();
        let mut subscriptions = self.shared.values();
        while left > 0
            && let Some(shared) = subscriptions.next()
        {
            shared.subscribed.each_among(topics, |place| left -= usize::from(!std::mem::replace(&mut subscribed[place], true)));
        }
        topics.iter().zip(subscribed).filter(|(_, subscribed)| *subscribed).map(|(&topic, _)| topic).collect()
    }

    /// The subscriptions to each of these topics, which ascend; ascending by number.
    /// Nothing where that is more than this many in all.
    pub(super) fn subscribing_to(&self, topics: &[TopicId], most: usize) -> Option<Vec<Vec<SubscriptionId>>> {
        let mut subscribing = vec![Vec::new(); topics.len()];
        if topics.is_empty() {
            return Some(subscribing);
        }
        let mut listed = 0;
        for (id, subscribed) in self.distinct() {
            subscribed.each_among(topics, |place| {
                listed += 1;
                subscribing[place].push(id);
            });
            if listed > most {
                return None;
            }
        }
        Some(subscribing)
    }
}
