//! Where members subscribe to different topics: what is free is filled in, then single partitions
//! move to lighter members until no such move is left.

use std::collections::BTreeMap;

use super::members::{OwnedCounts, RackMembers, SortedMembers, TopicMembers};
use crate::model::{Assignment, MemberId, TopicPartition};
use crate::steps::PartitionMovements;
use crate::strategy::roster::{GroupRacks, Roster, SubscribedTopic, inverse, subscribing};

/// Owners keep what they own, the rest goes to the lightest subscribers, and single moves even that
/// out. What the moves did is taken back where it did not improve the balance score.
pub(super) fn general(roster: &Roster, claims: &ResolvedClaims, racks: Option<&GroupRacks<'_>>) -> Assignment {
    let rules = GeneralRules::of(roster, claims, racks);
    let unassigned = rules.in_turn(rules.partitions(1).filter(|partition| claims.owned.owner(*partition).is_none()).collect());
    let in_racks = Balancing::start(&rules).by_racks().in_turns(&unassigned, Balancing::assign_in_rack);
    let before = Balancing { by_racks: None, ..in_racks }.in_turns(&unassigned, Balancing::assign).among_those_who_share();
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

/// The claims of a group, resolved.
pub(super) struct ResolvedClaims {
    /// Who keeps what, as far as it still subscribes to it and racks allow.
    pub(super) owned: Assignment,
    /// Who claims a partition from the newest generation that is older than the group's.
    pub(super) previous: BTreeMap<TopicPartition, MemberId>,
    /// Whether an owner gave up a topic, or a partition that mismatches its rack.
    pub(super) revocation_required: bool,
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
    /// How many partitions of each topic its owners have, by the topic's rank.
    owned: im::Vector<OwnedCounts>,
    members: SortedMembers,
    /// Those of the members that say "all".
    every: SortedMembers,
    /// As long as partitions are to stay in racks: members by rack.
    by_racks: Option<SortedByRack<'a>>,
    /// The topic whose turn it is.
    turn: Option<Turn>,
    /// Where a partition could go to a lighter member, when it was last looked for one.
    passable: Option<Passable>,
    /// Who owned what before any move.
    homes: Assignment,
    movements: PartitionMovements,
    reassignments: u64,
}

/// Members by rack and load.
#[derive(Clone)]
struct SortedByRack<'a> {
    /// Those that say "all".
    every: RackMembers<'a>,
    /// Those that name the topic whose turn it is, where its members are sorted.
    named: RackMembers<'a>,
}

/// A topic as long as its partitions are looked at one after another.
#[derive(Clone)]
struct Turn {
    rank: usize,
    /// Its members, where it has enough partitions to be worth the sorting.
    sorted: Option<TopicMembers>,
}

/// A topic of which one member could pass a partition on to another that is lighter.
#[derive(Clone, Copy)]
struct Passable {
    rank: usize,
    from: usize,
    to: usize,
}

/// Where this many partitions of a topic are looked at one after another, its members are sorted.
const WORTH_SORTING: usize = 4;

/// So many of the lightest members are asked first whether they subscribe to a topic.
const TRIED_FIRST: usize = 16;

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
        self.topics[self.rank(partition)]
    }

    fn rank(&self, partition: TopicPartition) -> usize {
        self.ranks[partition.topic.index()]
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
        let (members, every) = (SortedMembers::default(), SortedMembers::default());
        let owned = rules.topics.iter().map(|topic| {
            let owners = topic.each_partition().filter_map(|partition| assignment.owner(partition));
            OwnedCounts::of(owners.map(|owner| rules.place(owner)))
        });
        let owned = owned.collect();
        let start = Self {
            rules,
            assignment,
            owned,
            members,
            every,
            by_racks: None,
            turn: None,
            passable: None,
            homes,
            movements,
            reassignments: 0,
        };
        let (members, every) = (start.sorted(0..rules.roster.members.len()), start.sorted(rules.roster.every().iter().copied()));
        Self { members, every, ..start }
    }

    /// The same, ready to give partitions to members in their racks, where racks matter.
    fn by_racks(self) -> Self {
        let by_racks = self.rules.racks.map(|racks| {
            let every = self.racked(racks, self.rules.roster.every());
            SortedByRack { every, named: RackMembers::default() }
        });
        Self { by_racks, ..self }
    }

    fn racked(&self, racks: &'a GroupRacks<'a>, places: &[usize]) -> RackMembers<'a> {
        RackMembers::of(places.iter().map(|&place| (racks.rack(place), self.load(place), place)))
    }

    /// The same, ready to move partitions among the members that share a topic with another.
    fn among_those_who_share(self) -> Self {
        let topics = self.rules.topics.iter().copied().filter(|topic| topic.subscribers.len() >= 2);
        Self { homes: self.assignment.clone(), members: self.sorted(subscribing(topics)), ..self }
    }

    fn sorted(&self, places: impl Iterator<Item = usize>) -> SortedMembers {
        SortedMembers::of(places.map(|place| (self.load(place), place)))
    }

    fn load(&self, place: usize) -> u32 {
        self.assignment.load(self.rules.roster.members[place])
    }

    /// Does this with each of the partitions, those of one topic in its turn.
    fn in_turns(self, partitions: &[TopicPartition], each: impl Fn(Self, TopicPartition) -> Self) -> Self {
        let turns = partitions.chunk_by(|one, next| one.topic == next.topic);
        turns.fold(self, |balancing, turn| turn.iter().fold(balancing.turn_to(turn), |balancing, partition| each(balancing, *partition)))
    }

    /// These partitions of one topic are next.
    fn turn_to(mut self, partitions: &[TopicPartition]) -> Self {
        let rank = self.rules.rank(partitions[0]);
        let sorted = (partitions.len() >= WORTH_SORTING).then(|| TopicMembers {
            named: self.sorted(self.rules.topics[rank].subscribers.named().iter().copied()),
            owners: self.sorted(self.owned[rank].owners()),
        });
        if let (Some(racks), Some(by_racks)) = (self.rules.racks, &self.by_racks) {
            let named = match sorted {
                Some(_) => self.racked(racks, self.rules.topics[rank].subscribers.named()),
                None => RackMembers::default(),
            };
            self.by_racks = Some(SortedByRack { named, every: by_racks.every.clone() });
        }
        self.turn = Some(Turn { rank, sorted });
        self
    }

    /// Where racks matter, a partition without an owner goes to its lightest subscriber that does
    /// not mismatch.
    fn assign_in_rack(self, partition: TopicPartition) -> Self {
        match self.lightest_in_rack(partition) {
            Some((_, place)) => self.give(partition, place),
            None => self,
        }
    }

    /// The lightest subscriber that does not mismatch. Those in other racks may be very many, so
    /// nobody goes through them.
    fn lightest_in_rack(&self, partition: TopicPartition) -> Option<(u32, usize)> {
        let (racks, by_racks) = (self.rules.racks?, self.by_racks.as_ref()?);
        let replicas = racks.replicas(partition);
        let named = match self.sorted_members(self.rules.rank(partition)) {
            Some(_) => by_racks.named.lightest(replicas),
            None => {
                let named = self.rules.topic(partition).subscribers.named().iter();
                named.filter(|place| !racks.is_mismatch(**place, partition)).map(|&place| (self.load(place), place)).min()
            }
        };
        named.into_iter().chain(by_racks.every.lightest(replicas)).min()
    }

    /// A partition without an owner goes to its lightest subscriber.
    fn assign(self, partition: TopicPartition) -> Self {
        if self.assignment.owner(partition).is_some() {
            return self;
        }
        match self.lightest_subscriber(partition) {
            Some((_, place)) => self.give(partition, place),
            None => self,
        }
    }

    fn lightest_subscriber(&self, partition: TopicPartition) -> Option<(u32, usize)> {
        if let Some(sorted) = self.sorted_members(self.rules.rank(partition)) {
            return sorted.named.lightest().into_iter().chain(self.every.lightest()).min();
        }
        // Most likely it is among the lightest of all.
        let subscribers = &self.rules.topic(partition).subscribers;
        let among_all = self.members.first(TRIED_FIRST).find(|(_, place)| subscribers.contains(*place));
        let named = || subscribers.named().iter().map(|&place| (self.load(place), place)).min();
        among_all.or_else(|| named().into_iter().chain(self.every.lightest()).min())
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
        let (mut balancing, mut balanced) = self.looked_whether_balanced();
        for turn in partitions.chunk_by(|one, next| one.topic == next.topic) {
            if balanced {
                break;
            }
            let rank = balancing.rules.rank(turn[0]);
            if turn.len() >= WORTH_SORTING && !balancing.has_gap(rank) {
                continue;
            }
            balancing = balancing.turn_to(turn);
            for &partition in turn {
                let Some(to) = balancing.better_owner(partition) else { continue };
                (balancing, balanced) = balancing.reassign_partition(partition, to).looked_whether_balanced();
                let is_even = balancing.sorted_members(rank).is_some() && !balancing.has_gap(rank);
                if balanced || is_even {
                    break;
                }
            }
        }
        balancing
    }

    /// Whether an owner of the topic has two partitions more than a subscriber. Else none of its
    /// partitions has a better owner.
    fn has_gap(&self, rank: usize) -> bool {
        self.widest(rank).is_some_and(|(_, gap)| gap >= 2)
    }

    /// KIP-54's test, and what was found by it: loads within one of each other, or no partition
    /// whose owner has more than a subscriber of its topic.
    fn looked_whether_balanced(self) -> (Self, bool) {
        if self.members.within_one() {
            return (self, true);
        }
        if self.passable.is_some_and(|passable| self.is_passable(passable)) {
            return (self, false);
        }
        let passable = self.find_passable();
        (Self { passable, ..self }, passable.is_none())
    }

    fn is_passable(&self, Passable { rank, from, to }: Passable) -> bool {
        self.load(from) > self.load(to) && self.owned[rank].has_any(from)
    }

    /// Looks for a topic of which a partition could go to a lighter subscriber: at the one whose
    /// turn it is, then at all, beginning with the one that was found before.
    fn find_passable(&self) -> Option<Passable> {
        let turn = self.turn.as_ref().map(|turn| turn.rank);
        let first = self.passable.map_or(0, |passable| passable.rank);
        let ranks = turn.into_iter().chain(first..self.rules.topics.len()).chain(0..first);
        ranks.filter_map(|rank| self.widest(rank)).find(|(_, gap)| *gap > 0).map(|(passable, _)| passable)
    }

    /// The heaviest owner and the lightest subscriber of a topic, and how many partitions more the
    /// one has.
    fn widest(&self, rank: usize) -> Option<(Passable, u32)> {
        let (named, owners) = match self.sorted_members(rank) {
            Some(TopicMembers { named, owners }) => (named.lightest(), owners.heaviest()),
            None => {
                let with_load = |place: usize| (self.load(place), place);
                let named = self.rules.topics[rank].subscribers.named().iter();
                (named.map(|&place| with_load(place)).min(), self.owned[rank].owners().map(with_load).max())
            }
        };
        let (lightest, to) = named.into_iter().chain(self.every.lightest()).min()?;
        let (heaviest, from) = owners?;
        Some((Passable { rank, from, to }, heaviest.saturating_sub(lightest)))
    }

    /// The members of a topic, if it is its turn and they are sorted.
    fn sorted_members(&self, rank: usize) -> Option<&TopicMembers> {
        self.turn.as_ref().filter(|turn| turn.rank == rank)?.sorted.as_ref()
    }

    /// The place of a member at least two partitions lighter than the owner: the previous owner
    /// before the lightest.
    fn better_owner(&self, partition: TopicPartition) -> Option<usize> {
        let load = self.assignment.load(self.assignment.owner(partition)?);
        let previous = self.rules.claims.previous.get(&partition).map(|member| self.rules.place(*member));
        let previous = previous.filter(|place| self.rules.subscribes(*place, partition) && self.load(*place) + 1 < load);
        let lightest = || self.lightest_subscriber(partition).filter(|(lightest, _)| lightest + 1 < load);
        previous.or_else(|| lightest().map(|(_, place)| place))
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
        let rank = self.rules.rank(partition);
        let giver = self.assignment.owner(partition).map(|owner| self.rules.place(owner));
        for (place, change) in giver.map(|place| (place, -1)).into_iter().chain([(to, 1)]) {
            let before = self.load(place);
            let after = before.saturating_add_signed(change);
            self.members = self.members.reloaded(place, before, after);
            self.every = self.every.reloaded(place, before, after);
            if let (Some(racks), Some(by_racks)) = (self.rules.racks, &mut self.by_racks) {
                by_racks.every.reload((racks.rack(place), place), before, after);
                by_racks.named.reload((racks.rack(place), place), before, after);
            }
            let owns_any = self.owned[rank].change(place, change);
            if let Some(sorted) = self.turn.as_mut().filter(|turn| turn.rank == rank).and_then(|turn| turn.sorted.as_mut()) {
                sorted.reload(place, (before, after), owns_any);
            }
        }
        self.assignment = self.assignment.with_owner(partition, self.rules.roster.members[to]);
        self
    }
}
