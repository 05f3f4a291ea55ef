//! The messages that Kafka's consumers pass through their group's leader: bytes to values, values
//! to bytes, and the leader's whole work between the two. No sockets: whatever client talks to the
//! broker hands the bytes in and sends the bytes out.

mod assignment;
#[cfg(feature = "barnabas")]
mod barnabas;
mod claim;
mod decode_group;
mod encode_assignment;
mod error;
mod lead;
mod names;
mod partitions;
mod round;
mod subscription;
mod user_data;
mod wire;

pub use assignment::ConsumerProtocolAssignment;
pub use claim::{ClaimedPartitions, Protocol, UnknownProtocol};
pub use error::{DecodeError, EncodeError};
pub use lead::lead;
pub use partitions::{Partitions, TopicPartitions};
pub use round::{EncodedAssignment, JoinedMember, LeadError, LeaderRound, UnreadableUserData};
pub use subscription::ConsumerProtocolSubscription;
pub use user_data::{CooperativeStickyAssignorUserData, StickyAssignorUserData};
