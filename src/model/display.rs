//! Numbers as the names their group knows them by: for a person to read, and a whole assignment by
//! name.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use super::assignment::Assignment;
use super::group::Group;
use super::ids::{MemberId, Movement, TopicId, TopicPartition, Transfer};

impl MemberId {
    /// The member as this group names it: by its member id. One that is not here is a number.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic};
    /// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", "orders")])?;
    /// let member = group.member_id("c1").expect("it is here");
    /// assert_eq!(member.display(&group).to_string(), "c1");
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn display(self, group: &Group) -> impl fmt::Display + '_ {
        written(move |f| match group.member(self) {
            Some(member) => f.pad(member.id()),
            None => write!(f, "member {}", self.index()),
        })
    }
}

impl TopicId {
    /// The topic's name in this group. One that the group never knew is a number.
    pub fn display(self, group: &Group) -> impl fmt::Display + '_ {
        written(move |f| match group.topic(self) {
            Some(topic) => f.pad(topic.name()),
            None => write!(f, "topic {}", self.index()),
        })
    }
}

impl TopicPartition {
    /// The partition as Kafka writes it: `orders-3`.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic, TopicPartition};
    /// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", "orders")])?;
    /// let partition = TopicPartition::new(group.topic_id("orders").expect("it exists"), 3);
    /// assert_eq!(partition.display(&group).to_string(), "orders-3");
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn display(self, group: &Group) -> impl fmt::Display + '_ {
        written(move |f| write!(f, "{}-{}", self.topic.display(group), self.partition))
    }
}

impl Movement {
    /// The movement by names: `orders-3: c1 → c2`.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// let members = [NewMember::new("c1", "orders").owning("orders", 0..4), NewMember::new("c2", "orders")];
    /// let plan = balance(&Group::new(&[NewTopic::new("orders", 4)], &members)?);
    /// let moved: Vec<String> = plan.movements().iter().map(|movement| movement.display(plan.group()).to_string()).collect();
    /// assert_eq!(moved, ["orders-2: c1 → c2", "orders-3: c1 → c2"]);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn display(self, group: &Group) -> impl fmt::Display + '_ {
        Transfer { partition: self.partition, from: Some(self.from), to: Some(self.to) }.display(group)
    }
}

impl Transfer {
    /// The transfer by names, as that of a [`Movement`]; `nobody` at an end without a member.
    pub fn display(self, group: &Group) -> impl fmt::Display + '_ {
        let end = move |member: Option<MemberId>| {
            written(move |f| match member {
                Some(member) => write!(f, "{}", member.display(group)),
                None => f.write_str("nobody"),
            })
        };
        written(move |f| write!(f, "{}: {} → {}", self.partition.display(group), end(self.from), end(self.to)))
    }
}

/// What a function writes. (In time `std::fmt::from_fn`, of Rust 1.93.)
struct Written<F>(F);

fn written<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result>(write: F) -> Written<F> {
    Written(write)
}

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Written<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

/// An assignment by names: member id → topic → partitions.
///
/// A view, which costs nothing until it is looked at. Every member of the group is in it, also one
/// with nothing, in the order of [`Group::members`]; topics and partitions ascend. What the group
/// does not know is left out. It serialises as an object of objects of lists.
///
/// ```
/// use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// let plan = balance(&Group::new(&[NewTopic::new("orders", 4)], &members)?);
/// for (member, topics) in plan.by_name() {
///     println!("{member} has {topics:?}");
/// }
/// assert_eq!(plan.by_name().of_member("c1"), Some([("orders", vec![0, 1])].into()));
/// assert_eq!(serde_json::to_string(&plan.by_name())?, r#"{"c1":{"orders":[0,1]},"c2":{"orders":[2,3]}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ByName<'a> {
    group: &'a Group,
    assignment: &'a Assignment,
}

impl Assignment {
    /// The assignment by the names of this group, the one it is of.
    pub fn by_name<'a>(&'a self, group: &'a Group) -> ByName<'a> {
        ByName { group, assignment: self }
    }
}

impl<'a> ByName<'a> {
    /// How many members there are.
    pub fn len(&self) -> usize {
        self.group.member_count()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every member id, with what that member owns: topic → partitions.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, BTreeMap<&'a str, Vec<u32>>)> + use<'a> {
        let all = *self;
        all.group.members().map(move |(member, known)| (&**known.id(), all.of(member)))
    }

    /// What the member with this member id owns; nothing where there is no such member.
    pub fn of_member(&self, id: &str) -> Option<BTreeMap<&'a str, Vec<u32>>> {
        self.group.member_id(id).map(|member| self.of(member))
    }

    fn of(&self, member: MemberId) -> BTreeMap<&'a str, Vec<u32>> {
        let partitions: Vec<TopicPartition> = self.assignment.partitions_of(member).collect();
        let numbers = |run: &[TopicPartition]| run.iter().map(|partition| partition.partition).collect();
        runs(self.group, &partitions).map(|(topic, run)| (topic, numbers(run))).collect()
    }
}

/// What a member owns, topic after topic, less topics that the group does not know.
fn runs<'a: 'p, 'p>(group: &'a Group, partitions: &'p [TopicPartition]) -> impl Iterator<Item = (&'a str, &'p [TopicPartition])> {
    let runs = partitions.chunk_by(|a, b| a.topic == b.topic);
    runs.filter_map(|run| Some((&**group.topic(run[0].topic)?.name(), run)))
}

impl<'a> IntoIterator for ByName<'a> {
    type Item = (&'a str, BTreeMap<&'a str, Vec<u32>>);
    type IntoIter = Box<dyn Iterator<Item = Self::Item> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

/// Member after member: a million partitions need no second copy.
impl Serialize for ByName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.group.members().map(|(member, known)| (&**known.id(), Holding { all: self, member })))
    }
}

/// What one member owns.
struct Holding<'a> {
    all: &'a ByName<'a>,
    member: MemberId,
}

impl Serialize for Holding<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { all: ByName { group, assignment }, member } = *self;
        let known = |(topic, _)| Some((&**group.topic(topic)?.name(), topic));
        let mut topics: Vec<(&str, TopicId)> = assignment.counts_of(member).into_iter().filter_map(known).collect();
        // A topic created after the group was built has a number out of the order of names.
        topics.sort_unstable();
        serializer.collect_map(topics.into_iter().map(|(name, topic)| (name, OwnedPartitions { assignment, member, topic })))
    }
}

/// The partitions of one topic that a member owns: they may be most of all there are, so no list is
/// made of them.
struct OwnedPartitions<'a> {
    assignment: &'a Assignment,
    member: MemberId,
    topic: TopicId,
}

impl Serialize for OwnedPartitions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let partitions = self.assignment.partitions_of_topic(self.member, self.topic);
        serializer.collect_seq(partitions.map(|partition| partition.partition))
    }
}
