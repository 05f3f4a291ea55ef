//! The `uniform` assignor of Kafka's brokers (KIP-848; October 2024, with the later repair that
//! keeps equal subscriptions stable): greedy, in two builders.
//!
//! The broker holds a group's target assignment where a leader has members' claims; here the
//! claims that are valid are taken as the current target.

mod heterogeneous;
mod homogeneous;

use super::roster::{self, Roster};
use crate::balance::claims::claimed_owners;
use crate::model::{Assignment, Group, MemberId};
use heterogeneous::Targets;

/// What a broker's `uniform` assignor answers for a group, as far as its rules determine it.
///
/// Linear in partitions where all members subscribe alike. Else at most 16 passes over all topics,
/// each linear in their partitions and sorting their subscribers.
pub(super) fn assign(group: &Group) -> Assignment {
    let roster = Roster::by_member_id(group);
    if roster.topics.is_empty() {
        return Assignment::new();
    }
    let current = current_targets(group, &roster);
    let targets = match roster.subscribed_alike() {
        true => homogeneous::build(&roster, current),
        false => heterogeneous::build(&roster, current),
    };
    let partitions = roster.topics.iter().flat_map(|topic| topic.each_partition());
    let owners = targets.into_iter().flatten().map(|target| target.map(|place| roster.members[place]));
    roster::assignment(group, partitions.zip(owners).filter_map(|(partition, owner)| Some((partition, owner?))))
}

/// What members' valid claims give them, as far as they still subscribe to it.
fn current_targets(group: &Group, roster: &Roster) -> Targets {
    let claimed = claimed_owners(group);
    let mut place_of = vec![None; group.all_members().numbers()];
    roster.members.iter().enumerate().for_each(|(place, member)| place_of[member.index()] = Some(place));
    let place = |owner: Option<MemberId>| owner.and_then(|owner| place_of[owner.index()]);
    let topics = roster.topics.iter();
    topics.map(|topic| topic.each_partition().map(|partition| place(claimed.owner(partition))).collect()).collect()
}
