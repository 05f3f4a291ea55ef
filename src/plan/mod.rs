//! What `balance` answers.

use std::sync::Arc;

use crate::balance::allocate::Handing;
use crate::model::{Assignment, Goal, Goals, Group, Member, MemberId, Movement, OwnerTable, TopicPartition};
use crate::network::Network;
use crate::network::subscribers::SubscriberIndex;
use crate::proof::{Cost, Proof};

/// A plan for a group: who owns what from now on, what that moves, and the proof that nothing is
/// better.
///
/// A persistent value: cloning is O(1), and a plan shares with the plan it was made from all that
/// did not change.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) group: Group,
    pub(crate) assignment: Assignment,
    pub(crate) movements: Arc<[Movement]>,
    pub(crate) summary: Summary,
    pub(crate) proof: Proof,
    /// Who subscribes to which topic, for the next rebalance.
    pub(crate) subscribers: SubscriberIndex,
}

/// The figures of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Partitions of all topics.
    pub partitions: u64,
    /// Partitions that have an owner now: `retained` + `moved` + `new`.
    pub assigned: u64,
    /// Partitions of topics that nobody subscribes to.
    pub unassigned: u64,
    /// Partitions that stay with the owner their claims name.
    pub retained: u64,
    /// Partitions that leave it for another.
    pub moved: u64,
    /// Partitions whose claims name no owner.
    pub new: u64,
    /// The least partitions any member has; 0 in a group without members.
    pub min: u32,
    /// The most partitions any member has.
    pub max: u32,
    /// The loads of all members, squared and added.
    pub sum_of_squares: u64,
}

impl Summary {
    /// The figures of an assignment that moves this many of the claimed partitions.
    pub(crate) fn of(group: &Group, assignment: &Assignment, moved: u64, claimed: u64) -> Self {
        let loads = assignment.loads();
        let having = loads.iter().filter(|load| **load > 0).count();
        // Whoever has anything is here; the others have nothing.
        let min = match having < group.member_count() {
            true => 0,
            // Of those that are gone, who have 0, less 1 is more than anybody has.
            false => loads.iter().map(|load| load.wrapping_sub(1)).min().map_or(0, |least| least.wrapping_add(1)),
        };
        Self {
            partitions: group.partition_count(),
            assigned: assignment.len(),
            unassigned: group.partition_count() - assignment.len(),
            retained: claimed - moved,
            moved,
            new: assignment.len() - claimed,
            min,
            max: loads.iter().copied().max().unwrap_or(0),
            sum_of_squares: loads.iter().map(|&load| u64::from(load) * u64::from(load)).sum(),
        }
    }
}

/// The partitions that leave their claimants, ascending.
fn movements(network: &Network, handing: &Handing) -> Vec<Movement> {
    let mut released = handing.released.clone();
    released.sort_unstable();
    let slots: Vec<u32> = released.iter().map(|&(slot, _)| slot).collect();
    let id = |number: u32| network.members[number as usize];
    let movement = |(partition, &(slot, from)): (TopicPartition, &(u32, u32))| Movement {
        partition,
        from: id(from),
        to: id(handing.owners[slot as usize]),
    };
    network.slots.partitions(&slots).zip(&released).map(movement).collect()
}

/// Loads by number instead of place in the network.
pub(crate) fn loads_by_number(group: &Group, network: &Network, by_place: &[u32]) -> Vec<u32> {
    let mut loads = vec![0; group.all_members().numbers()];
    network.members.iter().zip(by_place).for_each(|(member, &load)| loads[member.index()] = load);
    loads
}

impl Plan {
    /// The plan of what was handed to whom: linear in slots.
    pub(crate) fn of(group: Group, network: Network, handing: Handing, proof: Proof) -> Self {
        let claimed = handing.claimed;
        let movements = movements(&network, &handing);
        let loads = loads_by_number(&group, &network, &handing.loads);
        let table = OwnerTable::of_places(network.slots.clone(), handing.owners, &network.members, &loads);
        let assignment = Assignment::from_table(table);
        let summary = Summary::of(&group, &assignment, movements.len() as u64, claimed);
        Self { group, assignment, movements: movements.into(), summary, proof, subscribers: SubscriberIndex::new(network) }
    }

    /// The group the plan is for.
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// Who owns what.
    pub fn assignment(&self) -> &Assignment {
        &self.assignment
    }

    /// The partitions that leave the owner their claims name, ascending.
    pub fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// The plan's figures.
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// The goals it is the best in.
    pub fn goals(&self) -> Goals {
        self.proof.goals()
    }

    /// What it costs in each of its goals. Linear in partitions where racks or spread is among
    /// them.
    pub fn costs(&self) -> Cost {
        Cost::new(self.goals(), |goal| match goal {
            Goal::Balance => self.summary.sum_of_squares.into(),
            Goal::Stickiness => i128::from(self.summary.moved) + i128::from(self.summary.new),
            Goal::Rack => self.mismatches() as i128,
            Goal::Spread => self.spread(),
        })
    }

    /// How many partitions are in none of their owners' racks.
    fn mismatches(&self) -> usize {
        let racks_of = |partition: TopicPartition| {
            let racks = self.group.topic(partition.topic).racks().map(|racks| &racks[partition.partition as usize]);
            racks.filter(|racks| racks.iter().any(|rack| !rack.is_empty()))
        };
        let is_mismatch = |&(partition, owner): &(TopicPartition, MemberId)| {
            let rack = self.group.member(owner).and_then(Member::rack).filter(|rack| !rack.is_empty());
            matches!((rack, racks_of(partition)), (Some(rack), Some(racks)) if !racks.contains(rack))
        };
        self.assignment.iter().filter(is_mismatch).count()
    }

    /// The counts that members have of topics, squared and added.
    fn spread(&self) -> i128 {
        let mut counts = vec![0_i128; self.group.all_members().numbers()];
        let (mut sum, mut of_topic) = (0, Vec::new());
        let mut topic = None;
        for (partition, owner) in self.assignment.iter() {
            if topic.replace(partition.topic) != Some(partition.topic) {
                of_topic.drain(..).for_each(|owner: MemberId| counts[owner.index()] = 0);
            }
            // The k-th costs 2k − 1.
            sum += 2 * counts[owner.index()] + 1;
            counts[owner.index()] += 1;
            of_topic.push(owner);
        }
        sum
    }

    /// Prices under which no plan of this group can be better.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }
}
