//! The group that comes from another: after what can happen to it between two rebalances; or with
//! other claims, which are those of an assignment, by number or by name, or more than were stated.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::assignment::Assignment;
#[cfg(feature = "kafka")]
use super::claims::Claim;
use super::claims::Claims;
#[cfg(feature = "kafka")]
use super::description::GENERATION_NOT_SAID;
use super::description::{NewMember, NewTopic, Subscription};
use super::error::ChangeError;
use super::group::Group;
use super::ids::{MemberId, TopicId, TopicPartition};
use super::members::{Known, Member, Subscribed};

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
            let (known, id) = self.topics.known(name, TopicId::from_index(expected));
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

impl Group {
    /// The group, its members claiming what this assignment gave them.
    ///
    /// The assignment is one of this group, or of a group that this one came from (see
    /// [`MemberId`]); where it is a plan's, members that left since claim nothing, whoever has
    /// their numbers now. Of any other the numbers are read as those of whoever has them here;
    /// [`claiming_from`](Self::claiming_from) goes by names.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// let again = balance(&group.claiming(plan.assignment().clone()));
    /// assert_eq!((again.summary().retained, again.summary().moved), (4, 0));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[must_use]
    pub fn claiming(mut self, assignment: Assignment) -> Self {
        self.claims = Claims::Previous(self.known_owners(assignment));
        self.members = self.members.freeing();
        self
    }

    /// The assignment without what was owned by members that left, and whose numbers others have in
    /// this group.
    pub(crate) fn known_owners(&self, assignment: Assignment) -> Assignment {
        let given_again = self.given_again_since(&assignment);
        assignment.disowning(&given_again)
    }

    /// The numbers of members in this group that others had in the group of an assignment,
    /// ascending.
    pub(crate) fn given_again_since(&self, assignment: &Assignment) -> Vec<MemberId> {
        assignment.numbering().given_again(&self.numbering())
    }

    /// The group, its members claiming what an assignment of another group gave them there.
    ///
    /// For a group that is described anew at each rebalance, and the plan of the one before. Names
    /// lead from one to the other: a static member is known by its instance id, any other by its
    /// member id, a topic by its name. What is not found here is claimed by nobody. The assignment
    /// is one of `before`, or of a group that one came from (see [`MemberId`]).
    ///
    /// Linear in the partitions of both, beside looking up each member and topic.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// let yesterday = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", ["orders"]), NewMember::new("c2", ["orders"])])?;
    /// let plan = balance(&yesterday);
    /// let today = Group::new(
    ///     &[NewTopic::new("clicks", 2), NewTopic::new("orders", 4)],
    ///     &[NewMember::new("c0", ["clicks"]), NewMember::new("c1", ["orders"]), NewMember::new("c2", ["orders"])],
    /// )?;
    /// let next = balance(&today.claiming_from(&yesterday, plan.assignment()));
    /// assert_eq!((next.summary().retained, next.summary().moved, next.summary().new), (4, 0, 2));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[must_use]
    pub fn claiming_from(self, before: &Self, owned: &Assignment) -> Self {
        let claimed = by_name(&self, before, owned);
        self.claiming(claimed)
    }

    /// The member that another group knows as this one.
    pub(crate) fn known_as(&self, member: &Member) -> Option<MemberId> {
        match member.instance() {
            Some(instance) => self.member_of_instance(instance),
            None => self.member_id(member.id()),
        }
    }

    /// The group, members claiming these partitions besides those they state, in the same
    /// generation.
    #[cfg(feature = "kafka")]
    pub(crate) fn with_extra_claims(mut self, extra: BTreeMap<MemberId, Vec<TopicPartition>>) -> Self {
        if let Claims::Stated(claims) = self.claims {
            let claims = extra.into_iter().fold(claims, |claims, (member, partitions)| with_extra(claims, member, partitions));
            self.claims = Claims::Stated(claims);
        }
        self
    }

    /// How many partitions members state that they own, those that several do as often as that.
    #[cfg(feature = "kafka")]
    pub(crate) fn stated_claims(&self) -> u64 {
        match &self.claims {
            Claims::Stated(claims) => claims.values().map(|claim| claim.partitions().len() as u64).sum(),
            Claims::Previous(assignment) => assignment.len(),
        }
    }
}

/// An assignment of the group before, as far as this one has its partitions and owners.
fn by_name(group: &Group, before: &Group, owned: &Assignment) -> Assignment {
    let (topics, members) = (topics_by_name(group, before), members_by_name(group, before));
    let known = |(partition, owner): (TopicPartition, MemberId)| {
        let topic = topics.get(partition.topic.index()).copied().flatten()?;
        Some((TopicPartition { topic, ..partition }, *members.get(owner.index())?.as_ref()?))
    };
    group.assignment(owned.iter().filter_map(known))
}

/// The topics of the group before as this one numbers them, by number there.
fn topics_by_name(group: &Group, before: &Group) -> Vec<Option<TopicId>> {
    before.topics.in_id_order().map(|(_, topic)| group.topic_id(topic.name())).collect()
}

/// The same for its members.
fn members_by_name(group: &Group, before: &Group) -> Vec<Option<MemberId>> {
    let mut members = vec![None; before.members.numbers()];
    before.members().for_each(|(number, member)| members[number.index()] = group.known_as(member));
    members
}

#[cfg(feature = "kafka")]
fn with_extra(mut claims: im::OrdMap<MemberId, Claim>, member: MemberId, more: Vec<TopicPartition>) -> im::OrdMap<MemberId, Claim> {
    let stated = claims.get(&member);
    let generation = stated.map_or(GENERATION_NOT_SAID, Claim::generation);
    let partitions = stated.into_iter().flat_map(|claim| claim.partitions().iter().copied()).chain(more).collect();
    if let Some(claim) = Claim::stated(generation, partitions) {
        claims.insert(member, claim);
    }
    claims
}
