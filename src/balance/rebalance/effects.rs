//! What a change means for who may read what.

use std::collections::{BTreeMap, BTreeSet};

use crate::balance::plan::Plan;
use crate::model::{Change, Event, Group, MemberId, TopicId, TopicPartition};

/// The members and topics that a change touches in effect, not by name only.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Members that left.
    pub(super) left: BTreeSet<MemberId>,
    /// Members that follow other topics with partitions than before; those that joined among them.
    pub(super) subscribed: BTreeSet<MemberId>,
    /// Topics with partitions that nobody had, new or newly followed, and how many had an owner before.
    pub(super) grown: BTreeMap<TopicId, u32>,
    /// Members that owned partitions of a deleted topic, and how many.
    pub(super) bereft: BTreeMap<MemberId, u32>,
}

impl Effects {
    /// What a change made of a plan's group. Linear in the subscriptions it names and in the partitions it deletes.
    pub(super) fn of(plan: &Plan, after: &Group, change: &Change) -> Self {
        let mut effects = Self::default();
        let mut deleted = BTreeSet::new();
        for event in change.events() {
            match event {
                Event::Join(member) => effects.member(plan, after, &member.id, member.instance.as_deref()),
                Event::Leave(id) | Event::Subscribe { member: id, .. } => effects.member(plan, after, id, None),
                Event::DeleteTopic(name) => deleted.extend(plan.group.topic_id(name)),
                Event::Topic(_) => {}
            }
        }
        deleted.iter().for_each(|&topic| effects.bereave(plan, topic));
        for event in change.events() {
            if let Event::Topic(topic) = event
                && let Some(id) = after.topic_id(&topic.name)
            {
                let before = if deleted.contains(&id) { 0 } else { partitions(&plan.group, id) };
                effects.topic(plan, after, id, before);
            }
        }
        effects.discover(plan, after);
        effects
    }

    /// Adds the topics that were there before, but that nobody followed.
    fn discover(&mut self, plan: &Plan, after: &Group) {
        for member in self.subscribed.clone() {
            for topic in reading(after, member).filter(|&topic| !was_read(plan, topic)) {
                self.grown.insert(topic, 0);
            }
        }
    }

    /// Whether nothing of a followed topic was there before, or nobody followed it.
    pub(super) fn is_new(&self, topic: TopicId) -> bool {
        self.grown.get(&topic) == Some(&0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.left.is_empty() && self.subscribed.is_empty() && self.grown.is_empty() && self.bereft.is_empty()
    }

    /// The member of this id, before or after, or of this instance: a static member that came back under another id is the same member.
    fn member(&mut self, plan: &Plan, after: &Group, id: &str, instance: Option<&str>) {
        let before = &plan.group;
        let replaced = instance.and_then(|instance| before.all_members().of_instance(instance));
        for member in [before.member_id(id), after.member_id(id), replaced].into_iter().flatten() {
            if after.member(member).is_none() {
                self.left.insert(member);
            } else if before.member(member).is_none() || !reading(before, member).eq(reading(after, member)) {
                self.subscribed.insert(member);
            }
        }
    }

    fn bereave(&mut self, plan: &Plan, topic: TopicId) {
        plan.assignment.owners_of(topic).each(|owner| *self.bereft.entry(owner).or_default() += 1);
    }

    fn topic(&mut self, plan: &Plan, after: &Group, topic: TopicId, before: u32) {
        let before = if was_read(plan, topic) { before } else { 0 };
        if after.topic(topic).partitions() > before && (before > 0 || after.has_subscriber(topic)) {
            self.grown.insert(topic, before);
        }
    }
}

/// Whether a topic had partitions and a follower: then each of them has an owner.
fn was_read(plan: &Plan, topic: TopicId) -> bool {
    plan.assignment.owner(TopicPartition { topic, partition: 0 }).is_some()
}

/// How many partitions a topic has in a group that may not know it.
pub(super) fn partitions(group: &Group, topic: TopicId) -> u32 {
    match group.knows_topic(topic) {
        true => group.topic(topic).partitions(),
        false => 0,
    }
}

/// The topics with partitions that a member follows.
pub(super) fn reading(group: &Group, member: MemberId) -> impl Iterator<Item = TopicId> + '_ {
    group.followed(member).filter(|&topic| group.topic(topic).partitions() > 0)
}
