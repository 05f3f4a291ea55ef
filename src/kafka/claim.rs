//! Which of the things a member says is its claim: it differs from protocol to protocol.

use super::error::DecodeError;
use super::partitions::TopicPartitions;
use super::subscription::{ConsumerProtocolSubscription, NOT_SAID};
use super::user_data::{CooperativeStickyAssignorUserData, StickyAssignorUserData};

/// A protocol that a group can agree on, of those this crate leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// `sticky`: eager. Members give up everything before they join, and are told everything anew.
    Sticky,
    /// `cooperative-sticky`: members keep reading while they join, and give up only what they are no longer given (KIP-429).
    CooperativeSticky,
}

impl Protocol {
    /// The protocol of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Sticky, Self::CooperativeSticky].into_iter().find(|protocol| protocol.name() == name)
    }

    /// The name members announce it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sticky => "sticky",
            Self::CooperativeSticky => "cooperative-sticky",
        }
    }

    /// What a member claims to have owned, and when.
    ///
    /// In `sticky` only the user data counts: an eager member has given up its owned partitions before it joins. In `cooperative-sticky` the
    /// owned partitions count, dated with the subscription's generation, or with the one in the user data where the subscription says none.
    /// User data that cannot be read claims nothing and dates nothing.
    pub fn claim<'a>(self, said: &ConsumerProtocolSubscription<'a>) -> ClaimedPartitions<'a> {
        match self {
            Self::Sticky => sticky(said),
            Self::CooperativeSticky => cooperative(said),
        }
    }
}

/// What a member claims to have owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedPartitions<'a> {
    /// The partitions.
    pub partitions: Vec<TopicPartitions<'a>>,
    /// The generation it owned them in; −1 is "not said".
    pub generation: i32,
    /// Why its user data was not heard, if that was so.
    pub unreadable: Option<DecodeError>,
}

/// The user data, if there is any: members that have nothing to say send an empty one, or none.
fn user_data<'a>(said: &ConsumerProtocolSubscription<'a>) -> Option<&'a [u8]> {
    said.user_data.filter(|bytes| !bytes.is_empty())
}

fn sticky<'a>(said: &ConsumerProtocolSubscription<'a>) -> ClaimedPartitions<'a> {
    let heard = user_data(said).map_or(Ok(StickyAssignorUserData::default()), StickyAssignorUserData::decode);
    let (StickyAssignorUserData { previous_assignment, generation }, unreadable) = split(heard);
    ClaimedPartitions { partitions: previous_assignment, generation: generation.unwrap_or(NOT_SAID), unreadable }
}

fn cooperative<'a>(said: &ConsumerProtocolSubscription<'a>) -> ClaimedPartitions<'a> {
    let dated = user_data(said).filter(|_| said.generation < 0).map(CooperativeStickyAssignorUserData::decode).transpose();
    let (user_data, unreadable) = split(dated);
    let generation = user_data.map_or(said.generation, |user_data| user_data.generation);
    ClaimedPartitions { partitions: said.owned_partitions.clone(), generation, unreadable }
}

/// What was read, or nothing and the reason.
fn split<T: Default>(read: Result<T, DecodeError>) -> (T, Option<DecodeError>) {
    match read {
        Ok(value) => (value, None),
        Err(error) => (T::default(), Some(error)),
    }
}
