//! How long to search, before the group is balanced anew instead.

use crate::model::Group;
use crate::network::followers::Followers;
use crate::rebalance::state::LocalFlow;

/// A balance takes about as long as looking at so many arcs for each member of the group, for each
/// topic that a shape follows, and for every four partitions.
const LOOKS_FOR_A_MEMBER: u64 = 6;
const LOOKS_FOR_A_FOLLOWING: u64 = 5;
const LOOKS_FOR_FOUR_PARTITIONS: u64 = 3;

/// The group is to be balanced anew: searching on would cost about as much, or would rest on prices
/// that do not hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GivenUp;

/// How much may be looked at until a balance would have taken about as long.
pub(crate) fn patience(group: &Group, followers: &Followers) -> i64 {
    let of_members = LOOKS_FOR_A_MEMBER * group.member_count() as u64;
    let of_followings = LOOKS_FOR_A_FOLLOWING * followers.followings() as u64;
    (of_members + of_followings + LOOKS_FOR_FOUR_PARTITIONS * group.partition_count() / 4) as i64
}

impl LocalFlow<'_> {
    /// An error where it is not worth searching on, rather than balancing anew.
    pub(crate) fn check_patience(&self) -> Result<(), GivenUp> {
        if self.patience > 0 { Ok(()) } else { Err(GivenUp) }
    }
}
