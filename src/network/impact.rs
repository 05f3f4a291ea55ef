//! What a change means for who may read what.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Change, Event, Group, MemberId, SubscriptionId, Topic, TopicId, TopicPartition};
use crate::plan::Plan;

/// Where more than one in so many partitions is to be placed or fetched, balancing the whole group
/// takes less time than searching.
const SHARE_SEARCHED_FOR: u64 = 64;

/// So few are searched for in any group.
const ALWAYS_SEARCHED_FOR: u64 = 64;

/// The members and topics that a change touches in effect, not by name only.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// Members that left.
    pub(crate) left: BTreeSet<MemberId>,
    /// Members with another subscription than before; those that joined among them.
    pub(crate) resubscribed: BTreeSet<MemberId>,
    /// Those of them that joined, or that follow other topics with partitions than before.
    pub(crate) subscribed: BTreeSet<MemberId>,
    /// Topics with partitions that nobody had, new or newly followed, and how many had an owner
    /// before.
    pub(crate) grown: BTreeMap<TopicId, u32>,
    /// Members that owned partitions of a deleted topic, and how many.
    pub(crate) bereft: BTreeMap<MemberId, u32>,
}

impl Effects {
    /// What a change made of a plan's group. Linear in what members that subscribe anew followed
    /// before and follow now, in the different subscriptions of those that join, and in the
    /// partitions it deletes.
    pub(crate) fn of(plan: &Plan, after: &Group, change: &Change) -> Self {
        let mut effects = Self::default();
        let mut deleted = BTreeSet::new();
        for event in change.events() {
            match event {
                Event::Join(member) => effects.note_member(plan, after, &member.id, member.instance.as_deref()),
                Event::Leave(id) | Event::Subscribe { member: id, .. } => effects.note_member(plan, after, id, None),
                Event::DeleteTopic(name) => deleted.extend(plan.group.topic_id(name)),
                Event::Topic(_) => {}
            }
        }
        deleted.iter().for_each(|&topic| effects.bereave(plan, topic));
        let described = change.events().iter().filter_map(|event| match event {
            Event::Topic(topic) => after.topic_id(&topic.name),
            _ => None,
        });
        let owned = |topic| if deleted.contains(&topic) { 0 } else { owned(plan, topic) };
        effects.grow(after, described.map(|topic| (topic, owned(topic))).collect());
        effects.discover(plan, after);
        effects
    }

    /// Adds the topics that were there before, but that nobody followed.
    fn discover(&mut self, plan: &Plan, after: &Group) {
        let members = after.all_members();
        let of_subscriptions: BTreeMap<SubscriptionId, MemberId> =
            self.subscribed.iter().filter_map(|&member| Some((members.subscription_of(member)?, member))).collect();
        for &member in of_subscriptions.values() {
            for topic in reading(after, member).filter(|&topic| !was_read(plan, topic)) {
                self.grown.insert(topic, 0);
            }
        }
    }

    /// Whether nothing of a followed topic was there before, or nobody followed it.
    pub(crate) fn is_new(&self, topic: TopicId) -> bool {
        self.grown.get(&topic) == Some(&0)
    }

    /// Whether nobody is touched; also where members follow something else that does not exist.
    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty() && self.subscribed.is_empty() && self.grown.is_empty() && self.bereft.is_empty()
    }

    /// The member of this id, before or after, or of this instance: a static member that came back
    /// under another id is the same member.
    fn note_member(&mut self, plan: &Plan, after: &Group, id: &str, instance: Option<&str>) {
        let before = &plan.group;
        let replaced = instance.and_then(|instance| before.member_of_instance(instance));
        for member in [before.member_id(id), after.member_id(id), replaced].into_iter().flatten() {
            match (before.all_members().subscription_of(member), after.all_members().subscription_of(member)) {
                (_, None) => drop(self.left.insert(member)),
                (was, is) if was == is => {}
                (was, _) => {
                    self.resubscribed.insert(member);
                    if was.is_none() || reads_differ(before, after, member) {
                        self.subscribed.insert(member);
                    }
                }
            }
        }
    }

    /// Whether there is more to place and to fetch than is worth searching for, by a guess that
    /// asks little: members that follow other topics need as many partitions as others have on
    /// average, or what their topics have if that is less.
    pub(crate) fn is_large(&self, plan: &Plan, after: &Group) -> bool {
        let mean = plan.assignment.len() / (plan.group.member_count() as u64).max(1);
        let left = self.left.iter().map(|&member| plan.assignment.load(member).into());
        let grown = self.grown.iter().map(|(&topic, &before)| u64::from(partitions(after, topic) - before));
        let bereft = self.bereft.values().map(|&lost| lost.into());
        let needs = self.subscribed.iter().map(|&member| {
            let sizes = reading(after, member).map(|topic| u64::from(partitions(after, topic)));
            sum_until(mean, sizes).min(mean)
        });
        let most = ALWAYS_SEARCHED_FOR + plan.assignment.len() / SHARE_SEARCHED_FOR;
        sum_until(most + 1, left.chain(grown).chain(bereft).chain(needs)) > most
    }

    fn bereave(&mut self, plan: &Plan, topic: TopicId) {
        plan.assignment.owners_of(topic).iter().for_each(|(_, owner)| *self.bereft.entry(owner).or_default() += 1);
    }

    /// Adds those of these topics that have more partitions than had an owner before, and
    /// followers.
    fn grow(&mut self, after: &Group, mut owned: BTreeMap<TopicId, u32>) {
        owned.retain(|&topic, before| partitions(after, topic) > *before);
        let new: Vec<TopicId> = owned.iter().filter(|(_, before)| **before == 0).map(|(&topic, _)| topic).collect();
        self.grown.extend(after.subscribed_among(&new).into_iter().map(|topic| (topic, 0)));
        self.grown.extend(owned.into_iter().filter(|(_, before)| *before > 0));
    }
}

/// Whether a member follows other topics with partitions than before. What it followed all the time
/// is not looked at: if the change touches that, then for all who follow it.
fn reads_differ(before: &Group, after: &Group, member: MemberId) -> bool {
    let (was, is): (Vec<TopicId>, Vec<TopicId>) = (before.subscribed_topics(member).collect(), after.subscribed_topics(member).collect());
    let reads = |group: &Group, topic| group.subscribes(member, topic) && partitions(group, topic) > 0;
    in_one_only(&was, &is).any(|topic| reads(before, topic) != reads(after, topic))
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

/// How many partitions of a topic have an owner.
fn owned(plan: &Plan, topic: TopicId) -> u32 {
    if was_read(plan, topic) { partitions(&plan.group, topic) } else { 0 }
}

/// Whether a topic had partitions and a follower: then each of them has an owner.
fn was_read(plan: &Plan, topic: TopicId) -> bool {
    plan.assignment.owner(TopicPartition { topic, partition: 0 }).is_some()
}

/// How many partitions a topic has in a group that may not know it.
pub(crate) fn partitions(group: &Group, topic: TopicId) -> u32 {
    group.known_topic(topic).map_or(0, Topic::partitions)
}

/// The topics with partitions that a member follows.
pub(crate) fn reading(group: &Group, member: MemberId) -> impl Iterator<Item = TopicId> + '_ {
    group.subscribed_topics(member).filter(|&topic| group.topic(topic).partitions() > 0)
}
