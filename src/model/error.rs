//! Why a group, or a change to one, cannot be; and what is wrong with an assignment that cannot be.

use std::fmt;

use thiserror::Error;

use super::ids::{MemberId, TopicPartition};

/// The most partitions a group may hold: 2³¹ − 1, as many as Kafka's own numbers can count.
pub const MAX_PARTITIONS: u64 = i32::MAX as u64;

/// The most partitions that the program takes unless it is told otherwise: a plan of so many takes
/// about a gigabyte at its peak, and a document of 30 bytes can ask for it. For
/// [`Group::limited_to`](super::Group::limited_to).
pub const DEFAULT_PARTITION_LIMIT: u64 = 50_000_000;

/// A rule of groups that a description breaks, and where.
///
/// ```
/// use sticky_assignor::{Group, NewMember};
/// let refused = Group::new(&[], &[NewMember::new("c1", "*"), NewMember::new("c1", "*")]).unwrap_err();
/// assert!(refused.to_string().contains("c1"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GroupError {
    /// A member's id is empty.
    #[error("members: a member needs an id, this one is empty")]
    EmptyMemberId,
    /// Two members share a member id.
    #[error("members: two members have the id {id:?}")]
    DuplicateMember {
        /// The member id.
        id: String,
    },
    /// Two members share a `group.instance.id`.
    #[error("members: {first:?} and {second:?} have the same instance {instance:?}")]
    DuplicateInstance {
        /// The instance id.
        instance: String,
        /// The id of one of the two members.
        first: String,
        /// The id of the other.
        second: String,
    },
    /// A topic is described twice.
    #[error("topics: {topic:?} is given twice")]
    DuplicateTopic {
        /// The topic's name.
        topic: String,
    },
    /// A topic's partition count is negative or beyond 2³¹ − 1.
    #[error("topics.{topic}: {} is not a partition count (0 to 2147483647)", Clamped(*count))]
    PartitionCount {
        /// The topic's name.
        topic: String,
        /// The count given.
        count: i64,
    },
    /// All topics together have more than [`MAX_PARTITIONS`] partitions, or than a lower limit that
    /// the caller set.
    #[error("topics: {count} partitions in all, more than the {limit} a group may hold")]
    TooManyPartitions {
        /// The partitions of all topics.
        count: u64,
        /// The most there may be.
        limit: u64,
    },
    /// Racks are given for another number of partitions than the topic has.
    #[error("topics.{topic}.racks: racks of {racks} partitions, but the topic has {partitions}")]
    RackCount {
        /// The topic's name.
        topic: String,
        /// For how many partitions racks are given.
        racks: usize,
        /// How many partitions the topic has.
        partitions: u32,
    },
}

/// An event that cannot happen to the group it is said to have happened to.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::Event;
/// let refused = plan.rebalance(Event::Leave("c9".into())).unwrap_err();
/// assert!(refused.to_string().contains("c9"));
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// A member joins under an id that is present.
    #[error("{id:?} joins, but is a member already")]
    AlreadyMember {
        /// The member id.
        id: String,
    },
    /// A member leaves, or subscribes anew, that is not there.
    #[error("{id:?} is not a member")]
    NotAMember {
        /// The member id.
        id: String,
    },
    /// A topic is deleted that does not exist.
    #[error("topic {topic:?} is deleted, but does not exist")]
    NoSuchTopic {
        /// The topic's name.
        topic: String,
    },
    /// A topic's partition count falls.
    #[error("topic {topic:?} shrinks from {from} to {to} partitions")]
    Shrinks {
        /// The topic's name.
        topic: String,
        /// The count before.
        from: u32,
        /// The count asked for.
        to: u32,
    },
    /// The changed group would break a rule of groups.
    #[error(transparent)]
    Group(#[from] GroupError),
}

/// An invariant of [`Assignment`](crate::Assignment) that does not hold: a fault of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Inconsistency {
    /// The owner of a partition is not the one that the list of all partitions has.
    #[error("the owner of {partition:?} is not the one listed")]
    Owner {
        /// The partition.
        partition: TopicPartition,
    },
    /// The number of owned partitions is not that of those listed.
    #[error("{kept} partitions have an owner, but {counted} are listed")]
    Total {
        /// The number kept.
        kept: u64,
        /// The number of partitions listed.
        counted: u64,
    },
    /// A member's load is not the number of partitions listed for it.
    #[error("{member:?} has a load of {kept}, but owns {counted} partitions")]
    Load {
        /// The member.
        member: MemberId,
        /// The load kept.
        kept: u32,
        /// The number of partitions listed.
        counted: u32,
    },
    /// A run of transfers is out of order, or not so much longer than the next newer one.
    #[error("the log's run number {run} is out of order or too short")]
    Run {
        /// Which run, the newest being 0.
        run: usize,
    },
}

/// An integer that was written down. The first and the last that there are also stand for all
/// beyond them, and say so.
pub(crate) struct Clamped(pub(crate) i64);

impl fmt::Display for Clamped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            i64::MIN => write!(f, "{} or less", i64::MIN),
            i64::MAX => write!(f, "{} or more", i64::MAX),
            integer => integer.fmt(f),
        }
    }
}
