//! The protocols as assignors of the `barnabas` client, which lets an application bring its own.

use std::collections::BTreeMap;

use barnabas_core::group::{Assignment as Given, Assignor, Subscription as Said, TopicPartition as Named};

use super::claim::Protocol;
use crate::balance::balance;
use crate::cooperative::cooperative_round;
use crate::model::{Assignment, Group, GroupError, NewMember, NewTopic, Subscription};

/// A group member's assignor, for `Consumer::subscribe`.
///
/// Barnabas 0.2 hands an assignor the owned partitions and their generation, but no user data. Its
/// eager members own nothing by the time they join, so in the protocol `sticky` nothing is claimed
/// there unless the application remembers it (the example `consumer` does); with
/// `cooperative-sticky` all is said that counts. A group that breaks a rule of groups (two members
/// of one id, more partitions than 2³¹ − 1) is given nothing.
impl Assignor for Protocol {
    fn name(&self) -> &'static str {
        Self::name(*self)
    }

    fn assign(&self, members: &[Said], partitions_per_topic: &BTreeMap<String, i32>) -> Given {
        let nothing = members.iter().map(|member| (member.member_id.clone(), Vec::new()));
        let given = group(members, partitions_per_topic).map(|group| give(&group, &self.round(&group))).unwrap_or_default();
        nothing.chain(given).collect()
    }
}

impl Protocol {
    fn round(self, group: &Group) -> Assignment {
        let plan = balance(group);
        match self {
            Self::Sticky => plan.assignment().clone(),
            Self::CooperativeSticky => cooperative_round(group, plan.assignment()).into_parts().0,
        }
    }
}

fn group(members: &[Said], partitions_per_topic: &BTreeMap<String, i32>) -> Result<Group, GroupError> {
    let topics: Vec<NewTopic> =
        partitions_per_topic.iter().map(|(topic, count)| NewTopic { partitions: i64::from(*count), ..NewTopic::new(topic, 0) }).collect();
    let members: Vec<NewMember> = members.iter().map(described).collect();
    Group::new(&topics, &members)
}

fn described(said: &Said) -> NewMember {
    let by_topic = said.owned.chunk_by(|one, next| one.topic == next.topic);
    let owned = by_topic.map(|owned| (owned[0].topic.clone(), owned.iter().map(|named| named.partition).collect()));
    NewMember {
        owned: owned.collect(),
        generation: said.generation.into(),
        ..NewMember::new(&said.member_id, Subscription::Named(said.topics.clone()))
    }
}

fn give(group: &Group, given: &Assignment) -> Given {
    let name =
        |partition: crate::model::TopicPartition| Named::new(&**group.all_topics().get(partition.topic).name(), partition.partition as i32);
    group.members().map(|(member, described)| (described.id().to_string(), given.partitions_of(member).map(name).collect())).collect()
}
