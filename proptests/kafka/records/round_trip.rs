//! What the tests' encoder writes is what the decoder reads.

use proptest::prelude::*;
use sticky_assignor::kafka::TopicPartitions;
use sticky_assignor::kafka::records::{
    ConsumerGroupMember, CurrentAssignment, GroupMember, GroupMetadata, GroupRecord, Heard, PassedOver, RecordBody, TopicDescription,
    TopicIdPartitions, TopicUuid,
};

use super::encode::{self, ClassicMember, Described, Generation, IdParts, ModernMember};
use super::said::{described, generation, id_parts, modern_member, name, parts, tags};
use crate::strategies::configured;

/// What a record says, read from its key and value.
fn body<'a>(key: &'a [u8], value: Option<&'a [u8]>, group: &str) -> RecordBody<'a> {
    match Heard::decode(key, value) {
        Ok(Heard::Record(GroupRecord { group: read, body })) if read == group => body,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(configured(512))]

    #[test]
    fn generations_of_classic_groups(group in name(), said in generation(), version in 0..5_i16) {
        let value = encode::generation(version, &said);
        let key = encode::group_key(2, &group);
        prop_assert_eq!(body(&key, Some(&value), &group), RecordBody::GroupMetadata(Some(classic(&said, version))));
        prop_assert_eq!(body(&key, None, &group), RecordBody::GroupMetadata(None));
    }

    #[test]
    fn epochs(group in name(), epoch in any::<i32>(), tags in tags()) {
        let value = encode::epoch(epoch, &tags);
        let read = body(&encode::group_key(3, &group), Some(&value), &group) == RecordBody::ConsumerGroupMetadata { epoch: Some(epoch) };
        prop_assert!(read);
        let key = encode::group_key(6, &group);
        prop_assert_eq!(body(&key, Some(&value), &group), RecordBody::ConsumerGroupTargetAssignmentMetadata { epoch: Some(epoch) });
    }

    #[test]
    fn topics_with_their_racks(group in name(), topics in described()) {
        let (key, value) = (encode::group_key(4, &group), encode::described(&topics));
        let topics = topics.iter().map(description).collect();
        prop_assert_eq!(body(&key, Some(&value), &group), RecordBody::ConsumerGroupPartitionMetadata { topics: Some(topics) });
    }

    #[test]
    fn members_and_what_they_say(group in name(), member in name(), said in modern_member(), tags in tags()) {
        let (key, value) = (encode::member_key(5, &group, &member), encode::member(&said, &tags));
        let metadata = Some(modern(&said));
        prop_assert_eq!(body(&key, Some(&value), &group), RecordBody::ConsumerGroupMemberMetadata { member: &member, metadata });
    }

    #[test]
    fn what_members_are_to_have_and_have(
        (group, member) in (name(), name()),
        (assigned, revoking) in (id_parts(), id_parts()),
        (epochs, state, tags) in (any::<[i32; 2]>(), any::<i8>(), tags()),
    ) {
        let (key, value) = (encode::member_key(7, &group, &member), encode::target(&assigned));
        let partitions = Some(listed(&assigned));
        prop_assert_eq!(body(&key, Some(&value), &group), RecordBody::ConsumerGroupTargetAssignmentMember { member: &member, partitions });

        let (key, value) = (encode::member_key(8, &group, &member), encode::current(epochs, state, &assigned, &revoking, &tags));
        let current = Some(CurrentAssignment {
            member_epoch: epochs[0],
            previous_member_epoch: epochs[1],
            state,
            assigned_partitions: listed(&assigned),
            partitions_pending_revocation: listed(&revoking),
        });
        prop_assert_eq!(body(&key, Some(&value), &group), RecordBody::ConsumerGroupCurrentMemberAssignment { member: &member, current });
    }

    #[test]
    fn what_consumers_said_and_were_given(topics in proptest::collection::vec(name(), 0..4), owned in parts(), generation in -1..9_i32) {
        let (subscription, assignment) = (encode::subscription(&topics, &owned, generation, None), encode::assignment(&owned));
        let member = ClassicMember { subscription, assignment, ..ClassicMember::default() };
        let member = classic_member(&member, 3);
        let said = member.said(0).unwrap().unwrap();
        let owned: Vec<_> = owned.iter().map(|(topic, numbers)| TopicPartitions::new(topic, numbers.iter().copied())).collect();
        prop_assert_eq!((said.topics, said.generation), (topics.iter().map(String::as_str).collect::<Vec<_>>(), generation));
        prop_assert_eq!(&said.owned_partitions, &owned);
        prop_assert_eq!(member.given(0).unwrap().unwrap().assigned_partitions, owned);
    }

    #[test]
    fn other_kinds_and_versions_are_passed_over(group in name(), kind in any::<i16>(), version in any::<i16>(), more in any::<[u8; 3]>()) {
        let key = encode::group_key(kind, &group);
        let value = [&version.to_be_bytes()[..], &more].concat();
        let newest = if kind == 2 { 4 } else { 0 };
        if !(2..=8).contains(&kind) {
            prop_assert_eq!(Heard::decode(&key, Some(&value)), Ok(Heard::PassedOver(PassedOver::Kind { kind })));
        } else if !matches!(kind, 5 | 7 | 8) && !(0..=newest).contains(&version) {
            prop_assert_eq!(Heard::decode(&key, Some(&value)), Ok(Heard::PassedOver(PassedOver::Version { kind, version })));
        }
    }
}

#[test]
fn committed_offsets_are_passed_over() {
    let key = encode::offset_key(1, "g", "t", 0);
    assert_eq!(Heard::decode(&key, Some(&[0; 30])), Ok(Heard::PassedOver(PassedOver::Kind { kind: 1 })));
}

fn classic(said: &Generation, version: i16) -> GroupMetadata<'_> {
    GroupMetadata {
        protocol_type: &said.protocol_type,
        generation: said.generation,
        protocol: said.protocol.as_deref(),
        leader: said.leader.as_deref(),
        current_state_timestamp: if version >= 2 { said.since } else { -1 },
        members: said.members.iter().map(|member| classic_member(member, version)).collect(),
    }
}

fn classic_member(said: &ClassicMember, version: i16) -> GroupMember<'_> {
    GroupMember {
        member_id: &said.id,
        group_instance_id: said.instance.as_deref().filter(|_| version >= 3),
        client_id: &said.client,
        client_host: &said.host,
        rebalance_timeout: (version >= 1).then_some(said.rebalance_timeout),
        session_timeout: said.session_timeout,
        subscription: &said.subscription,
        assignment: &said.assignment,
    }
}

fn modern(said: &ModernMember) -> ConsumerGroupMember<'_> {
    ConsumerGroupMember {
        instance_id: said.instance.as_deref(),
        rack_id: said.rack.as_deref(),
        client_id: &said.client,
        client_host: &said.host,
        subscribed_topic_names: said.topics.iter().map(String::as_str).collect(),
        subscribed_topic_regex: said.regex.as_deref(),
        rebalance_timeout_ms: said.timeout,
        server_assignor: said.assignor.as_deref(),
    }
}

fn description(topic: &Described) -> TopicDescription<'_> {
    let racks = topic.racks.iter().map(|(partition, racks)| (*partition, racks.iter().map(String::as_str).collect()));
    TopicDescription {
        topic_id: TopicUuid(topic.id),
        topic_name: &topic.name,
        num_partitions: topic.partitions,
        partition_racks: racks.collect(),
    }
}

fn listed(parts: &IdParts) -> Vec<TopicIdPartitions<'_>> {
    let entry = |(id, numbers): &([u8; 16], Vec<i32>)| TopicIdPartitions {
        topic_id: TopicUuid(*id),
        partitions: numbers.iter().copied().collect(),
    };
    parts.iter().map(entry).collect()
}
