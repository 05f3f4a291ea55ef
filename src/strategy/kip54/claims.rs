//! Who keeps what of what members claim, by KIP-54's rules.

use std::collections::BTreeMap;

use crate::model::{Assignment, Group, MemberId, TopicPartition};
use crate::strategy::roster::{self, GroupRacks, Roster, inverse};

/// The claims of a group, resolved.
pub(super) struct ResolvedClaims {
    /// Who keeps what, as far as it still subscribes to it and racks allow.
    pub(super) owned: Assignment,
    /// Who claims a partition from the newest generation that is older than the group's.
    pub(super) previous: BTreeMap<TopicPartition, MemberId>,
    /// Whether an owner gave up a topic, or a partition that mismatches its rack.
    pub(super) revocation_required: bool,
}

/// One claim to one partition.
struct Claimant {
    member: MemberId,
    generation: i64,
}

/// The claims of a group, resolved in the order of the roster.
pub(super) fn resolve(group: &Group, roster: &Roster, racks: Option<&GroupRacks<'_>>) -> ResolvedClaims {
    let claimants = claimants(group, roster);
    let newest = claimants.values().flatten().map(|claimant| claimant.generation).max();
    let owners: Vec<_> = claimants.iter().filter_map(|(partition, claimants)| Some((*partition, winner(claimants)?))).collect();
    let places = inverse(roster.members.iter().map(|member| member.index()));
    let mismatch = |owner: MemberId, partition| racks.is_some_and(|racks| racks.is_mismatch(places[owner.index()], partition));
    let keeps = |&(partition, owner): &(TopicPartition, MemberId)| group.subscribes(owner, partition.topic) && !mismatch(owner, partition);
    let (kept, given_up): (Vec<_>, Vec<_>) = owners.into_iter().partition(keeps);
    let previous = claimants.iter().filter_map(|(partition, claimants)| Some((*partition, older_than(newest?, claimants)?)));
    ResolvedClaims {
        previous: previous.collect(),
        owned: roster::assignment(group, kept.into_iter()),
        revocation_required: !given_up.is_empty(),
    }
}

/// Who claims each partition that exists.
fn claimants(group: &Group, roster: &Roster) -> BTreeMap<TopicPartition, Vec<Claimant>> {
    let mut claimants: BTreeMap<TopicPartition, Vec<Claimant>> = BTreeMap::new();
    for &member in &roster.members {
        let generation = group.claims().generation_of(member);
        for partition in group.claims().of(member).into_iter().filter(|partition| group.has_partition(*partition)) {
            claimants.entry(partition).or_default().push(Claimant { member, generation });
        }
    }
    claimants
}

/// The claimant of the highest generation, where there is one only.
fn winner(claimants: &[Claimant]) -> Option<MemberId> {
    let highest = claimants.iter().map(|claimant| claimant.generation).max()?;
    let mut claimants = claimants.iter().filter(|claimant| claimant.generation == highest);
    claimants.next().filter(|_| claimants.next().is_none()).map(|claimant| claimant.member)
}

/// The first claimant of the highest generation below this one.
fn older_than(generation: i64, claimants: &[Claimant]) -> Option<MemberId> {
    let older = claimants.iter().filter(|claimant| claimant.generation < generation);
    older.rev().max_by_key(|claimant| claimant.generation).map(|claimant| claimant.member)
}
