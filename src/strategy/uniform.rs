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

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, VecDeque};
use std::iter::Peekable;

use super::roster::{Quota, Roster, merged};
use crate::balance::claims::claimed_owners;
use crate::model::{Assignment, Group, MemberId};

/// What a broker's `uniform` assignor answers for a group, as far as its rules determine it.
///
/// Linear in partitions where all members subscribe alike. Else at most 16 passes over all topics,
/// each linear in their partitions and sorting those that name them; of those that say "all" a pass
/// looks at the most loaded of a topic that has partitions to move.
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
    group.assignment(partitions.zip(owners).filter_map(|(partition, owner)| Some((partition, owner?))))
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
    /// Those that say "all", by load and then by place, which no topic has to sort anew.
    every: im::OrdSet<(usize, usize)>,
}

/// The broker's answer from these current targets.
fn heterogeneous(roster: &Roster, current: Targets) -> Targets {
    let mut loads = vec![0; roster.members.len()];
    current.iter().flatten().flatten().for_each(|&place| loads[place] += 1);
    let every = roster.every().iter().map(|&place| (loads[place], place)).collect();
    let balance = Balance { roster, order: order(roster), targets: current, loads, every };
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
            let subscribers = self.subscribers_by_load(topic);
            let mut least = LeastLoaded::of(&subscribers);
            for partition in free {
                let taker = least.next(&self.loads);
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
        let too_many = self.least_load(topic) + 2;
        if !self.targets[topic].iter().any(|target| self.loads[target.unwrap_or_default()] >= too_many) {
            return (self, 0);
        }
        // What each subscriber can give up: its partitions as they were, the highest first.
        let mut held: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (partition, target) in self.targets[topic].iter().enumerate() {
            held.entry(target.unwrap_or_default()).or_default().push(partition);
        }
        let subscribers = self.subscribers_by_load(topic);
        let (mut least, mut most) = (LeastLoaded::of(&subscribers), MostLoaded::of(&subscribers));
        let mut moved = 0;
        while let Some(partition) = most.next(&self.loads, least.load + 2, |place| held.get_mut(&place)?.pop()) {
            let taker = least.next(&self.loads);
            if most.load - least.load <= 1 {
                break;
            }
            self = self.with_target(topic, partition, taker);
            moved += 1;
        }
        (self, moved)
    }

    fn subscribers_by_load(&self, topic: usize) -> SubscribersByLoad {
        let named = self.roster.topics[topic].subscribers.named();
        let mut named: Vec<(usize, usize)> = named.iter().map(|&place| (self.loads[place], place)).collect();
        named.sort_unstable();
        SubscribersByLoad { named, every: self.every.clone() }
    }

    /// The least load of a topic's subscribers.
    fn least_load(&self, topic: usize) -> usize {
        let named = self.roster.topics[topic].subscribers.named().iter().map(|&place| self.loads[place]).min();
        named.into_iter().chain(self.every.get_min().map(|(load, _)| *load)).min().unwrap_or(0)
    }

    fn with_target(mut self, topic: usize, partition: usize, taker: usize) -> Self {
        if let Some(giver) = self.targets[topic][partition].replace(taker) {
            self = self.with_load(giver, -1);
        }
        self.with_load(taker, 1)
    }

    fn with_load(mut self, place: usize, more: isize) -> Self {
        let before = self.loads[place];
        self.loads[place] = before.saturating_add_signed(more);
        if self.every.remove(&(before, place)).is_some() {
            self.every.insert((self.loads[place], place));
        }
        self
    }
}

/// A topic's subscribers by load and then by place, as they are before any of its partitions moves.
///
/// They are looked at from both ends and only as far as partitions go: those that say "all" are
/// many, and of every topic the same.
struct SubscribersByLoad {
    named: Vec<(usize, usize)>,
    every: im::OrdSet<(usize, usize)>,
}

impl SubscribersByLoad {
    fn ascending(&self) -> impl Iterator<Item = (usize, usize)> {
        merged(self.named.iter().copied(), self.every.iter().copied())
    }

    fn descending(&self) -> impl Iterator<Item = (usize, usize)> {
        merged(self.named.iter().rev().map(Reverse), self.every.iter().rev().map(Reverse)).map(|Reverse(of)| *of)
    }
}

/// The least loaded subscribers: a range that grows upwards as they are given partitions one after
/// another.
struct LeastLoaded<I: Iterator<Item = usize>> {
    range: Vec<usize>,
    above: Peekable<I>,
    next: usize,
    load: isize,
}

impl LeastLoaded<std::iter::Empty<usize>> {
    fn of(subscribers: &SubscribersByLoad) -> LeastLoaded<impl Iterator<Item = usize>> {
        let load = subscribers.ascending().next().map_or(0, |(load, _)| load as isize) - 1;
        LeastLoaded { range: Vec::new(), above: subscribers.ascending().map(|(_, place)| place).peekable(), next: 0, load }
    }
}

impl<I: Iterator<Item = usize>> LeastLoaded<I> {
    /// The member that the next partition goes to.
    fn next(&mut self, loads: &[usize]) -> usize {
        while self.next >= self.range.len() {
            match self.above.next_if(|&place| loads[place] as isize == self.load) {
                // Who has as much as those in the range joins it.
                Some(place) => self.range.push(place),
                // Everybody in the range got one: its load is one more.
                None => (self.load, self.next) = (self.load + 1, 0),
            }
        }
        self.next += 1;
        self.range[self.next - 1]
    }
}

/// The most loaded subscribers: a range that grows downwards as they give partitions one after
/// another.
struct MostLoaded<I: Iterator<Item = usize>> {
    /// In the order in which they give.
    range: VecDeque<usize>,
    below: Peekable<I>,
    next: usize,
    load: isize,
}

impl MostLoaded<std::iter::Empty<usize>> {
    fn of(subscribers: &SubscribersByLoad) -> MostLoaded<impl Iterator<Item = usize>> {
        let load = subscribers.descending().next().map_or(0, |(load, _)| load as isize) + 1;
        MostLoaded { range: VecDeque::new(), below: subscribers.descending().map(|(_, place)| place).peekable(), next: 0, load }
    }
}

impl<I: Iterator<Item = usize>> MostLoaded<I> {
    /// What the next member gives that has any of the topic, as long as their load is not less than
    /// this. Those that have none leave the range.
    fn next(&mut self, loads: &[usize], load: isize, mut gives: impl FnMut(usize) -> Option<usize>) -> Option<usize> {
        loop {
            if self.next >= self.range.len() && !self.join(loads) {
                self.lower(loads);
            } else if let Some(given) = gives(self.range[self.next]) {
                self.next += 1;
                return Some(given);
            } else {
                self.leave();
            }
            if self.load < load {
                return None;
            }
        }
    }

    /// Whether somebody who has as much as those in the range joins it.
    fn join(&mut self, loads: &[usize]) -> bool {
        let joins = self.below.next_if(|&place| loads[place] as isize == self.load);
        self.range.extend(joins);
        joins.is_some()
    }

    /// Everybody in the range gave one: its load is one less. An empty range starts anew at the
    /// load below it.
    fn lower(&mut self, loads: &[usize]) {
        let below = self.below.peek().map(|&place| loads[place] as isize);
        self.load = below.filter(|_| self.range.is_empty()).unwrap_or(self.load - 1);
        self.next = 0;
    }

    /// The next leaves the range; its place is taken by the first that gave in this round.
    fn leave(&mut self) {
        if let (Some(first), Some(before)) = (self.range.pop_front(), self.next.checked_sub(1)) {
            self.range[before] = first;
        }
    }
}
