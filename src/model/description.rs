//! A group as its members and topics describe it: names and numbers, before anything is checked or
//! interned.

use std::sync::Arc;

/// A name that many values share: a topic, a member id, an instance, a rack.
pub type Name = Arc<str>;

/// A topic as described: its name, how many partitions it has, and where their replicas are.
///
/// ```
/// use sticky_assignor::NewTopic;
/// let topic = NewTopic::new("orders", 2).racks([["a", "b"], ["b", "c"]]);
/// assert_eq!((topic.name.as_str(), topic.partitions), ("orders", 2));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTopic {
    /// The topic's name.
    pub name: String,
    /// How many partitions, 0 to 2³¹ − 1.
    pub partitions: i64,
    /// For each partition the racks of its replicas (KIP-881), if known.
    pub racks: Option<Vec<Vec<String>>>,
}

impl NewTopic {
    /// A topic with this many partitions and no racks.
    pub fn new(name: impl Into<String>, partitions: u32) -> Self {
        Self { name: name.into(), partitions: partitions.into(), racks: None }
    }

    /// The topic, each partition with the racks of its replicas (KIP-881).
    ///
    /// ```
    /// use sticky_assignor::{Group, NewTopic};
    /// let orders = NewTopic::new("orders", 2).racks([["a", "b"], ["b", "c"]]);
    /// assert!(Group::new(&[orders.clone()], &[]).is_ok());
    /// assert!(Group::new(&[NewTopic { partitions: 3, ..orders }], &[]).is_err());
    /// ```
    #[must_use]
    pub fn racks<R: Into<String>>(mut self, racks: impl IntoIterator<Item = impl IntoIterator<Item = R>>) -> Self {
        self.racks = Some(racks.into_iter().map(|replicas| replicas.into_iter().map(Into::into).collect()).collect());
        self
    }
}

/// Which topics a member subscribes to.
///
/// ```
/// use sticky_assignor::Subscription;
/// let named = Subscription::from(["orders"]);
/// assert_eq!((Subscription::from("orders"), Subscription::from("*")), (named.clone(), Subscription::Every));
/// let names = vec!["orders".to_string()];
/// assert!([Subscription::from(vec!["orders"]), (&["orders"]).into(), (&names).into(), names[..].into(), names.into()].iter().all(|same| *same == named));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscription {
    /// Every topic that exists, at each rebalance anew; `"*"` in documents.
    Every,
    /// The topics with these names. One that does not exist is allowed and gives nothing until it
    /// is created.
    Named(Vec<String>),
}

impl Subscription {
    /// The names of the topics, where they are named.
    pub(super) fn names(&self) -> &[String] {
        match self {
            Self::Named(names) => names,
            Self::Every => &[],
        }
    }
}

/// The topic of this name, or every topic for `"*"`, as documents have it.
impl From<&str> for Subscription {
    fn from(name: &str) -> Self {
        match name {
            "*" => Self::Every,
            name => Self::from([name]),
        }
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for Subscription {
    fn from(names: [T; N]) -> Self {
        Self::Named(names.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<String>> From<Vec<T>> for Subscription {
    fn from(names: Vec<T>) -> Self {
        Self::Named(names.into_iter().map(Into::into).collect())
    }
}

impl<T: AsRef<str>> From<&[T]> for Subscription {
    fn from(names: &[T]) -> Self {
        Self::Named(names.iter().map(|name| name.as_ref().into()).collect())
    }
}

impl<T: AsRef<str>, const N: usize> From<&[T; N]> for Subscription {
    fn from(names: &[T; N]) -> Self {
        Self::from(&names[..])
    }
}

impl<T: AsRef<str>> From<&Vec<T>> for Subscription {
    fn from(names: &Vec<T>) -> Self {
        Self::from(&names[..])
    }
}

/// A generation that says nothing: Kafka's default, and every number below it means the same.
pub const GENERATION_NOT_SAID: i64 = -1;

/// A member as it describes itself when it joins.
///
/// What it says it [`owned`](Self::owned) is a claim, believed only after it was resolved against
/// the others' (see [`Claims`](crate::Claims)).
///
/// ```
/// use sticky_assignor::{NewMember, Subscription};
/// let member = NewMember::new("c1", ["orders", "clicks"]).owning("orders", [0, 1, 2]).generation(7);
/// assert_eq!(member.subscription, Subscription::from(["orders", "clicks"]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMember {
    /// The member id, unique in the group.
    pub id: String,
    /// The topics it subscribes to.
    pub subscription: Subscription,
    /// What it says it owned: topics and their partitions, any numbers, in any order.
    pub owned: Vec<(String, Vec<i32>)>,
    /// The generation in which it owned that; [`GENERATION_NOT_SAID`] or less is "not said".
    pub generation: i64,
    /// Its rack (KIP-881).
    pub rack: Option<String>,
    /// Its `group.instance.id` (KIP-345), unique among those given.
    pub instance: Option<String>,
}

impl NewMember {
    /// A member without claims, rack or instance.
    pub fn new(id: impl Into<String>, subscription: impl Into<Subscription>) -> Self {
        Self {
            id: id.into(),
            subscription: subscription.into(),
            owned: Vec::new(),
            generation: GENERATION_NOT_SAID,
            rack: None,
            instance: None,
        }
    }

    /// The member, also claiming these partitions of a topic. Numbers beyond Kafka's are one that
    /// no partition has.
    ///
    /// ```
    /// use sticky_assignor::NewMember;
    /// let member = NewMember::new("c1", "orders").owning("orders", 0..2).owning("clicks", [7]);
    /// assert_eq!(member.owned.len(), 2);
    /// ```
    #[must_use]
    pub fn owning(mut self, topic: impl Into<String>, partitions: impl IntoIterator<Item = u32>) -> Self {
        let numbers = partitions.into_iter().map(|partition| i32::try_from(partition).unwrap_or(i32::MAX));
        self.owned.push((topic.into(), numbers.collect()));
        self
    }

    /// The member, its claims dated with a generation.
    ///
    /// ```
    /// use sticky_assignor::{GENERATION_NOT_SAID, NewMember};
    /// assert_eq!(NewMember::new("c1", "orders").generation, GENERATION_NOT_SAID);
    /// assert_eq!(NewMember::new("c1", "orders").generation(7).generation, 7);
    /// ```
    #[must_use]
    pub fn generation(mut self, generation: i64) -> Self {
        self.generation = generation;
        self
    }

    /// The member as a static one (KIP-345).
    ///
    /// ```
    /// use sticky_assignor::NewMember;
    /// assert_eq!(NewMember::new("c1-5f2a", "orders").instance("pod-1").instance.as_deref(), Some("pod-1"));
    /// ```
    #[must_use]
    pub fn instance(mut self, instance: impl Into<String>) -> Self {
        self.instance = Some(instance.into());
        self
    }

    /// The member, standing in a rack (KIP-881).
    ///
    /// ```
    /// use sticky_assignor::NewMember;
    /// assert_eq!(NewMember::new("c1", "orders").rack("a").rack.as_deref(), Some("a"));
    /// ```
    #[must_use]
    pub fn rack(mut self, rack: impl Into<String>) -> Self {
        self.rack = Some(rack.into());
        self
    }
}
