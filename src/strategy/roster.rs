//! Members in an order, and for each topic that exists who of them subscribes to it: what every
//! assignor starts from.

use crate::model::{Assignment, Group, MemberId, NO_OWNER, OwnerTable, Slots, Subscribed, TopicId, TopicPartition, row};

/// The members of a group in one order, and the topics they subscribe to in the order of names.
pub(super) struct Roster {
    /// The members; a member's place is its index here.
    pub(super) members: Vec<MemberId>,
    /// The topics that exist, have partitions and are subscribed to by anybody, in the order of
    /// their names.
    pub(super) topics: Vec<SubscribedTopic>,
}

/// A topic with its subscribers.
pub(super) struct SubscribedTopic {
    pub(super) id: TopicId,
    pub(super) partitions: u32,
    /// The places of its subscribers, ascending.
    pub(super) subscribers: Vec<usize>,
}

impl Roster {
    /// The order of the range and round robin assignors: static members by instance id, then the
    /// others by member id.
    pub(super) fn by_key(group: &Group) -> Self {
        Self::of(group, group.members().map(|(id, _)| id).collect())
    }

    /// The order of the sticky assignor, which knows no instance ids: everybody by member id.
    pub(super) fn by_member_id(group: &Group) -> Self {
        let mut members: Vec<_> = group.members().map(|(number, member)| (member.id(), number)).collect();
        members.sort_unstable();
        Self::of(group, members.into_iter().map(|(_, number)| number).collect())
    }

    fn of(group: &Group, members: Vec<MemberId>) -> Self {
        let mut subscribers = subscribers(group, &members);
        let topics = group.topics().map(|(id, topic)| SubscribedTopic {
            id,
            partitions: topic.partitions(),
            subscribers: std::mem::take(&mut subscribers[id.index()]),
        });
        let topics = topics.filter(|topic| topic.partitions > 0 && !topic.subscribers.is_empty()).collect();
        Self { members, topics }
    }

    /// Whether every member subscribes to every one of the topics.
    pub(super) fn subscribed_alike(&self) -> bool {
        self.topics.iter().all(|topic| topic.subscribers.len() == self.members.len())
    }

    /// How many partitions have a subscriber.
    pub(super) fn partition_count(&self) -> usize {
        self.topics.iter().map(|topic| topic.partitions as usize).sum()
    }
}

impl SubscribedTopic {
    /// Its partitions, ascending.
    pub(super) fn each_partition(&self) -> impl Iterator<Item = TopicPartition> + use<> {
        let topic = self.id;
        (0..self.partitions).map(move |partition| TopicPartition { topic, partition })
    }
}

/// The subscribers' places for each topic, by topic number.
fn subscribers(group: &Group, members: &[MemberId]) -> Vec<Vec<usize>> {
    let every: Vec<TopicId> = group.topics().map(|(id, _)| id).collect();
    let mut subscribers = vec![Vec::new(); group.all_topics().len()];
    for (place, member) in members.iter().enumerate() {
        let topics = match group.all_members().subscribed(*member) {
            Subscribed::Every => &every[..],
            Subscribed::These(topics) => topics,
        };
        for topic in topics {
            subscribers[topic.index()].push(place);
        }
    }
    subscribers
}

/// The assignment in which these partitions of the group have these owners.
pub(super) fn assignment(group: &Group, owned: impl Iterator<Item = (TopicPartition, MemberId)>) -> Assignment {
    let slots = Slots::of_topics(group.all_topics());
    let mut owners = row(&slots, NO_OWNER);
    for (partition, owner) in owned {
        if let Some(slot) = slots.slot(partition) {
            owners[slot as usize] = owner.raw();
        }
    }
    Assignment::from_table(OwnerTable::of_numbers(slots, owners, group.all_members().numbers()))
}

/// For each number its position among `numbers`, which are small.
pub(super) fn inverse(numbers: impl Iterator<Item = usize> + Clone) -> Vec<usize> {
    let mut positions = vec![0; numbers.clone().max().map_or(0, |number| number + 1)];
    for (position, number) in numbers.enumerate() {
        positions[number] = position;
    }
    positions
}
