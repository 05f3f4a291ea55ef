//! A round as its leader sees it: who joined, what each is answered, and why it could not be led.

use thiserror::Error;

use super::error::{DecodeError, EncodeError};
use crate::model::{Assignment, GroupError, TopicPartition};
use crate::plan::Plan;

/// A member as the coordinator names it to the leader in its JoinGroup response.
///
/// ```
/// use sticky_assignor::kafka::{ConsumerProtocolSubscription, JoinedMember, Protocol, lead};
/// let metadata = ConsumerProtocolSubscription { topics: vec!["orders"], ..Default::default() }.encode(0)?;
/// let members = [JoinedMember { id: "c1-5f2a", instance: None, metadata: &metadata }];
/// let round = lead(Protocol::Sticky, &members, &[sticky_assignor::NewTopic::new("orders", 3)])?;
/// assert_eq!((round.assignments.len(), round.given.len()), (1, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinedMember<'a> {
    /// Its member id.
    pub id: &'a str,
    /// Its `group.instance.id`, for a static member.
    pub instance: Option<&'a str>,
    /// Its subscription, as it sent it for the protocol the group agreed on.
    pub metadata: &'a [u8],
}

impl JoinedMember<'_> {
    pub(super) fn refused(&self, error: DecodeError) -> LeadError {
        LeadError::Metadata { member: self.id.into(), error }
    }
}

/// What the leader answers in one round of a group.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LeaderRound {
    /// Each member's assignment as bytes for the SyncGroup request, in the order the members were
    /// given.
    pub assignments: Vec<EncodedAssignment>,
    /// The plan, towards which a cooperative group goes in more than one round.
    pub plan: Plan,
    /// What is given in this round; in the protocol `sticky` the whole plan.
    pub given: Assignment,
    /// What is given to nobody in this round, because a member may still hold it; ascending. Empty
    /// in the protocol `sticky`.
    pub withheld: Vec<TopicPartition>,
    /// The members whose user data could not be read and was left out.
    pub unreadable: Vec<UnreadableUserData>,
}

/// A member's assignment as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodedAssignment {
    /// The member's id.
    pub member: String,
    /// Its `ConsumerProtocolAssignment`.
    pub assignment: Vec<u8>,
}

/// User data that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableUserData {
    /// The member's id.
    pub member: String,
    /// What is wrong with it.
    pub error: DecodeError,
}

/// Why a group cannot be led.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LeadError {
    /// A member's subscription cannot be read. What it holds is not known then, so nothing can be
    /// given safely.
    #[error("member {member:?}: {error}")]
    Metadata {
        /// The member's id.
        member: String,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// The members and topics do not make a group.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// An assignment cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}
