//! The closed form on what changed, where all members follow the same topics before and after.

use std::collections::VecDeque;

use super::effects::{Effects, partitions, reading};
use super::outcome::Handover;
use crate::balance::plan::Plan;
use crate::balance::proof::{Price, Proof};
use crate::model::{Assignment, Claims, Group, MemberId, TopicId, TopicPartition};

/// How many members in turn are asked who has the fewest of a topic.
const ASKED: usize = 4;

/// The next plan, if all members that follow anything have one and the same subscription before and after.
pub(super) fn rebalance(plan: &Plan, group: &Group, effects: &Effects) -> Option<Plan> {
    let subscription = plan.readers.only_subscription()?;
    let Claims::Previous(assignment) = group.claims() else { return None };
    let (members, others): (Vec<_>, Vec<_>) = group.all_members().subscribed().partition(|(_, other)| *other == subscription);
    let members: Vec<MemberId> = members.into_iter().map(|(member, _)| member).collect();
    if members.is_empty() || others.iter().any(|&(member, _)| reading(group, member).next().is_some()) {
        return None;
    }
    let free = free_partitions(group, effects, assignment);
    let goal = Goal::of(&members, free.len(), assignment);
    let proof = others.into_iter().fold(goal.proof(plan, group), |proof, (member, _)| proof.with_member(member, Price::of(0, 0)));
    Some(plan.handed_over(group, effects, goal.carry_out(&free, assignment), proof))
}

/// The partitions that nobody is here to keep: of members that left or follow nothing any more, and new ones; ascending.
fn free_partitions(group: &Group, effects: &Effects, assignment: &Assignment) -> Vec<TopicPartition> {
    let idle = effects.subscribed.iter().filter(|&&member| reading(group, member).next().is_none());
    let left = effects.left.iter().chain(idle).flat_map(|&member| assignment.partitions_of(member));
    let grown = effects
        .grown
        .iter()
        .flat_map(|(&topic, &before)| (before..partitions(group, topic)).map(move |partition| TopicPartition { topic, partition }));
    let mut free: Vec<TopicPartition> = left.chain(grown).collect();
    free.sort_unstable();
    free
}

/// The loads that members had and shall have.
struct Goal {
    level: u32,
    members: Vec<Share>,
    /// Whether some members would fill one more seat than there are.
    contested: bool,
}

struct Share {
    member: MemberId,
    held: u32,
    load: u32,
}

impl Goal {
    /// Everybody gets the mean, rounded down, and the seats for one more go first to those who fill them already.
    fn of(members: &[MemberId], free: usize, assignment: &Assignment) -> Self {
        let held = || members.iter().map(|&member| assignment.load(member));
        let total = held().map(u64::from).sum::<u64>() + free as u64;
        let (level, seats) = ((total / members.len() as u64) as u32, (total % members.len() as u64) as usize);
        let filled = held().filter(|held| *held > level).count();
        let (mut for_filled, mut for_others) = (seats.min(filled), seats.saturating_sub(filled));
        let share = |(&member, held): (&MemberId, u32)| {
            let seats = if held > level { &mut for_filled } else { &mut for_others };
            let seat = u32::from(*seats > 0);
            *seats -= seat as usize;
            Share { member, held, load: level + seat }
        };
        Self { level, contested: filled > seats, members: members.iter().zip(held()).map(share).collect() }
    }

    /// Gives free partitions, and those of members with too many, to members with too few.
    fn carry_out(&self, free: &[TopicPartition], before: &Assignment) -> Handover {
        let start = Handover { assignment: before.clone(), movements: Vec::new(), free: 0 };
        let lacking = self.members.iter().filter(|share| share.held < share.load);
        let mut takers: VecDeque<(MemberId, u32)> = lacking.map(|share| (share.member, share.load - share.held)).collect();
        let filled = free.iter().fold(start, |handover, &partition| match next_taker(&mut takers, partition.topic, &handover.assignment) {
            Some(to) => handover.fill(partition, to),
            None => handover,
        });
        let giving = self.members.iter().filter(|share| share.held > share.load).enumerate();
        giving.fold(filled, |handover, (turn, share)| {
            let given = evenly_chosen(before, share.member, (share.held - share.load) as usize, turn);
            given.into_iter().fold(handover, |handover, partition| match next_taker(&mut takers, partition.topic, &handover.assignment) {
                Some(to) => handover.reassign(partition, share.member, to),
                None => handover,
            })
        })
    }

    /// The prices of the closed form: see [`identical`](crate::balance::identical::identical).
    fn proof(&self, plan: &Plan, group: &Group) -> Proof {
        let seat = i64::from(self.contested);
        let price = |moves: i64| Price::of(self.level, moves - seat);
        let mut proof = plan.proof.clone().with_moves_of_all(0, 1 - seat);
        for share in &self.members {
            let filling = share.held > share.load || (self.contested && share.held > self.level);
            proof = proof.with_member(share.member, price(i64::from(filling)));
        }
        let topics = self.members.first().map(|share| reading(group, share.member)).into_iter().flatten();
        topics.fold(proof, |proof, topic| proof.with_topic(topic, price(1)))
    }
}

/// The member to take a partition: of the next few in turn, the one with the fewest of the topic.
fn next_taker(takers: &mut VecDeque<(MemberId, u32)>, topic: TopicId, assignment: &Assignment) -> Option<MemberId> {
    let held = |&(member, _): &(MemberId, u32)| assignment.partitions_of_topic(member, topic).count();
    let place = match takers.len() {
        0 => return None,
        1 => 0,
        _ => takers.iter().take(ASKED).enumerate().min_by_key(|(_, taker)| held(taker))?.0,
    };
    let (member, takes) = takers.remove(place)?;
    if takes > 1 {
        takers.push_back((member, takes - 1));
    }
    Some(member)
}

/// So many of a member's partitions, evenly spaced over its topics; where to begin changes from turn to turn.
fn evenly_chosen(assignment: &Assignment, member: MemberId, count: usize, turn: usize) -> Vec<TopicPartition> {
    let load = assignment.load(member) as usize;
    if count == 1 {
        return assignment.partitions_of(member).nth(turn % load).into_iter().collect();
    }
    let all: Vec<TopicPartition> = assignment.partitions_of(member).collect();
    (0..count).map(|place| all[(turn + place * load / count) % load]).collect()
}
