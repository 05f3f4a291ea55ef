//! The ledger of who gave what to whom: KIP-54's `partitionMovements`, as a value.

use crate::model::{MemberId, Movement, TopicId, TopicPartition};

/// Who gave which partitions to whom, topic by topic; a persistent value.
///
/// In Java and Sarama this is a pair of maps on an object that callers share, and writing to it
/// from two threads at once is what killed processes (Sarama issues 2422 and 3018). Here each step
/// returns the ledger after it.
///
/// ```
/// use sticky_assignor::{Group, NewMember, NewTopic, PartitionMovements, TopicPartition};
/// let group = Group::new(&[NewTopic::new("t", 2)], &[NewMember::new("a", ["t"]), NewMember::new("b", ["t"])])?;
/// let (t, a, b) = (group.topic_id("t").unwrap(), group.member_id("a").unwrap(), group.member_id("b").unwrap());
/// let (p0, p1) = (TopicPartition { topic: t, partition: 0 }, TopicPartition { topic: t, partition: 1 });
/// let ledger = PartitionMovements::new().moved(p0, b, a);
/// // One of the topic is to move from a to b, but another came from b before: that one goes back home.
/// assert_eq!(ledger.partition_to_move(p1, a, b), p0);
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionMovements {
    by_pair: im::OrdMap<(TopicId, MemberId, MemberId), im::OrdSet<TopicPartition>>,
    by_partition: im::OrdMap<TopicPartition, (MemberId, MemberId)>,
}

impl PartitionMovements {
    /// The empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    /// The partition that a move from one member to another should really take (KIP-54's
    /// `getTheActualPartitionToBeMoved`): if one of the same topic went the other way before, that
    /// one, back home; else the partition asked for. O(log moves).
    pub fn partition_to_move(&self, partition: TopicPartition, from: MemberId, to: MemberId) -> TopicPartition {
        let came_back = self.by_pair.get(&(partition.topic, to, from));
        came_back.and_then(|partitions| partitions.get_min().copied()).unwrap_or(partition)
    }

    /// The ledger after a move. A partition that moves on is written down from its first owner to
    /// its last; one that is back home, not at all. O(log moves).
    #[must_use]
    pub fn moved(mut self, partition: TopicPartition, from: MemberId, to: MemberId) -> Self {
        let home = match self.by_partition.remove(&partition) {
            Some((home, last)) => {
                self = self.struck(partition, home, last);
                home
            }
            None => from,
        };
        if home != to {
            let pair = (partition.topic, home, to);
            let mut partitions = self.by_pair.get(&pair).cloned().unwrap_or_default();
            partitions.insert(partition);
            self.by_pair.insert(pair, partitions);
            self.by_partition.insert(partition, (home, to));
        }
        self
    }

    fn struck(mut self, partition: TopicPartition, home: MemberId, last: MemberId) -> Self {
        let pair = (partition.topic, home, last);
        if let Some(mut partitions) = self.by_pair.get(&pair).cloned() {
            partitions.remove(&partition);
            match partitions.is_empty() {
                true => drop(self.by_pair.remove(&pair)),
                false => drop(self.by_pair.insert(pair, partitions)),
            }
        }
        self
    }

    /// The moves written down, by partition.
    pub fn iter(&self) -> impl Iterator<Item = Movement> + '_ {
        self.by_partition.iter().map(|(&partition, &(from, to))| Movement { partition, from, to })
    }

    /// How many partitions are away from home.
    pub fn len(&self) -> usize {
        self.by_partition.len()
    }

    /// Whether nothing moved, or all is back home.
    pub fn is_empty(&self) -> bool {
        self.by_partition.is_empty()
    }
}
