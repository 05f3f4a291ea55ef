//! Why a partition changed hands.

use serde::Serialize;

use crate::model::{Claims, Group, MemberId, TopicPartition};

/// Why a partition has another owner than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reason {
    /// Its owner has more than it need have.
    Even,
    /// Its owner left.
    Left,
    /// Its owner no longer follows the topic.
    GaveUp,
    /// It had no owner.
    New,
    /// Nobody follows the topic, or it is gone.
    Gone,
}

/// Why this partition went from one owner to another when the group came to be this one.
pub(super) fn reason(group: &Group, partition: TopicPartition, from: Option<MemberId>, to: Option<MemberId>) -> Reason {
    match (from, to) {
        (_, None) => Reason::Gone,
        (None, _) => Reason::New,
        _ if is_created_again(group, partition) => Reason::New,
        (Some(owner), _) if group.member(owner).is_none() => Reason::Left,
        (Some(owner), _) if !group.subscribes(owner, partition.topic) => Reason::GaveUp,
        _ => Reason::Even,
    }
}

/// Whether the topic went and came back in one rebalance, which leaves no claims to it.
fn is_created_again(group: &Group, partition: TopicPartition) -> bool {
    match group.claims() {
        Claims::Previous(before) => before.owner(partition).is_none(),
        Claims::Stated(_) => false,
    }
}
