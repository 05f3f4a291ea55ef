//! What a member says to the coordinator of its group, which here is the broker.

use std::collections::BTreeMap;

use bytes::Bytes;
use kafka_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use kafka_protocol::messages::leave_group_request::MemberIdentity;
use kafka_protocol::messages::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use kafka_protocol::messages::offset_fetch_request::OffsetFetchRequestTopic;
use kafka_protocol::messages::sync_group_request::SyncGroupRequestAssignment;
use kafka_protocol::messages::{
    GroupId, HeartbeatRequest, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, OffsetCommitRequest, OffsetFetchRequest,
    SyncGroupRequest, SyncGroupResponse,
};
use sticky_assignor::kafka::EncodedAssignment;

use super::broker::{Broker, Partition, text, topic_name};
use crate::Fallible;

/// The broker wants a member to join again under the id it has just given it.
const MEMBER_ID_REQUIRED: i16 = 79;
/// The broker does not know the member (any more).
pub(crate) const UNKNOWN_MEMBER: i16 = 25;
const CONSUMER: &str = "consumer";

/// A member's standing in its group.
pub(crate) struct Coordinator {
    pub(crate) broker: Broker,
    pub(crate) group: String,
    /// The id the broker gave it; empty before.
    pub(crate) id: String,
    /// The generation it last joined; −1 before.
    pub(crate) generation: i32,
}

impl Coordinator {
    pub(crate) fn new(broker: Broker, group: &str) -> Self {
        Self { broker, group: group.into(), id: String::new(), generation: -1 }
    }

    fn group(&self) -> GroupId {
        GroupId(text(&self.group))
    }

    /// Joins with its metadata for a protocol; the broker answers when everybody has.
    pub(crate) fn join(&mut self, protocol: &str, metadata: &[u8]) -> Fallible<JoinGroupResponse> {
        let metadata = Bytes::copy_from_slice(metadata);
        let request = JoinGroupRequest::default()
            .with_group_id(self.group())
            .with_session_timeout_ms(6000)
            .with_rebalance_timeout_ms(20_000)
            .with_member_id(text(&self.id))
            .with_protocol_type(text(CONSUMER))
            .with_protocols(vec![JoinGroupRequestProtocol::default().with_name(text(protocol)).with_metadata(metadata.clone())]);
        let answer = self.broker.call(7, &request)?;
        if answer.error_code == MEMBER_ID_REQUIRED {
            self.id = answer.member_id.to_string();
            return self.join(protocol, &metadata);
        }
        if answer.error_code == 0 {
            (self.id, self.generation) = (answer.member_id.to_string(), answer.generation_id);
        }
        Ok(answer)
    }

    /// Hands in what the leader gives, nothing from the others, and gets its own part.
    pub(crate) fn sync(&mut self, protocol: &str, given: &[EncodedAssignment]) -> Fallible<SyncGroupResponse> {
        let given = given.iter().map(|given| {
            let assignment = Bytes::copy_from_slice(&given.assignment);
            SyncGroupRequestAssignment::default().with_member_id(text(&given.member)).with_assignment(assignment)
        });
        let request = SyncGroupRequest::default()
            .with_group_id(self.group())
            .with_generation_id(self.generation)
            .with_member_id(text(&self.id))
            .with_protocol_type(Some(text(CONSUMER)))
            .with_protocol_name(Some(text(protocol)))
            .with_assignments(given.collect());
        self.broker.call(5, &request)
    }

    /// Says that it is there; the answer is an error code.
    pub(crate) fn heartbeat(&mut self) -> Fallible<i16> {
        let request = HeartbeatRequest::default().with_group_id(self.group()).with_generation_id(self.generation);
        Ok(self.broker.call(4, &request.with_member_id(text(&self.id)))?.error_code)
    }

    pub(crate) fn leave(&mut self) -> Fallible<()> {
        let members = vec![MemberIdentity::default().with_member_id(text(&self.id))];
        self.broker.call(3, &LeaveGroupRequest::default().with_group_id(self.group()).with_members(members))?;
        Ok(())
    }

    /// Where to read on in these partitions: where the group has committed, or at the start.
    pub(crate) fn positions(&mut self, partitions: &[Partition]) -> Fallible<BTreeMap<Partition, i64>> {
        let topics = partitions.iter().map(|(topic, partition)| {
            OffsetFetchRequestTopic::default().with_name(topic_name(topic)).with_partition_indexes(vec![*partition])
        });
        let request = OffsetFetchRequest::default().with_group_id(self.group()).with_topics(Some(topics.collect()));
        let answer = if partitions.is_empty() { Vec::new() } else { self.broker.call(6, &request)?.topics };
        let committed = answer.iter().flat_map(|topic| {
            topic
                .partitions
                .iter()
                .map(|partition| ((topic.name.to_string(), partition.partition_index), partition.committed_offset.max(0)))
        });
        Ok(partitions.iter().map(|partition| (partition.clone(), 0)).chain(committed).collect())
    }

    pub(crate) fn commit(&mut self, positions: &BTreeMap<Partition, i64>) -> Fallible<()> {
        let topics = positions.iter().map(|((topic, partition), &offset)| {
            let partition = OffsetCommitRequestPartition::default().with_partition_index(*partition).with_committed_offset(offset);
            OffsetCommitRequestTopic::default().with_name(topic_name(topic)).with_partitions(vec![partition])
        });
        let request = OffsetCommitRequest::default()
            .with_group_id(self.group())
            .with_generation_id_or_member_epoch(self.generation)
            .with_member_id(text(&self.id))
            .with_topics(topics.collect());
        self.broker.call(8, &request)?;
        Ok(())
    }
}
