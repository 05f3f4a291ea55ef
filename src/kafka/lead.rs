//! The leader's work: what every member said in, what every member is given out.

use thiserror::Error;

use super::claim::Protocol;
use super::error::{DecodeError, EncodeError};
use super::give::give;
use super::hear::{HeardGroup, hear};
use crate::balance::balance;
use crate::cooperative::cooperative_round;
use crate::model::{Assignment, GroupError, NewTopic, TopicPartition};
use crate::plan::Plan;

/// A member as the coordinator names it to the leader in its JoinGroup response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinedMember<'a> {
    /// Its member id.
    pub id: &'a str,
    /// Its `group.instance.id`, for a static member.
    pub instance: Option<&'a str>,
    /// Its subscription, as it sent it for the protocol the group agreed on.
    pub metadata: &'a [u8],
}

/// What the leader answers.
#[derive(Clone, Debug)]
pub struct Led {
    /// Each member's assignment as bytes for the SyncGroup request, in the order the members were
    /// given.
    pub assignments: Vec<GivenBytes>,
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
pub struct GivenBytes {
    /// The member's id.
    pub member: String,
    /// Its `ConsumerProtocolAssignment`.
    pub assignment: Vec<u8>,
}

/// User data that was not heard.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// Leads a group: from the members' subscriptions and the partitions of the topics to each member's
/// assignment, bytes to bytes.
///
/// Each protocol hears its members as Java's assignor of that name does ([`Protocol::claim`]). The
/// protocol `sticky` gives the whole plan; `cooperative-sticky` gives it in rounds
/// ([`cooperative_round`]).
///
/// ```
/// use sticky_assignor::NewTopic;
/// use sticky_assignor::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, JoinedMember, Protocol, lead};
/// let metadata = ConsumerProtocolSubscription { topics: vec!["orders"], ..Default::default() }.encode(3)?;
/// let members = ["c1", "c2"].map(|id| JoinedMember { id, instance: None, metadata: &metadata });
/// let led = lead(Protocol::Sticky, &members, &[NewTopic::new("orders", 4)])?;
/// let given = ConsumerProtocolAssignment::decode(&led.assignments[1].assignment)?;
/// assert_eq!(given.assigned_partitions[0].partitions.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Where a subscription cannot be read, a rule of groups is broken (two members of one id), or a
/// name is too long to be written.
pub fn lead(protocol: Protocol, members: &[JoinedMember<'_>], topics: &[NewTopic]) -> Result<Led, LeadError> {
    let heard = hear(protocol, members, topics)?;
    let plan = balance(&heard.group);
    answer(protocol, members, heard, plan)
}

/// What a plan for a group that was heard comes to in this round.
pub(super) fn answer(protocol: Protocol, members: &[JoinedMember<'_>], heard: HeardGroup, plan: Plan) -> Result<Led, LeadError> {
    let HeardGroup { group, names, unreadable } = heard;
    let (given, withheld) = match protocol {
        Protocol::Sticky => (plan.assignment().clone(), Vec::new()),
        Protocol::CooperativeSticky => cooperative_round(&group, plan.assignment()).into_parts(),
    };
    let assignments = members.iter().map(|member| give(&group, &names, &given, member.id)).collect::<Result<_, _>>()?;
    Ok(Led { assignments, plan, given, withheld, unreadable })
}

impl JoinedMember<'_> {
    pub(super) fn refused(&self, error: DecodeError) -> LeadError {
        LeadError::Metadata { member: self.id.into(), error }
    }
}
