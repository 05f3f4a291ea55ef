//! What a change means for who may have what.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Assignment, Change, Event, Group, MemberId, NewMember, SubscriptionId, Topic, TopicId, TopicPartition, Transfer};

/// Where more than one in this many partitions is to be placed or pulled, balancing the whole group
/// takes less time than searching.
const SHARE_SEARCHED_FOR: u64 = 64;

/// Up to this many are searched for in any group.
const ALWAYS_SEARCHED_FOR: u64 = 64;

/// The members and topics that a change touches in effect, not by name only.
#[derive(Debug, Default)]
pub(crate) struct Impact {
    /// Members that left.
    pub(crate) left: BTreeSet<MemberId>,
    /// Members with another subscription than before; those that joined among them.
    pub(crate) resubscribed: BTreeSet<MemberId>,
    /// Those of them that joined, or that subscribe to other topics with partitions than before.
    pub(crate) subscribed: BTreeSet<MemberId>,
    /// Topics with partitions that nobody had, new or with a first subscriber, and how many had an
    /// owner before.
    pub(crate) grown: BTreeMap<TopicId, u32>,
    /// Members that owned partitions of a deleted topic, and how many.
    pub(crate) lost: BTreeMap<MemberId, u32>,
}

/// A group and who owned what in it: what a change is applied to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before<'a> {
    pub(crate) group: &'a Group,
    pub(crate) assignment: &'a Assignment,
}

impl Impact {
    /// What a change made of a group and its assignment. Linear in what members that subscribe anew
    /// subscribed to before and subscribe to now, in the different subscriptions of those that
    /// join, and in the partitions it deletes.
    pub(crate) fn of(before: Before<'_>, after: &Group, change: &Change) -> Self {
        let mut impact = Self::default();
        let mut deleted = BTreeSet::new();
        for event in change.events() {
            match event {
                Event::Join(member) => impact.note_member(before.group, after, &member.id, member.instance.as_deref()),
                Event::Leave(id) | Event::Subscribe { member: id, .. } | Event::Rejoin(NewMember { id, .. }) => {
                    impact.note_member(before.group, after, id, None);
                }
                Event::DeleteTopic(name) => deleted.extend(before.group.topic_id(name)),
                Event::Topic(_) => {}
            }
        }
        for &topic in &deleted {
            before.assignment.owners_of(topic).iter().for_each(|(_, owner)| *impact.lost.entry(owner).or_default() += 1);
        }
        let described = change.events().iter().filter_map(|event| match event {
            Event::Topic(topic) => after.topic_id(&topic.name),
            _ => None,
        });
        let owned = |topic| if deleted.contains(&topic) { 0 } else { before.owned(topic) };
        impact.grow(after, described.map(|topic| (topic, owned(topic))).collect());
        impact.discover(before, after);
        impact
    }

    /// Whether none of a topic's partitions had an owner before: it is new, or nobody subscribed
    /// to it.
    pub(crate) fn is_new(&self, topic: TopicId) -> bool {
        self.grown.get(&topic) == Some(&0)
    }

    /// Whether nobody is touched; also where members subscribe to something else that does not
    /// exist.
    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty() && self.subscribed.is_empty() && self.grown.is_empty() && self.lost.is_empty()
    }

    /// Whether there is more to place and to pull than is worth searching for, by a guess that
    /// is cheap: members that subscribe to other topics need as many partitions as others have on
    /// average, or what their topics have if that is less.
    pub(crate) fn is_large(&self, before: Before<'_>, after: &Group) -> bool {
        let Before { group, assignment } = before;
        let mean = assignment.len() / (group.member_count() as u64).max(1);
        let left = self.left.iter().map(|&member| assignment.load(member).into());
        let grown = self.grown.iter().map(|(&topic, &owned)| u64::from(partitions(after, topic) - owned));
        let lost = self.lost.values().map(|&lost| lost.into());
        let needs = self.subscribed.iter().map(|&member| {
            let sizes = subscribed_topics(after, member).map(|topic| u64::from(partitions(after, topic)));
            sum_until(mean, sizes).min(mean)
        });
        let most = ALWAYS_SEARCHED_FOR + assignment.len() / SHARE_SEARCHED_FOR;
        sum_until(most + 1, left.chain(grown).chain(lost).chain(needs)) > most
    }

    /// The partitions that the change leaves without an owner to stay with, ascending: what members
    /// that left had, what members had of topics that they no longer subscribe to, and what is new.
    pub(crate) fn unassigned(&self, after: &Group, claims: &Assignment) -> Vec<Transfer> {
        let from = |member: MemberId| move |partition: TopicPartition| Transfer { partition, from: Some(member), to: None };
        let left = self.left.iter().flat_map(|&member| claims.partitions_of(member).map(from(member)));
        let given_up = self.subscribed.iter().flat_map(|&member| {
            let is_unsubscribed = move |partition: &TopicPartition| !after.subscribes(member, partition.topic);
            claims.partitions_of(member).filter(is_unsubscribed).map(from(member))
        });
        let new = self.grown.iter().flat_map(|(&topic, &owned)| {
            let new = move |partition| Transfer { partition: TopicPartition { topic, partition }, from: None, to: None };
            (owned..partitions(after, topic)).map(new)
        });
        // How many there are is not known before; usually fewer than this.
        let mut unassigned = Vec::with_capacity(256);
        unassigned.extend(left.chain(given_up).chain(new));
        unassigned.sort_unstable_by_key(|transfer| transfer.partition);
        unassigned
    }

    /// Adds the topics that were there before, but to which nobody subscribed.
    fn discover(&mut self, before: Before<'_>, after: &Group) {
        let members = after.all_members();
        // One member of each subscription is enough.
        let of_subscriptions: BTreeMap<SubscriptionId, MemberId> =
            self.subscribed.iter().filter_map(|&member| Some((members.subscription_of(member)?, member))).collect();
        for &member in of_subscriptions.values() {
            for topic in subscribed_topics(after, member).filter(|&topic| !before.was_owned(topic)) {
                self.grown.insert(topic, 0);
            }
        }
    }

    /// Adds the member of this id, before or after, or of this instance: a static member that came
    /// back under another id is the same member.
    fn note_member(&mut self, before: &Group, after: &Group, id: &str, instance: Option<&str>) {
        let replaced = instance.and_then(|instance| before.member_of_instance(instance));
        for member in [before.member_id(id), after.member_id(id), replaced].into_iter().flatten() {
            match (before.all_members().subscription_of(member), after.all_members().subscription_of(member)) {
                (_, None) => drop(self.left.insert(member)),
                (was, is) if was == is => {}
                (was, _) => {
                    self.resubscribed.insert(member);
                    if was.is_none() || topics_differ(before, after, member) {
                        self.subscribed.insert(member);
                    }
                }
            }
        }
    }

    /// Adds those of these topics that have subscribers and more partitions than had an owner
    /// before.
    fn grow(&mut self, after: &Group, mut owned: BTreeMap<TopicId, u32>) {
        owned.retain(|&topic, owned| partitions(after, topic) > *owned);
        let new: Vec<TopicId> = owned.iter().filter(|(_, owned)| **owned == 0).map(|(&topic, _)| topic).collect();
        self.grown.extend(after.subscribed_among(&new).into_iter().map(|topic| (topic, 0)));
        self.grown.extend(owned.into_iter().filter(|(_, owned)| *owned > 0));
    }
}

impl Before<'_> {
    /// How many partitions of a topic had an owner.
    fn owned(self, topic: TopicId) -> u32 {
        if self.was_owned(topic) { partitions(self.group, topic) } else { 0 }
    }

    /// Whether a topic had partitions and a subscriber: then each of them had an owner.
    fn was_owned(self, topic: TopicId) -> bool {
        self.assignment.owner(TopicPartition { topic, partition: 0 }).is_some()
    }
}

/// The topics with partitions that a member subscribes to.
pub(crate) fn subscribed_topics(group: &Group, member: MemberId) -> impl Iterator<Item = TopicId> + '_ {
    group.subscribed_topics(member).filter(|&topic| group.all_topics().get(topic).partitions() > 0)
}

/// How many partitions a topic has in a group that may not know it.
fn partitions(group: &Group, topic: TopicId) -> u32 {
    group.topic(topic).map_or(0, Topic::partitions)
}

/// Whether a member subscribes to other topics with partitions than before. Topics that it
/// subscribed to all the time are not looked at: what a change makes of them, it makes for all
/// their subscribers.
fn topics_differ(before: &Group, after: &Group, member: MemberId) -> bool {
    let (was, is): (Vec<TopicId>, Vec<TopicId>) = (before.subscribed_topics(member).collect(), after.subscribed_topics(member).collect());
    let has = |group: &Group, topic| group.subscribes(member, topic) && partitions(group, topic) > 0;
    in_one_only(&was, &is).any(|topic| has(before, topic) != has(after, topic))
}

/// What only one of two ascending lists has, ascending.
fn in_one_only(one: &[TopicId], other: &[TopicId]) -> impl Iterator<Item = TopicId> {
    let (mut one, mut other) = (one.iter().copied().peekable(), other.iter().copied().peekable());
    std::iter::from_fn(move || {
        while one.peek().is_some() && one.peek() == other.peek() {
            one.next();
            other.next();
        }
        match (one.peek(), other.peek()) {
            (Some(of_one), Some(of_other)) if of_other < of_one => other.next(),
            (Some(_), _) => one.next(),
            (None, _) => other.next(),
        }
    })
}

/// The sum of these, or of as many as come to this much.
fn sum_until(enough: u64, amounts: impl Iterator<Item = u64>) -> u64 {
    let mut sum = 0;
    for amount in amounts {
        sum += amount;
        if sum >= enough {
            break;
        }
    }
    sum
}
