//! The messages that Kafka's consumers pass through their group's leader: bytes to values, values
//! to bytes, and the leader's whole work between the two. No sockets: whatever client talks to the
//! broker hands the bytes in and sends the bytes out.

#[cfg(feature = "barnabas")]
mod barnabas;
mod claim;
mod lead;
mod messages;
pub mod records;
mod wire;

pub use claim::{ClaimedPartitions, Protocol, UnknownProtocol};
pub use lead::{EncodedAssignment, JoinedMember, LeadError, LeaderRound, UnreadableUserData, lead};
pub use messages::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, CooperativeStickyAssignorUserData, Partitions, StickyAssignorUserData,
    TopicPartitions,
};
pub use wire::{DecodeError, EncodeError};
