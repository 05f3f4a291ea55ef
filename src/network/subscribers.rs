//! Who follows a topic, kept from plan to plan.
//!
//! Members that follow the same have one *shape*. A topic has a list of the shapes that follow it,
//! a shape a list of its members: so whoever joins or leaves where others follow the same is one
//! edit, however many topics that are.
//!
//! A topic is *listed* if the network knows it, or a list of its own was made; that list is kept up
//! also while the topic does not exist. Topics that are not listed have no partitions, or nobody
//! followed them. Several subscriptions may come to one shape, and several shapes to the same
//! topics, but *all subscriptions of a shape name the same listed topics*: where a topic would have
//! to be listed that only some of them name, all is made anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{Group, MemberId, SubscriptionId, TopicId};
use crate::network::crowds::Crowds;
use crate::network::delta::{Edit, Edits};
use crate::network::impact::Effects;
use crate::network::{NONE, Network};

/// The followers of every listed topic: those of the last network made, and what changed since. A
/// persistent value.
#[derive(Clone, Debug)]
pub(crate) struct Readers {
    network: Arc<Network>,
    crowds: Arc<Crowds>,
    /// The shapes that follow topics that the network does not know.
    listed: im::OrdMap<TopicId, Arc<[u32]>>,
    /// By topic, what shapes follow it besides. None ever ends to: one that nobody has any more
    /// stays.
    pub(crate) shapes: Edits,
    /// By shape, what members came and went.
    pub(crate) members: Edits,
    /// The shapes of subscriptions that the network does not know.
    newer: im::OrdMap<SubscriptionId, u32>,
    /// How many shapes there are; those beyond the network's have only edits.
    shape_count: u32,
    /// The one subscription of all members that follow anything, where they are known to have but
    /// one.
    only_subscription: Option<SubscriptionId>,
}

/// Beyond so many edits, lists or subscriptions a network is made anew, as edits are copied from
/// version to version:
const FEWEST_SINCE_THE_NETWORK: usize = 64;

/// so many, and one for so many topics that shapes follow, as making a network takes longer then,
const FOLLOWINGS_FOR_ONE_EDIT: usize = 32;

/// but no more than these.
const MOST_SINCE_THE_NETWORK: usize = 4096;

/// Beyond so many subscriptions that follow new topics, too.
const MOST_LISTED: usize = 1 << 15;

impl Readers {
    pub(crate) fn new(network: Network) -> Self {
        Self {
            shape_count: network.shapes.len() as u32,
            only_subscription: network.only_subscription,
            crowds: Arc::new(Crowds::of(&network)),
            network: Arc::new(network),
            listed: im::OrdMap::new(),
            shapes: Edits::default(),
            members: Edits::default(),
            newer: im::OrdMap::new(),
        }
    }

    /// The one subscription of all members that follow anything, where they are known to have but
    /// one.
    pub(crate) fn only_subscription(&self) -> Option<SubscriptionId> {
        self.only_subscription
    }

    /// The readers, all members that follow anything having this one subscription.
    pub(crate) fn all_having(self, subscription: SubscriptionId) -> Self {
        Self { only_subscription: Some(subscription), ..self }
    }

    /// How many shapes are numbered.
    pub(crate) fn shape_count(&self) -> usize {
        self.shape_count as usize
    }

    /// How many topics the shapes follow in all, about.
    pub(crate) fn followings(&self) -> usize {
        self.network.shapes.item_count() + self.shapes.len()
    }

    /// The shapes that follow a listed topic, but for edits.
    pub(crate) fn known_shapes_of(&self, topic: TopicId) -> &[u32] {
        match self.class_of(topic) {
            NONE => self.listed.get(&topic).map_or(&[], |shapes| shapes),
            class => self.network.followers.row(class as usize),
        }
    }

    /// The numbers of the members of a shape, but for edits.
    pub(crate) fn known_members_of(&self, shape: u32) -> &[u32] {
        self.crowds.of_shape(shape)
    }

    /// The only member of each shape that has but one, but for edits.
    pub(crate) fn known_only_members(&self) -> &[u32] {
        self.crowds.only_members()
    }

    /// The readers after a change.
    pub(crate) fn after(mut self, before: &Group, after: &Group, effects: &Effects) -> Self {
        let begins = !effects.subscribed.is_empty() || effects.grown.keys().any(|&topic| effects.is_new(topic));
        self.only_subscription = self.only_subscription.filter(|_| !begins);
        let next = self.with_members(before, after, effects).listing(after, effects);
        next.filter(|next| !next.is_long()).unwrap_or_else(|| Self::new(Network::of(after)))
    }

    fn is_long(&self) -> bool {
        let most = FEWEST_SINCE_THE_NETWORK + self.network.shapes.item_count() / FOLLOWINGS_FOR_ONE_EDIT;
        let most = most.min(MOST_SINCE_THE_NETWORK);
        [self.shapes.len(), self.members.len(), self.listed.len(), self.newer.len()].iter().any(|&since| since > most)
    }

    /// The readers with members that left taken from their shapes, and those that subscribed put
    /// into theirs.
    fn with_members(mut self, before: &Group, after: &Group, effects: &Effects) -> Self {
        let (mut shapes, mut members) = (Vec::new(), Vec::new());
        for &member in effects.left.union(&effects.resubscribed) {
            let was = before.all_members().subscription_of(member).and_then(|subscription| self.shape_of(subscription));
            let is = after.all_members().subscription_of(member);
            let is = is.map(|subscription| self.shape_for(subscription, (before, after, member), was, &mut shapes));
            if was != is {
                members.extend(was.map(|shape| Edit::ends(shape, member.index() as u32)));
                members.extend(is.map(|shape| Edit::begins(shape, member.index() as u32)));
            }
        }
        self.shapes = self.shapes.with(shapes);
        self.members = self.members.with(members);
        self
    }

    fn shape_of(&self, subscription: SubscriptionId) -> Option<u32> {
        self.newer.get(&subscription).copied().or_else(|| self.network.shape_of_subscription(subscription))
    }

    /// The shape of a member after a change: a new one, if its subscription has none yet and comes
    /// to other listed topics than that of the shape it had.
    fn shape_for(
        &mut self,
        subscription: SubscriptionId,
        (before, after, member): (&Group, &Group, MemberId),
        was: Option<u32>,
        shapes: &mut Vec<Edit>,
    ) -> u32 {
        if let Some(known) = self.shape_of(subscription) {
            return known;
        }
        let follows: Vec<TopicId> = self.listed_of(after, member).collect();
        let same = was.filter(|_| self.listed_of(before, member).eq(follows.iter().copied()));
        let shape = same.unwrap_or(self.shape_count);
        if same.is_none() {
            self.shape_count += 1;
            shapes.extend(follows.iter().map(|topic| Edit::begins(topic.index() as u32, shape)));
        }
        self.newer.insert(subscription, shape);
        shape
    }

    /// The listed topics that a member follows, existing or not.
    fn listed_of<'a>(&'a self, group: &'a Group, member: MemberId) -> impl Iterator<Item = TopicId> + 'a {
        group.subscribed_topics(member).filter(|&topic| self.is_listed(topic))
    }

    fn is_listed(&self, topic: TopicId) -> bool {
        self.class_of(topic) != NONE || self.listed.contains_key(&topic)
    }

    fn class_of(&self, topic: TopicId) -> u32 {
        self.network.class_of.get(topic.index()).copied().unwrap_or(NONE)
    }

    /// The readers with lists of the topics that have partitions and followers for the first time;
    /// nothing where one is followed by only some of a shape, or where lists would be long.
    fn listing(mut self, after: &Group, effects: &Effects) -> Option<Self> {
        let new: Vec<TopicId> = effects.grown.keys().copied().filter(|&topic| effects.is_new(topic) && !self.is_listed(topic)).collect();
        for (topic, subscriptions) in new.iter().zip(after.subscriptions_to(&new, MOST_LISTED)?) {
            let shapes: BTreeSet<u32> = subscriptions.iter().filter_map(|&subscription| self.shape_of(subscription)).collect();
            if self.has_others(after, &shapes, subscriptions.len()) {
                return None;
            }
            self.listed.insert(*topic, shapes.into_iter().collect());
        }
        Some(self)
    }

    /// Whether any of these shapes stands for more subscriptions than these, which all have one of
    /// them.
    fn has_others(&self, group: &Group, shapes: &BTreeSet<u32>, subscriptions: usize) -> bool {
        let is_one_to_one = self.shape_count as usize == self.network.subscription_count() + self.newer.len();
        let having = |(subscription, _): &(SubscriptionId, _)| self.shape_of(*subscription).is_some_and(|shape| shapes.contains(&shape));
        !is_one_to_one && group.all_members().distinct_subscriptions().filter(having).count() > subscriptions
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::balance::balance;
    use crate::model::{Change, Event, NewMember, NewTopic, Subscription};
    use crate::network::followers::Followers;

    /// What may happen in a group of which many follow the same.
    fn any_event() -> impl Strategy<Value = Event> {
        let id = (0..6_u8).prop_map(|member| format!("m{member}"));
        let topic = (0..4_u8).prop_map(|topic| format!("t{topic}"));
        prop_oneof![
            3 => (id.clone(), any_subscription()).prop_map(|(id, subscription)| Event::Join(NewMember::new(id, subscription))),
            1 => (id.clone(), any_subscription()).prop_map(|(id, subscription)| Event::Join(NewMember::new(id, subscription).instance("pod"))),
            2 => id.clone().prop_map(Event::Leave),
            3 => (id, any_subscription()).prop_map(|(member, subscription)| Event::Subscribe { member, subscription }),
            2 => (topic.clone(), 1..9_i64).prop_map(|(name, partitions)| Event::Topic(NewTopic::new(name, partitions))),
            1 => topic.prop_map(Event::DeleteTopic),
        ]
    }

    fn any_subscription() -> impl Strategy<Value = Subscription> {
        prop_oneof![
            1 => Just(Subscription::Every),
            6 => prop::collection::vec(0..4_u8, 0..3).prop_map(|topics| Subscription::Named(topics.iter().map(|topic| format!("t{topic}")).collect())),
        ]
    }

    /// The members that follow each topic with partitions: as the readers have them, and as their
    /// subscriptions say.
    fn compared(readers: Readers, group: &Group) -> Vec<(Vec<MemberId>, Vec<MemberId>)> {
        let followers = Followers::of(readers, group.all_topics().len());
        let read = group.topics().filter(|(_, topic)| topic.partitions() > 0).map(|(id, _)| id);
        let compared = read.map(|topic| {
            let mut kept: Vec<MemberId> = followers.of_topic(topic).collect();
            let mut visited = Vec::new();
            followers.each_of_topic(topic, |member| visited.push(member));
            assert_eq!(visited, kept, "visited in the same order");
            let shapes: Vec<u32> = followers.shapes_of(topic).collect();
            (0..=shapes.len()).for_each(|place| assert!(followers.shapes_from(topic, place as u32).eq(shapes[place..].iter().copied())));
            kept.sort_unstable();
            let mut following: Vec<MemberId> = group.members().map(|(id, _)| id).filter(|&id| group.subscribes(id, topic)).collect();
            following.sort_unstable();
            (kept, following)
        });
        compared.collect()
    }

    proptest! {
        #[test]
        fn readers_kept_from_change_to_change_are_those_that_subscriptions_say(
            changes in prop::collection::vec(prop::collection::vec(any_event(), 1..4), 1..150),
        ) {
            let topics = [NewTopic::new("t0", 3), NewTopic::new("t1", 5)];
            let mut plan = balance(&Group::new(&topics, &[]).expect("two topics make a group"));
            let mut readers = plan.readers.clone();
            for change in changes.into_iter().map(Change::from) {
                let Ok(group) = plan.group().apply(&change) else { continue };
                readers = readers.after(plan.group(), &group, &Effects::of(&plan, &group, &change));
                for (kept, following) in compared(readers.clone(), &group) {
                    prop_assert_eq!(kept, following);
                }
                plan = balance(&group);
            }
        }
    }
}
