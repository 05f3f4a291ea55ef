//! What an import inferred or found odd.

use std::fmt;

/// Something the text does not say and was inferred, or says and was doubted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportNote {
    /// A topic's partition count was taken from the highest partition seen.
    PartitionCount {
        /// The topic.
        topic: String,
        /// The count.
        partitions: i64,
    },
    /// Members are taken to follow every topic.
    FollowsEvery {
        /// Their ids.
        members: Vec<String>,
    },
    /// A member owns a topic that it is said not to follow.
    OwnsUnfollowed {
        /// The member's id.
        member: String,
        /// The topic.
        topic: String,
    },
    /// A topic is followed of which nothing is known.
    UnknownTopic {
        /// The member's id.
        member: String,
        /// The topic.
        topic: String,
    },
    /// A partition was seen beyond the count that was given.
    BeyondCount {
        /// The topic.
        topic: String,
        /// The highest partition seen.
        partition: i64,
        /// The count.
        partitions: i64,
    },
    /// A subscription was given for a member that is not there.
    NoSuchMember {
        /// The member's name.
        member: String,
    },
    /// A line lists another number of partitions than it says.
    Miscounted {
        /// The line, from 1.
        line: usize,
        /// How many it says.
        said: usize,
        /// How many it lists.
        listed: usize,
    },
}

impl fmt::Display for ImportNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PartitionCount { topic, partitions } => {
                write!(f, "topic {topic:?}: {partitions} partitions, from the highest seen (--topic {topic}=COUNT says otherwise)")
            }
            Self::FollowsEvery { members } => {
                write!(f, "taken to follow every topic (--subscribe MEMBER=TOPIC,... says otherwise): {}", members.join(", "))
            }
            Self::OwnsUnfollowed { member, topic } => {
                write!(f, "member {member:?} owns partitions of {topic:?}, which it is said not to follow")
            }
            Self::UnknownTopic { member, topic } => write!(f, "member {member:?} follows {topic:?}, of which nothing is known"),
            Self::BeyondCount { topic, partition, partitions } => {
                write!(f, "topic {topic:?}: partition {partition} is owned, but {partitions} partitions were given")
            }
            Self::NoSuchMember { member } => write!(f, "no member has the id or the instance id {member:?}"),
            Self::Miscounted { line, said, listed } => write!(f, "line {line}: says {said} partitions, lists {listed}"),
        }
    }
}
