//! The round after one that withheld something, led by a leader that remembers it.

use std::collections::BTreeMap;

use super::claim::Protocol;
use super::hear::hear;
use super::lead::{JoinedMember, LeadError, Led, answer};
use crate::balance::balance;
use crate::model::{Group, MemberId, NewTopic, TopicPartition};
use crate::plan::Plan;

impl Led {
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
    pub fn follow_up(&self, protocol: Protocol, members: &[JoinedMember<'_>], topics: &[NewTopic]) -> Result<Self, LeadError> {
        let heard = hear(protocol, members, topics)?;
        let plan = self.expected(&heard.group).unwrap_or_else(|| balance(&heard.group));
        answer(protocol, members, heard, plan)
    }

    /// The plan for the next group in which everything stays that is claimed or was withheld for a
    /// member; none where something must give way.
    fn expected(&self, next: &Group) -> Option<Plan> {
        let awaited = self.awaited(next);
        if awaited.is_empty() {
            return None;
        }
        let group = next.clone().awaiting(awaited);
        let plan = balance(&group);
        (plan.summary().retained == group.stated()).then_some(plan)
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
        let topic = next.topic_id(group.topic(partition.topic).name())?;
        Some((next.known_as(owner)?, TopicPartition { topic, ..partition }))
    }
}
