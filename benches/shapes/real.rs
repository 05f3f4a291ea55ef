//! Shapes of real groups, at sizes where a rebalance hurts.

use std::collections::BTreeMap;

use super::{Described, Dice, member, subscribing, topic_name, topics};
use sticky_assignor::{NewMember, NewTopic, Subscription};

/// Everyone subscribes to everything: 500 topics × 2,000 partitions × 2,000 members make a million.
pub(crate) fn uniform(topic_count: usize, partitions: u32, members: usize) -> Described {
    let member = |place| member(place, 0..topic_count);
    Described { topics: topics(topic_count, partitions), members: (0..members).map(member).collect() }
}

/// One member more, with claims for all but the joining member.
pub(crate) fn joined(mut settled: Described) -> Described {
    let subscription = settled.members[0].subscription.clone();
    settled.members.push(NewMember::new("newcomer", subscription));
    settled
}

/// One member of a settled group subscribes to one topic less: all others could be served in closed
/// form, one cannot.
pub(crate) fn odd_one_out(mut settled: Described) -> Described {
    let place = settled.members.len() / 2;
    settled.members[place].subscription = subscribing(1..settled.topics.len());
    settled
}

/// Topics of many sizes; each member subscribes to some of them at random.
pub(crate) fn unequal(topic_count: usize, sizes: (usize, usize), members: usize, subscribes: (usize, usize), seed: u64) -> Described {
    let mut dice = Dice(seed);
    let topics: Vec<NewTopic> =
        (0..topic_count).map(|topic| NewTopic::new(topic_name(topic), dice.between(sizes.0, sizes.1) as u32)).collect();
    let members = (0..members)
        .map(|place| {
            let count = dice.between(subscribes.0, subscribes.1);
            member(place, dice.choose(count, topic_count))
        })
        .collect();
    Described { topics, members }
}

/// Some subscriptions, each of at least half as many topics as at most.
pub(crate) fn subscriptions(count: usize, most: usize, topic_count: usize, seed: u64) -> Vec<Subscription> {
    let mut dice = Dice(seed);
    let some = |_| {
        let count = dice.between(most / 2, most);
        subscribing(dice.choose(count, topic_count))
    };
    (0..count).map(some).collect()
}

/// The same group, its members having these subscriptions in turn.
pub(crate) fn sharing(mut described: Described, subscriptions: &[Subscription]) -> Described {
    for (member, subscription) in described.members.iter_mut().zip(subscriptions.iter().cycle()) {
        member.subscription = subscription.clone();
    }
    described
}

/// The group with the claims that a greedy client leaves: every partition, topic after topic, went
/// to the subscriber that had the least.
pub(crate) fn greedily_claimed(mut described: Described) -> Described {
    let mut subscribers: Vec<Vec<usize>> = vec![Vec::new(); described.topics.len()];
    let number: BTreeMap<&str, usize> = described.topics.iter().enumerate().map(|(number, topic)| (topic.name.as_str(), number)).collect();
    for (place, member) in described.members.iter().enumerate() {
        if let Subscription::Named(names) = &member.subscription {
            names.iter().for_each(|name| subscribers[number[name.as_str()]].push(place));
        }
    }
    let mut loads = vec![0; described.members.len()];
    for (topic, subscribers) in described.topics.iter().zip(&subscribers).filter(|(_, subscribers)| !subscribers.is_empty()) {
        let mut lists: Vec<Vec<i32>> = vec![Vec::new(); subscribers.len()];
        for partition in 0..topic.partitions as i32 {
            let least = (0..subscribers.len()).min_by_key(|&place| loads[subscribers[place]]).expect("there are subscribers");
            loads[subscribers[least]] += 1;
            lists[least].push(partition);
        }
        for (&place, list) in subscribers.iter().zip(lists).filter(|(_, list)| !list.is_empty()) {
            let member = &mut described.members[place];
            member.owned.push((topic.name.clone(), list));
            member.generation = 1;
        }
    }
    described
}

/// Every twentieth member of a settled group is replaced.
pub(crate) fn five_percent_replaced(settled: Described) -> Described {
    settled.replacing(|place| place % 20 == 7)
}
