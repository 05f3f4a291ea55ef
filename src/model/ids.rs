//! Dense numbers for names, and the small values made of them.
//!
//! Tables are as long as the numbers of members and topics are large. So those come from a group
//! alone: nobody outside can make one, nor read one from a document, which has names. Partitions
//! anybody can number, and no table is made by that.

/// A member of a group, as a number: the place of its name when the group was built, or of its
/// arrival when it joined later.
///
/// It is of use in the group it came from, and in those that come from that one by
/// [`Group::apply`](crate::Group::apply) and [`Group::claiming`](crate::Group::claiming), as the
/// groups of a plan's rebalances do: there it names the same member for good, and is never given to
/// another. In a group that was built by itself, be it of nearly the same description, it is
/// somebody else's or nobody's, and nothing tells. From one such group to another lead names, as in
/// [`Group::claiming_from`](crate::Group::claiming_from).
///
/// A static member (KIP-345) that comes under a new member id keeps its number where its instance
/// is still in the group, or left it within the same [`Change`](crate::Change). One that comes back
/// in a later change is given a new number, as everybody else who comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(u32);

/// A topic, as a number. Like a [`MemberId`] it is of use in the group it came from and in those
/// that come from that one, and there it is its name's for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(u32);

macro_rules! dense {
    ($id:ident) => {
        impl $id {
            /// The id with this number. Numbers of a group stay below 2³¹, so none is lost.
            pub(crate) fn from_index(index: usize) -> Self {
                Self(index as u32)
            }

            /// The number, for indexing.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}
dense!(MemberId);
dense!(TopicId);

impl MemberId {
    /// The number as flat tables store it.
    pub(crate) fn raw(self) -> u32 {
        self.0
    }

    /// The id a flat table stores as this number.
    pub(crate) fn from_raw(raw: u32) -> Self {
        Self(raw)
    }
}

/// One partition of one topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    /// The topic.
    pub topic: TopicId,
    /// The partition's number within the topic, from 0.
    pub partition: u32,
}

/// A partition that leaves the owner its claims name for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Movement {
    /// What moves.
    pub partition: TopicPartition,
    /// The owner before.
    pub from: MemberId,
    /// The owner after.
    pub to: MemberId,
}
