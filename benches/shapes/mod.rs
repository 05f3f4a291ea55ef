//! Groups to measure on, each hard in its own way.

#![allow(dead_code, reason = "each bench uses the shapes it needs")]

pub(crate) mod changes;
pub(crate) mod flows;
pub(crate) mod hard;
pub(crate) mod judged;
pub(crate) mod real;

use sticky_assignor::{Goals, Group, NewMember, NewTopic, Plan, Subscription};

/// The best plan in the two goals that most tables are about.
pub(crate) fn balance(group: &Group) -> Plan {
    Goals::BALANCE_STICKINESS.balance(group)
}

/// A group as a client holds it: strings and lists of numbers.
#[derive(Clone)]
pub(crate) struct Described {
    pub(crate) topics: Vec<NewTopic>,
    pub(crate) members: Vec<NewMember>,
}

impl Described {
    pub(crate) fn group(&self) -> Group {
        Group::new(&self.topics, &self.members).expect("shapes are valid")
    }

    /// The group once it was balanced, each member claiming what the plan gave it.
    pub(crate) fn settled(self) -> Self {
        self.settled_in(Goals::BALANCE_STICKINESS)
    }

    /// The group once it was balanced in these goals.
    pub(crate) fn settled_in(mut self, goals: Goals) -> Self {
        let plan = goals.balance(&self.group());
        for member in &mut self.members {
            *member = claiming(member, &plan);
        }
        self
    }

    /// The group without some of its members.
    pub(crate) fn without(mut self, leaves: impl Fn(usize) -> bool) -> Self {
        let mut place = 0;
        self.members.retain(|_| {
            place += 1;
            !leaves(place - 1)
        });
        self
    }

    /// The group, some of its members replaced by new ones that subscribe to the same.
    pub(crate) fn replacing(mut self, replaced: impl Fn(usize) -> bool) -> Self {
        for (place, member) in self.members.iter_mut().enumerate().filter(|(place, _)| replaced(*place)) {
            *member = NewMember::new(format!("new-{place:05}"), member.subscription.clone());
        }
        self
    }
}

/// The member, claiming what the plan gave it.
fn claiming(member: &NewMember, plan: &Plan) -> NewMember {
    let group = plan.group();
    let id = group.member_id(&member.id).expect("the plan is for this member's group");
    let mut owned: Vec<(String, Vec<i32>)> = Vec::new();
    let mut last = None;
    for partition in plan.assignment().partitions_of(id) {
        if last.replace(partition.topic) != Some(partition.topic) {
            owned.push((group.topic(partition.topic).expect("a topic of the group").name().to_string(), Vec::new()));
        }
        if let Some((_, list)) = owned.last_mut() {
            list.push(partition.partition as i32);
        }
    }
    NewMember { owned, generation: 1, ..member.clone() }
}

/// Topics of the same size, `t00000` and on.
pub(crate) fn topics(count: usize, partitions: u32) -> Vec<NewTopic> {
    (0..count).map(|topic| NewTopic::new(topic_name(topic), partitions)).collect()
}

pub(crate) fn topic_name(topic: usize) -> String {
    format!("t{topic:05}")
}

/// A member that subscribes to these topics.
pub(crate) fn member(place: usize, topics: impl IntoIterator<Item = usize>) -> NewMember {
    NewMember::new(format!("m{place:05}"), subscribing(topics))
}

/// The subscription to these topics.
pub(crate) fn subscribing(topics: impl IntoIterator<Item = usize>) -> Subscription {
    Subscription::Named(topics.into_iter().map(topic_name).collect())
}

/// Repeatable random numbers (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` up to and including `high`.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + (self.next() % (high - low + 1) as u64) as usize
    }

    /// This many different numbers below `below`, ascending.
    pub(crate) fn choose(&mut self, count: usize, below: usize) -> Vec<usize> {
        let mut chosen = std::collections::BTreeSet::new();
        while chosen.len() < count.min(below) {
            chosen.insert(self.between(0, below - 1));
        }
        chosen.into_iter().collect()
    }
}
