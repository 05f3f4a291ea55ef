//! The broker's `uniform` assignor against what Kafka's own answered.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sticky_assignor::document::{GroupDocument, MemberDocument};
use sticky_assignor::{Strategy, Subscription};

use super::{answer, java::owning};
use crate::cases::{java_sticky_random, kafka_uniform_random};
use crate::oracle::Given;

/// What the broker's assignor answered for the group of this name.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct UniformPlan {
    pub(crate) name: String,
    pub(crate) uniform_plan: Given,
}

/// The order in which the broker's hash map had the topics of these groups, which matters where
/// all subscribe alike.
const TOPICS_AS_HASHED: [&str; 6] = ["t5", "t1", "t0", "t3", "t2", "t4"];

/// The order of the topics' ids, which breaks ties elsewhere.
const TOPICS_BY_ID: [&str; 6] = ["t1", "t3", "t0", "t2", "t5", "t4"];

#[test]
fn all_random_groups_end_as_in_the_broker() {
    let plans: BTreeMap<String, Given> = kafka_uniform_random().map(|plan| (plan.name, plan.uniform_plan)).collect();
    assert_eq!(plans.len(), 400);
    for case in java_sticky_random() {
        let renamed = Renamed::of(&case.group);
        let plan = answer(Strategy::Uniform, &renamed.document(&case.group));
        assert_eq!(owning(&plan), owning(&renamed.plan(&plans[case.name()])), "{}", case.name());
    }
}

/// Other names for members and topics, in whose order the broker's hash maps have them.
struct Renamed {
    members: BTreeMap<String, String>,
    topics: BTreeMap<String, String>,
}

impl Renamed {
    fn of(group: &GroupDocument) -> Self {
        let mut members: Vec<&String> = group.members.iter().map(|member| &member.id).collect();
        members.sort_by_key(|id| bucket(id));
        let mut topics: Vec<&String> = group.topics.0.keys().collect();
        let order = match subscribed_alike(group) {
            true => TOPICS_AS_HASHED,
            false => TOPICS_BY_ID,
        };
        topics.sort_by_key(|topic| order.iter().position(|name| name == topic));
        let numbered = |names: Vec<&String>| names.into_iter().enumerate().map(|(at, name)| (name.clone(), format!("{at:02}"))).collect();
        Self { members: numbered(members), topics: numbered(topics) }
    }

    fn document(&self, group: &GroupDocument) -> GroupDocument {
        let mut group = group.clone();
        group.topics.0 = group.topics.0.into_iter().map(|(topic, document)| (self.topic(&topic), document)).collect();
        for member in &mut group.members {
            member.id = self.members[&member.id].clone();
            member.owned.0 = std::mem::take(&mut member.owned.0).into_iter().map(|(topic, owned)| (self.topic(&topic), owned)).collect();
            if let Subscription::Named(topics) = &member.topics.0 {
                member.topics.0 = Subscription::from(topics.iter().map(|topic| self.topic(topic)).collect::<Vec<_>>());
            }
        }
        group
    }

    fn plan(&self, plan: &Given) -> Given {
        let topics =
            |owned: &BTreeMap<String, Vec<i64>>| owned.iter().map(|(topic, partitions)| (self.topic(topic), partitions.clone())).collect();
        plan.iter().map(|(member, owned)| (self.members[member].clone(), topics(owned))).collect()
    }

    /// A topic that does not exist keeps its name.
    fn topic(&self, topic: &str) -> String {
        self.topics.get(topic).map_or_else(|| topic.to_owned(), Clone::clone)
    }
}

fn subscribed_alike(group: &GroupDocument) -> bool {
    let every: BTreeSet<&str> = group.topics.0.keys().map(String::as_str).collect();
    let subscribed = |member: &MemberDocument| match &member.topics.0 {
        Subscription::Named(topics) => topics.iter().map(String::as_str).filter(|topic| every.contains(topic)).map(str::to_owned).collect(),
        Subscription::Every => every.iter().map(|topic| (*topic).to_owned()).collect::<BTreeSet<_>>(),
    };
    group.members.windows(2).all(|pair| subscribed(&pair[0]) == subscribed(&pair[1]))
}

/// Where a hash map of Java's with 16 places has a short name.
fn bucket(id: &str) -> i32 {
    let hash = id.bytes().fold(0_i32, |hash, byte| hash.wrapping_mul(31).wrapping_add(i32::from(byte)));
    (hash ^ (hash >> 16)) & 15
}
