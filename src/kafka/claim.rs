//! Which of the things a member says is its claim: it differs from protocol to protocol.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::messages::{self, ConsumerProtocolSubscription, CooperativeStickyAssignorUserData, NOT_SAID, TopicPartitions};
use super::wire::{DecodeError, WireReader};

/// A protocol that a group can agree on, of those this crate leads.
///
/// ```
/// use sticky_assignor::kafka::Protocol;
/// let protocol: Protocol = "cooperative-sticky".parse()?;
/// assert_eq!((protocol, protocol.name()), (Protocol::CooperativeSticky, "cooperative-sticky"));
/// # Ok::<(), sticky_assignor::kafka::UnknownProtocol>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// `sticky`: eager. Members give up everything before they join, and are told everything anew.
    Sticky,
    /// `cooperative-sticky`: members keep consuming while they join, and give up only what they are
    /// no longer given (KIP-429).
    CooperativeSticky,
}

impl Protocol {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Sticky, Self::CooperativeSticky];

    /// The name members announce it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sticky => "sticky",
            Self::CooperativeSticky => "cooperative-sticky",
        }
    }

    /// What a member claims to have owned, and when.
    ///
    /// In `sticky` only the user data counts: an eager member has given up its owned partitions
    /// before it joins. In `cooperative-sticky` the owned partitions count, dated with the
    /// subscription's generation, or with the one in the user data where the subscription says
    /// none. User data that cannot be read claims nothing and dates nothing.
    pub fn claim<'a>(self, said: &ConsumerProtocolSubscription<'a>) -> ClaimedPartitions<'a> {
        let owned = || said.owned_partitions.clone();
        let ResolvedClaim { partitions, generation, unreadable } =
            self.resolve(said.user_data, owned, said.generation, messages::read_topic_partitions);
        ClaimedPartitions { partitions, generation, unreadable }
    }

    /// What counts of a member's user data, owned partitions and generation, however lists of
    /// partitions are read.
    pub(super) fn resolve<'a, T: Default>(
        self,
        user_data: Option<&'a [u8]>,
        owned: impl FnOnce() -> T,
        generation: i32,
        list: impl Fn(&mut WireReader<'a>) -> Result<T, DecodeError>,
    ) -> ResolvedClaim<T> {
        // Members that have nothing to say send empty user data, or none.
        let user_data = user_data.filter(|bytes| !bytes.is_empty());
        match self {
            Self::Sticky => sticky(user_data.map(|bytes| messages::read_user_data(bytes, list))),
            Self::CooperativeSticky => {
                let dated = user_data.filter(|_| generation < 0).map(CooperativeStickyAssignorUserData::decode);
                cooperative(owned(), generation, dated)
            }
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Protocol {
    type Err = UnknownProtocol;

    fn from_str(name: &str) -> Result<Self, UnknownProtocol> {
        Self::ALL.iter().copied().find(|protocol| protocol.name() == name).ok_or_else(|| UnknownProtocol { name: name.into() })
    }
}

/// A name of no protocol that this crate leads.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{name:?} is no protocol that can be led; there are {}", Protocol::ALL.iter().map(|protocol| protocol.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownProtocol {
    /// The name given.
    pub name: String,
}

/// What a member claims to have owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedPartitions<'a> {
    /// The partitions.
    pub partitions: Vec<TopicPartitions<'a>>,
    /// The generation it owned them in; −1 is "not said".
    pub generation: i32,
    /// Why its user data was not read, if that was so.
    pub unreadable: Option<DecodeError>,
}

/// A claim, its partitions in whatever form they were read to.
pub(super) struct ResolvedClaim<T> {
    pub(super) partitions: T,
    pub(super) generation: i32,
    pub(super) unreadable: Option<DecodeError>,
}

fn sticky<T: Default>(said: Option<Result<(T, Option<i32>), DecodeError>>) -> ResolvedClaim<T> {
    match said {
        Some(Ok((partitions, generation))) => ResolvedClaim { partitions, generation: generation.unwrap_or(NOT_SAID), unreadable: None },
        said => ResolvedClaim { partitions: T::default(), generation: NOT_SAID, unreadable: said.and_then(Result::err) },
    }
}

fn cooperative<T>(
    partitions: T,
    generation: i32,
    dated: Option<Result<CooperativeStickyAssignorUserData, DecodeError>>,
) -> ResolvedClaim<T> {
    match dated {
        Some(Ok(said)) => ResolvedClaim { partitions, generation: said.generation, unreadable: None },
        dated => ResolvedClaim { partitions, generation, unreadable: dated.and_then(Result::err) },
    }
}
