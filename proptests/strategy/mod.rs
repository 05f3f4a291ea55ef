//! The assignors to compare with: what they share, what each is known by, and what Java itself
//! answered.

mod java;
mod laws;
mod range;
mod round_robin;
pub(crate) mod uniform;

use sticky_assignor::Strategy;
use sticky_assignor::document::GroupDocument;

use crate::oracle::Given;
use crate::strategies::given;

/// What a strategy answers for the group of a document.
fn answer(strategy: Strategy, document: &GroupDocument) -> Given {
    let group = document.try_into().expect("a group");
    given(&group, &strategy.assign(&group))
}

/// A group of topics with this many partitions, and of members that subscribe to some of them.
fn group(topics: &[(&str, i64)], members: &[(&str, &[&str])]) -> GroupDocument {
    let topics: serde_json::Map<String, serde_json::Value> =
        topics.iter().map(|(name, count)| (name.to_string(), (*count).into())).collect();
    let members: Vec<_> = members.iter().map(|(id, topics)| serde_json::json!({"id": id, "topics": topics})).collect();
    serde_json::from_value(serde_json::json!({"topics": topics, "members": members})).expect("a group document")
}

/// A member and its partitions, topic by topic.
type Owner<'a> = (&'a str, &'a [(&'a str, &'a [i64])]);

/// An assignment, written down.
fn lists(members: &[Owner<'_>]) -> Given {
    let topics = |topics: &[(&str, &[i64])]| topics.iter().map(|(topic, partitions)| (topic.to_string(), partitions.to_vec())).collect();
    members.iter().map(|(member, owned)| (member.to_string(), topics(owned))).collect()
}

/// The document without the racks of members: all of them read from wherever.
fn without_racks(mut document: GroupDocument) -> GroupDocument {
    document.members.iter_mut().for_each(|member| member.rack = None);
    document
}
