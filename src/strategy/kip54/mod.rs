//! KIP-54's sticky assignment as Java's `StickyAssignor` does it (October 2024): greedy, in two
//! builders; with racks (KIP-881), in which claims that mismatch do not count.
//!
//! Where all subscribe alike, which is here, owners keep what quotas allow, and the rest is dealt
//! in turn. Else (`general`) what is free is filled in, then single partitions move to lighter
//! members until no such move is left.
//!
//! The names follow Java. Each step takes a persistent value and gives a new one, so what is taken
//! back in the end is simply an older version.

mod general;
mod members;

use std::collections::{BTreeMap, BTreeSet};

use super::roster::{GroupRacks, Quota, Roster, inverse};
use crate::model::{Assignment, Group, MemberId, Name, TopicPartition};
use general::{ResolvedClaims, general};

/// Java's answer for a group, as far as Java's rules determine it.
///
/// O((s + n) log² n) with s topics named by all members together, and n members, partitions,
/// claims, and racks of partitions; where not all subscribe alike, this for each pass over the
/// partitions. A pass may look again at all topics for each that it evens out, to know whether
/// there is more to do.
pub(super) fn assign(group: &Group) -> Assignment {
    let roster = Roster::by_member_id(group);
    if roster.topics.is_empty() {
        return Assignment::new();
    }
    let racks = Some(GroupRacks::of(group, &roster)).filter(|racks| racks.matter(roster.topics.iter()));
    let claims = resolve(group, &roster, racks.as_ref());
    match roster.subscribed_alike() {
        true => constrained(&roster, &claims.owned, racks.as_ref()),
        false => general(&roster, &claims, racks.as_ref()),
    }
}

/// The claims of a group, resolved in the order of the roster.
fn resolve(group: &Group, roster: &Roster, racks: Option<&GroupRacks<'_>>) -> ResolvedClaims {
    let claimants = claimants(group, roster);
    let newest = claimants.values().flatten().map(|claimant| claimant.generation).max();
    let owners: Vec<_> = claimants.iter().filter_map(|(partition, claimants)| Some((*partition, winner(claimants)?))).collect();
    let places = inverse(roster.members.iter().map(|member| member.index()));
    let mismatch = |owner: MemberId, partition| racks.is_some_and(|racks| racks.is_mismatch(places[owner.index()], partition));
    let keeps = |&(partition, owner): &(TopicPartition, MemberId)| group.subscribes(owner, partition.topic) && !mismatch(owner, partition);
    let (kept, given_up): (Vec<_>, Vec<_>) = owners.into_iter().partition(keeps);
    let previous = claimants.iter().filter_map(|(partition, claimants)| Some((*partition, older_than(newest?, claimants)?)));
    ResolvedClaims { previous: previous.collect(), owned: group.assignment(kept.into_iter()), revocation_required: !given_up.is_empty() }
}

/// One claim to one partition.
struct Claimant {
    member: MemberId,
    generation: i64,
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

/// Each owner keeps what its quota allows; what is left goes round among the members below theirs,
/// first among those in its racks.
fn constrained(roster: &Roster, owned: &Assignment, racks: Option<&GroupRacks<'_>>) -> Assignment {
    let places = inverse(roster.members.iter().map(|member| member.index()));
    let rules = ConstrainedRules { quota: Quota::of(roster), ranks: inverse(roster.topics.iter().map(|topic| topic.id.index())) };
    let start = Filling { assignment: owned.clone(), under: im::Vector::new(), at_least: im::Vector::new(), over: 0 };
    let kept = roster.members.iter().fold(start, |filling, member| filling.keep(&rules, *member));
    let unassigned = roster.topics.iter().flat_map(|topic| topic.each_partition());
    let unassigned: Vec<TopicPartition> = unassigned.filter(|partition| kept.assignment.owner(*partition).is_none()).collect();
    let Some(racks) = racks else { return kept.give_in_turn(&rules, unassigned).assignment };
    let unassigned = racks.sorted_by_matching_members(unassigned);
    let rack = |member: MemberId| racks.rack(places[member.index()]);
    let filling = kept.give_in_racks(rules.quota, &unassigned, rack, |partition| racks.replicas(partition));
    let others = unassigned.into_iter().filter(|partition| filling.assignment.owner(*partition).is_none()).collect();
    filling.give_in_turn(&rules, others).assignment
}

/// What stays the same while partitions are given out.
struct ConstrainedRules {
    quota: Quota,
    /// The rank of each topic in the order of names, by its number.
    ranks: Vec<usize>,
}

/// The assignment on its way, and who is to get more; a persistent value.
#[derive(Clone)]
struct Filling {
    assignment: Assignment,
    /// Members below the least quota, next in turn first.
    under: im::Vector<MemberId>,
    /// Members at the least quota that could get one more, next in turn first.
    at_least: im::Vector<MemberId>,
    /// How many members have one more already.
    over: usize,
}

impl Filling {
    /// A member keeps as much of what it owns as its quota allows, and queues where that leaves
    /// room.
    fn keep(self, rules: &ConstrainedRules, member: MemberId) -> Self {
        let quota = rules.quota;
        let load = self.assignment.load(member) as usize;
        if load < quota.least {
            return Self { under: appended(self.under, member), ..self };
        }
        let over = self.over < quota.extras;
        if over && load > quota.least {
            return self.keep_over(rules, member);
        }
        let kept = self.revoke(rules, member, quota.least);
        match over {
            true => Self { at_least: appended(kept.at_least, member), ..kept },
            false => kept,
        }
    }

    fn keep_over(self, rules: &ConstrainedRules, member: MemberId) -> Self {
        let kept = self.revoke(rules, member, rules.quota.least + 1);
        let over = kept.over + 1;
        let at_least = if over == rules.quota.extras { im::Vector::new() } else { kept.at_least };
        Self { over, at_least, ..kept }
    }

    /// A member gives up all but its first partitions, counted across topics: partition 0 of each,
    /// then 1 of each.
    fn revoke(self, rules: &ConstrainedRules, member: MemberId, keeps: usize) -> Self {
        let partitions = across_topics(&rules.ranks, &self.assignment, member);
        let revoked = partitions.into_iter().skip(keeps);
        Self { assignment: self.assignment.with_owners(revoked.map(|partition| (partition, None))), ..self }
    }

    /// Each partition goes to the next member in turn.
    fn give_in_turn(self, rules: &ConstrainedRules, partitions: Vec<TopicPartition>) -> Self {
        partitions.into_iter().fold(self, |filling, partition| filling.give(rules.quota, partition))
    }

    /// Each partition goes to a member in one of its racks, if there is one: to the next in turn of
    /// those below the least quota, else to the first at it that could get one more.
    fn give_in_racks<'r>(
        mut self,
        quota: Quota,
        partitions: &[TopicPartition],
        rack: impl Fn(MemberId) -> Option<&'r Name>,
        replicas: impl Fn(TopicPartition) -> &'r [Name],
    ) -> Self {
        // Nobody joins those below the least quota on the way, so whose turn it is can be said by
        // the places they have at the start.
        let (mut under, mut turn) = (RackQueue::of(&self.under, &rack), 0);
        let mut at_least = RackQueue::of(&self.at_least, &rack);
        for &partition in partitions {
            let racks = replicas(partition);
            if let Some(place) = under.next_from(turn, racks) {
                let member = under.members[&place];
                turn = place + 1;
                self.assignment = self.assignment.with_owner(partition, member);
                if (self.assignment.load(member) as usize) < quota.least {
                    continue;
                }
                under.remove(place, rack(member));
                if self.over < quota.extras {
                    at_least.push(member, rack(member));
                }
            } else if let Some(place) = at_least.next_from(0, racks) {
                let member = at_least.members[&place];
                at_least.remove(place, rack(member));
                self.assignment = self.assignment.with_owner(partition, member);
                self.over += 1;
                if self.over == quota.extras {
                    at_least = RackQueue::default();
                }
            }
        }
        Self { under: under.into_members(), at_least: at_least.into_members(), ..self }
    }

    /// A partition goes to the next member in turn: those below the least quota first.
    fn give(mut self, quota: Quota, partition: TopicPartition) -> Self {
        let under = self.under.pop_front();
        let Some(member) = under.or_else(|| self.at_least.pop_front()) else { return self };
        self.assignment = self.assignment.with_owner(partition, member);
        match under.map(|_| self.assignment.load(member) as usize) {
            Some(load) if load < quota.least => Self { under: appended(self.under, member), ..self },
            Some(_) => Self { at_least: appended(self.at_least, member), ..self },
            None => self,
        }
    }
}

/// Members in a queue by their places in it, and the places of those in each rack.
#[derive(Default)]
struct RackQueue<'r> {
    members: BTreeMap<usize, MemberId>,
    in_rack: BTreeMap<&'r Name, BTreeSet<usize>>,
    /// The place of whoever comes next.
    end: usize,
}

impl<'r> RackQueue<'r> {
    fn of(members: &im::Vector<MemberId>, rack: impl Fn(MemberId) -> Option<&'r Name>) -> Self {
        let mut queue = Self::default();
        members.iter().for_each(|&member| queue.push(member, rack(member)));
        queue
    }

    fn push(&mut self, member: MemberId, rack: Option<&'r Name>) {
        self.members.insert(self.end, member);
        rack.into_iter().for_each(|rack| _ = self.in_rack.entry(rack).or_default().insert(self.end));
        self.end += 1;
    }

    fn remove(&mut self, place: usize, rack: Option<&'r Name>) {
        self.members.remove(&place);
        rack.and_then(|rack| self.in_rack.get_mut(rack)).into_iter().for_each(|places| _ = places.remove(&place));
    }

    /// The place of the first in any of these racks at this place or after it, going round.
    fn next_from(&self, place: usize, racks: &[Name]) -> Option<usize> {
        let first = |from: usize| racks.iter().filter_map(|rack| self.in_rack.get(rack)?.range(from..).next()).min().copied();
        first(place).or_else(|| first(0))
    }

    fn into_members(self) -> im::Vector<MemberId> {
        self.members.into_values().collect()
    }
}

/// What a member owns, ordered by partition and then by topic name.
fn across_topics(ranks: &[usize], assignment: &Assignment, member: MemberId) -> Vec<TopicPartition> {
    let mut owned: Vec<TopicPartition> = assignment.partitions_of(member).collect();
    owned.sort_unstable_by_key(|owned| (owned.partition, ranks[owned.topic.index()]));
    owned
}

fn appended(mut queue: im::Vector<MemberId>, member: MemberId) -> im::Vector<MemberId> {
    queue.push_back(member);
    queue
}
