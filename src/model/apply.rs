//! A group after a change.

use std::collections::BTreeMap;

use super::change::{Change, Event};
use super::description::{NewMember, NewTopic, Subscription};
use super::error::ChangeError;
use super::group::Group;
use super::ids::{MemberId, TopicId};
use super::subscriptions::Followed;

impl Group {
    /// The group after a change, its claims still those it had: a member that joins has none, a
    /// static one keeps its own.
    ///
    /// # Errors
    ///
    /// Where an event of the change cannot happen to the group as the events before it left it.
    pub fn apply(&self, change: &Change) -> Result<Self, ChangeError> {
        self.clone().changed(change)
    }

    /// The same of a group that is not needed any more.
    pub(crate) fn changed(self, change: &Change) -> Result<Self, ChangeError> {
        let start = Applying { group: self, left: BTreeMap::new() };
        change.events().iter().try_fold(start, Applying::event).map(|applying| applying.group)
    }

    fn follow(mut self, subscription: &Subscription) -> (Self, Followed) {
        let Subscription::Named(names) = subscription else { return (self, Followed::Every) };
        let mut topics: Vec<TopicId> = Vec::with_capacity(names.len());
        for name in names {
            let expected = topics.last().map_or(0, |last| last.index() + 1);
            let (known, id) = self.topics.known_near(name, TopicId::from_index(expected));
            self.topics = known;
            topics.push(id);
        }
        (self, Followed::these(topics))
    }
}

/// A group in the middle of a change.
struct Applying {
    group: Group,
    /// The static members that left within this change, by instance: one that returns is known
    /// again.
    left: BTreeMap<String, MemberId>,
}

impl Applying {
    fn event(self, event: &Event) -> Result<Self, ChangeError> {
        match event {
            Event::Join(member) => self.join(member),
            Event::Leave(id) => self.leave(id),
            Event::Subscribe { member, subscription } => self.subscribe(member, subscription),
            Event::Topic(topic) => self.topic(topic),
            Event::DeleteTopic(name) => self.delete_topic(name),
        }
    }

    fn join(mut self, member: &NewMember) -> Result<Self, ChangeError> {
        if self.group.members.of_id(&member.id).is_some() {
            return Err(ChangeError::AlreadyMember { id: member.id.clone() });
        }
        let present = member.instance.as_deref().and_then(|instance| self.group.members.of_instance(instance));
        let known = present.or_else(|| self.left.remove(member.instance.as_deref()?));
        if let Some(replaced) = present {
            self.group.members = self.group.members.without(replaced);
        }
        let (group, followed) = self.group.follow(&member.subscription);
        self.group = group;
        self.group.members = match known {
            Some(number) => self.group.members.with_number(number, member, followed)?,
            None => self.group.members.with(member, followed)?,
        };
        Ok(self)
    }

    fn leave(mut self, id: &str) -> Result<Self, ChangeError> {
        let number = self.present(id)?;
        match self.group.members.get(number).instance() {
            Some(instance) => {
                self.left.insert(instance.to_string(), number);
            }
            None => self.group.claims = self.group.claims.without_member(number),
        }
        self.group.members = self.group.members.without(number);
        Ok(self)
    }

    fn subscribe(mut self, id: &str, subscription: &Subscription) -> Result<Self, ChangeError> {
        let number = self.present(id)?;
        let (group, followed) = self.group.follow(subscription);
        self.group = group;
        self.group.members = self.group.members.following(number, followed);
        Ok(self)
    }

    fn topic(mut self, topic: &NewTopic) -> Result<Self, ChangeError> {
        let before = self.group.topic_id(&topic.name).map_or(0, |id| self.group.topic(id).partitions());
        if let Ok(to) = u32::try_from(topic.partitions)
            && to < before
        {
            return Err(ChangeError::Shrinks { topic: topic.name.clone(), from: before, to });
        }
        self.group.topics = self.group.topics.with_partitions(topic)?;
        Ok(self)
    }

    fn delete_topic(mut self, name: &str) -> Result<Self, ChangeError> {
        let Some(topic) = self.group.topic_id(name) else {
            return Err(ChangeError::NoSuchTopic { topic: name.into() });
        };
        self.group.claims = self.group.claims.without_topic(topic);
        self.group.topics = self.group.topics.without(topic);
        Ok(self)
    }

    fn present(&self, id: &str) -> Result<MemberId, ChangeError> {
        self.group.members.of_id(id).ok_or_else(|| ChangeError::NotAMember { id: id.into() })
    }
}
