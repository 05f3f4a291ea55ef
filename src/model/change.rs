//! What can happen to a group between two rebalances.

use super::description::{NewMember, NewTopic, Subscription};

/// One thing that happens to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A member joins; its claims are not asked. Joining with an instance id that is present, or
    /// that left within the same change, replaces that member under the new id, and inherits its
    /// claims (KIP-345).
    Join(NewMember),
    /// The member with this id leaves.
    Leave(String),
    /// A member follows other topics from now on.
    Subscribe {
        /// The member's id.
        member: String,
        /// What it follows now.
        subscription: Subscription,
    },
    /// A topic is created, or grows to this many partitions. Its racks are those given here; where
    /// none are given, none are known.
    Topic(NewTopic),
    /// The topic with this name is deleted. Created again, it is a new topic that nobody has claims
    /// to.
    DeleteTopic(String),
}

/// What happens to a group between two rebalances: any number of events, in their order.
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
    events: Vec<Event>,
}

impl Change {
    /// The events, in their order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }
}

impl<I: IntoIterator<Item = Event>> From<I> for Change {
    fn from(events: I) -> Self {
        Self { events: events.into_iter().collect() }
    }
}

impl From<Event> for Change {
    fn from(event: Event) -> Self {
        Self { events: vec![event] }
    }
}

impl FromIterator<Event> for Change {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        Self::from(events)
    }
}
