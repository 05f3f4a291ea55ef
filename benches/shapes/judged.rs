//! Assignments to judge, as a client sends them.

use std::collections::BTreeMap;

use sticky_assignor::{Assignment, GivenAssignment, Group};

/// The assignment as a client would send it.
pub(crate) fn given(group: &Group, assignment: &Assignment) -> GivenAssignment {
    let mut given: BTreeMap<String, BTreeMap<String, Vec<i64>>> = BTreeMap::new();
    for (id, member) in group.members() {
        let topics = given.entry(member.id().to_string()).or_default();
        for partition in assignment.partitions_of(id) {
            topics
                .entry(group.topic(partition.topic).expect("a topic of the group").name().to_string())
                .or_default()
                .push(i64::from(partition.partition));
        }
    }
    GivenAssignment(given)
}

/// The assignment read once, names looked up: what no verifier can do without.
pub(crate) fn read(group: &Group, given: &GivenAssignment) -> Vec<u32> {
    let mut starts = vec![0_usize];
    for (topic, described) in group.topics() {
        starts.resize(topic.index() + 2, starts[starts.len() - 1]);
        starts[topic.index() + 1] = starts[topic.index()] + described.partitions() as usize;
    }
    let mut owners = vec![u32::MAX; starts[starts.len() - 1]];
    for (member, topics) in &given.0 {
        let member = group.member_id(member).expect("a member of the group");
        for (topic, partitions) in topics {
            let start = starts[group.topic_id(topic).expect("a topic of the group").index()];
            partitions.iter().for_each(|&partition| owners[start + partition as usize] = member.index() as u32);
        }
    }
    owners
}
