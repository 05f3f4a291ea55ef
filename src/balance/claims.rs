//! First step: who owned what, as far as the members' claims can be believed.

use super::network::{NONE, Network};
use crate::model::{Assignment, Claim, Claims, Group, TopicId};

/// Set on a slot's claimant while its claim is void: two members claim the slot at that one's generation.
const VOID: u32 = 1 << 31;

/// For each slot the member whose claim to it stands, or [`NONE`].
///
/// The highest generation wins (KIP-341, KIP-792); two claimants at the highest void it for all; what is left stands only where the member
/// follows the topic. Linear in claims and partitions.
pub(super) fn resolve(group: &Group, network: &Network) -> Vec<u32> {
    match group.claims() {
        Claims::Stated(claims) => {
            let claims: Vec<Option<&Claim>> = network.members.iter().map(|member| claims.get(member)).collect();
            weigh(&claims, network)
        }
        Claims::Previous(assignment) => recall(assignment, network),
    }
}

/// The claims that stand of all that members state.
fn weigh(claims: &[Option<&Claim>], network: &Network) -> Vec<u32> {
    let generation = |member: u32| claims[(member & !VOID) as usize].map_or(i64::MIN, Claim::generation);
    let mut owners = vec![NONE; network.slots.len()];
    let mut dropped = Dropped::default();
    for (member, claim) in claims.iter().enumerate().filter_map(|(member, claim)| Some((member as u32, (*claim)?))) {
        let mut follows = Follows::of(network, member);
        for &partition in claim.partitions() {
            let Some(slot) = network.slots.slot(partition) else { continue };
            let before = &mut owners[slot as usize];
            if *before == NONE || generation(*before) < claim.generation() {
                *before = member;
                if !follows.topic(partition.topic) {
                    dropped.unfollowed.push((slot, member));
                }
            } else if generation(*before) == claim.generation() {
                *before |= VOID;
                dropped.void.push(slot);
            }
        }
    }
    dropped.from(owners)
}

/// Claims that win, and fall nevertheless.
#[derive(Default)]
struct Dropped {
    /// Slots two members claimed at one generation; a higher one may have won since.
    void: Vec<u32>,
    /// Slots, and winners that do not follow the topic; another may have won since.
    unfollowed: Vec<(u32, u32)>,
}

impl Dropped {
    fn from(self, mut owners: Vec<u32>) -> Vec<u32> {
        for (slot, member) in self.unfollowed {
            if owners[slot as usize] == member {
                owners[slot as usize] = NONE;
            }
        }
        for slot in self.void {
            if owners[slot as usize] & VOID != 0 {
                owners[slot as usize] = NONE;
            }
        }
        owners
    }
}

/// The owners of an assignment, which no two members can contest, as far as they are still here and follow the topic.
fn recall(assignment: &Assignment, network: &Network) -> Vec<u32> {
    let numbers = network.members.iter().map(|member| member.index() + 1).max().unwrap_or(0);
    let mut number_of = vec![NONE; numbers];
    network.members.iter().enumerate().for_each(|(number, member)| number_of[member.index()] = number as u32);
    let mut owners = vec![NONE; network.slots.len()];
    assignment.each_owner(|partition, owner| {
        if let Some(slot) = network.slots.slot(partition) {
            owners[slot as usize] = owner.and_then(|owner| number_of.get(owner.index()).copied()).unwrap_or(NONE);
        }
    });
    drop_unfollowed(owners, network)
}

/// The owners without those that do not follow the topic.
fn drop_unfollowed(mut owners: Vec<u32>, network: &Network) -> Vec<u32> {
    let mut follows = vec![false; network.shapes.len()];
    for class in 0..network.topics.len() {
        let followers = network.followers.row(class);
        followers.iter().for_each(|&shape| follows[shape as usize] = true);
        for owner in owners[network.slots_of(class)].iter_mut().filter(|owner| **owner != NONE) {
            if !follows[network.shape_of[*owner as usize] as usize] {
                *owner = NONE;
            }
        }
        followers.iter().for_each(|&shape| follows[shape as usize] = false);
    }
    owners
}

/// Answers which topics one member follows; quickly when asked in the order of topics.
struct Follows<'n> {
    class_of: &'n [u32],
    classes: &'n [u32],
    next: usize,
    follows_all: bool,
}

impl<'n> Follows<'n> {
    fn of(network: &'n Network, member: u32) -> Self {
        let classes = network.shapes.row(network.shape_of[member as usize] as usize);
        Self { class_of: &network.class_of, classes, next: 0, follows_all: classes.len() == network.topics.len() }
    }

    fn topic(&mut self, topic: TopicId) -> bool {
        if self.follows_all {
            return true;
        }
        let class = self.class_of.get(topic.index()).copied().unwrap_or(NONE);
        let at = |place: usize| self.classes.get(place) == Some(&class);
        if !at(self.next) {
            self.next = if at(self.next + 1) { self.next + 1 } else { self.classes.binary_search(&class).unwrap_or(self.next) };
        }
        self.classes.get(self.next) == Some(&class)
    }
}
