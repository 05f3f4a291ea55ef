//! KIP-54's ledger of moves: which partition came from whom, so that a move back takes one home.

use crate::model::{MemberId, TopicId, TopicPartition};

/// Who gave which partition to whom since the balancing began; a persistent value.
#[derive(Clone, Default)]
pub(super) struct PartitionMovements {
    /// For each partition away from home: its home and where it is.
    pairs: im::OrdMap<TopicPartition, (MemberId, MemberId)>,
    /// The same, to be found by topic and pair.
    moved: im::OrdSet<(TopicId, MemberId, MemberId, TopicPartition)>,
}

impl PartitionMovements {
    /// The partition that should move in place of this one: the first of its topic that came from `to` to where this one is at home.
    pub(super) fn partition_to_move(&self, partition: TopicPartition, owner: MemberId, to: MemberId) -> TopicPartition {
        let home = self.pairs.get(&partition).map_or(owner, |(home, _)| *home);
        let first = (partition.topic, to, home, TopicPartition::FIRST);
        let last = (partition.topic, to, home, TopicPartition::LAST);
        self.moved.range(first..=last).next().map_or(partition, |(_, _, _, moved)| *moved)
    }

    /// The ledger after one more move. A partition that comes home leaves it.
    #[must_use]
    pub(super) fn moved(mut self, partition: TopicPartition, from: MemberId, to: MemberId) -> Self {
        let home = match self.pairs.remove(&partition) {
            Some((home, at)) => {
                self.moved.remove(&(partition.topic, home, at, partition));
                home
            }
            None => from,
        };
        if home != to {
            self.pairs.insert(partition, (home, to));
            self.moved.insert((partition.topic, home, to, partition));
        }
        self
    }
}
