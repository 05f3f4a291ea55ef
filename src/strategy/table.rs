//! An assignment written down in one go.

use crate::model::{Assignment, Group, MemberId, Sheet, Slots, TopicPartition};

/// The assignment in which these partitions of the group have these owners.
pub(super) fn assignment(group: &Group, owned: impl Iterator<Item = (TopicPartition, MemberId)>) -> Assignment {
    let slots = Slots::of_topics(group.all_topics());
    let mut owners = Sheet::unowned(&slots);
    for (partition, owner) in owned {
        if let Some(slot) = slots.slot(partition) {
            owners[slot as usize] = owner.raw();
        }
    }
    Assignment::from_sheet(Sheet::new(slots, owners, group.all_members().numbers()))
}
