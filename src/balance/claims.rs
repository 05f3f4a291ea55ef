//! First step: who owned what, as far as the members' claims can be believed.

use super::network::{NONE, Network};
use crate::model::{Assignment, Claim, Claims, Group, TopicPartition};

/// Set on a slot's claimant while its claim is void: two members claim the slot at that one's generation.
const VOID: u32 = 1 << 31;

/// For each slot the member whose claim to it stands, or [`NONE`].
///
/// The highest generation wins (KIP-341, KIP-792); two claimants at the highest void it for all; what is left stands only where the member
/// follows the topic. Linear in claims and partitions.
pub(super) fn resolve(group: &Group, network: &Network) -> Vec<u32> {
    let owners = match group.claims() {
        Claims::Stated(claims) => {
            let claims: Vec<Option<&Claim>> = network.members.iter().map(|member| claims.get(member)).collect();
            weigh(&claims, network)
        }
        Claims::Previous(assignment) => recall(assignment, network),
    };
    drop_unfollowed(owners, network)
}

/// One claimant for each slot, void or not.
fn weigh(claims: &[Option<&Claim>], network: &Network) -> Vec<u32> {
    let generation = |member: u32| claims[(member & !VOID) as usize].map_or(i64::MIN, Claim::generation);
    let mut owners = vec![NONE; network.slots.len()];
    for (member, claim) in claims.iter().enumerate().filter_map(|(member, claim)| Some((member as u32, (*claim)?))) {
        for slot in claim.partitions().iter().filter_map(|&partition| slot_of(network, partition)) {
            let before = &mut owners[slot as usize];
            if *before == NONE || generation(*before) < claim.generation() {
                *before = member;
            } else if generation(*before) == claim.generation() {
                *before |= VOID;
            }
        }
    }
    owners
}

fn slot_of(network: &Network, partition: TopicPartition) -> Option<u32> {
    network.slots.slot(partition)
}

/// The owners of an assignment, which no two members can contest.
fn recall(assignment: &Assignment, network: &Network) -> Vec<u32> {
    let mut owners = vec![NONE; network.slots.len()];
    for (number, &member) in network.members.iter().enumerate() {
        for slot in assignment.partitions_of(member).filter_map(|partition| slot_of(network, partition)) {
            owners[slot as usize] = number as u32;
        }
    }
    owners
}

/// The owners without those that do not follow the topic, and without the void.
fn drop_unfollowed(mut owners: Vec<u32>, network: &Network) -> Vec<u32> {
    let mut follows = vec![false; network.shapes.len()];
    for class in 0..network.topics.len() {
        let followers = network.followers.row(class);
        followers.iter().for_each(|&shape| follows[shape as usize] = true);
        for owner in &mut owners[network.slots_of(class)] {
            if *owner & VOID != 0 || !follows[network.shape_of[*owner as usize] as usize] {
                *owner = NONE;
            }
        }
        followers.iter().for_each(|&shape| follows[shape as usize] = false);
    }
    owners
}
