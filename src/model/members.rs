//! The members of a group: ids to names and back, and what each subscribes to. Equal subscriptions
//! are kept once.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::description::{Name, NewMember};
use super::error::GroupError;
use super::ids::{MemberId, TopicId};

/// What a member is known by from one rebalance to the next, and the order of members wherever an
/// order is needed: static members by their instance id (KIP-345), then the others by their member
/// id, as Java orders them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberKey {
    /// A static member's `group.instance.id`, which outlives its member id.
    Instance(Name),
    /// A dynamic member's member id.
    Id(Name),
}

impl fmt::Display for MemberKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instance(name) | Self::Id(name) => f.write_str(name),
        }
    }
}

/// A member of a group.
///
/// ```
/// use sticky_assignor::{Group, NewMember};
/// let group = Group::new(&[], &[NewMember::new("c1", "orders").instance("pod-1").rack("a")])?;
/// let (_, member) = group.members().next().expect("there is one");
/// assert_eq!((&**member.id(), member.rack().map(|rack| &**rack)), ("c1", Some("a")));
/// assert_eq!(member.key().to_string(), "pod-1");
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Member {
    id: Name,
    instance: Option<Name>,
    rack: Option<Name>,
    subscription: SubscriptionId,
    /// What the subscription says, nearer at hand.
    subscribed: Subscribed,
    /// How many came before it did.
    arrival: u64,
}

/// The number of a member that is here, or was here within this change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    number: MemberId,
    arrival: u64,
}

impl Member {
    fn described(member: &NewMember, subscription: SubscriptionId, subscribed: Subscribed, arrival: u64) -> Self {
        let shared = |name: &Option<String>| name.as_deref().map(Name::from);
        let (instance, rack) = (shared(&member.instance), shared(&member.rack));
        Self { id: member.id.as_str().into(), instance, rack, subscription, subscribed, arrival }
    }

    /// Whether both are one member, at two times: a name stays, or where all change at once, the
    /// time it came.
    fn is_one_with(&self, other: &Self) -> bool {
        self.id == other.id || (self.instance.is_some() && self.instance == other.instance) || self.arrival == other.arrival
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let said = |member: &Self| [Some(&member.id), member.instance(), member.rack()].map(|name| name.cloned());
        said(self) == said(other) && self.subscribed == other.subscribed
    }

    /// Its member id.
    pub fn id(&self) -> &Name {
        &self.id
    }

    /// Its `group.instance.id`, if it is a static member.
    pub fn instance(&self) -> Option<&Name> {
        self.instance.as_ref()
    }

    /// Its rack.
    pub fn rack(&self) -> Option<&Name> {
        self.rack.as_ref()
    }

    /// What it is known by from one rebalance to the next.
    pub fn key(&self) -> MemberKey {
        match &self.instance {
            Some(instance) => MemberKey::Instance(instance.clone()),
            None => MemberKey::Id(self.id.clone()),
        }
    }
}

impl PartialEq for Member {
    /// Whether both have the same names and the same subscription in the same group.
    fn eq(&self, other: &Self) -> bool {
        self.says_the_same(other) && self.subscription == other.subscription
    }
}

impl Eq for Member {}

/// The members of a group, by number, by key and by member id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    by_number: im::Vector<Option<Arc<Member>>>,
    by_key: im::OrdMap<MemberKey, MemberId>,
    by_id: im::OrdMap<Name, MemberId>,
    /// Numbers of members that left, to be given again.
    free: im::OrdSet<MemberId>,
    /// The same, of those that left since members were last made to claim what a plan gave them.
    left: im::OrdSet<MemberId>,
    /// How many have come.
    arrivals: u64,
    subscriptions: Subscriptions,
}

/// Who has which number in a group; a persistent value, shared with the group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbering(im::Vector<Option<Arc<Member>>>);

impl Numbering {
    /// The numbers that two members have, one here and one there, ascending; none where they are
    /// shared.
    pub(super) fn given_again(&self, later: &Self) -> Vec<MemberId> {
        if self.0.ptr_eq(&later.0) {
            return Vec::new();
        }
        let are_two = |(one, other): (&Option<Arc<Member>>, &Option<Arc<Member>>)| match (one, other) {
            (Some(one), Some(other)) => !Arc::ptr_eq(one, other) && !one.is_one_with(other),
            _ => false,
        };
        let pairs = self.0.iter().zip(&later.0).map(are_two).enumerate();
        pairs.filter(|(_, are_two)| *are_two).map(|(number, _)| MemberId::from_index(number)).collect()
    }
}

/// The numbers of subscriptions are no part of it: they say who came when.
impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, other): (&Option<Arc<Member>>, &Option<Arc<Member>>)| match (one, other) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || one.says_the_same(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        self.numbers() == other.numbers() && self.by_number.iter().zip(&other.by_number).all(same)
    }
}

impl Members {
    /// The members with one more. Its number is the lowest that is free, so that there are never
    /// many more numbers than there were members at a time; a new one where there is none, or where
    /// claims name it still.
    pub(super) fn with(
        mut self,
        member: &NewMember,
        subscribed: Subscribed,
        is_claimed: impl Fn(MemberId) -> bool,
    ) -> Result<Self, GroupError> {
        let free = self.free.get_min().copied().filter(|&number| !is_claimed(number));
        let number = free.unwrap_or_else(|| MemberId::from_index(self.by_number.len()));
        let known = Known { number, arrival: self.arrivals };
        self.arrivals += 1;
        self.with_known(known, member, subscribed)
    }

    /// The members, the numbers of those that left free to be given again.
    pub(super) fn freeing(mut self) -> Self {
        let left = std::mem::take(&mut self.left);
        self.free.extend(left);
        self
    }

    /// A member that is here, for when it comes back.
    pub(super) fn known(&self, number: MemberId) -> Known {
        Known { number, arrival: self.get(number).arrival }
    }

    /// The members with one more that was here before, under the number it had.
    pub(super) fn with_known(mut self, known: Known, member: &NewMember, subscribed: Subscribed) -> Result<Self, GroupError> {
        let Known { number, arrival } = known;
        self.check_names(member)?;
        let (subscriptions, subscription) = self.subscriptions.with_subscriber(subscribed, number);
        let member = Member::described(member, subscription, subscriptions.get(subscription).clone(), arrival);
        self.subscriptions = subscriptions;
        self.by_key.insert(member.key(), number);
        self.by_id.insert(member.id.clone(), number);
        self.free.remove(&number);
        self.left.remove(&number);
        while self.by_number.len() <= number.index() {
            self.by_number.push_back(None);
        }
        self.by_number.set(number.index(), Some(Arc::new(member)));
        Ok(self)
    }

    fn check_names(&self, member: &NewMember) -> Result<(), GroupError> {
        if member.id.is_empty() {
            return Err(GroupError::EmptyMemberId);
        }
        if self.by_id.contains_key(member.id.as_str()) {
            return Err(GroupError::DuplicateMember { id: member.id.clone() });
        }
        match member.instance.as_deref().and_then(|instance| self.of_instance(instance)) {
            Some(other) => Err(GroupError::DuplicateInstance {
                instance: member.instance.clone().unwrap_or_default(),
                first: self.get(other).id.to_string(),
                second: member.id.clone(),
            }),
            None => Ok(()),
        }
    }

    /// The members without one of them.
    pub(super) fn without(mut self, number: MemberId) -> Self {
        let member = Arc::clone(self.entry(number));
        self.by_key.remove(&member.key());
        self.by_id.remove(&member.id);
        self.by_number.set(number.index(), None);
        self.left.insert(number);
        self.subscriptions = self.subscriptions.without_subscriber(member.subscription, number);
        self
    }

    /// The members, one of them subscribing to other topics.
    pub(super) fn resubscribed(mut self, number: MemberId, subscribed: Subscribed) -> Self {
        let mut member = Member::clone(self.entry(number));
        self.subscriptions = self.subscriptions.without_subscriber(member.subscription, number);
        let (subscriptions, subscription) = self.subscriptions.with_subscriber(subscribed, number);
        (member.subscription, member.subscribed) = (subscription, subscriptions.get(subscription).clone());
        self.subscriptions = subscriptions;
        self.by_number.set(number.index(), Some(Arc::new(member)));
        self
    }

    fn entry(&self, number: MemberId) -> &Arc<Member> {
        self.by_number[number.index()].as_ref().expect("numbers of present members are handed out")
    }

    pub(crate) fn get(&self, number: MemberId) -> &Member {
        self.entry(number)
    }

    pub(crate) fn contains(&self, number: MemberId) -> bool {
        matches!(self.by_number.get(number.index()), Some(Some(_)))
    }

    pub(crate) fn of_id(&self, id: &str) -> Option<MemberId> {
        self.by_id.get(id).copied()
    }

    pub(crate) fn of_instance(&self, instance: &str) -> Option<MemberId> {
        self.by_key.get(&MemberKey::Instance(instance.into())).copied()
    }

    /// Who has which number.
    pub(super) fn numbering(&self) -> Numbering {
        Numbering(self.by_number.clone())
    }

    /// How many numbers are given, to members present or gone.
    pub(crate) fn numbers(&self) -> usize {
        self.by_number.len()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// The members in the order of their keys.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (MemberId, &Member)> {
        self.by_key.values().map(|&number| (number, self.get(number)))
    }

    /// What a member subscribes to.
    pub(crate) fn subscribed(&self, number: MemberId) -> &Subscribed {
        &self.get(number).subscribed
    }

    /// The number of a member's subscription, if it is here.
    pub(crate) fn subscription_of(&self, number: MemberId) -> Option<SubscriptionId> {
        self.contains(number).then(|| self.get(number).subscription)
    }

    /// The subscription of each member, in the order of members' keys.
    pub(crate) fn subscriptions_in_order(&self) -> impl Iterator<Item = (MemberId, SubscriptionId)> {
        self.in_order().map(|(number, member)| (number, member.subscription))
    }

    /// The members with a subscription, in the order of members' keys.
    pub(crate) fn having(&self, subscription: SubscriptionId) -> Vec<MemberId> {
        let mut has = vec![false; self.numbers()];
        self.subscriptions.members_having(subscription).for_each(|member| has[member.index()] = true);
        self.by_key.values().copied().filter(|member| has[member.index()]).collect()
    }

    /// All subscriptions that members have.
    pub(super) fn subscriptions(&self) -> &Subscriptions {
        &self.subscriptions
    }

    /// What members subscribe to, each subscription once, ascending by number.
    pub(crate) fn distinct_subscriptions(&self) -> impl Iterator<Item = (SubscriptionId, &Subscribed)> {
        self.subscriptions.distinct()
    }
}

/// The topics a member subscribes to, as numbers.
#[derive(Clone, Debug)]
pub(crate) enum Subscribed {
    /// Every topic that exists.
    Every,
    /// These, ascending; also topics that do not exist (yet).
    These(Arc<[TopicId]>),
}

impl Subscribed {
    /// These topics, in any order, repeated or not.
    pub(crate) fn these(mut topics: Vec<TopicId>) -> Self {
        topics.sort_unstable();
        topics.dedup();
        Self::These(topics.into())
    }

    /// Whether the topic is among them; existing or not.
    pub(crate) fn contains(&self, topic: TopicId) -> bool {
        match self {
            Self::Every => true,
            Self::These(topics) => topics.binary_search(&topic).is_ok(),
        }
    }

    /// Visits the places of those among these topics, which ascend. O(length of the shorter list ×
    /// log of the longer).
    #[inline]
    fn each_among(&self, topics: &[TopicId], visit: impl FnMut(usize)) {
        match self {
            Self::These(list) if list.len() < topics.len() => {
                list.iter().filter_map(|topic| topics.binary_search(topic).ok()).for_each(visit);
            }
            _ => (0..topics.len()).filter(|&place| self.contains(topics[place])).for_each(visit),
        }
    }
}

impl Ord for Subscribed {
    /// Lists that are shared are equal, which is usually so, and seen without reading them.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Every, Self::Every) => Ordering::Equal,
            (Self::Every, Self::These(_)) => Ordering::Less,
            (Self::These(_), Self::Every) => Ordering::Greater,
            (Self::These(one), Self::These(other)) if Arc::ptr_eq(one, other) => Ordering::Equal,
            (Self::These(one), Self::These(other)) => one.cmp(other),
        }
    }
}

impl PartialOrd for Subscribed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Subscribed {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Subscribed {}

/// The number of a subscription, for as long as a member has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SubscriptionId(u32);

/// A subscription and the members that have it.
#[derive(Clone, Debug)]
struct Shared {
    subscribed: Subscribed,
    members: im::OrdSet<MemberId>,
}

/// The subscriptions of a group's members, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subscriptions {
    shared: im::OrdMap<SubscriptionId, Shared>,
    numbers: im::OrdMap<Subscribed, SubscriptionId>,
    next: u32,
}

impl Subscriptions {
    /// The subscriptions, a member having this one from now on; and its number.
    pub(super) fn with_subscriber(mut self, subscribed: Subscribed, member: MemberId) -> (Self, SubscriptionId) {
        let id = match self.numbers.get(&subscribed) {
            Some(&id) => id,
            None => self.number(subscribed),
        };
        if let Some(shared) = self.shared.get_mut(&id) {
            shared.members.insert(member);
        }
        (self, id)
    }

    fn number(&mut self, subscribed: Subscribed) -> SubscriptionId {
        let id = SubscriptionId(self.next);
        self.next += 1;
        self.numbers.insert(subscribed.clone(), id);
        self.shared.insert(id, Shared { subscribed, members: im::OrdSet::new() });
        id
    }

    /// The subscriptions, a member having given one up; the last to do so takes it along.
    pub(super) fn without_subscriber(mut self, id: SubscriptionId, member: MemberId) -> Self {
        let Some(shared) = self.shared.get_mut(&id) else { return self };
        shared.members.remove(&member);
        if shared.members.is_empty() {
            let subscribed = shared.subscribed.clone();
            self.numbers.remove(&subscribed);
            self.shared.remove(&id);
        }
        self
    }

    pub(super) fn get(&self, id: SubscriptionId) -> &Subscribed {
        &self.shared[&id].subscribed
    }

    /// The subscriptions that members have, ascending by number.
    pub(super) fn distinct(&self) -> impl Iterator<Item = (SubscriptionId, &Subscribed)> {
        self.shared.iter().map(|(&id, shared)| (id, &shared.subscribed))
    }

    /// The members with this subscription, in the order of their numbers.
    pub(super) fn members_having(&self, id: SubscriptionId) -> impl Iterator<Item = MemberId> + '_ {
        self.shared.get(&id).into_iter().flat_map(|shared| shared.members.iter().copied())
    }

    /// Those of these topics that any member subscribes to; both ascend. Subscriptions are read
    /// until all are found.
    pub(super) fn subscribed_among(&self, topics: &[TopicId]) -> Vec<TopicId> {
        let mut subscribed = vec![false; topics.len()];
        let mut left = topics.len();
        let mut subscriptions = self.shared.values();
        while left > 0
            && let Some(shared) = subscriptions.next()
        {
            shared.subscribed.each_among(topics, |place| left -= usize::from(!std::mem::replace(&mut subscribed[place], true)));
        }
        topics.iter().zip(subscribed).filter(|(_, subscribed)| *subscribed).map(|(&topic, _)| topic).collect()
    }

    /// The subscriptions to each of these topics, which ascend; ascending by number.
    /// Nothing where that is more than this many in all.
    pub(super) fn subscribing_to(&self, topics: &[TopicId], most: usize) -> Option<Vec<Vec<SubscriptionId>>> {
        let mut subscribing = vec![Vec::new(); topics.len()];
        if topics.is_empty() {
            return Some(subscribing);
        }
        let mut listed = 0;
        for (id, subscribed) in self.distinct() {
            subscribed.each_among(topics, |place| {
                listed += 1;
                subscribing[place].push(id);
            });
            if listed > most {
                return None;
            }
        }
        Some(subscribing)
    }
}
