//! What can happen to a group between two rebalances, and the group after it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::description::{NewMember, NewTopic, Subscription};
use super::error::ChangeError;
use super::group::Group;
use super::ids::{MemberId, TopicId};
use super::members::Known;
use super::subscriptions::Subscribed;

/// One thing that happens to a group.
///
/// ```
/// use sticky_assignor::{Event, Group, NewMember, NewTopic};
/// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", "*")])?;
/// let group = group.apply(Event::Join(NewMember::new("c2", "*")))?.apply(Event::Topic(NewTopic::new("orders", 6)))?;
/// assert_eq!((group.member_count(), group.partition_count()), (2, 6));
/// assert!(group.apply(Event::Leave("c3".into())).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A member joins; its claims are not asked. Joining with an instance id that is present, or
    /// that left within the same change, replaces that member under the new id, and inherits its
    /// claims (KIP-345).
    Join(NewMember),
    /// The member with this id leaves.
    Leave(String),
    /// A member subscribes to other topics from now on.
    Subscribe {
        /// The member's id.
        member: String,
        /// What it subscribes to now.
        subscription: Subscription,
    },
    /// A member that is present describes itself anew: what it subscribes to, its rack and its
    /// instance id from now on. It keeps its claims, whatever changed; its claims are not asked.
    Rejoin(NewMember),
    /// A topic is created, grows to this many partitions, or has its replicas in other racks. Where
    /// no racks are given those known stay, and those of new partitions are not known.
    Topic(NewTopic),
    /// The topic with this name is deleted. Created again, it is a new topic that nobody has claims
    /// to.
    DeleteTopic(String),
}

/// What happens to a group between two rebalances: any number of events, in their order. Cloning
/// is O(1).
///
/// ```
/// use sticky_assignor::{Change, Event, NewMember};
/// let change = Change::from([Event::Leave("c1".into()), Event::Join(NewMember::new("c2", ["orders"]))]);
/// assert_eq!(change.events().len(), 2);
/// assert_eq!(Change::from(Event::Leave("c1".into())).events(), &change.events()[..1]);
/// assert_eq!(change.events().iter().cloned().collect::<Change>(), change);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    events: Arc<[Event]>,
}

impl Change {
    /// The events, in their order.
    ///
    /// ```
    /// use sticky_assignor::{Change, Event};
    /// let change = Change::from([Event::Leave("c1".into()), Event::Leave("c2".into())]);
    /// assert_eq!(change.events().last(), Some(&Event::Leave("c2".into())));
    /// assert_eq!(change.len(), 2);
    /// ```
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing happens.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

impl<I: IntoIterator<Item = Event>> From<I> for Change {
    fn from(events: I) -> Self {
        Self { events: events.into_iter().collect() }
    }
}

impl From<Event> for Change {
    fn from(event: Event) -> Self {
        Self { events: [event].into() }
    }
}

/// A clone, which is O(1).
impl From<&Change> for Change {
    fn from(change: &Change) -> Self {
        change.clone()
    }
}

impl FromIterator<Event> for Change {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        Self::from(events)
    }
}

impl Group {
    /// The group after a change, its claims still those it had: a member that joins has none, a
    /// static one keeps its own.
    ///
    /// # Errors
    ///
    /// Where an event of the change cannot happen to the group as the events before it left it.
    ///
    /// ```
    /// use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", "orders")])?;
    /// let grown = group.apply([Event::Topic(NewTopic::new("orders", 8)), Event::Join(NewMember::new("c2", "orders"))])?;
    /// assert_eq!((group.partition_count(), grown.partition_count(), grown.member_count()), (4, 8, 2));
    /// assert!(group.apply(Event::Leave("c2".into())).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(&self, change: impl Into<Change>) -> Result<Self, ChangeError> {
        self.clone().changed(&change.into())
    }

    /// The same of a group that is not needed any more.
    pub(crate) fn changed(self, change: &Change) -> Result<Self, ChangeError> {
        let start = Applying { group: self, left: BTreeMap::new() };
        change.events().iter().try_fold(start, Applying::event).map(|applying| applying.group)
    }

    fn intern(mut self, subscription: &Subscription) -> (Self, Subscribed) {
        let Subscription::Named(names) = subscription else { return (self, Subscribed::Every) };
        let mut topics: Vec<TopicId> = Vec::with_capacity(names.len());
        for name in names {
            let expected = topics.last().map_or(0, |last| last.index() + 1);
            let (known, id) = self.topics.known_near(name, TopicId::from_index(expected));
            self.topics = known;
            topics.push(id);
        }
        (self, Subscribed::these(topics))
    }
}

/// A group in the middle of a change.
struct Applying {
    group: Group,
    /// The static members that left within this change, by instance: one that returns is known
    /// again.
    left: BTreeMap<String, Known>,
}

impl Applying {
    fn event(self, event: &Event) -> Result<Self, ChangeError> {
        match event {
            Event::Join(member) => self.join(member),
            Event::Leave(id) => self.leave(id),
            Event::Subscribe { member, subscription } => self.subscribe(member, subscription),
            Event::Rejoin(member) => self.rejoin(member),
            Event::Topic(topic) => self.topic(topic),
            Event::DeleteTopic(name) => self.delete_topic(name),
        }
    }

    fn join(mut self, member: &NewMember) -> Result<Self, ChangeError> {
        if self.group.members.of_id(&member.id).is_some() {
            return Err(ChangeError::AlreadyMember { id: member.id.clone() });
        }
        let present = member.instance.as_deref().and_then(|instance| self.group.members.of_instance(instance));
        let known = present.map(|present| self.group.members.known(present)).or_else(|| self.left.remove(member.instance.as_deref()?));
        if let Some(replaced) = present {
            self.group.members = self.group.members.without(replaced);
        }
        let (group, subscribed) = self.group.intern(&member.subscription);
        self.group = group;
        self.group.members = match known {
            Some(known) => self.group.members.with_known(known, member, subscribed)?,
            None => self.group.members.with(member, subscribed, |number| self.group.claims.names(number))?,
        };
        Ok(self)
    }

    fn leave(mut self, id: &str) -> Result<Self, ChangeError> {
        let number = self.present(id)?;
        match self.group.members.get(number).instance() {
            Some(instance) => {
                self.left.insert(instance.to_string(), self.group.members.known(number));
            }
            None => self.group.claims = self.group.claims.without_member(number),
        }
        self.group.members = self.group.members.without(number);
        Ok(self)
    }

    fn subscribe(mut self, id: &str, subscription: &Subscription) -> Result<Self, ChangeError> {
        let number = self.present(id)?;
        let (group, subscribed) = self.group.intern(subscription);
        self.group = group;
        self.group.members = self.group.members.resubscribed(number, subscribed);
        Ok(self)
    }

    fn rejoin(mut self, member: &NewMember) -> Result<Self, ChangeError> {
        let number = self.present(&member.id)?;
        let (group, subscribed) = self.group.intern(&member.subscription);
        self.group = group;
        let known = self.group.members.known(number);
        self.group.members = self.group.members.without(number).with_known(known, member, subscribed)?;
        Ok(self)
    }

    fn topic(mut self, topic: &NewTopic) -> Result<Self, ChangeError> {
        let before = self.group.topic_id(&topic.name).map_or(0, |id| self.group.all_topics().get(id).partitions());
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
