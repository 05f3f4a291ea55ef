//! All members subscribe to the same topics: a quota each, and what is over it goes to those that
//! are under it, in the order of members.

use super::super::roster::{Quota, Roster};
use super::heterogeneous::Targets;

/// Every member gets the mean, rounded down; one more go to members that hold it already, as long
/// as there are any, and then to the last of the others.
pub(super) fn build(roster: &Roster, current: Targets) -> Targets {
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
