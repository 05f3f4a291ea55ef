//! A consumer group: its topics, its members, what they subscribe to and claim.

use std::fmt;

use super::assignment::{Assignment, OwnerTable, Slots, row};
use super::claims::{Claim, Claims};
use super::description::{Name, NewMember, NewTopic};
use super::error::GroupError;
use super::ids::{Lineage, MemberId, NO_OWNER, Origin, TopicId, TopicPartition};
use super::members::{Member, Members, Numbering, Subscribed, SubscriptionId};
use super::topics::{Topic, TopicNumbers, Topics, is_outside};

/// A consumer group at one moment: the input of [`balance`](crate::balance()). A persistent value;
/// cloning is O(1).
///
/// ```
/// use sticky_assignor::{Group, NewMember, NewTopic};
/// let group = Group::new(
///     &[NewTopic::new("orders", 12)],
///     &[NewMember::new("c1", ["orders"]).owning("orders", 0..12), NewMember::new("c2", ["orders"])],
/// )?;
/// assert_eq!(group.member_count(), 2);
/// assert_eq!((group.member_id("c3"), group.member_of_instance("c1")), (None, None));
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
///
/// Two groups are equal if the same topics and members, under the same numbers, have the same
/// racks, subscriptions and claims: then ids of one are ids of the other.
#[derive(Clone)]
pub struct Group {
    name: Option<Name>,
    pub(super) topics: Topics,
    pub(super) members: Members,
    pub(super) claims: Claims,
    lineage: Lineage,
}

impl Group {
    /// The group of these topics and members, in whatever order they are given.
    ///
    /// Linear in what is given, but for sorting topics and members by name.
    ///
    /// # Errors
    ///
    /// Where a rule of groups is broken: two topics or members of one name, a partition count that
    /// cannot be.
    ///
    /// ```
    /// use sticky_assignor::{Group, GroupError, NewMember, NewTopic};
    /// let topics = [NewTopic::new("orders", 4)];
    /// let group = Group::new(&topics, &[NewMember::new("c1", "orders").owning("orders", 0..4), NewMember::new("c2", "*")])?;
    /// assert_eq!((group.member_count(), group.partition_count()), (2, 4));
    /// let twice = Group::new(&topics, &[NewMember::new("c1", "*"), NewMember::new("c1", "*")]);
    /// assert!(matches!(twice, Err(GroupError::DuplicateMember { .. })));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn new(topics: &[NewTopic], members: &[NewMember]) -> Result<Self, GroupError> {
        let (topics, names, subscribed) = TopicNumbers::of_members(Topics::describe(topics)?, members);
        let entry = |(member, subscribed)| NumberedMember { member, subscribed, claim: Claim::of_described(member, &names) };
        Self::of(topics, members.iter().zip(subscribed).map(entry).collect())
    }

    /// The group of these topics, which are all that members subscribe to, and these members.
    pub(crate) fn of(topics: Topics, mut entries: Vec<NumberedMember<'_>>) -> Result<Self, GroupError> {
        entries.sort_unstable_by(|a, b| order(a.member).cmp(&order(b.member)));
        let names = topics.in_id_order().map(|(_, topic)| &**topic.name());
        let lineage = Lineage::of(names.chain(entries.iter().map(|entry| entry.member.id.as_str())));
        let mut group = Self { name: None, topics, members: Members::default(), claims: Claims::Stated(im::OrdMap::new()), lineage };
        let mut claims = im::OrdMap::new();
        for (index, NumberedMember { member, subscribed, claim }) in entries.into_iter().enumerate() {
            group.members = group.members.with(member, subscribed, |_| false)?;
            if let Some(claim) = claim {
                claims.insert(MemberId::from_index(index), claim);
            }
        }
        group.claims = Claims::Stated(claims);
        Ok(group)
    }

    /// The group, if its topics have at most so many partitions in all. To describe many takes a
    /// few bytes, and a plan some twenty for each: whoever takes groups from others asks before
    /// planning.
    ///
    /// ```
    /// use sticky_assignor::{DEFAULT_PARTITION_LIMIT, Group, GroupError, NewTopic};
    /// let group = Group::new(&[NewTopic::new("orders", 2_000_000_000)], &[])?;
    /// let refused = group.limited_to(DEFAULT_PARTITION_LIMIT);
    /// assert_eq!(refused, Err(GroupError::TooManyPartitions { count: 2_000_000_000, limit: 50_000_000 }));
    /// # Ok::<(), GroupError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where there are more.
    pub fn limited_to(self, limit: u64) -> Result<Self, GroupError> {
        match self.partition_count() {
            count if count > limit => Err(GroupError::TooManyPartitions { count, limit }),
            _ => Ok(self),
        }
    }

    /// The group under a name, which outputs carry.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// assert_eq!(group.named("billing").name(), Some("billing"));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The group's name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What its members claim.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// How many members it has.
    pub fn member_count(&self) -> usize {
        self.members.len()
    }

    /// How many partitions the topics have in all, subscribed to or not.
    pub fn partition_count(&self) -> u64 {
        self.topics.partitions()
    }

    /// Its topics, in the order of their names.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// let counts: Vec<u32> = group.topics().map(|(_, topic)| topic.partitions()).collect();
    /// assert_eq!(counts, [4]);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn topics(&self) -> impl Iterator<Item = (TopicId, &Topic)> {
        self.topics.existing().map(|(id, topic)| (self.topic_handed_out(id), topic))
    }

    /// Its members, in the order of their keys: instance ids first, then member ids.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// let ids: Vec<&str> = group.members().map(|(_, member)| &**member.id()).collect();
    /// assert_eq!(ids, ["c1", "c2"]);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn members(&self) -> impl Iterator<Item = (MemberId, &Member)> {
        self.members.in_order().map(|(id, member)| (self.member_handed_out(id), member))
    }

    /// The topic of this name, if it exists.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// assert!(group.topic_id("orders").is_some() && group.topic_id("clicks").is_none());
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn topic_id(&self, name: &str) -> Option<TopicId> {
        self.topics.id(name).filter(|&id| self.topics.get(id).exists()).map(|id| self.topic_handed_out(id))
    }

    /// The member with this member id.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// assert!(group.member_id("c1").is_some() && group.member_id("c3").is_none());
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn member_id(&self, id: &str) -> Option<MemberId> {
        self.members.of_id(id).map(|id| self.member_handed_out(id))
    }

    /// The static member with this `group.instance.id`.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic};
    /// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1-5f2a", "*").instance("pod-1")])?;
    /// assert_eq!(group.member_of_instance("pod-1"), group.member_id("c1-5f2a"));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn member_of_instance(&self, instance: &str) -> Option<MemberId> {
        self.members.of_instance(instance).map(|id| self.member_handed_out(id))
    }

    /// The topic of this number, existing or not, if the group has given the number to any.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let orders = group.topic_id("orders").expect("a topic");
    /// assert_eq!(group.topic(orders).map(|topic| topic.partitions()), Some(4));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[track_caller]
    pub fn topic(&self, id: TopicId) -> Option<&Topic> {
        let topic = (id.index() < self.topics.len()).then(|| self.topics.get(id));
        self.debug_assert_own(id.origin(), topic.map(Topic::name));
        topic
    }

    /// A member of this group, if it is (still) here.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// assert_eq!(group.member(c1).map(|member| &**member.id()), Some("c1"));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[track_caller]
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        let member = self.members.contains(id).then(|| self.members.get(id));
        self.debug_assert_own(id.origin(), member.map(Member::id));
        member
    }

    /// Whether the member is here and subscribes to that topic, existing or not.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// # let orders = group.topic_id("orders").expect("a topic");
    /// assert!(group.subscribes(c1, orders));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[track_caller]
    pub fn subscribes(&self, member: MemberId, topic: TopicId) -> bool {
        if cfg!(debug_assertions) {
            self.topic(topic);
        }
        self.member(member).is_some() && self.members.subscribed(member).contains(topic)
    }

    /// The topics a member of this group subscribes to, ascending; existing or not. A member that
    /// is not here subscribes to none.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// # let orders = group.topic_id("orders").expect("a topic");
    /// assert_eq!(group.subscribed_topics(c2).collect::<Vec<_>>(), [orders]);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[track_caller]
    pub fn subscribed_topics(&self, member: MemberId) -> impl Iterator<Item = TopicId> + '_ {
        let subscribed = self.member(member).map(|_| self.members.subscribed(member));
        let (every, these) = match subscribed {
            Some(Subscribed::Every) => (0..self.topics.len(), [].as_slice()),
            Some(Subscribed::These(topics)) => (0..0, &**topics),
            None => (0..0, [].as_slice()),
        };
        every.map(TopicId::from_index).chain(these.iter().copied()).map(|id| self.topic_handed_out(id))
    }

    /// Whether the partition is one of an existing topic.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let orders = group.topic_id("orders").expect("a topic");
    /// use sticky_assignor::TopicPartition;
    /// assert!(group.has_partition(TopicPartition::new(orders, 3)) && !group.has_partition(TopicPartition::new(orders, 4)));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[track_caller]
    pub fn has_partition(&self, partition: TopicPartition) -> bool {
        self.topic(partition.topic).is_some_and(|topic| partition.partition < topic.partitions())
    }

    /// Whether a member would read a partition from a rack that is not its own (KIP-881): both have
    /// a known rack, and no replica is in the member's.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic, TopicPartition};
    /// let topics = [NewTopic::new("orders", 2).racks([["a"], ["b"]])];
    /// let group = Group::new(&topics, &[NewMember::new("c1", "orders").rack("a")])?;
    /// let (c1, orders) = (group.member_id("c1").expect("a member"), group.topic_id("orders").expect("a topic"));
    /// assert!(!group.is_rack_mismatch(c1, TopicPartition::new(orders, 0)));
    /// assert!(group.is_rack_mismatch(c1, TopicPartition::new(orders, 1)));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[track_caller]
    pub fn is_rack_mismatch(&self, member: MemberId, partition: TopicPartition) -> bool {
        let replicas = self.topic(partition.topic).and_then(|topic| topic.racks()?.get(partition.partition as usize));
        let rack = self.member(member).and_then(|member| member.rack());
        rack.zip(replicas).is_some_and(|(rack, replicas)| is_outside(rack, replicas))
    }

    /// The assignment in which these partitions, as far as they exist, have these owners.
    pub(crate) fn assignment(&self, owned: impl Iterator<Item = (TopicPartition, MemberId)>) -> Assignment {
        let slots = Slots::of_topics(&self.topics);
        let mut owners = row(&slots, NO_OWNER);
        for (partition, owner) in owned {
            if let Some(slot) = slots.slot(partition) {
                owners[slot as usize] = owner.raw();
            }
        }
        Assignment::from_table(OwnerTable::of_numbers(slots, owners, self.members.numbers()))
    }

    /// A topic's number as somebody outside gets it.
    fn topic_handed_out(&self, id: TopicId) -> TopicId {
        if cfg!(debug_assertions) { id.handed_out_by(Origin::new(self.lineage, self.topics.get(id).name())) } else { id }
    }

    /// A member's number as somebody outside gets it.
    fn member_handed_out(&self, id: MemberId) -> MemberId {
        if cfg!(debug_assertions) { id.handed_out_by(Origin::new(self.lineage, self.members.get(id).id())) } else { id }
    }

    /// That an id from there may stand for what has its number here, if anything has.
    #[track_caller]
    fn debug_assert_own(&self, origin: Origin, here: Option<&Name>) {
        let Some(name) = here else { return };
        debug_assert!(origin.may_be(self.lineage, name), "an id that another group handed out: in this one its number is that of {name}");
    }

    /// Whether a member is in a rack and a rack is known of a partition: else racks are the same to
    /// all. Linear in members and topics.
    pub(crate) fn has_racks(&self) -> bool {
        let is_in_a_rack = |(_, member): (MemberId, &Member)| member.rack().is_some_and(|rack| !rack.is_empty());
        self.members().any(is_in_a_rack) && self.topics().any(|(_, topic)| topic.racks().is_some())
    }

    /// The subscriptions to each of these topics, existing or not, ascending by number;
    /// nothing where that is more than this many in all. The topics ascend. One pass over the
    /// subscriptions.
    pub(crate) fn subscriptions_to(&self, topics: &[TopicId], most: usize) -> Option<Vec<Vec<SubscriptionId>>> {
        self.members.subscriptions().subscribing_to(topics, most)
    }

    /// Those of these topics, existing or not, that any member subscribes to; both ascend. One pass
    /// over the subscriptions.
    pub(crate) fn subscribed_among(&self, topics: &[TopicId]) -> Vec<TopicId> {
        self.members.subscriptions().subscribed_among(topics)
    }

    pub(crate) fn all_topics(&self) -> &Topics {
        &self.topics
    }

    /// Who has which number.
    pub(crate) fn numbering(&self) -> Numbering {
        self.members.numbering()
    }

    pub(crate) fn all_members(&self) -> &Members {
        &self.members
    }
}

impl PartialEq for Group {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.topics == other.topics && self.members == other.members && self.claims == other.claims
    }
}

impl Eq for Group {}

/// Short, however large the group is.
impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut group = f.debug_struct("Group");
        group.field("name", &self.name).field("topics", &self.topics().count()).field("partitions", &self.partition_count());
        group.field("members", &self.member_count()).finish_non_exhaustive()
    }
}

/// A member, with what it subscribes to and claims as numbers.
pub(crate) struct NumberedMember<'a> {
    pub(crate) member: &'a NewMember,
    pub(crate) subscribed: Subscribed,
    pub(crate) claim: Option<Claim>,
}

/// The order of [`MemberKey`](super::members::MemberKey), before there is one: `false` (static)
/// before `true`.
fn order(member: &NewMember) -> (bool, &str) {
    match &member.instance {
        Some(instance) => (false, instance),
        None => (true, &member.id),
    }
}
