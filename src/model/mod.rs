//! The vocabulary: groups, members, topics, claims, assignments, changes. Values only; nothing here
//! decides.

mod assignment;
mod change;
pub(crate) mod chunks;
mod claims;
mod description;
mod display;
mod error;
mod goals;
mod group;
mod ids;
mod members;
mod topics;

pub use assignment::{Assignment, AssignmentIter};
pub use change::{Change, Event};
pub use claims::{Claim, Claims};
pub use description::{GENERATION_NOT_SAID, Name, NewMember, NewTopic, Subscription};
pub use display::ByName;
pub use error::{ChangeError, DEFAULT_PARTITION_LIMIT, GroupError, Inconsistency, MAX_PARTITIONS};
pub use goals::{Goal, Goals, GoalsError};
pub use group::Group;
pub use ids::{MemberId, Movement, TopicId, TopicPartition, Transfer};
pub use members::{Member, MemberKey};
pub use topics::{Racks, Topic};

#[cfg(feature = "kafka")]
pub(crate) use group::NumberedMember;

pub(crate) use assignment::{Differences, OwnerTable, Slots, row};
pub(crate) use error::Clamped;
pub(crate) use ids::NO_OWNER;
pub(crate) use members::{Numbering, Subscribed, SubscriptionId};
pub(crate) use topics::is_outside;
#[cfg(feature = "kafka")]
pub(crate) use topics::{TopicNumbers, Topics};
