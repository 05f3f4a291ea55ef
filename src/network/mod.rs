//! The group as a network: dense numbers for what takes part, and who subscribes to what.

pub(crate) mod delta;
pub(crate) mod impact;
pub(crate) mod subscribers;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::flow::csr::Csr;
use crate::model::{Group, MemberId, Slots, Subscribed, SubscriptionId, TopicId};

/// The number of no class, hub or node.
pub(crate) const NONE: u32 = u32::MAX;

/// A shape's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ShapeId(pub(crate) u32);

impl ShapeId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The group's network of partitions and members.
///
/// On its left are *classes* of interchangeable partitions, on its right members. Here a class is
/// the partitions of one topic; where racks matter (KIP-881), `balance` divides it into those that
/// have replicas in the same racks. Classes are numbered in the order of topic names, members in
/// the order of their keys, so nothing decided on these numbers depends on how the group was
/// written down. Only classes that have partitions and a subscriber take part.
#[derive(Debug)]
pub(crate) struct Network {
    /// The topic of each class.
    pub(crate) topics: Vec<TopicId>,
    /// The id of each member.
    pub(crate) members: Vec<MemberId>,
    /// The class of each topic, by topic id.
    pub(crate) class_of: Vec<u32>,
    /// The place of every partition of every class in one row.
    pub(crate) slots: Slots,
    /// The distinct subscriptions, reduced to classes: *shapes*. Members of one shape can stand in
    /// for one another.
    pub(crate) shapes: Csr,
    /// The shape of each member.
    pub(crate) shape_of: Vec<u32>,
    /// The shape of each subscription, ascending by its number.
    shape_of_subscriptions: Vec<(SubscriptionId, u32)>,
    /// The members of each shape.
    pub(crate) members_of: Csr,
    /// The shapes that subscribe to each class.
    pub(crate) subscribers: Csr,
    /// The subscription of all members that subscribe to anything, where they have but one.
    pub(crate) only_subscription: Option<SubscriptionId>,
    /// The first class of each topic, and the number of all, where topics are divided.
    first_of_topic: Vec<u32>,
}

impl Network {
    /// The network of a group. Linear in members and distinct subscriptions, but for looking names
    /// up in order.
    pub(crate) fn of(group: &Group) -> Self {
        let subscriptions: Vec<(MemberId, SubscriptionId)> = group.all_members().subscriptions_in_order().collect();
        let distinct: Vec<(SubscriptionId, &Subscribed)> = group.all_members().distinct_subscriptions().collect();
        let subscribed = subscribed_topics(group, &distinct);
        let topics: Vec<TopicId> = group.topics().filter(|(id, _)| subscribed[id.index()]).map(|(id, _)| id).collect();
        let mut class_of = vec![NONE; group.all_topics().len()];
        for (class, topic) in topics.iter().enumerate() {
            class_of[topic.index()] = class as u32;
        }
        let slots = Slots::of_lengths(group.all_topics().in_id_order().map(|(id, topic)| match class_of[id.index()] {
            NONE => 0,
            _ => topic.partitions(),
        }));
        let (shapes, shape_of, shape_of_distinct) = shapes(&subscriptions, &distinct, &class_of, topics.len());
        let subscribers = shapes.transposed(topics.len());
        let only_subscription = only_subscription(&subscriptions, &shapes, &shape_of);
        let members = subscriptions.into_iter().map(|(member, _)| member).collect();
        Self {
            topics,
            members,
            class_of,
            slots,
            members_of: Csr::by_key(shapes.len(), &shape_of),
            shapes,
            shape_of,
            shape_of_subscriptions: distinct.iter().map(|distinct| distinct.0).zip(shape_of_distinct).collect(),
            subscribers,
            only_subscription,
            first_of_topic: Vec::new(),
        }
    }

    /// The network with topics divided into classes of these sizes, which have numbers of their own
    /// in place of topics. Which are the first of their topics is said anew, and so is who
    /// subscribes to what, and which shape each member has.
    pub(crate) fn divided(&self, first_of_topic: Vec<u32>, sizes: &[u32], subscribers: Csr, shape_of: Vec<u32>) -> Self {
        let shapes = shape_of.iter().max().map_or(0, |&last| last as usize + 1);
        Self {
            topics: (0..sizes.len()).map(TopicId::from_index).collect(),
            members: self.members.clone(),
            class_of: (0..sizes.len() as u32).collect(),
            slots: Slots::of_lengths(sizes.iter().copied()),
            shapes: subscribers.transposed(shapes),
            members_of: Csr::by_key(shapes, &shape_of),
            shape_of,
            shape_of_subscriptions: Vec::new(),
            subscribers,
            only_subscription: None,
            first_of_topic,
        }
    }

    /// The classes of each topic.
    pub(crate) fn by_topic(&self) -> impl Iterator<Item = Range<usize>> {
        let undivided = if self.first_of_topic.is_empty() { self.topics.len() } else { 0 };
        let divided = self.first_of_topic.windows(2).map(|bounds| bounds[0] as usize..bounds[1] as usize);
        (0..undivided).map(|class| class..class + 1).chain(divided)
    }

    /// The slots of some classes that follow one another.
    pub(crate) fn slots_of_all(&self, classes: Range<usize>) -> Range<usize> {
        self.slots_of(classes.start).start..self.slots_of(classes.end - 1).end
    }

    /// The shape of a subscription that members had when the network was made.
    pub(crate) fn shape_of_subscription(&self, subscription: SubscriptionId) -> Option<ShapeId> {
        let place = self.shape_of_subscriptions.binary_search_by_key(&subscription, |shape| shape.0).ok()?;
        Some(ShapeId(self.shape_of_subscriptions[place].1))
    }

    /// How many subscriptions members had.
    pub(crate) fn subscription_count(&self) -> usize {
        self.shape_of_subscriptions.len()
    }

    /// The slots of a class.
    pub(crate) fn slots_of(&self, class: usize) -> Range<usize> {
        let slots = self.slots.of(self.topics[class]);
        slots.start as usize..slots.end as usize
    }

    /// The class of a slot.
    pub(crate) fn class_of_slot(&self, slot: u32) -> usize {
        self.class_of[self.slots.topic_of(slot)] as usize
    }

    /// How many partitions a class has.
    pub(crate) fn supply(&self, class: usize) -> u32 {
        self.slots_of(class).len() as u32
    }

    /// The only shape that subscribes to anything, if there is just one: then every such member may
    /// read every class.
    pub(crate) fn only_shape(&self) -> Option<u32> {
        let mut reading = (0..self.shapes.len()).filter(|&shape| !self.shapes.row(shape).is_empty());
        let only = reading.next().map(|shape| shape as u32);
        only.filter(|_| reading.next().is_none())
    }
}

fn only_subscription(subscriptions: &[(MemberId, SubscriptionId)], shapes: &Csr, shape_of: &[u32]) -> Option<SubscriptionId> {
    let mut reading = subscriptions.iter().zip(shape_of).filter(|(_, shape)| !shapes.row(**shape as usize).is_empty());
    let (&(_, first), _) = reading.next()?;
    reading.all(|(&(_, other), _)| other == first).then_some(first)
}

/// Which topics, by id, have partitions and a subscriber.
fn subscribed_topics(group: &Group, distinct: &[(SubscriptionId, &Subscribed)]) -> Vec<bool> {
    let mut subscribed = vec![false; group.all_topics().len()];
    for (_, subscription) in distinct {
        match subscription {
            Subscribed::Every => subscribed.fill(true),
            Subscribed::These(topics) => topics.iter().for_each(|topic| subscribed[topic.index()] = true),
        }
    }
    for (id, topic) in group.all_topics().in_id_order() {
        subscribed[id.index()] &= topic.partitions() > 0;
    }
    subscribed
}

/// The distinct lists of classes that members subscribe to, the list of each member, and that of
/// each distinct subscription. Different ones may come to the same list.
fn shapes(
    subscriptions: &[(MemberId, SubscriptionId)],
    distinct: &[(SubscriptionId, &Subscribed)],
    class_of: &[u32],
    classes: usize,
) -> (Csr, Vec<u32>, Vec<u32>) {
    let mut known = vec![NONE; distinct.len()];
    let mut numbers: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
    let mut lists: Vec<Vec<u32>> = Vec::new();
    let mut shape_of = Vec::with_capacity(subscriptions.len());
    for (_, subscription) in subscriptions {
        let place = distinct.partition_point(|(before, _)| before < subscription);
        if known[place] == NONE {
            let list = classes_of(distinct[place].1, class_of, classes);
            known[place] = *numbers.entry(list).or_insert_with_key(|list| {
                lists.push(list.clone());
                lists.len() as u32 - 1
            });
        }
        shape_of.push(known[place]);
    }
    (Csr::new(lists), shape_of, known)
}

fn classes_of(subscribed: &Subscribed, class_of: &[u32], classes: usize) -> Vec<u32> {
    let Subscribed::These(topics) = subscribed else { return (0..classes as u32).collect() };
    let mut list: Vec<u32> = topics.iter().map(|topic| class_of[topic.index()]).filter(|class| *class != NONE).collect();
    if !list.is_sorted() {
        list.sort_unstable();
    }
    list
}
