//! First step: who owned what, as far as the members' claims can be believed.

use crate::model::{Assignment, Claim, Claims, Group, NO_OWNER, OwnerTable, TopicId, row};
use crate::network::{NONE, Network};
use crate::plan::loads_by_number;

/// Set on a slot's claimant while its claim is void: two members claim the slot at that one's
/// generation.
const VOID: u32 = 1 << 31;

/// The claims that stand.
#[derive(Debug)]
pub(crate) struct ValidClaims {
    /// For each slot the member whose claim to it stands, or [`NO_OWNER`].
    pub(crate) owners: Vec<u32>,
    /// How many slots each member holds by that.
    pub(crate) held: Vec<u32>,
}

impl ValidClaims {
    /// How many claims stand.
    pub(crate) fn total(&self) -> u64 {
        self.held.iter().map(|&held| u64::from(held)).sum()
    }
}

/// The claims that stand in a group.
///
/// The highest generation wins (KIP-341, KIP-792); two claimants at the highest void it for all;
/// what is left stands only where the member subscribes to the topic. Linear in claims and
/// partitions.
pub(crate) fn resolve(group: &Group, network: &Network) -> ValidClaims {
    match group.claims() {
        Claims::Stated(claims) => {
            let claims: Vec<Option<&Claim>> = network.members.iter().map(|member| claims.get(member)).collect();
            resolve_stated(&claims, network)
        }
        Claims::Previous(assignment) => resolve_previous(assignment, network),
    }
}

/// Who owns what by the claims that stand. Linear in claims, partitions, members and different
/// subscriptions.
pub(crate) fn claimed_owners(group: &Group) -> Assignment {
    let network = Network::of(group);
    let resolved = resolve(group, &network);
    let loads = loads_by_number(group, &network, &resolved.held);
    Assignment::from_table(OwnerTable::of_places(network.slots, resolved.owners, &network.members, &loads))
}

/// The claims that stand of all that members state.
fn resolve_stated(claims: &[Option<&Claim>], network: &Network) -> ValidClaims {
    let mut resolver = Resolver::of(claims, network);
    for (member, claim) in claims.iter().enumerate().filter_map(|(member, claim)| Some((member as u32, (*claim)?))) {
        let mut subscribes = Subscribes::of(network, member);
        for &partition in claim.partitions() {
            if let Some(slot) = network.slots.slot(partition)
                && resolver.add(slot, member, claim.generation())
                && !subscribes.topic(partition.topic)
            {
                resolver.unsubscribed.push((slot, member));
            }
        }
    }
    resolver.resolved()
}

/// Claims heard so far, and those that win and fall nevertheless.
struct Resolver<'c> {
    claims: &'c [Option<&'c Claim>],
    resolved: ValidClaims,
    /// Slots two members claimed at one generation; a higher one may have won since.
    void: Vec<u32>,
    /// Slots, and winners that do not subscribe to the topic; another may have won since.
    unsubscribed: Vec<(u32, u32)>,
}

impl<'c> Resolver<'c> {
    fn of(claims: &'c [Option<&'c Claim>], network: &Network) -> Self {
        let resolved = ValidClaims { owners: row(&network.slots, NO_OWNER), held: vec![0; claims.len()] };
        Self { claims, resolved, void: Vec::new(), unsubscribed: Vec::new() }
    }

    /// Weighs one more claim; whether it wins so far. A void claim is never its member's alone
    /// again, so it counts for nobody.
    fn add(&mut self, slot: u32, member: u32, generation: i64) -> bool {
        let before = self.resolved.owners[slot as usize];
        if before != NO_OWNER {
            let highest = self.claims[(before & !VOID) as usize].map_or(i64::MIN, Claim::generation);
            if generation < highest {
                return false;
            }
            self.resolved.held[(before & !VOID) as usize] -= u32::from(before & VOID == 0);
            if generation == highest {
                self.resolved.owners[slot as usize] |= VOID;
                self.void.push(slot);
                return false;
            }
        }
        self.resolved.owners[slot as usize] = member;
        self.resolved.held[member as usize] += 1;
        true
    }

    fn resolved(self) -> ValidClaims {
        let ValidClaims { mut owners, mut held } = self.resolved;
        for (slot, member) in self.unsubscribed {
            if owners[slot as usize] == member {
                owners[slot as usize] = NO_OWNER;
                held[member as usize] -= 1;
            }
        }
        for slot in self.void {
            if owners[slot as usize] & VOID != 0 {
                owners[slot as usize] = NO_OWNER;
            }
        }
        ValidClaims { owners, held }
    }
}

/// The owners of an assignment, which no two members can contest, as far as they are still here and
/// subscribe to the topic.
fn resolve_previous(assignment: &Assignment, network: &Network) -> ValidClaims {
    let numbers = network.members.iter().map(|member| member.index() + 1).max().unwrap_or(0);
    // Of members that left, there is none: what they had is nobody's.
    let mut number_of = vec![NO_OWNER; numbers];
    network.members.iter().enumerate().for_each(|(number, member)| number_of[member.index()] = number as u32);
    let mut owners = row(&network.slots, NO_OWNER);
    assignment.each_owner(|partition, owner| {
        if let Some(slot) = network.slots.slot(partition) {
            owners[slot as usize] = owner.and_then(|owner| number_of.get(owner.index()).copied()).unwrap_or(NO_OWNER);
        }
    });
    subscribed(owners, network)
}

/// The owners without those that do not subscribe to the topic.
fn subscribed(mut owners: Vec<u32>, network: &Network) -> ValidClaims {
    let mut held = vec![0; network.members.len()];
    let mut subscribes = vec![false; network.shapes.len()];
    for class in 0..network.topics.len() {
        let subscribers = network.subscribers.row(class);
        subscribers.iter().for_each(|&shape| subscribes[shape as usize] = true);
        for owner in owners[network.slots_of(class)].iter_mut().filter(|owner| **owner != NO_OWNER) {
            match subscribes[network.shape_of[*owner as usize] as usize] {
                true => held[*owner as usize] += 1,
                false => *owner = NO_OWNER,
            }
        }
        subscribers.iter().for_each(|&shape| subscribes[shape as usize] = false);
    }
    ValidClaims { owners, held }
}

/// Answers which topics one member subscribes to; quickly when asked in the order of topics.
struct Subscribes<'n> {
    class_of: &'n [u32],
    classes: &'n [u32],
    next: usize,
    follows_all: bool,
}

impl<'n> Subscribes<'n> {
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
