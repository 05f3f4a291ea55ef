//! KIP-54 for equal subscriptions: quotas, what owners keep of them, and a round robin for the
//! rest.

use super::super::roster::{Roster, inverse};
use crate::model::{Assignment, MemberId, TopicPartition};

/// How many partitions members get when all subscribe alike: every one `least`, some of them one
/// more.
#[derive(Clone, Copy)]
struct Quota {
    least: usize,
    /// How many members get one more.
    over: usize,
}

/// What stays the same while partitions are given out.
struct Rules {
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

/// Each owner keeps what its quota allows; what is left goes round among the members below theirs.
pub(super) fn build(roster: &Roster, owned: &Assignment) -> Assignment {
    let rules = Rules { quota: Quota::of(roster), ranks: inverse(roster.topics.iter().map(|topic| topic.id.index())) };
    let start = Filling { assignment: owned.clone(), under: im::Vector::new(), at_least: im::Vector::new(), over: 0 };
    let kept = roster.members.iter().fold(start, |filling, member| filling.keep(&rules, *member));
    let unassigned = roster.topics.iter().flat_map(|topic| topic.each_partition());
    let unassigned: Vec<TopicPartition> = unassigned.filter(|partition| kept.assignment.owner(*partition).is_none()).collect();
    unassigned.into_iter().fold(kept, |filling, partition| filling.give(rules.quota, partition)).assignment
}

impl Quota {
    fn of(roster: &Roster) -> Self {
        let (partitions, members) = (roster.partition_count(), roster.members.len());
        Self { least: partitions / members, over: partitions % members }
    }
}

impl Filling {
    /// A member keeps as much of what it owns as its quota allows, and queues where that leaves
    /// room.
    fn keep(self, rules: &Rules, member: MemberId) -> Self {
        let quota = rules.quota;
        let load = self.assignment.load(member) as usize;
        if load < quota.least {
            return Self { under: appended(self.under, member), ..self };
        }
        let over = self.over < quota.over;
        if over && load > quota.least {
            return self.keep_over(rules, member);
        }
        let kept = self.revoke(rules, member, quota.least);
        match over {
            true => Self { at_least: appended(kept.at_least, member), ..kept },
            false => kept,
        }
    }

    fn keep_over(self, rules: &Rules, member: MemberId) -> Self {
        let kept = self.revoke(rules, member, rules.quota.least + 1);
        let over = kept.over + 1;
        let at_least = if over == rules.quota.over { im::Vector::new() } else { kept.at_least };
        Self { over, at_least, ..kept }
    }

    /// A member gives up all but its first partitions, counted across topics: partition 0 of each,
    /// then 1 of each.
    fn revoke(self, rules: &Rules, member: MemberId, keeps: usize) -> Self {
        let partitions = across_topics(&rules.ranks, &self.assignment, member);
        let revoked = partitions.into_iter().skip(keeps);
        Self { assignment: self.assignment.with_owners(revoked.map(|partition| (partition, None))), ..self }
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
