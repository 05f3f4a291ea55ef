//! A consumer group: its topics, its members, what they follow and claim.

use super::assignment::Assignment;
use super::claims::{Claim, Claims};
use super::description::{Name, NewMember, NewTopic};
use super::error::GroupError;
use super::ids::{MemberId, TopicId, TopicPartition};
use super::members::{Member, Members};
use super::numbers::TopicNumbers;
use super::subscriptions::{Followed, SubscriptionId};
use super::topics::{Topic, Topics};

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
#[derive(Clone, Debug)]
pub struct Group {
    pub(super) name: Option<Name>,
    pub(super) topics: Topics,
    pub(super) members: Members,
    pub(super) claims: Claims,
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
    pub fn new(topics: &[NewTopic], members: &[NewMember]) -> Result<Self, GroupError> {
        let (topics, names, followed) = TopicNumbers::of_members(Topics::describe(topics)?, members);
        let entry = |(member, followed)| Entry { member, followed, claim: names.claim(member) };
        Self::of(topics, members.iter().zip(followed).map(entry).collect())
    }

    /// The group of these topics, which are all that members follow, and these members.
    pub(crate) fn of(topics: Topics, mut entries: Vec<Entry<'_>>) -> Result<Self, GroupError> {
        entries.sort_unstable_by(|a, b| order(a.member).cmp(&order(b.member)));
        let mut group = Self { name: None, topics, members: Members::default(), claims: Claims::Stated(im::OrdMap::new()) };
        let mut claims = im::OrdMap::new();
        for (index, Entry { member, followed, claim }) in entries.into_iter().enumerate() {
            group.members = group.members.with(member, followed)?;
            if let Some(claim) = claim {
                claims.insert(MemberId::from_index(index), claim);
            }
        }
        group.claims = Claims::Stated(claims);
        Ok(group)
    }

    /// The group under a name, which outputs carry.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The group, its members claiming what this assignment gave them.
    ///
    /// The assignment is one of this group, or of a group that this one came from (see
    /// [`MemberId`]). Of any other the numbers are read as those of whoever has them here;
    /// [`claiming_from`](Self::claiming_from) goes by names.
    #[must_use]
    pub fn claiming(mut self, assignment: Assignment) -> Self {
        self.claims = Claims::Previous(assignment);
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

    /// How many partitions the topics have in all, followed or not.
    pub fn partition_count(&self) -> u64 {
        self.topics.partitions()
    }

    /// Its topics, in the order of their names.
    pub fn topics(&self) -> impl Iterator<Item = (TopicId, &Topic)> {
        self.topics.existing()
    }

    /// Its members, in the order of their keys: instance ids first, then member ids.
    pub fn members(&self) -> impl Iterator<Item = (MemberId, &Member)> {
        self.members.in_order()
    }

    /// The topic of this name, if it exists.
    pub fn topic_id(&self, name: &str) -> Option<TopicId> {
        self.topics.id(name).filter(|&id| self.topics.get(id).exists())
    }

    /// The member with this member id.
    pub fn member_id(&self, id: &str) -> Option<MemberId> {
        self.members.of_id(id)
    }

    /// The static member with this `group.instance.id`.
    pub fn member_of_instance(&self, instance: &str) -> Option<MemberId> {
        self.members.of_instance(instance)
    }

    /// A topic of this group, or one that a member follows.
    ///
    /// # Panics
    ///
    /// At an id of another group that is none of this one's. (One that is both is answered, with a
    /// topic that may be another.)
    pub fn topic(&self, id: TopicId) -> &Topic {
        self.topics.get(id)
    }

    /// A member of this group, if it is (still) here.
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.contains(id).then(|| self.members.get(id))
    }

    /// Whether the member is here and follows that topic, existing or not.
    pub fn subscribes(&self, member: MemberId, topic: TopicId) -> bool {
        self.members.contains(member) && self.members.followed(member).contains(topic)
    }

    /// The topics a member of this group follows, ascending; existing or not. A member that is not
    /// here follows none.
    pub fn followed(&self, member: MemberId) -> impl Iterator<Item = TopicId> + '_ {
        let followed = self.members.contains(member).then(|| self.members.followed(member));
        let (every, these) = match followed {
            Some(Followed::Every) => (0..self.topics.len(), [].as_slice()),
            Some(Followed::These(topics)) => (0..0, &**topics),
            None => (0..0, [].as_slice()),
        };
        every.map(TopicId::from_index).chain(these.iter().copied())
    }

    /// Whether the partition is one of an existing topic.
    pub fn has_partition(&self, partition: TopicPartition) -> bool {
        self.known_topic(partition.topic).is_some_and(|topic| partition.partition < topic.partitions())
    }

    /// The subscriptions that follow each of these topics, existing or not, ascending by number;
    /// nothing where that is more than so many in all. The topics ascend. One pass over the
    /// subscriptions.
    pub(crate) fn subscriptions_following(&self, topics: &[TopicId], most: usize) -> Option<Vec<Vec<SubscriptionId>>> {
        self.members.subscriptions().following(topics, most)
    }

    /// Those of these topics, existing or not, that any member follows; both ascend. One pass over
    /// the subscriptions.
    pub(crate) fn followed_among(&self, topics: &[TopicId]) -> Vec<TopicId> {
        self.members.subscriptions().followed_among(topics)
    }

    /// The topic of this number, existing or not, if the group has given the number to any.
    pub(crate) fn known_topic(&self, id: TopicId) -> Option<&Topic> {
        (id.index() < self.topics.len()).then(|| self.topics.get(id))
    }

    pub(crate) fn all_topics(&self) -> &Topics {
        &self.topics
    }

    pub(crate) fn all_members(&self) -> &Members {
        &self.members
    }
}

/// A member, with what it follows and claims as numbers.
pub(crate) struct Entry<'a> {
    pub(crate) member: &'a NewMember,
    pub(crate) followed: Followed,
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
