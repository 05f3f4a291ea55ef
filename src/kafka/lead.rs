//! The leader's work: what every member said in, what every member is given out, and the round
//! after one that withheld something.

use std::collections::BTreeMap;

use super::claim::Protocol;
use super::decode_group::{DecodedGroup, decode_group};
use super::encode_assignment::encode_assignment;
use super::round::{JoinedMember, LeadError, LeaderRound};
use crate::balance::balance;
use crate::cooperative::cooperative_round;
use crate::model::{Group, MemberId, NewTopic, TopicPartition};
use crate::plan::Plan;

/// Leads a group: from the members' subscriptions and the partitions of the topics to each member's
/// assignment, bytes to bytes.
///
/// Each protocol reads its members' claims as Java's assignor of that name does
/// ([`Protocol::claim`]). The protocol `sticky` gives the whole plan; `cooperative-sticky` gives it
/// in rounds ([`cooperative_round`]).
///
/// ```
/// use sticky_assignor::NewTopic;
/// use sticky_assignor::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, JoinedMember, Protocol, lead};
/// let metadata = ConsumerProtocolSubscription { topics: vec!["orders"], ..Default::default() }.encode(3)?;
/// let members = ["c1", "c2"].map(|id| JoinedMember { id, instance: None, metadata: &metadata });
/// let round = lead(Protocol::Sticky, &members, &[NewTopic::new("orders", 4)])?;
/// let given = ConsumerProtocolAssignment::decode(&round.assignments[1].assignment)?;
/// assert_eq!(given.assigned_partitions[0].partitions.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Where a subscription cannot be read, a rule of groups is broken (two members of one id), or a
/// name is too long to be written.
pub fn lead(protocol: Protocol, members: &[JoinedMember<'_>], topics: &[NewTopic]) -> Result<LeaderRound, LeadError> {
    let decoded = decode_group(protocol, members, topics)?;
    let plan = balance(&decoded.group);
    answer(protocol, members, decoded, plan)
}

/// What a plan for a group that was read comes to in this round.
fn answer(protocol: Protocol, members: &[JoinedMember<'_>], decoded: DecodedGroup, plan: Plan) -> Result<LeaderRound, LeadError> {
    let DecodedGroup { group, names, unreadable } = decoded;
    let (given, withheld) = match protocol {
        Protocol::Sticky => (plan.assignment().clone(), Vec::new()),
        Protocol::CooperativeSticky => cooperative_round(&group, plan.assignment()).into_parts(),
    };
    let assignments = members.iter().map(|member| encode_assignment(&group, &names, &given, member.id)).collect::<Result<_, _>>()?;
    Ok(LeaderRound { assignments, plan, given, withheld, unreadable })
}

impl LeaderRound {
    /// Leads the round that follows this one, as [`lead`](super::lead()) does, but with a memory:
    /// where everybody has kept what it was given and nothing else has changed, what this round
    /// withheld goes where its plan wants it.
    ///
    /// Without the memory loads are the same and nothing moves that was given, but a partition that
    /// stays with its owner while an older claim contests it may go to another (see
    /// [`cooperative_round`](crate::cooperative_round)). The plan counts as claimed what it
    /// remembers.
    ///
    /// # Errors
    ///
    /// As [`lead`](super::lead()).
    pub fn next_round(&self, protocol: Protocol, members: &[JoinedMember<'_>], topics: &[NewTopic]) -> Result<Self, LeadError> {
        let decoded = decode_group(protocol, members, topics)?;
        let plan = self.expected(&decoded.group).unwrap_or_else(|| balance(&decoded.group));
        answer(protocol, members, decoded, plan)
    }

    /// The plan for the next group in which everything stays that is claimed or was withheld for a
    /// member; none where something must give way.
    fn expected(&self, next: &Group) -> Option<Plan> {
        let awaited = self.awaited(next);
        if awaited.is_empty() {
            return None;
        }
        let group = next.clone().with_extra_claims(awaited);
        let plan = balance(&group);
        (plan.summary().retained == group.stated_claims()).then_some(plan)
    }

    /// What this round withheld, by the members of the next one that are to get it.
    fn awaited(&self, next: &Group) -> BTreeMap<MemberId, Vec<TopicPartition>> {
        let mut awaited: BTreeMap<MemberId, Vec<TopicPartition>> = BTreeMap::new();
        for (member, partition) in self.withheld.iter().filter_map(|&partition| self.in_group(next, partition)) {
            awaited.entry(member).or_default().push(partition);
        }
        awaited
    }

    /// A partition of this round's plan and its owner, as the next group numbers them. A static
    /// member is the same under a new member id.
    fn in_group(&self, next: &Group, partition: TopicPartition) -> Option<(MemberId, TopicPartition)> {
        let group = self.plan.group();
        let owner = group.member(self.plan.assignment().owner(partition)?)?;
        let topic = next.topic_id(group.all_topics().get(partition.topic).name())?;
        Some((next.known_as(owner)?, TopicPartition { topic, ..partition }))
    }
}
