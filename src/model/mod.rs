//! The vocabulary: groups, members, topics, claims, assignments, changes. Values only; nothing here
//! decides.

mod apply;
mod assignment;
#[cfg(feature = "kafka")]
mod awaiting;
mod buckets;
mod carried;
mod change;
mod changes;
mod claims;
mod description;
mod error;
mod goals;
mod group;
mod ids;
pub(crate) mod leaves;
mod members;
mod nearest;
mod numbers;
mod overlay;
mod passed;
mod run;
mod sheet;
mod subscriptions;
mod topic_owners;
mod topics;

pub use assignment::Assignment;
pub use change::{Change, Event};
pub use claims::{Claim, Claims};
pub use description::{GENERATION_NOT_SAID, Name, NewMember, NewTopic, Subscription};
pub use error::{ChangeError, GroupError, MAX_PARTITIONS};
pub use goals::{Goal, Goals, GoalsError};
pub use group::Group;
pub use ids::{MemberId, Movement, TopicId, TopicPartition};
pub use members::{Member, MemberKey};
pub use topics::{Racks, Topic};

#[cfg(feature = "kafka")]
pub(crate) use group::Entry;

pub(crate) use nearest::Nearest;
#[cfg(feature = "kafka")]
pub(crate) use numbers::TopicNumbers;
pub(crate) use passed::Handed;
pub(crate) use sheet::{NO_OWNER, Sheet, Slots};
pub(crate) use subscriptions::{Followed, SubscriptionId};
#[cfg(feature = "kafka")]
pub(crate) use topics::Topics;
