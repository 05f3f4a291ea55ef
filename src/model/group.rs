//! A consumer group: its topics, its members, what they follow and claim.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use super::assignment::Assignment;
use super::claims::{Claim, Claims};
use super::description::{GENERATION_NOT_SAID, Name, NewMember, NewTopic, Subscription};
use super::error::GroupError;
use super::ids::{MemberId, TopicId, TopicPartition};
use super::members::{Member, Members};
use super::subscriptions::Followed;
use super::topics::{Topic, Topics};

/// A consumer group at one moment: the input of [`balance`](crate::balance()). A persistent value; cloning is O(1).
///
/// ```
/// use sticky_assignor::{Group, NewMember, NewTopic};
/// let group = Group::new(
///     &[NewTopic::new("orders", 12)],
///     &[NewMember::new("c1", ["orders"]).owning("orders", 0..12), NewMember::new("c2", ["orders"])],
/// )?;
/// assert_eq!(group.member_count(), 2);
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
    /// Where a rule of groups is broken: two topics or members of one name, a partition count that cannot be.
    pub fn new(topics: &[NewTopic], members: &[NewMember]) -> Result<Self, GroupError> {
        let (topics, names) = number_topics(Topics::describe(topics)?, members);
        let mut ordered: Vec<&NewMember> = members.iter().collect();
        ordered.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        let mut group = Self { name: None, topics, members: Members::default(), claims: Claims::Stated(im::OrdMap::new()) };
        let mut claims = im::OrdMap::new();
        for (index, member) in ordered.into_iter().enumerate() {
            group.members = group.members.with(member, names.followed(&member.subscription))?;
            if let Some(claim) = names.claim(member) {
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

    /// A topic of this group, or one that a member follows. An id of another group is answered wrongly, or not at all (a panic).
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

    /// The topics a member of this group follows, ascending; existing or not. A member that is not here follows none.
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
        partition.topic.index() < self.topics.len() && partition.partition < self.topics.get(partition.topic).partitions()
    }

    /// The members that follow a topic, existing or not, in the order of their numbers for each subscription.
    pub(crate) fn subscribers(&self, topic: TopicId) -> impl Iterator<Item = MemberId> + '_ {
        self.members.subscribers(topic)
    }

    pub(crate) fn has_subscriber(&self, topic: TopicId) -> bool {
        self.members.subscribers(topic).next().is_some()
    }

    /// Whether the number is one of this group's topics, existing or not.
    pub(crate) fn knows_topic(&self, topic: TopicId) -> bool {
        topic.index() < self.topics.len()
    }

    pub(crate) fn all_topics(&self) -> &Topics {
        &self.topics
    }

    pub(crate) fn all_members(&self) -> &Members {
        &self.members
    }
}

/// The order of [`MemberKey`](super::members::MemberKey), before there is one: `false` (static) before `true`.
fn order(member: &NewMember) -> (bool, &str) {
    match &member.instance {
        Some(instance) => (false, instance),
        None => (true, &member.id),
    }
}

/// The topics with numbers also for those that are only followed, in the order of their names whoever follows them; and the way back from names.
fn number_topics(topics: Topics, members: &[NewMember]) -> (Topics, TopicNumbers) {
    let known = TopicNumbers::of(&topics);
    let mut absent: Vec<&str> = Vec::new();
    for member in members {
        if let Subscription::Named(names) = &member.subscription {
            known.each(names.iter().map(String::as_str), |name, id| {
                if id.is_none() {
                    absent.push(name);
                }
            });
        }
    }
    if absent.is_empty() {
        return (topics, known);
    }
    absent.sort_unstable();
    absent.dedup();
    let topics = absent.into_iter().fold(topics, |topics, name| topics.known(name).0);
    let known = TopicNumbers::of(&topics);
    (topics, known)
}

/// Topic names to numbers, for reading many names quickly.
struct TopicNumbers {
    names: Vec<Name>,
    numbers: HashMap<Name, TopicId, BuildHasherDefault<DefaultHasher>>,
}

impl TopicNumbers {
    fn of(topics: &Topics) -> Self {
        let names: Vec<Name> = topics.in_id_order().map(|(_, topic)| topic.name().clone()).collect();
        let numbers = names.iter().enumerate().map(|(index, name)| (name.clone(), TopicId::from_index(index))).collect();
        Self { names, numbers }
    }

    /// The number of each of these names. Lists mostly come in order, so the name after the last one is tried before it is looked up.
    fn each<'a>(&self, names: impl Iterator<Item = &'a str>, mut visit: impl FnMut(&'a str, Option<TopicId>)) {
        let mut next = 0;
        for name in names {
            let id = match self.names.get(next) {
                Some(expected) if **expected == *name => Some(TopicId::from_index(next)),
                _ => self.numbers.get(name).copied(),
            };
            next = id.map_or(next, |id| id.index() + 1);
            visit(name, id);
        }
    }

    fn followed(&self, subscription: &Subscription) -> Followed {
        let Subscription::Named(names) = subscription else { return Followed::Every };
        let mut topics = Vec::with_capacity(names.len());
        self.each(names.iter().map(String::as_str), |_, id| topics.extend(id));
        Followed::these(topics)
    }

    /// What a member claims, as far as it could ever be true: of topics nobody knows and negative partitions nothing is kept.
    fn claim(&self, member: &NewMember) -> Option<Claim> {
        let mut partitions = Vec::with_capacity(member.owned.iter().map(|(_, partitions)| partitions.len()).sum());
        let mut lists = member.owned.iter().map(|(_, list)| list);
        self.each(member.owned.iter().map(|(topic, _)| topic.as_str()), |_, id| {
            let list = lists.next();
            if let (Some(topic), Some(list)) = (id, list) {
                let real = list.iter().filter_map(|partition| u32::try_from(*partition).ok());
                partitions.extend(real.map(|partition| TopicPartition { topic, partition }));
            }
        });
        if !partitions.is_sorted() {
            partitions.sort_unstable();
        }
        partitions.dedup();
        let generation = member.generation.max(GENERATION_NOT_SAID);
        (!partitions.is_empty()).then(|| Claim { generation, partitions: partitions.into() })
    }
}
