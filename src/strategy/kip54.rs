//! KIP-54's sticky assignment as Java's `StickyAssignor` does it (October 2024): greedy, in two
//! builders; with racks (KIP-881), in which claims that mismatch do not count.
//!
//! Where all subscribe alike (`constrained`), owners keep what quotas allow, and the rest is dealt
//! in turn. Else (`general`) what is free is filled in, then single partitions move to lighter
//! members until no such move is left.
//!
//! The names follow Java. Each step takes a persistent value and gives a new one, so what is taken
//! back in the end is simply an older version.

use std::collections::BTreeMap;

use super::roster::{self, GroupRacks, Quota, Roster, SubscribedTopic, inverse, subscribing};
use crate::model::{Assignment, Group, MemberId, TopicPartition};
use crate::steps::PartitionMovements;

/// Java's answer for a group, as far as Java's rules determine it.
///
/// O(s + n log² n) where all subscribe alike, with s topics named by all members together, and n
/// members, partitions and claims. Else O(moves · (partitions + subscriptions)), where `"*"` counts
/// as all topics for each that says it, and partitions may move more than once.
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

/// The claims of a group, resolved.
struct ResolvedClaims {
    /// Who keeps what, as far as it still subscribes to it and racks allow.
    owned: Assignment,
    /// Who claims a partition from the newest generation that is older than the group's.
    previous: BTreeMap<TopicPartition, MemberId>,
    /// Whether an owner gave up a topic, or a partition that mismatches its rack.
    revocation_required: bool,
}

/// One claim to one partition.
struct Claimant {
    member: MemberId,
    generation: i64,
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
    let is_match = |member: MemberId, partition| racks.is_match(places[member.index()], partition);
    let (filling, _) = unassigned.iter().fold((kept, 0), |(filling, turn), &partition| {
        filling.give_in_rack(rules.quota, turn, partition, |member| is_match(member, partition))
    });
    let others = unassigned.into_iter().filter(|partition| filling.assignment.owner(*partition).is_none()).collect();
    filling.give_in_turn(&rules, others).assignment
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

    /// A partition goes to a member that will do, if there is one: to the next in turn of those
    /// below the least quota, else to the first at it. Also returns whose turn is next.
    fn give_in_rack(mut self, quota: Quota, turn: usize, partition: TopicPartition, will_do: impl Fn(MemberId) -> bool) -> (Self, usize) {
        let under = self.under.len();
        let next = (0..under).map(|step| (turn + step) % under).find(|&place| will_do(self.under[place]));
        let Some(place) = next else { return (self.give_over_in_rack(quota, partition, will_do), turn) };
        let member = self.under[place];
        self.assignment = self.assignment.with_owner(partition, member);
        if (self.assignment.load(member) as usize) < quota.least {
            return (self, (place + 1) % under);
        }
        self.under.remove(place);
        if self.over < quota.extras {
            self.at_least.push_back(member);
        }
        let turn = if self.under.is_empty() { 0 } else { place % self.under.len() };
        (self, turn)
    }

    /// A partition goes to the first member at the least quota that will do and could get one more.
    fn give_over_in_rack(mut self, quota: Quota, partition: TopicPartition, will_do: impl Fn(MemberId) -> bool) -> Self {
        let Some(place) = self.at_least.iter().position(|&member| will_do(member)) else { return self };
        let member = self.at_least.remove(place);
        self.assignment = self.assignment.with_owner(partition, member);
        self.over += 1;
        if self.over == quota.extras {
            self.at_least = im::Vector::new();
        }
        self
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

/// What stays the same while the assignment is balanced.
struct GeneralRules<'a> {
    roster: &'a Roster,
    claims: &'a ResolvedClaims,
    /// Racks, where they matter.
    racks: Option<&'a GroupRacks<'a>>,
    /// The topics by number of subscribers, then by name.
    topics: Vec<&'a SubscribedTopic>,
    /// The rank of a topic in `topics`, by its number; the place of a member, by its number.
    ranks: Vec<usize>,
    places: Vec<usize>,
}

/// An assignment being balanced; a persistent value.
#[derive(Clone)]
struct Balancing<'a> {
    rules: &'a GeneralRules<'a>,
    assignment: Assignment,
    members: SortedMembers,
    /// Who owned what before any move.
    homes: Assignment,
    movements: PartitionMovements,
    reassignments: u64,
}

/// Owners keep what they own, the rest goes to the lightest subscribers, and single moves even that
/// out. What the moves did is taken back where it did not improve the balance score.
fn general(roster: &Roster, claims: &ResolvedClaims, racks: Option<&GroupRacks<'_>>) -> Assignment {
    let rules = GeneralRules::of(roster, claims, racks);
    let unassigned = rules.in_turn(rules.partitions(1).filter(|partition| claims.owned.owner(*partition).is_none()).collect());
    let in_racks = unassigned.iter().fold(Balancing::start(&rules), |balancing, partition| balancing.assign_in_rack(*partition));
    let filled = unassigned.iter().fold(in_racks, |balancing, partition| balancing.assign(*partition));
    let before = filled.among_those_who_share();
    let first = match claims.revocation_required {
        true => before.clone(),
        false => before.clone().perform_reassignments(&rules.shared(unassigned)),
    };
    let after = first.clone().perform_reassignments(&rules.in_turn(rules.partitions(2).collect()));
    let reassigned = after.reassignments > first.reassignments;
    let no_better = after.members.balance_score() >= before.members.balance_score();
    match !claims.owned.is_empty() && reassigned && no_better {
        true => before.assignment,
        false => after.assignment,
    }
}

impl<'a> GeneralRules<'a> {
    fn of(roster: &'a Roster, claims: &'a ResolvedClaims, racks: Option<&'a GroupRacks<'a>>) -> Self {
        let mut topics: Vec<&SubscribedTopic> = roster.topics.iter().collect();
        topics.sort_by_key(|topic| topic.subscribers.len());
        let ranks = inverse(topics.iter().map(|topic| topic.id.index()));
        let places = inverse(roster.members.iter().map(|member| member.index()));
        Self { roster, claims, racks, topics, ranks, places }
    }

    /// The partitions of topics with at least this many subscribers, in the order in which they are
    /// tried.
    fn partitions(&self, subscribers: usize) -> impl Iterator<Item = TopicPartition> {
        self.topics.iter().filter(move |topic| topic.subscribers.len() >= subscribers).flat_map(|topic| topic.each_partition())
    }

    /// The partitions in the order in which they are tried where racks matter, too.
    fn in_turn(&self, partitions: Vec<TopicPartition>) -> Vec<TopicPartition> {
        match self.racks {
            Some(racks) => racks.sorted_by_matching_members(partitions),
            None => partitions,
        }
    }

    fn shared(&self, mut partitions: Vec<TopicPartition>) -> Vec<TopicPartition> {
        partitions.retain(|partition| self.topic(*partition).subscribers.len() >= 2);
        partitions
    }

    fn topic(&self, partition: TopicPartition) -> &'a SubscribedTopic {
        self.topics[self.ranks[partition.topic.index()]]
    }

    fn place(&self, member: MemberId) -> usize {
        self.places[member.index()]
    }

    fn subscribes(&self, place: usize, partition: TopicPartition) -> bool {
        self.topic(partition).subscribers.contains(place)
    }
}

impl<'a> Balancing<'a> {
    fn start(rules: &'a GeneralRules<'a>) -> Self {
        let assignment = rules.claims.owned.clone();
        let (homes, movements) = (assignment.clone(), PartitionMovements::new());
        Self { rules, assignment, members: SortedMembers::default(), homes, movements, reassignments: 0 }
            .sorting(0..rules.roster.members.len())
    }

    /// The same, ready to move partitions among the members that share a topic with another.
    fn among_those_who_share(mut self) -> Self {
        self.homes = self.assignment.clone();
        let topics = self.rules.topics.iter().copied().filter(|topic| topic.subscribers.len() >= 2);
        self.sorting(subscribing(topics))
    }

    fn sorting(self, places: impl Iterator<Item = usize>) -> Self {
        let members = SortedMembers::of(places.into_iter().map(|place| (self.load(place), place)));
        Self { members, ..self }
    }

    fn load(&self, place: usize) -> u32 {
        self.assignment.load(self.rules.roster.members[place])
    }

    /// Where racks matter, a partition without an owner goes to its lightest subscriber that does
    /// not mismatch.
    fn assign_in_rack(self, partition: TopicPartition) -> Self {
        let Some(racks) = self.rules.racks else { return self };
        let will_do = |place| self.rules.subscribes(place, partition) && !racks.is_mismatch(place, partition);
        match self.members.lightest(will_do) {
            Some((_, place)) => self.give(partition, place),
            None => self,
        }
    }

    /// A partition without an owner goes to its lightest subscriber.
    fn assign(self, partition: TopicPartition) -> Self {
        match self.lightest_subscriber(partition).filter(|_| self.assignment.owner(partition).is_none()) {
            Some((_, place)) => self.give(partition, place),
            None => self,
        }
    }

    fn lightest_subscriber(&self, partition: TopicPartition) -> Option<(u32, usize)> {
        self.members.lightest(|place| self.rules.subscribes(place, partition))
    }

    /// Pass after pass over these partitions, until one moves nothing.
    fn perform_reassignments(self, partitions: &[TopicPartition]) -> Self {
        let mut balancing = self;
        loop {
            let before = balancing.reassignments;
            balancing = balancing.pass(partitions);
            if balancing.reassignments == before {
                return balancing;
            }
        }
    }

    /// Each partition to a better owner if it has one, until the assignment is balanced.
    fn pass(self, partitions: &[TopicPartition]) -> Self {
        let mut balanced = self.is_balanced();
        let mut balancing = self;
        for &partition in partitions {
            if balanced {
                break;
            }
            if let Some(to) = balancing.better_owner(partition) {
                balancing = balancing.reassign_partition(partition, to);
                balanced = balancing.is_balanced();
            }
        }
        balancing
    }

    /// KIP-54's test: loads within one of each other, or no partition whose owner has more than a
    /// subscriber of its topic.
    fn is_balanced(&self) -> bool {
        self.members.within_one() || !self.rules.topics.iter().any(|topic| self.could_pass_on(topic))
    }

    fn could_pass_on(&self, topic: &SubscribedTopic) -> bool {
        let lightest = topic.subscribers.iter().map(|place| self.load(place)).min().unwrap_or(0);
        topic.each_partition().filter_map(|partition| self.assignment.owner(partition)).any(|owner| self.assignment.load(owner) > lightest)
    }

    /// The place of a member at least two partitions lighter than the owner: the previous owner
    /// before the lightest.
    fn better_owner(&self, partition: TopicPartition) -> Option<usize> {
        let load = self.assignment.load(self.assignment.owner(partition)?);
        let previous = self.rules.claims.previous.get(&partition).map(|member| self.rules.place(*member));
        let previous = previous.filter(|place| self.rules.subscribes(*place, partition) && self.load(*place) + 1 < load);
        previous.or_else(|| self.lightest_subscriber(partition).filter(|(lightest, _)| lightest + 1 < load).map(|(_, place)| place))
    }

    /// A move to that member: of this partition, or of one that is at home there and came to where
    /// this one is at home.
    fn reassign_partition(mut self, partition: TopicPartition, to: usize) -> Self {
        let Some(owner) = self.assignment.owner(partition) else { return self };
        let receiver = self.rules.roster.members[to];
        let home = self.homes.owner(partition).unwrap_or(owner);
        let homeward = self.movements.partition_to_move(partition, home, receiver);
        let heavier = |giver: &MemberId| self.assignment.load(*giver) > self.load(to) + 1;
        let (moving, from) = match self.assignment.owner(homeward).filter(heavier) {
            Some(giver) => (homeward, giver),
            None => (partition, owner),
        };
        self.movements = self.movements.moved(moving, from, receiver);
        self.reassignments += 1;
        self.give(moving, to)
    }

    fn give(mut self, partition: TopicPartition, to: usize) -> Self {
        let giver = self.assignment.owner(partition).map(|owner| self.rules.place(owner));
        for (place, change) in giver.map(|place| (place, -1)).into_iter().chain([(to, 1)]) {
            let load = self.load(place);
            self.members = self.members.reloaded(place, load, load.saturating_add_signed(change));
        }
        self.assignment = self.assignment.with_owner(partition, self.rules.roster.members[to]);
        self
    }
}

/// Members by load, who is to get the next partition: the lightest first and in their order where
/// loads are equal; a persistent value.
#[derive(Clone, Default)]
struct SortedMembers {
    sorted: im::OrdSet<(u32, usize)>,
}

impl SortedMembers {
    /// These members, each with its load and its place.
    fn of(members: impl IntoIterator<Item = (u32, usize)>) -> Self {
        Self { sorted: members.into_iter().collect() }
    }

    /// The first member that will do.
    fn lightest(&self, mut will_do: impl FnMut(usize) -> bool) -> Option<(u32, usize)> {
        self.sorted.iter().find(|(_, place)| will_do(*place)).copied()
    }

    /// The members, one of them with another load than before.
    #[must_use]
    fn reloaded(mut self, place: usize, before: u32, after: u32) -> Self {
        if self.sorted.remove(&(before, place)).is_some() {
            self.sorted.insert((after, place));
        }
        self
    }

    /// Whether no two loads differ by more than one.
    fn within_one(&self) -> bool {
        let load = |member: Option<&(u32, usize)>| member.map_or(0, |(load, _)| *load);
        load(self.sorted.get_max()) <= load(self.sorted.get_min()) + 1
    }

    /// The differences of loads, summed over all pairs of members: KIP-54's balance score, 0 at its
    /// best.
    fn balance_score(&self) -> u64 {
        let (score, _, _) = self.sorted.iter().fold((0, 0, 0), |(score, lighter, sum), (load, _)| {
            let load = u64::from(*load);
            (score + load * lighter - sum, lighter + 1, sum + load)
        });
        score
    }
}
