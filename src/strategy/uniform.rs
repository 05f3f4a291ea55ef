//! The `uniform` assignor of Kafka's brokers (KIP-848; October 2024, with the later repair that
//! keeps equal subscriptions stable): greedy, in two builders.
//!
//! Where all members subscribe to the same topics (`homogeneous`): a quota each, and what is over
//! it goes to those that are under it, in the order of members. Else (`heterogeneous`), topic by
//! topic: partitions without a member go to the least loaded subscribers, then from the most to the
//! least loaded until each topic's subscribers differ by one at most, or 16 passes are over.
//!
//! The broker holds a group's target assignment where a leader has members' claims; here the
//! claims that are valid are taken as the current target.

use std::cmp::Ordering;

use super::roster::{self, Quota, Roster, TopicSubscribers};
use crate::balance::claims::claimed_owners;
use crate::model::{Assignment, Group, MemberId};

/// What a broker's `uniform` assignor answers for a group, as far as its rules determine it.
///
/// Linear in partitions where all members subscribe alike. Else at most 16 passes over all topics,
/// each linear in their partitions and sorting their subscribers.
pub(super) fn assign(group: &Group) -> Assignment {
    let roster = Roster::by_member_id(group);
    if roster.topics.is_empty() {
        return Assignment::new();
    }
    let current = current_targets(group, &roster);
    let targets = match roster.subscribed_alike() {
        true => homogeneous(&roster, current),
        false => heterogeneous(&roster, current),
    };
    let partitions = roster.topics.iter().flat_map(|topic| topic.each_partition());
    let owners = targets.into_iter().flatten().map(|target| target.map(|place| roster.members[place]));
    roster::assignment(group, partitions.zip(owners).filter_map(|(partition, owner)| Some((partition, owner?))))
}

/// What members' valid claims give them, as far as they still subscribe to it.
fn current_targets(group: &Group, roster: &Roster) -> Targets {
    let claimed = claimed_owners(group);
    let mut place_of = vec![None; group.all_members().numbers()];
    roster.members.iter().enumerate().for_each(|(place, member)| place_of[member.index()] = Some(place));
    let place = |owner: Option<MemberId>| owner.and_then(|owner| place_of[owner.index()]);
    let topics = roster.topics.iter();
    topics.map(|topic| topic.each_partition().map(|partition| place(claimed.owner(partition))).collect()).collect()
}

/// Every member gets the mean, rounded down; one more go to members that hold it already, as long
/// as there are any, and then to the last of the others.
fn homogeneous(roster: &Roster, current: Targets) -> Targets {
    let (kept, free, held, quota) = revoke(current, Quota::of(roster), roster.members.len());
    assign_remaining(kept, &free, &quota.room(&held))
}

impl Quota {
    /// How many each of these members, which hold this many, may still take.
    fn room(self, held: &[usize]) -> Vec<usize> {
        let mut without_extra = held.iter().filter(|held| **held <= self.least).count().saturating_sub(self.extras);
        let room = held.iter().map(|&held| match held <= self.least {
            true if without_extra > 0 => {
                without_extra -= 1;
                self.least - held
            }
            true => self.least + 1 - held,
            false => 0,
        });
        room.collect()
    }
}

/// A partition, by the places of its topic in the roster and of itself in the topic.
type PartitionPlace = (usize, usize);

/// Takes from each member what is over its quota.
///
/// Returns what is kept, the partitions without a member (those that had none first), how many each
/// member holds, and the quota with the extras that are left.
fn revoke(mut targets: Targets, mut quota: Quota, members: usize) -> (Targets, Vec<PartitionPlace>, Vec<usize>, Quota) {
    let mut held = vec![Vec::new(); members];
    let mut free: Vec<PartitionPlace> = Vec::new();
    for (topic, partitions) in targets.iter().enumerate() {
        for (partition, target) in partitions.iter().enumerate() {
            match target {
                Some(place) => held[*place].push((topic, partition)),
                None => free.push((topic, partition)),
            }
        }
    }
    for held in &mut held {
        let most = quota.least + usize::from(quota.extras > 0);
        let over = held.split_off(held.len().min(most));
        over.iter().for_each(|&(topic, partition)| targets[topic][partition] = None);
        free.extend(over);
        quota.extras -= usize::from(held.len() > quota.least);
    }
    (targets, free, held.iter().map(Vec::len).collect(), quota)
}

/// Gives the free partitions to the members in their order, to each as many as it may still take.
fn assign_remaining(mut targets: Targets, free: &[PartitionPlace], room: &[usize]) -> Targets {
    let takers = room.iter().enumerate().flat_map(|(place, &room)| std::iter::repeat_n(place, room));
    free.iter().zip(takers).for_each(|(&(topic, partition), taker)| targets[topic][partition] = Some(taker));
    targets
}

/// For each topic of the roster, the place of the member that each partition is targeted at.
type Targets = Vec<Vec<Option<usize>>>;

/// How many passes over the topics there are at most.
const PASSES: usize = 16;

/// The targets on their way to balance.
struct Balance<'r> {
    roster: &'r Roster,
    /// The topics in the order they are looked at: most partitions for each subscriber first, then
    /// fewest subscribers, then by name.
    order: Vec<usize>,
    targets: Targets,
    /// The number of partitions of each member.
    loads: Vec<usize>,
}

/// The broker's answer from these current targets.
fn heterogeneous(roster: &Roster, current: Targets) -> Targets {
    let mut loads = vec![0; roster.members.len()];
    current.iter().flatten().flatten().for_each(|&place| loads[place] += 1);
    let balance = Balance { roster, order: order(roster), targets: current, loads };
    balance.with_remaining_assigned().balanced().targets
}

/// The topics by partitions for each subscriber, then by subscribers, then by name.
fn order(roster: &Roster) -> Vec<usize> {
    let subscribers = |topic: usize| roster.topics[topic].subscribers.len();
    let share = |topic: usize| f64::from(roster.topics[topic].partitions) / subscribers(topic) as f64;
    let mut order: Vec<usize> = (0..roster.topics.len()).collect();
    order.sort_by(|&one, &other| match share(other).total_cmp(&share(one)) {
        Ordering::Equal => subscribers(one).cmp(&subscribers(other)),
        decided => decided,
    });
    order
}

impl Balance<'_> {
    /// Each topic's partitions without a member go to its least loaded subscribers.
    fn with_remaining_assigned(mut self) -> Self {
        for topic in self.order.clone() {
            let free = (0..self.targets[topic].len()).filter(|&partition| self.targets[topic][partition].is_none());
            let free: Vec<usize> = free.collect();
            if free.is_empty() {
                continue;
            }
            let mut ranges = LoadRanges::of(&self.roster.topics[topic].subscribers, &self.loads);
            for partition in free {
                let taker = ranges.next_least_loaded(&self.loads);
                self = self.with_target(topic, partition, taker);
            }
        }
        self
    }

    /// Passes over the topics that have several subscribers, until one pass changes nothing.
    fn balanced(mut self) -> Self {
        let several = |topic: &usize| self.roster.topics[*topic].subscribers.len() > 1;
        let order: Vec<usize> = self.order.iter().copied().filter(several).collect();
        // The topic that was changed last: back at it without another change, all are balanced.
        let mut last_changed = None;
        for topic in (0..PASSES).flat_map(|_| order.iter().copied()) {
            if last_changed == Some(topic) {
                break;
            }
            let moved;
            (self, moved) = self.with_topic_balanced(topic);
            if moved > 0 || last_changed.is_none() {
                last_changed = Some(topic);
            }
        }
        self
    }

    /// Moves a topic's partitions from its most to its least loaded subscribers; with how many.
    fn with_topic_balanced(mut self, topic: usize) -> (Self, usize) {
        let mut ranges = LoadRanges::of(&self.roster.topics[topic].subscribers, &self.loads);
        if ranges.imbalance(&self.loads) <= 1 {
            return (self, 0);
        }
        // What each subscriber can give up: its partitions as they were, the highest first.
        let mut held = vec![Vec::new(); self.loads.len()];
        for (partition, target) in self.targets[topic].iter().enumerate() {
            held[target.unwrap_or_default()].push(partition);
        }
        let mut moved = 0;
        while let Some(giver) = ranges.next_most_loaded(&self.loads, |place| !held[place].is_empty()) {
            let taker = ranges.next_least_loaded(&self.loads);
            if ranges.are_balanced() {
                break;
            }
            if let Some(partition) = held[giver].pop() {
                self = self.with_target(topic, partition, taker);
                moved += 1;
            }
        }
        (self, moved)
    }

    fn with_target(mut self, topic: usize, partition: usize, taker: usize) -> Self {
        if let Some(giver) = self.targets[topic][partition].replace(taker) {
            self.loads[giver] -= 1;
        }
        self.loads[taker] += 1;
        self
    }
}

/// A topic's subscribers by load: a range of the least loaded, which grows upwards as they are
/// given partitions one after another, and a range of the most loaded, which grows downwards.
struct LoadRanges {
    /// The subscribers, ascending by load and then by place, as they were in the beginning.
    members: Vec<usize>,
    least_end: usize,
    least_load: isize,
    least_next: usize,
    most_start: usize,
    most_end: usize,
    most_load: isize,
    /// One past the next of the most loaded.
    most_next: usize,
}

impl LoadRanges {
    fn of(subscribers: &TopicSubscribers, loads: &[usize]) -> Self {
        let mut members: Vec<usize> = subscribers.iter().collect();
        members.sort_by_key(|&place| (loads[place], place));
        let load = |place: Option<&usize>| place.map_or(0, |&place| loads[place] as isize);
        Self {
            least_end: 0,
            least_load: load(members.first()) - 1,
            least_next: 0,
            most_start: members.len(),
            most_end: members.len(),
            most_load: load(members.last()) + 1,
            most_next: members.len(),
            members,
        }
    }

    /// The difference between the most and the least load, before anything has moved.
    fn imbalance(&self, loads: &[usize]) -> usize {
        let load = |place: Option<&usize>| place.map_or(0, |&place| loads[place]);
        load(self.members.last()) - load(self.members.first())
    }

    /// The member that the next partition goes to.
    fn next_least_loaded(&mut self, loads: &[usize]) -> usize {
        if self.least_next >= self.least_end {
            // Everybody in the range got one: its load is one more, and who has that much joins it.
            self.least_load += 1;
            let joins = |place: &&usize| loads[**place] as isize == self.least_load;
            self.least_end += self.members[self.least_end..].iter().take_while(joins).count();
            self.least_next = 0;
        }
        self.least_next += 1;
        self.members[self.least_next - 1]
    }

    /// The member that the next partition comes from: of the most loaded one that has some of the
    /// topic. Those that have none leave the range.
    fn next_most_loaded(&mut self, loads: &[usize], has_some: impl Fn(usize) -> bool) -> Option<usize> {
        loop {
            if self.most_next <= self.most_start {
                self.lower_most_loaded(loads);
            }
            self.most_next = self.most_next.checked_sub(1)?;
            let member = self.members[self.most_next];
            if has_some(member) {
                return Some(member);
            }
            self.most_end -= 1;
            self.members.swap(self.most_next, self.most_end);
        }
    }

    /// Everybody in the range of the most loaded gave one: its load is one less, and who has that
    /// much joins it. An empty range starts anew at the load below it.
    fn lower_most_loaded(&mut self, loads: &[usize]) {
        let below = self.members[..self.most_start].last().map(|&place| loads[place] as isize);
        self.most_load = match below {
            Some(below) if self.most_end <= self.most_start => below,
            _ => self.most_load - 1,
        };
        let joins = |place: &&usize| loads[**place] as isize == self.most_load;
        self.most_start -= self.members[..self.most_start].iter().rev().take_while(joins).count();
        self.most_next = self.most_end;
    }

    fn are_balanced(&self) -> bool {
        self.most_load - self.least_load <= 1
    }
}
