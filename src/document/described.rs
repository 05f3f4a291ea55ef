//! A group as a document again.

use super::group::{GroupDocument, MemberDocument, SubscriptionDocument, TopicDocument};
use super::number::AnyInteger;
use super::unique::UniqueMap;
use crate::model::{Followed, Group, Member, MemberId, Subscription, Topic, TopicPartition};

/// The document of a group: read again it describes an equal one. Claims that could never be true,
/// and claims to topics that the group does not know, are not in it.
impl From<&Group> for GroupDocument {
    fn from(group: &Group) -> Self {
        Self {
            name: group.name().map(str::to_string),
            topics: group.topics().map(|(_, topic)| (topic.name().to_string(), TopicDocument::from(topic))).collect(),
            members: group.members().map(|(number, member)| member_document(group, number, member)).collect(),
        }
    }
}

impl From<&Topic> for TopicDocument {
    fn from(topic: &Topic) -> Self {
        let replicas = |racks: &[crate::model::Name]| racks.iter().map(|rack| rack.to_string()).collect();
        let racks = topic.racks().map(|racks| racks.iter().map(|partition| replicas(partition)).collect());
        Self { partitions: i64::from(topic.partitions()), racks }
    }
}

fn member_document(group: &Group, number: MemberId, member: &Member) -> MemberDocument {
    MemberDocument {
        id: member.id().to_string(),
        topics: SubscriptionDocument(subscription(group, number)),
        owned: owned(group, group.claims().of(number)),
        generation: AnyInteger(group.claims().generation_of(number)),
        rack: member.rack().map(|rack| rack.to_string()),
        instance: member.instance().map(|instance| instance.to_string()),
    }
}

fn subscription(group: &Group, member: MemberId) -> Subscription {
    match group.all_members().followed(member) {
        Followed::Every => Subscription::Every,
        Followed::These(topics) => Subscription::Named(topics.iter().map(|&topic| group.topic(topic).name().to_string()).collect()),
    }
}

fn owned(group: &Group, partitions: Vec<TopicPartition>) -> UniqueMap<Vec<AnyInteger>> {
    let mut owned: UniqueMap<Vec<AnyInteger>> = UniqueMap::default();
    for TopicPartition { topic, partition } in partitions {
        let Some(topic) = group.known_topic(topic) else { continue };
        owned.0.entry(topic.name().to_string()).or_default().push(AnyInteger(i64::from(partition)));
    }
    owned
}
