//! The messages that Kafka's consumers pass through their group's leader: bytes to values, values
//! to bytes, and the leader's whole work between the two. No sockets: whatever client talks to the
//! broker hands the bytes in and sends the bytes out.

#[cfg(feature = "barnabas")]
mod barnabas;
mod claim;
mod decode_group;
mod encode_assignment;
mod error;
mod lead;
mod messages;
mod partitions;
pub mod records;
mod round;
mod user_data;
mod wire;

pub use claim::{ClaimedPartitions, Protocol, UnknownProtocol};
pub use error::{DecodeError, EncodeError};
pub use lead::lead;
pub use messages::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
pub use partitions::{Partitions, TopicPartitions};
pub use round::{EncodedAssignment, JoinedMember, LeadError, LeaderRound, UnreadableUserData};
pub use user_data::{CooperativeStickyAssignorUserData, StickyAssignorUserData};
