//! A table of its own for an assignment whose changes have grown long.

use std::sync::Arc;

use super::Assignment;
use crate::model::changes::Changes;
use crate::model::ids::TopicId;
use crate::model::passed::Passed;
use crate::model::sheet::{NO_OWNER, Sheet, Slots};

/// A table is written anew once more than one in so many partitions changed since: later it costs
/// more to look all changes through, earlier more to write tables.
const PARTITIONS_FOR_ONE_CHANGE: u64 = 12;

/// So few changes are looked through in any assignment.
const ALWAYS_LOOKED_THROUGH: u64 = 64;

impl Assignment {
    /// Whether so much differs from the shared table that a new one is due.
    pub(crate) fn has_many_changes(&self) -> bool {
        self.changes.len() as u64 > ALWAYS_LOOKED_THROUGH + self.len() / PARTITIONS_FOR_ONE_CHANGE
    }

    /// The same assignment on a table of its own, without a list of changes: worth its
    /// O(partitions) when changes have grown long. Room is made by the numbers of partitions, so it
    /// is for the assignment of a plan, in which a group bounds them.
    #[must_use]
    pub(crate) fn flattened(&self) -> Self {
        let changes = self.changes.all();
        let topics = changes.last().map_or(0, |last| last.partition.topic.index() + 1).max(self.sheet.topics());
        // The sheet adds as much behind them.
        let mut owners = Vec::with_capacity(2 * self.len() as usize);
        let (mut lengths, mut rest) = (Vec::with_capacity(topics), &changes[..]);
        for topic in (0..topics).map(TopicId::from_index) {
            let start = owners.len();
            owners.extend_from_slice(self.sheet.owners_of(topic));
            let of_topic = rest.iter().take_while(|passed| passed.partition.topic == topic).count();
            let (changed, later) = rest.split_at(of_topic);
            write(&mut owners, start, changed);
            lengths.push((owners.len() - start) as u32);
            rest = later;
        }
        let sheet = Arc::new(Sheet::with_loads(Slots::of_lengths(lengths), owners, &self.loads()));
        Self { sheet, changes: Changes::default(), ..self.clone() }
    }
}

/// Writes what passed of a topic into its owners, the last from `start` on, and drops those at the
/// end that nobody owns.
fn write(owners: &mut Vec<u32>, start: usize, changed: &[Passed]) {
    for passed in changed {
        let place = start + passed.partition.partition as usize;
        owners.resize(owners.len().max(place + 1), NO_OWNER);
        owners[place] = passed.to;
    }
    let owned = owners[start..].iter().rposition(|owner| *owner != NO_OWNER).map_or(0, |last| last + 1);
    owners.truncate(start + owned);
}
