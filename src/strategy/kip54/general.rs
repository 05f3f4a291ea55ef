//! KIP-54 for unequal subscriptions: fill, then move single partitions to lighter members until no
//! such move is left.

use super::super::racks::GroupRacks;
use super::super::roster::{Roster, SubscribedTopic, inverse, subscribing};
use super::claims::ResolvedClaims;
use crate::model::{Assignment, MemberId, TopicPartition};
use crate::steps::PartitionMovements;

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
pub(super) fn build(roster: &Roster, claims: &ResolvedClaims, racks: Option<&GroupRacks<'_>>) -> Assignment {
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
