//! The subscriber index: who subscribes to each topic, kept from plan to plan.
//!
//! Members with the same subscription have one *shape*. A topic has a list of the shapes that
//! subscribe to it, a shape a list of its members: so a member that joins or leaves where others
//! subscribe to the same is one entry of a delta, however many topics that are.
//!
//! A topic is *listed* if the network knows it, or a list of its own was made; that list is kept up
//! also while the topic does not exist. Topics that are not listed have no partitions, or nobody
//! subscribed to them. Several subscriptions may come to one shape, and several shapes to the same
//! topics, but *all subscriptions of a shape name the same listed topics*: where a topic would have
//! to be listed that only some of them name, the index is made anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::flow::csr::Csr;
use crate::model::{Group, MemberId, SubscriptionId, TopicId};
use crate::network::delta::{Delta, DeltaEntry, IndexedDelta};
use crate::network::impact::Impact;
use crate::network::{NONE, Network, ShapeId};

/// The subscribers of every listed topic: those of the last network made, and what changed since. A
/// persistent value.
#[derive(Clone, Debug)]
pub(crate) struct SubscriberIndex {
    network: Arc<Network>,
    members_of_shapes: Arc<MembersOfShapes>,
    /// The shapes that subscribe to topics that the network does not know.
    listed: im::OrdMap<TopicId, Arc<[u32]>>,
    /// By topic, the shapes that subscribe to it besides. None is ever removed: a shape without
    /// members stays.
    shapes: Delta,
    /// By shape, the members that came and went.
    members: Delta,
    /// The shapes of subscriptions that the network does not know.
    newer: im::OrdMap<SubscriptionId, ShapeId>,
    /// How many shapes there are; those beyond the network's have only entries in deltas.
    shape_count: u32,
    /// The one subscription of all members that subscribe to anything, where they are known to have
    /// but one.
    only_subscription: Option<SubscriptionId>,
}

/// Beyond this many entries, lists or subscriptions a network is made anew, as deltas are copied
/// from version to version:
const FEWEST_SINCE_THE_NETWORK: usize = 64;

/// this many, and one for this many topics that shapes subscribe to, as making a network takes
/// longer then,
const TOPICS_OF_SHAPES_FOR_ONE_ENTRY: usize = 32;

/// but no more than these.
const MOST_SINCE_THE_NETWORK: usize = 4096;

/// Beyond this many subscriptions to new topics, too.
const MOST_LISTED: usize = 1 << 15;

impl SubscriberIndex {
    /// The subscribers as a network has them. Linear in its members.
    pub(crate) fn new(network: Network) -> Self {
        Self {
            shape_count: network.shapes.len() as u32,
            only_subscription: network.only_subscription,
            members_of_shapes: Arc::new(MembersOfShapes::of(&network)),
            network: Arc::new(network),
            listed: im::OrdMap::new(),
            shapes: Delta::default(),
            members: Delta::default(),
            newer: im::OrdMap::new(),
        }
    }

    /// The one subscription of all members that subscribe to anything, where they are known to have
    /// but one.
    pub(crate) fn only_subscription(&self) -> Option<SubscriptionId> {
        self.only_subscription
    }

    /// The index, all members that subscribe to anything having this one subscription.
    pub(crate) fn all_having(self, subscription: SubscriptionId) -> Self {
        Self { only_subscription: Some(subscription), ..self }
    }

    /// The index after a change. Linear in the deltas, in what changed subscriptions name, and once
    /// in many changes in the group.
    pub(crate) fn after(mut self, before: &Group, after: &Group, impact: &Impact) -> Self {
        let is_any_new = !impact.subscribed.is_empty() || impact.grown.keys().any(|&topic| impact.is_new(topic));
        self.only_subscription = self.only_subscription.filter(|_| !is_any_new);
        let next = self.with_members(before, after, impact).listing(after, impact);
        next.filter(|next| !next.is_long()).unwrap_or_else(|| Self::new(Network::of(after)))
    }

    fn is_long(&self) -> bool {
        let most = FEWEST_SINCE_THE_NETWORK + self.network.shapes.item_count() / TOPICS_OF_SHAPES_FOR_ONE_ENTRY;
        let most = most.min(MOST_SINCE_THE_NETWORK);
        [self.shapes.len(), self.members.len(), self.listed.len(), self.newer.len()].iter().any(|&since| since > most)
    }

    /// The index with members that left taken from their shapes, and those that subscribed put
    /// into theirs.
    fn with_members(mut self, before: &Group, after: &Group, impact: &Impact) -> Self {
        let (mut shapes, mut members) = (Vec::new(), Vec::new());
        for &member in impact.left.union(&impact.resubscribed) {
            let was = before.all_members().subscription_of(member).and_then(|subscription| self.shape_of(subscription));
            let is = after.all_members().subscription_of(member);
            let is = is.map(|subscription| self.shape_for(subscription, (before, after, member), was, &mut shapes));
            if was != is {
                members.extend(was.map(|shape| DeltaEntry::removed(shape.0, member.index() as u32)));
                members.extend(is.map(|shape| DeltaEntry::added(shape.0, member.index() as u32)));
            }
        }
        self.shapes = self.shapes.with(shapes);
        self.members = self.members.with(members);
        self
    }

    fn shape_of(&self, subscription: SubscriptionId) -> Option<ShapeId> {
        self.newer.get(&subscription).copied().or_else(|| self.network.shape_of_subscription(subscription))
    }

    /// The shape of a member after a change: a new one, if its subscription has none yet and comes
    /// to other listed topics than that of the shape it had.
    fn shape_for(
        &mut self,
        subscription: SubscriptionId,
        (before, after, member): (&Group, &Group, MemberId),
        was: Option<ShapeId>,
        shapes: &mut Vec<DeltaEntry>,
    ) -> ShapeId {
        if let Some(known) = self.shape_of(subscription) {
            return known;
        }
        let topics: Vec<TopicId> = self.listed_of(after, member).collect();
        let same = was.filter(|_| self.listed_of(before, member).eq(topics.iter().copied()));
        let shape = same.unwrap_or(ShapeId(self.shape_count));
        if same.is_none() {
            self.shape_count += 1;
            shapes.extend(topics.iter().map(|topic| DeltaEntry::added(topic.index() as u32, shape.0)));
        }
        self.newer.insert(subscription, shape);
        shape
    }

    /// The listed topics that a member subscribes to, existing or not.
    fn listed_of<'a>(&'a self, group: &'a Group, member: MemberId) -> impl Iterator<Item = TopicId> + 'a {
        group.subscribed_topics(member).filter(|&topic| self.is_listed(topic))
    }

    fn is_listed(&self, topic: TopicId) -> bool {
        self.class_of(topic) != NONE || self.listed.contains_key(&topic)
    }

    fn class_of(&self, topic: TopicId) -> u32 {
        self.network.class_of.get(topic.index()).copied().unwrap_or(NONE)
    }

    /// The index with lists of the topics that have partitions and subscribers for the first time;
    /// nothing where only some members of a shape subscribe to one, or where lists would be long.
    fn listing(mut self, after: &Group, impact: &Impact) -> Option<Self> {
        let new: Vec<TopicId> = impact.grown.keys().copied().filter(|&topic| impact.is_new(topic) && !self.is_listed(topic)).collect();
        for (topic, subscriptions) in new.iter().zip(after.subscriptions_to(&new, MOST_LISTED)?) {
            let shapes: BTreeSet<ShapeId> = subscriptions.iter().filter_map(|&subscription| self.shape_of(subscription)).collect();
            if self.has_others(after, &shapes, subscriptions.len()) {
                return None;
            }
            self.listed.insert(*topic, shapes.into_iter().map(|shape| shape.0).collect());
        }
        Some(self)
    }

    /// Whether any of these shapes stands for more subscriptions than these, which all have one of
    /// them.
    fn has_others(&self, group: &Group, shapes: &BTreeSet<ShapeId>, subscriptions: usize) -> bool {
        let is_one_to_one = self.shape_count as usize == self.network.subscription_count() + self.newer.len();
        let having = |(subscription, _): &(SubscriptionId, _)| self.shape_of(*subscription).is_some_and(|shape| shapes.contains(&shape));
        !is_one_to_one && group.all_members().distinct_subscriptions().filter(having).count() > subscriptions
    }

    /// The shapes that subscribe to a listed topic, without the delta.
    fn known_shapes_of(&self, topic: TopicId) -> &[u32] {
        match self.class_of(topic) {
            NONE => self.listed.get(&topic).map_or(&[], |shapes| shapes),
            class => self.network.subscribers.row(class as usize),
        }
    }
}

/// In place of the only member of a shape: it has none, or several.
const NOT_ONE: u32 = u32::MAX;

/// The numbers of the members of each shape of a network.
#[derive(Debug)]
struct MembersOfShapes {
    members: Csr,
    /// By shape. Where every member has a shape of its own, subscribers are found without looking
    /// further.
    only: Vec<u32>,
}

impl MembersOfShapes {
    fn of(network: &Network) -> Self {
        let number = |&place: &u32| network.members[place as usize].index() as u32;
        let members = Csr::new(network.members_of.iter().map(|places| places.iter().map(number)));
        let only = |members: &[u32]| if let [only] = members { *only } else { NOT_ONE };
        Self { only: members.iter().map(only).collect(), members }
    }

    /// The members of a shape; nobody, if the network does not know it.
    fn of_shape(&self, shape: ShapeId) -> &[u32] {
        if shape.index() < self.members.len() { self.members.row(shape.index()) } else { &[] }
    }
}

/// The subscribers of every topic that has partitions, laid out for a search.
pub(crate) struct Subscribers {
    index: SubscriberIndex,
    shapes: IndexedDelta,
    members: IndexedDelta,
    /// By shape, its only member, if it has one and no entry in the delta.
    only: Vec<u32>,
}

impl Subscribers {
    /// Those of a group with this many topics. Linear in topics, shapes and deltas.
    pub(crate) fn of(index: SubscriberIndex, topics: usize) -> Self {
        let mut only = Vec::with_capacity(index.shape_count as usize);
        only.extend_from_slice(&index.members_of_shapes.only);
        only.resize(index.shape_count as usize, NOT_ONE);
        index.members.lists().for_each(|shape| only[shape as usize] = NOT_ONE);
        Self { shapes: index.shapes.indexed(topics), members: index.members.indexed(index.shape_count as usize), only, index }
    }

    /// The members that subscribe to a topic.
    pub(crate) fn of_topic(&self, topic: TopicId) -> impl Iterator<Item = MemberId> + '_ {
        self.shapes_of(topic).flat_map(|shape| self.members_of(shape))
    }

    /// Visits the members that subscribe to a topic, in the same order. Quicker than asking for one
    /// after the other.
    pub(crate) fn each_of_topic(&self, topic: TopicId, mut visit: impl FnMut(MemberId)) {
        self.shapes_of(topic).for_each(|shape| match self.only_member_of(shape) {
            None => self.members_of(shape).for_each(&mut visit),
            Some(only) => visit(only),
        });
    }

    /// The shapes that subscribe to a topic; also some that no member has any more.
    pub(crate) fn shapes_of(&self, topic: TopicId) -> impl Iterator<Item = ShapeId> + '_ {
        self.shapes.applied(topic.index() as u32, self.index.known_shapes_of(topic).iter().copied()).map(ShapeId)
    }

    /// The members of a shape.
    pub(crate) fn members_of(&self, shape: ShapeId) -> impl Iterator<Item = MemberId> + '_ {
        self.members
            .applied(shape.0, self.index.members_of_shapes.of_shape(shape).iter().copied())
            .map(|number| MemberId::from_index(number as usize))
    }

    /// The only member of a shape, if it is known to have but one.
    pub(crate) fn only_member_of(&self, shape: ShapeId) -> Option<MemberId> {
        let only = self.only[shape.index()];
        (only != NOT_ONE).then(|| MemberId::from_index(only as usize))
    }

    /// How many shapes are numbered.
    pub(crate) fn shape_count(&self) -> usize {
        self.index.shape_count as usize
    }

    /// How many topics the shapes subscribe to in all, about.
    pub(crate) fn topics_of_shapes(&self) -> usize {
        self.index.network.shapes.item_count() + self.index.shapes.len()
    }

    /// What is wrong with the index, if anything: each topic with partitions has the members as
    /// subscribers whose subscriptions name it, each once.
    pub(crate) fn check(&self, group: &Group) -> Result<(), String> {
        let mut subscriptions = vec![BTreeSet::new(); group.all_topics().len()];
        for (member, _) in group.members() {
            for topic in group.subscribed_topics(member) {
                subscriptions[topic.index()].insert(member);
            }
        }
        for (topic, _) in group.topics().filter(|(_, topic)| topic.partitions() > 0) {
            let mut indexed: Vec<MemberId> = Vec::new();
            self.each_of_topic(topic, |member| indexed.push(member));
            if !self.of_topic(topic).eq(indexed.iter().copied()) {
                return Err(format!("{topic:?}: subscribers are visited in two orders"));
            }
            indexed.sort_unstable();
            if !indexed.iter().eq(&subscriptions[topic.index()]) {
                return Err(format!("{topic:?}: indexed are {indexed:?}, subscribed {:?}", subscriptions[topic.index()]));
            }
        }
        Ok(())
    }

    /// The index these were laid out from.
    pub(crate) fn into_index(self) -> SubscriberIndex {
        self.index
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Assignment, Change, Event, NewMember, NewTopic, Subscription, TopicPartition};
    use crate::network::impact::Before;

    /// What may happen in a group of which many subscribe to the same.
    fn any_event() -> impl Strategy<Value = Event> {
        let id = (0..6_u8).prop_map(|member| format!("m{member}"));
        let topic = (0..4_u8).prop_map(|topic| format!("t{topic}"));
        prop_oneof![
            3 => (id.clone(), any_subscription()).prop_map(|(id, subscription)| Event::Join(NewMember::new(id, subscription))),
            1 => (id.clone(), any_subscription()).prop_map(|(id, subscription)| Event::Join(NewMember::new(id, subscription).instance("pod"))),
            2 => id.clone().prop_map(Event::Leave),
            3 => (id, any_subscription()).prop_map(|(member, subscription)| Event::Subscribe { member, subscription }),
            2 => (topic.clone(), 1..9_u32).prop_map(|(name, partitions)| Event::Topic(NewTopic::new(name, partitions))),
            1 => topic.prop_map(Event::DeleteTopic),
        ]
    }

    fn any_subscription() -> impl Strategy<Value = Subscription> {
        prop_oneof![
            1 => Just(Subscription::Every),
            6 => prop::collection::vec(0..4_u8, 0..3).prop_map(|topics| Subscription::Named(topics.iter().map(|topic| format!("t{topic}")).collect())),
        ]
    }

    /// All partitions of a topic with its first subscriber.
    fn any_valid_assignment(group: &Group) -> Assignment {
        let first = |topic| group.members().map(|(member, _)| member).find(|&member| group.subscribes(member, topic));
        let owned = group.topics().filter_map(|(id, topic)| Some((id, topic.partitions(), first(id)?)));
        owned.flat_map(|(topic, count, owner)| (0..count).map(move |partition| (TopicPartition { topic, partition }, owner))).collect()
    }

    proptest! {
        #[test]
        fn an_index_kept_from_change_to_change_says_what_subscriptions_say(
            changes in prop::collection::vec(prop::collection::vec(any_event(), 1..4), 1..150),
        ) {
            let topics = [NewTopic::new("t0", 3), NewTopic::new("t1", 5)];
            let mut before = Group::new(&topics, &[]).expect("two topics make a group");
            let mut index = SubscriberIndex::new(Network::of(&before));
            for change in changes.into_iter().map(Change::from) {
                let Ok(after) = before.apply(&change) else { continue };
                let assignment = any_valid_assignment(&before);
                let impact = Impact::of(Before { group: &before, assignment: &assignment }, &after, &change);
                index = index.after(&before, &after, &impact);
                prop_assert_eq!(Subscribers::of(index.clone(), after.all_topics().len()).check(&after), Ok(()));
                before = after;
            }
        }
    }
}
