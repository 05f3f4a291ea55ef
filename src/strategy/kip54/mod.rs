//! KIP-54's sticky assignment as Java's `StickyAssignor` does it (October 2024): greedy, in two
//! builders; with racks (KIP-881), in which claims that mismatch do not count.
//!
//! The names follow Java. Each step takes a persistent value and gives a new one, so what is taken
//! back in the end is simply an older version.

mod claims;
mod constrained;
mod general;

use super::racks::GroupRacks;
use super::roster::Roster;
use crate::model::{Assignment, Group};

/// Java's answer for a group, as far as Java's rules determine it.
///
/// O(s + n log² n) where all subscribe alike, with s topics named by all members together, and n
/// members, partitions and claims. Else O(moves · (partitions + subscriptions)), where `"*"` counts
/// as all topics for each that says it, and partitions may move more than once.
pub(super) fn assign(group: &Group) -> Assignment {
    let roster = Roster::by_member_id(group);
    if roster.topics.is_empty() {
        return Assignment::new();
    }
    let racks = Some(GroupRacks::of(group, &roster)).filter(|racks| racks.matter(roster.topics.iter()));
    let claims = claims::resolve(group, &roster, racks.as_ref());
    match roster.subscribed_alike() {
        true => constrained::build(&roster, &claims.owned, racks.as_ref()),
        false => general::build(&roster, &claims, racks.as_ref()),
    }
}
