//! Where all subscribe alike: owners keep what quotas allow, and the rest is dealt in turn.

use crate::model::{Assignment, MemberId, TopicPartition};
use crate::strategy::roster::{GroupRacks, Quota, Roster, inverse};

/// Each owner keeps what its quota allows; what is left goes round among the members below theirs,
/// first among those in its racks.
pub(super) fn constrained(roster: &Roster, owned: &Assignment, racks: Option<&GroupRacks<'_>>) -> Assignment {
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
