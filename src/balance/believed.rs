//! Who follows what and whose claims stand, read from the group for those who judge plans: apart from the solver, and written to be checked by eye.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Claims, Group, MemberId, TopicId, TopicPartition};

/// The topics that have partitions and followers.
pub(super) struct Believed {
    pub(super) topics: BTreeMap<TopicId, Reads>,
}

/// Who may read a topic, and who does by the claims that stand.
#[derive(Default)]
pub(super) struct Reads {
    /// The members that follow the topic.
    pub(super) followers: Vec<MemberId>,
    /// How many of its partitions each of them claims.
    pub(super) claimed: BTreeMap<MemberId, i128>,
    /// Whose claim to each partition stands.
    claimants: Vec<Claimant>,
}

/// Who claims a partition.
#[derive(Clone, Copy, Default)]
enum Claimant {
    #[default]
    Nobody,
    /// One member at this generation, the highest so far.
    One(MemberId, i64),
    /// Several members at this generation, so that it counts for none, nor does any lower one.
    Several(i64),
}

impl Claimant {
    fn heard(self, member: MemberId, generation: i64) -> Self {
        match self {
            Self::One(_, highest) | Self::Several(highest) if generation < highest => self,
            Self::One(_, highest) | Self::Several(highest) if generation == highest => Self::Several(highest),
            _ => Self::One(member, generation),
        }
    }
}

impl Believed {
    /// Linear in subscriptions, partitions and claims, but for looking topics up.
    pub(super) fn of(group: &Group) -> Self {
        let mut topics: BTreeMap<TopicId, Reads> = BTreeMap::new();
        for (member, _) in group.members() {
            for topic in group.followed(member).filter(|&topic| group.topic(topic).partitions() > 0) {
                topics.entry(topic).or_default().followers.push(member);
            }
        }
        for (&topic, reads) in &mut topics {
            reads.claimants = vec![Claimant::Nobody; group.topic(topic).partitions() as usize];
        }
        for (member, _) in group.members() {
            hear(group.claims(), member, &mut topics);
        }
        topics.values_mut().for_each(Reads::count);
        Self { topics }
    }

    /// Whose claim to a partition stands.
    pub(super) fn claimant(&self, group: &Group, partition: TopicPartition) -> Option<MemberId> {
        match self.topics.get(&partition.topic)?.claimants.get(partition.partition as usize)? {
            Claimant::One(member, _) if group.subscribes(*member, partition.topic) => Some(*member),
            _ => None,
        }
    }

    /// The partitions of all these topics.
    pub(super) fn partitions(&self) -> u64 {
        self.topics.values().map(|reads| reads.claimants.len() as u64).sum()
    }
}

/// Takes down what a member claims.
fn hear(claims: &Claims, member: MemberId, topics: &mut BTreeMap<TopicId, Reads>) {
    let generation = match claims {
        Claims::Stated(claims) => claims.get(&member).map_or(0, |claim| claim.generation()),
        Claims::Previous(_) => 0,
    };
    for partition in claims.of(member) {
        let claimants = topics.get_mut(&partition.topic).map(|reads| &mut reads.claimants);
        if let Some(claimant) = claimants.and_then(|claimants| claimants.get_mut(partition.partition as usize)) {
            *claimant = claimant.heard(member, generation);
        }
    }
}

impl Reads {
    /// Counts the claims that stand, of members that follow the topic.
    fn count(&mut self) {
        let followers: BTreeSet<MemberId> = self.followers.iter().copied().collect();
        for claimant in &self.claimants {
            if let Claimant::One(member, _) = claimant
                && followers.contains(member)
            {
                *self.claimed.entry(*member).or_default() += 1;
            }
        }
    }
}
