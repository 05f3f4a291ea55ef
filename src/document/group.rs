//! The group document: what there is to plan for, read and written.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::reading::{AnyInteger, UniqueMap, objects};
use crate::model::{
    GENERATION_NOT_SAID, Group, GroupError, Member, MemberId, Name, NewMember, NewTopic, Subscribed, Subscription, Topic, TopicPartition,
};

/// A group, written down.
///
/// ```
/// use sticky_assignor::{Group, document::GroupDocument};
/// let text = r#"{"topics":{"orders":4},"members":[{"id":"c1","topics":"*"}]}"#;
/// let document: GroupDocument = serde_json::from_str(text)?;
/// let group = Group::try_from(&document)?;
/// assert_eq!(serde_json::to_string(&GroupDocument::from(&group))?, text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct GroupDocument {
    /// Carried into outputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Topics by name.
    pub topics: UniqueMap<TopicDocument>,
    /// Members, in any order.
    #[serde(deserialize_with = "objects")]
    pub members: Vec<MemberDocument>,
}

/// A topic's partition count, and where its replicas are if that is known.
///
/// ```
/// use sticky_assignor::document::TopicDocument;
/// let (bare, racked): (TopicDocument, TopicDocument) =
///     (serde_json::from_str("6")?, serde_json::from_str(r#"{"partitions": 2, "racks": [["a"], ["b"]]}"#)?);
/// assert_eq!((bare.partitions, bare.racks, racked.racks.map(|racks| racks.len())), (6, None, Some(2)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicDocument {
    /// How many partitions; beyond what an `i64` holds the nearest it can hold.
    pub partitions: i64,
    /// For each partition the racks of its replicas.
    pub racks: Option<Vec<Vec<String>>>,
}

/// A member, written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct MemberDocument {
    /// The member id.
    pub id: String,
    /// The topics it subscribes to.
    pub topics: SubscriptionDocument,
    /// What it says it owned.
    #[serde(default, skip_serializing_if = "UniqueMap::is_empty")]
    pub owned: UniqueMap<Vec<AnyInteger>>,
    /// The generation of that claim; −1 or less is "not said", and those beyond what an `i64` holds
    /// are one and the same.
    #[serde(default = "not_said", skip_serializing_if = "is_not_said")]
    pub generation: AnyInteger,
    /// Its rack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rack: Option<String>,
    /// Its `group.instance.id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// A list of topic names, or `"*"`.
///
/// ```
/// use sticky_assignor::{Subscription, document::SubscriptionDocument};
/// let every: SubscriptionDocument = serde_json::from_str(r#""*""#)?;
/// assert_eq!(every.0, Subscription::Every);
/// assert!(serde_json::from_str::<SubscriptionDocument>(r#""orders""#).is_err(), "names stand in a list");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionDocument(pub Subscription);

fn not_said() -> AnyInteger {
    AnyInteger(GENERATION_NOT_SAID)
}

fn is_not_said(generation: &AnyInteger) -> bool {
    generation.0 <= GENERATION_NOT_SAID
}

impl TryFrom<&GroupDocument> for Group {
    type Error = GroupError;

    fn try_from(document: &GroupDocument) -> Result<Self, GroupError> {
        let topics: Vec<NewTopic> = document.topics.0.iter().map(|(name, topic)| topic.described(name)).collect();
        let members: Vec<NewMember> = document.members.iter().map(NewMember::from).collect();
        let group = Self::new(&topics, &members)?;
        Ok(match &document.name {
            Some(name) => group.named(name),
            None => group,
        })
    }
}

impl GroupDocument {
    /// The partitions of all topics together, counted before anything is built for them.
    ///
    /// ```
    /// use sticky_assignor::document::GroupDocument;
    /// let huge: GroupDocument = serde_json::from_str(r#"{"topics": {"a": 2000000000, "b": 2000000000}, "members": []}"#)?;
    /// assert_eq!(huge.partition_count(), 4_000_000_000);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn partition_count(&self) -> u64 {
        self.topics.0.values().filter_map(|topic| u64::try_from(topic.partitions).ok()).fold(0, u64::saturating_add)
    }
}

impl TopicDocument {
    /// The topic under this name.
    pub fn described(&self, name: &str) -> NewTopic {
        NewTopic { name: name.into(), partitions: self.partitions, racks: self.racks.clone() }
    }
}

impl From<&MemberDocument> for NewMember {
    fn from(document: &MemberDocument) -> Self {
        let partitions = |list: &Vec<AnyInteger>| list.iter().filter_map(|partition| partition.as_partition()).collect();
        Self {
            id: document.id.clone(),
            subscription: document.topics.0.clone(),
            owned: document.owned.0.iter().map(|(topic, list)| (topic.clone(), partitions(list))).collect(),
            generation: document.generation.0,
            rack: document.rack.clone(),
            instance: document.instance.clone(),
        }
    }
}

impl From<&NewMember> for MemberDocument {
    fn from(member: &NewMember) -> Self {
        let mut owned = UniqueMap::default();
        for (topic, partitions) in &member.owned {
            let list: &mut Vec<AnyInteger> = owned.0.entry(topic.clone()).or_default();
            list.extend(partitions.iter().map(|partition| AnyInteger(i64::from(*partition))));
        }
        Self {
            id: member.id.clone(),
            topics: SubscriptionDocument(member.subscription.clone()),
            owned,
            generation: AnyInteger(member.generation),
            rack: member.rack.clone(),
            instance: member.instance.clone(),
        }
    }
}

impl Serialize for TopicDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.racks {
            None => serializer.serialize_i64(self.partitions),
            Some(racks) => RackedTopic { partitions: AnyInteger(self.partitions), racks: Some(racks.clone()) }.serialize(serializer),
        }
    }
}

/// The longer form of a topic.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct RackedTopic {
    partitions: AnyInteger,
    #[serde(default)]
    racks: Option<Vec<Vec<String>>>,
}

impl<'de> Deserialize<'de> for TopicDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TopicVisitor)
    }
}

struct TopicVisitor;

impl<'de> Visitor<'de> for TopicVisitor {
    type Value = TopicDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a partition count, or an object with `partitions` and `racks`")
    }

    fn visit_i64<E: Error>(self, partitions: i64) -> Result<TopicDocument, E> {
        Ok(TopicDocument { partitions, racks: None })
    }

    fn visit_u64<E: Error>(self, partitions: u64) -> Result<TopicDocument, E> {
        self.visit_i64(AnyInteger::from(partitions).0)
    }

    fn visit_f64<E: Error>(self, partitions: f64) -> Result<TopicDocument, E> {
        match AnyInteger::whole(partitions) {
            Some(partitions) => self.visit_i64(partitions.0),
            None => Err(E::invalid_type(Unexpected::Float(partitions), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TopicDocument, A::Error> {
        let topic = RackedTopic::deserialize(MapAccessDeserializer::new(map))?;
        Ok(TopicDocument { partitions: topic.partitions.0, racks: topic.racks })
    }
}

impl Serialize for SubscriptionDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Subscription::Every => serializer.serialize_str("*"),
            Subscription::Named(names) => names.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for SubscriptionDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SubscriptionVisitor)
    }
}

struct SubscriptionVisitor;

impl<'de> Visitor<'de> for SubscriptionVisitor {
    type Value = SubscriptionDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of topic names, or \"*\"")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<SubscriptionDocument, E> {
        match value {
            "*" => Ok(SubscriptionDocument(Subscription::Every)),
            other => Err(E::invalid_value(Unexpected::Str(other), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<SubscriptionDocument, A::Error> {
        let names = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
        Ok(SubscriptionDocument(Subscription::Named(names)))
    }
}

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
        let replicas = |racks: &[Name]| racks.iter().map(|rack| rack.to_string()).collect();
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
    match group.all_members().subscribed(member) {
        Subscribed::Every => Subscription::Every,
        Subscribed::These(topics) => {
            Subscription::Named(topics.iter().map(|&topic| group.all_topics().get(topic).name().to_string()).collect())
        }
    }
}

fn owned(group: &Group, partitions: Vec<TopicPartition>) -> UniqueMap<Vec<AnyInteger>> {
    let mut owned: UniqueMap<Vec<AnyInteger>> = UniqueMap::default();
    for TopicPartition { topic, partition } in partitions {
        let Some(topic) = group.topic(topic) else { continue };
        owned.0.entry(topic.name().to_string()).or_default().push(AnyInteger(i64::from(partition)));
    }
    owned
}

/// A group to plan for. An assignment beside it, as an imported group has one, is passed over, and
/// so is a proof.
///
/// ```
/// use sticky_assignor::document::{GroupDocument, PlanInput};
/// let text = r#"{"topics": {"t": 2}, "members": [{"id": "a", "topics": "*"}], "assignment": {"a": {"t": [0]}}}"#;
/// let document: GroupDocument = serde_json::from_str::<PlanInput>(text)?.into();
/// assert_eq!(document.members.len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct PlanInput {
    /// Carried into outputs.
    name: Option<String>,
    /// Topics by name.
    topics: UniqueMap<TopicDocument>,
    /// Members, in any order.
    #[serde(deserialize_with = "objects")]
    members: Vec<MemberDocument>,
    #[serde(default, rename = "assignment")]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    _assignment: IgnoredAny,
    #[serde(default, rename = "proof")]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    _proof: IgnoredAny,
}

impl From<PlanInput> for GroupDocument {
    fn from(PlanInput { name, topics, members, .. }: PlanInput) -> Self {
        Self { name, topics, members }
    }
}
