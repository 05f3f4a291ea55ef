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
        let mut price = price_if_even(owners, &tally, at_level(network, decided, class).count());
        if price.is_none() {
            let claims = &claimed.get_or_insert_with(|| claims::resolve(group, network).owners)[slots];
            tally_of_claims = tally_of_claims.counted(claims);
            price = price_within_bounds(at_level(network, decided, class).map(|member| {
                let bounds = sticky_bounds(decided.classes[class], decided.members[member as usize], tally_of_claims.of(member));
                (tally.of(member), bounds)
            }));
            tally_of_claims = tally_of_claims.cleared(claims);
        }
        prices.push(price?);
        tally = tally.cleared(owners);
    }
    Some(prices)
}

/// The price of a class whose owners, one for each partition, have one more of it than others of
/// these members at most: as many as the most have.
pub(crate) fn price_if_even(owners: &[u32], tally: &Tally, members: usize) -> Option<i32> {
    let counts = || owners.iter().map(|&owner| tally.of(owner));
    let most = counts().max()?;
    if most > 1 {
        let least = counts().min()?;
        // Each owner comes up once for each partition it has. Where all members are among them,
        // nobody has none.
        let members_with = |count: u32| counts().filter(|other| *other == count).count() / count as usize;
        let with_any = if least == most { members_with(most) } else { members_with(most) + members_with(least) };
        if most - least > 1 || with_any < members {
            return None;
        }
    }
    Some(most as i32)
}

/// The price at which members have their best counts of a class, each with the least and the most
/// that it may have.
pub(crate) fn price_within_bounds(members: impl Iterator<Item = (u32, (u32, u32))>) -> Option<i32> {
    let (mut at_least, mut at_most) = (0, u32::MAX);
    for (count, (low, high)) in members {
        if count > low {
            at_least = at_least.max(count);
        }
        if count < high {
            at_most = at_most.min(count + 1);
        }
    }
    (at_least <= at_most).then_some(at_least as i32)
}

/// The members that may have some of a class in a balanced plan.
fn at_level<'n>(network: &'n Network, decided: &'n TwoGoals, class: usize) -> impl Iterator<Item = u32> + 'n {
    let level = decided.classes[class].level;
    let members = network.subscribers.row(class).iter().flat_map(|&shape| network.members_of.row(shape as usize));
    members.copied().filter(move |&member| decided.members[member as usize].level == level)
}

/// Between which counts of a class a member stays that claims this many, in plans that are best in
/// balance and stickiness.
pub(crate) fn sticky_bounds(class: LevelPrice, member: LevelPrice, claimed: u32) -> (u32, u32) {
    match class.moves - member.moves {
        _ if class.level != member.level => (0, 0),
        ..0 => (0, 0),
        0 => (0, claimed),
        _ => (claimed, u32::MAX),
    }
}
