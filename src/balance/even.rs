//! Whether a plan that is best in balance and stickiness happens to be best in spread as well, as
//! where histories are even: then no flow has to be sought.

use crate::balance::claims;
use crate::balance::tally::Tally;
use crate::balance::two_goals::{LevelPrice, TwoGoals};
use crate::model::Group;
use crate::network::Network;

/// For each class what one more of its partitions costs in spread at any member, if every class by
/// itself is as even as the goals before spread allow: then all classes together are.
///
/// The price of k is that of the k-th partition of a class at a member. At such prices, members
/// costing nothing, every class is at its best, and so their sum is. Linear in partitions where
/// counts differ by one at most; otherwise in subscribers of the class, too. `None` as soon as one
/// class is not, which does not mean that it could be.
pub(crate) fn flat_prices(group: &Group, network: &Network, decided: &TwoGoals) -> Option<Vec<i32>> {
    let (mut tally, mut tally_of_claims) = (Tally::new(network.members.len()), Tally::new(network.members.len()));
    let mut claimed: Option<Vec<u32>> = None;
    let mut prices = Vec::with_capacity(network.topics.len());
    for class in 0..network.topics.len() {
        let slots = network.slots_of(class);
        let owners = &decided.allocation.owners[slots.clone()];
        tally = tally.counted(owners);
        let mut price = differ_by_one(network, decided, class, owners, &tally);
        if price.is_none() {
            let claims = &claimed.get_or_insert_with(|| claims::resolve(group, network).owners)[slots];
            tally_of_claims = tally_of_claims.counted(claims);
            price = even_within_bounds(network, decided, class, &tally, &tally_of_claims);
            tally_of_claims = tally_of_claims.cleared(claims);
        }
        prices.push(price? as i32);
        tally = tally.cleared(owners);
    }
    Some(prices)
}

/// The most that a member has of a class, if those of the class's level have that or one less.
fn differ_by_one(network: &Network, decided: &TwoGoals, class: usize, owners: &[u32], tally: &Tally) -> Option<u32> {
    let counts = || owners.iter().map(|&owner| tally.of(owner));
    let most = counts().max()?;
    if most <= 1 {
        return Some(most);
    }
    let least = counts().min()?;
    // Each owner comes up once for each partition it has. Where all members are among them, nobody
    // has none.
    let members_with = |count: u32| counts().filter(|other| *other == count).count() / count as usize;
    let are_even = least == most || least + 1 == most;
    let owners = || if least == most { members_with(most) } else { members_with(most) + members_with(least) };
    (are_even && owners() == at_level(network, decided, class).count()).then_some(most)
}

/// The members that may have some of a class in a balanced plan.
fn at_level<'n>(network: &'n Network, decided: &'n TwoGoals, class: usize) -> impl Iterator<Item = u32> + 'n {
    let level = decided.classes[class].level;
    let members = network.subscribers.row(class).iter().flat_map(|&shape| network.members_of.row(shape as usize));
    members.copied().filter(move |&member| decided.members[member as usize].level == level)
}

/// The price at which every member has its best count of a class, between what it may keep and what
/// it must.
fn even_within_bounds(network: &Network, decided: &TwoGoals, class: usize, tally: &Tally, claimed: &Tally) -> Option<u32> {
    let (mut at_least, mut at_most) = (0, u32::MAX);
    for member in at_level(network, decided, class) {
        let (count, bounds) =
            (tally.of(member), sticky_bounds(decided.classes[class], decided.members[member as usize], claimed.of(member)));
        if count > bounds.0 {
            at_least = at_least.max(count);
        }
        if count < bounds.1 {
            at_most = at_most.min(count + 1);
        }
    }
    (at_least <= at_most).then_some(at_least)
}

/// Between which counts of a class a member stays that claims so many, in plans that are best in
/// balance and stickiness.
pub(crate) fn sticky_bounds(class: LevelPrice, member: LevelPrice, claimed: u32) -> (u32, u32) {
    match class.moves - member.moves {
        _ if class.level != member.level => (0, 0),
        ..0 => (0, 0),
        0 => (0, claimed),
        _ => (claimed, u32::MAX),
    }
}
