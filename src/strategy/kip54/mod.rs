//! KIP-54's sticky assignment as Java's `StickyAssignor` does it (October 2024): greedy, in two
//! builders; with racks (KIP-881), in which claims that mismatch do not count.
//!
//! Where all subscribe alike (`constrained`), owners keep what quotas allow, and the rest is dealt
//! in turn. Else (`general`) what is free is filled in, then single partitions move to lighter
//! members until no such move is left.
//!
//! The names follow Java. Each step takes a persistent value and gives a new one, so what is taken
//! back in the end is simply an older version.

mod claims;
mod constrained;
mod general;
mod members;

use super::roster::{GroupRacks, Roster};
use crate::model::{Assignment, Group};
use claims::resolve;
use constrained::constrained;
use general::general;

/// Java's answer for a group, as far as Java's rules determine it.
///
/// O((s + n) log² n) where racks do not matter, with s topics named by all members together, and n
/// members, partitions and claims; where not all subscribe alike, this for each pass over the
/// partitions. A pass may look again at all topics for each that it evens out, to know whether
/// there is more to do.
pub(super) fn assign(group: &Group) -> Assignment {
    let roster = Roster::by_member_id(group);
    if roster.topics.is_empty() {
        return Assignment::new();
    }
    let racks = Some(GroupRacks::of(group, &roster)).filter(|racks| racks.matter(roster.topics.iter()));
    let claims = resolve(group, &roster, racks.as_ref());
    match roster.subscribed_alike() {
        true => constrained(&roster, &claims.owned, racks.as_ref()),
        false => general(&roster, &claims, racks.as_ref()),
    }
}
