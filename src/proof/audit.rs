//! Who follows what and whose claims stand, read from the group for those who judge plans: apart
//! from the solver, and written to be checked by eye.

use crate::model::{Claims, Group, MemberId, TopicId, TopicPartition};

/// What there is to know of each topic, by topic id.
pub(crate) struct Believed {
    topics: Vec<Reads>,
}

/// Who may read a topic, and who does by the claims that stand.
pub(crate) struct Reads {
    /// The members that follow the topic, each with how many of its partitions it claims.
    pub(crate) followers: Vec<(MemberId, u32)>,
    /// Whose claim to each partition stands.
    claimants: Vec<Option<MemberId>>,
}

/// Who claims a partition.
#[derive(Clone, Copy)]
enum Claimant {
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
    /// Linear in subscriptions, partitions and claims.
    pub(crate) fn of(group: &Group) -> Self {
        let followers = followers(group);
        let mut claimants: Vec<Vec<Claimant>> =
            group.all_topics().in_id_order().map(|(_, topic)| vec![Claimant::Nobody; topic.partitions() as usize]).collect();
        for (member, _) in group.members() {
            hear(group.claims(), member, &mut claimants);
        }
        let mut claimed = vec![None; group.all_members().numbers()];
        Self {
            topics: followers
                .into_iter()
                .zip(claimants)
                .map(|(followers, claimants)| Reads::of(&followers, &claimants, &mut claimed))
                .collect(),
        }
    }

    /// The topics that have followers.
    pub(crate) fn topics(&self) -> impl Iterator<Item = (TopicId, &Reads)> {
        let topics = self.topics.iter().enumerate().map(|(index, reads)| (TopicId::from_index(index), reads));
        topics.filter(|(_, reads)| !reads.followers.is_empty())
    }

    /// Whose claim to a partition stands.
    pub(crate) fn claimant(&self, partition: TopicPartition) -> Option<MemberId> {
        *self.topics.get(partition.topic.index())?.claimants.get(partition.partition as usize)?
    }

    /// The partitions of all topics that have followers.
    pub(crate) fn partitions(&self) -> u64 {
        self.topics().map(|(_, reads)| u64::from(reads.partitions())).sum()
    }
}

/// The members that follow each topic.
fn followers(group: &Group) -> Vec<Vec<MemberId>> {
    let mut followers = vec![Vec::new(); group.all_topics().len()];
    for (member, _) in group.members() {
        group.followed(member).for_each(|topic| followers[topic.index()].push(member));
    }
    followers
}

/// Takes down what a member claims.
fn hear(claims: &Claims, member: MemberId, topics: &mut [Vec<Claimant>]) {
    let generation = claims.generation_of(member);
    for partition in claims.of(member) {
        let claimants = topics.get_mut(partition.topic.index());
        if let Some(claimant) = claimants.and_then(|claimants| claimants.get_mut(partition.partition as usize)) {
            *claimant = claimant.heard(member, generation);
        }
    }
}

impl Reads {
    /// Counts the claims that stand, of members that follow the topic. `claimed` has room for every
    /// member and comes back as it was, empty.
    fn of(followers: &[MemberId], claimants: &[Claimant], claimed: &mut [Option<u32>]) -> Self {
        followers.iter().for_each(|member| claimed[member.index()] = Some(0));
        let mut stands = |claimant: &Claimant| match claimant {
            Claimant::One(member, _) => claimed[member.index()].as_mut().map(|count| {
                *count += 1;
                *member
            }),
            _ => None,
        };
        let claimants = claimants.iter().map(&mut stands).collect();
        let followers = followers.iter().map(|&member| (member, claimed[member.index()].take().unwrap_or(0))).collect();
        Self { followers, claimants }
    }

    /// How many partitions the topic has.
    pub(crate) fn partitions(&self) -> u32 {
        self.claimants.len() as u32
    }
}
