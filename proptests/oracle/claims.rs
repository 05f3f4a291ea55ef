//! Who owned what before, from the members' own words: the rules of KIP-341 and KIP-792, taken
//! literally.

use std::collections::{BTreeMap, BTreeSet};

use sticky_assignor::Subscription;
use sticky_assignor::document::{GroupDocument, MemberDocument};

/// A topic's name and a partition of it, which may not exist.
pub(super) type Slot = (String, i64);

/// For each partition that has one, the id of the member whose claim stands.
pub(super) fn owners_before(document: &GroupDocument) -> BTreeMap<Slot, String> {
    let mut owners = BTreeMap::new();
    for (slot, claimants) in claimants(document) {
        if let Some(winner) = winner(&claimants)
            && exists(document, &slot)
            && subscribes(winner, &slot.0)
        {
            owners.insert(slot, winner.id.clone());
        }
    }
    owners
}

fn claimants(document: &GroupDocument) -> BTreeMap<Slot, Vec<&MemberDocument>> {
    let mut claimants: BTreeMap<Slot, Vec<&MemberDocument>> = BTreeMap::new();
    for member in &document.members {
        for (topic, partitions) in &member.owned.0 {
            let once: BTreeSet<i64> = partitions.iter().map(|partition| partition.0).collect();
            for partition in once {
                claimants.entry((topic.clone(), partition)).or_default().push(member);
            }
        }
    }
    claimants
}

/// The one claimant of the highest generation; nobody where two share it.
fn winner<'a>(claimants: &[&'a MemberDocument]) -> Option<&'a MemberDocument> {
    let highest = claimants.iter().map(|member| generation(member)).max()?;
    let mut newest = claimants.iter().filter(|member| generation(member) == highest);
    match (newest.next(), newest.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// Every generation below zero is one: "not said".
fn generation(member: &MemberDocument) -> i64 {
    member.generation.0.max(-1)
}

fn exists(document: &GroupDocument, (topic, partition): &Slot) -> bool {
    document.topics.0.get(topic).is_some_and(|topic| (0..topic.partitions).contains(partition))
}

/// Whether a member asks for a topic of that name.
pub(super) fn subscribes(member: &MemberDocument, topic: &str) -> bool {
    match &member.topics.0 {
        Subscription::Every => true,
        Subscription::Named(names) => names.iter().any(|name| name == topic),
    }
}
