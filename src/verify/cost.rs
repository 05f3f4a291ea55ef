//! What an assignment costs in each goal, counted partition by partition.

use crate::model::{Goal, Goals, NO_OWNER, TopicId};
use crate::proof::{Audit, Cost, Mismatches};

/// The figures of an assignment that has an owner from the group for each slot, or [`NO_OWNER`].
pub(super) struct AssignmentFigures {
    /// The loads of all members, squared and added.
    pub(super) sum_of_squares: u64,
    /// Partitions that stay with the owner their claims name.
    pub(super) retained: u64,
    /// What it costs, where it is valid.
    pub(super) cost: Cost,
}

impl AssignmentFigures {
    /// Linear in partitions and members.
    pub(super) fn of(goals: Goals, audit: &Audit<'_>, owners: &[u32]) -> Self {
        let count = Count { audit, owners, tally: vec![0; audit.group().all_members().numbers()] };
        let (sum_of_squares, retained) = (count.sum_of_squares(), count.retained());
        let cost = Cost::new(goals, |goal| match goal {
            Goal::Balance => sum_of_squares.into(),
            Goal::Rack => count.mismatched().into(),
            Goal::Stickiness => i128::from(audit.partitions()) - i128::from(retained),
            Goal::Spread => count.sum_of_topic_squares().into(),
        });
        Self { sum_of_squares, retained, cost }
    }
}

/// Owners to be counted.
struct Count<'a> {
    audit: &'a Audit<'a>,
    owners: &'a [u32],
    /// Nothing for each member.
    tally: Vec<u32>,
}

impl<'a> Count<'a> {
    fn topics(&self) -> impl Iterator<Item = (TopicId, &'a [u32])> + '_ {
        self.audit.topics().map(|topic| {
            let slots = self.audit.slots().of(topic);
            (topic, &self.owners[slots.start as usize..slots.end as usize])
        })
    }

    fn sum_of_squares(&self) -> u64 {
        let mut loads = self.tally.clone();
        self.owners.iter().filter(|owner| **owner != NO_OWNER).for_each(|&owner| loads[owner as usize] += 1);
        loads.into_iter().map(|load| u64::from(load) * u64::from(load)).sum()
    }

    fn retained(&self) -> u64 {
        let stays = |&(owner, claimant): &(&u32, &u32)| owner == claimant && *owner != NO_OWNER;
        let of_topic =
            |(topic, owners): (TopicId, &'a [u32])| owners.iter().zip(self.audit.claimants_of(topic)).filter(stays).count() as u64;
        self.topics().map(of_topic).sum()
    }

    /// How many partitions are with an owner whose rack has none of their replicas.
    fn mismatched(&self) -> u64 {
        let mismatches = Mismatches::of(self.audit.group());
        let of_topic = |(topic, owners): (TopicId, &[u32])| match self.audit.group().all_topics().get(topic).racks() {
            None => 0,
            Some(racks) => {
                let owned = owners.iter().zip(racks.iter()).filter(|(owner, _)| **owner != NO_OWNER);
                owned.filter(|(owner, replicas)| mismatches.is_outside(**owner, replicas)).count() as u64
            }
        };
        self.topics().map(of_topic).sum()
    }

    /// The partitions that each member has of each topic, squared and added.
    fn sum_of_topic_squares(&self) -> u64 {
        let mut counts = self.tally.clone();
        let mut of_topic = |owners: &[u32]| {
            let owned = || owners.iter().filter(|owner| **owner != NO_OWNER).map(|&owner| owner as usize);
            owned().for_each(|owner| counts[owner] += 1);
            // A member's count is squared where it is met first.
            owned().map(|owner| std::mem::take(&mut counts[owner])).map(|count| u64::from(count) * u64::from(count)).sum::<u64>()
        };
        self.topics().map(|(_, owners)| of_topic(owners)).sum()
    }
}
