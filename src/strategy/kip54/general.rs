//! Where members subscribe to different topics: what is free is filled in, then single partitions
//! move to lighter members until no such move is left.

use std::collections::BTreeMap;

use super::claims::ResolvedClaims;
use super::members::{SortedMembers, TopicMembers};
use crate::model::{Assignment, MemberId, TopicId, TopicPartition};
use crate::steps::PartitionMovements;
use crate::strategy::roster::{GroupRacks, Roster, SubscribedTopic, inverse, subscribing};

/// Owners keep what they own, the rest goes to the lightest subscribers, and single moves even that
/// out. What the moves did is taken back where it did not improve the balance score.
pub(super) fn general(roster: &Roster, claims: &ResolvedClaims, racks: Option<&GroupRacks<'_>>) -> Assignment {
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
    /// Those of the members that say "all".
    every: SortedMembers,
    /// The topic whose turn it is.
    turn: Option<Turn>,
    /// A partition that could go to this lighter subscriber, when it was last looked for one.
    passable: Option<(TopicPartition, usize)>,
    /// Who owned what before any move.
    homes: Assignment,
    movements: PartitionMovements,
    reassignments: u64,
}

/// A topic as long as its partitions are looked at one after another.
#[derive(Clone)]
struct Turn {
    topic: TopicId,
    /// How many of its partitions were looked at.
    partitions: u32,
    /// Its members by load, once it is worth the sorting.
    sorted: Option<TopicMembers>,
}

/// So many partitions of a topic are looked at one after another before its members are sorted.
const PARTITIONS_UNSORTED: u32 = 4;

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
        let (members, every) = (SortedMembers::default(), SortedMembers::default());
        let start = Self { rules, assignment, members, every, turn: None, passable: None, homes, movements, reassignments: 0 };
        let (members, every) = (start.sorted(0..rules.roster.members.len()), start.sorted(rules.roster.every().iter().copied()));
        Self { members, every, ..start }
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

    /// Where racks matter, a partition without an owner goes to its lightest subscriber that does
    /// not mismatch.
    fn assign_in_rack(self, partition: TopicPartition) -> Self {
        let Some(racks) = self.rules.racks else { return self };
        let balancing = self.turn_to(partition);
        match balancing.lightest_subscriber(partition, |place| !racks.is_mismatch(place, partition)) {
            Some((_, place)) => balancing.give(partition, place),
            None => balancing,
        }
    }

    /// A partition without an owner goes to its lightest subscriber.
    fn assign(self, partition: TopicPartition) -> Self {
        if self.assignment.owner(partition).is_some() {
            return self;
        }
        let balancing = self.turn_to(partition);
        match balancing.lightest_subscriber(partition, |_| true) {
            Some((_, place)) => balancing.give(partition, place),
            None => balancing,
        }
    }

    /// The next partition looked at is this one. Where many of a topic are, its members are sorted.
    fn turn_to(mut self, partition: TopicPartition) -> Self {
        let topic = partition.topic;
        let turn = self.turn.take().filter(|turn| turn.topic == topic).unwrap_or(Turn { topic, partitions: 0, sorted: None });
        let sorts = turn.sorted.is_none() && turn.partitions >= PARTITIONS_UNSORTED;
        self.turn = Some(Turn { partitions: turn.partitions.saturating_add(1), ..turn });
        if sorts { self.with_turn_sorted() } else { self }
    }

    fn with_turn_sorted(mut self) -> Self {
        let unsorted = self.turn.as_ref().filter(|turn| turn.sorted.is_none()).map(|turn| turn.topic);
        let sorted = unsorted.map(|topic| self.topic_members(topic));
        if let Some(turn) = &mut self.turn {
            turn.sorted = turn.sorted.take().or(sorted);
        }
        self
    }

    fn topic_members(&self, topic: TopicId) -> TopicMembers {
        let topic = self.rules.topics[self.rules.ranks[topic.index()]];
        let mut owned: BTreeMap<usize, u32> = BTreeMap::new();
        self.owners(topic).for_each(|(_, owner)| *owned.entry(owner).or_default() += 1);
        TopicMembers {
            named: self.sorted(topic.subscribers.named().iter().copied()),
            owners: self.sorted(owned.keys().copied()),
            owned: owned.into_iter().collect(),
        }
    }

    /// Each partition of a topic that has an owner, with the owner's place.
    fn owners(&self, topic: &SubscribedTopic) -> impl Iterator<Item = (TopicPartition, usize)> {
        topic.each_partition().filter_map(|partition| Some((partition, self.rules.place(self.assignment.owner(partition)?))))
    }

    /// The lightest subscriber that will do.
    fn lightest_subscriber(&self, partition: TopicPartition, will_do: impl Fn(usize) -> bool) -> Option<(u32, usize)> {
        if let Some(Turn { sorted: Some(sorted), .. }) = self.turn.as_ref().filter(|turn| turn.topic == partition.topic) {
            let lightest = |members: &SortedMembers| members.lightest(&will_do);
            return lightest(&sorted.named).into_iter().chain(lightest(&self.every)).min();
        }
        // Most likely it is among the lightest of all.
        let subscribers = &self.rules.topic(partition).subscribers;
        let among_all = self.members.first(TRIED_FIRST).find(|(_, place)| subscribers.contains(*place) && will_do(*place));
        let named = || subscribers.named().iter().filter(|place| will_do(**place)).map(|&place| (self.load(place), place)).min();
        among_all.or_else(|| named().into_iter().chain(self.every.lightest(&will_do)).min())
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
        for &partition in partitions {
            if balanced {
                break;
            }
            balancing = balancing.turn_to(partition);
            if let Some(to) = balancing.better_owner(partition) {
                (balancing, balanced) = balancing.with_turn_sorted().reassign_partition(partition, to).looked_whether_balanced();
            }
        }
        balancing
    }

    /// KIP-54's test, and what was found by it: loads within one of each other, or no partition
    /// whose owner has more than a subscriber of its topic.
    fn looked_whether_balanced(self) -> (Self, bool) {
        if self.members.within_one() {
            return (self, true);
        }
        if self.turn_could_pass_on() || self.passable.is_some_and(|(partition, to)| self.is_lighter(to, partition)) {
            return (self, false);
        }
        let passable = self.find_passable();
        (Self { passable, ..self }, passable.is_none())
    }

    /// Whether an owner of the topic whose turn it is has more than a subscriber of it, as far as
    /// that is known.
    fn turn_could_pass_on(&self) -> bool {
        let sorted = self.turn.as_ref().and_then(|turn| turn.sorted.as_ref());
        sorted.is_some_and(|TopicMembers { named, owners, .. }| {
            let lightest = named.lightest(|_| true).into_iter().chain(self.every.lightest(|_| true)).min();
            lightest.zip(owners.heaviest()).is_some_and(|((lightest, _), (heaviest, _))| heaviest > lightest)
        })
    }

    fn is_lighter(&self, place: usize, partition: TopicPartition) -> bool {
        self.assignment.owner(partition).is_some_and(|owner| self.assignment.load(owner) > self.load(place))
    }

    /// Looks through the topics for a partition that could go to a lighter subscriber, beginning
    /// with the topic of the one that was found before.
    fn find_passable(&self) -> Option<(TopicPartition, usize)> {
        let first = self.passable.map_or(0, |(partition, _)| self.rules.ranks[partition.topic.index()]);
        let (before, after) = self.rules.topics.split_at(first);
        after.iter().chain(before).find_map(|topic| {
            let named = topic.subscribers.named().iter().map(|&place| (self.load(place), place)).min();
            let (lightest, to) = named.into_iter().chain(self.every.lightest(|_| true)).min()?;
            let (heaviest, partition) = self.owners(topic).map(|(partition, owner)| (self.load(owner), partition)).max()?;
            (heaviest > lightest).then_some((partition, to))
        })
    }

    /// The place of a member at least two partitions lighter than the owner: the previous owner
    /// before the lightest.
    fn better_owner(&self, partition: TopicPartition) -> Option<usize> {
        let load = self.assignment.load(self.assignment.owner(partition)?);
        let previous = self.rules.claims.previous.get(&partition).map(|member| self.rules.place(*member));
        let previous = previous.filter(|place| self.rules.subscribes(*place, partition) && self.load(*place) + 1 < load);
        let lightest = || self.lightest_subscriber(partition, |_| true).filter(|(lightest, _)| lightest + 1 < load);
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
        let giver = self.assignment.owner(partition).map(|owner| self.rules.place(owner));
        for (place, change) in giver.map(|place| (place, -1)).into_iter().chain([(to, 1)]) {
            let before = self.load(place);
            let after = before.saturating_add_signed(change);
            self.members = self.members.reloaded(place, before, after);
            self.every = self.every.reloaded(place, before, after);
            if let Some(Turn { sorted: Some(sorted), .. }) = self.turn.as_mut().filter(|turn| turn.topic == partition.topic) {
                sorted.reload(place, (before, after), change);
            }
        }
        self.assignment = self.assignment.with_owner(partition, self.rules.roster.members[to]);
        self
    }
}
