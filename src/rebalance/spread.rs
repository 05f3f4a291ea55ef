//! Spread near a change, once balance and stickiness are settled.
//!
//! Where nothing of a topic moved, everybody has what they claim: the most they may have where the
//! topic costs as many moves as the member, the least where it costs one more. So let a member that
//! costs p moves cost −k × p in spread, and a topic k − k × p, where nobody has more than k of one
//! topic: whoever may have less saves k at most by giving one up, and whoever may have more gets it
//! for 1 at least. At these prices no such topic is uneven; only topics of which something moved
//! are suspects.

use crate::balance::even::{SpreadPrices, sticky_bounds};
use crate::balance::spread::{Load, Place, SpreadInput, spread};
use crate::balance::two_goals::LevelPrice;
use crate::model::{MemberId, TopicId};
use crate::rebalance::budget::Exhausted;
use crate::rebalance::neighbours::ClaimCounts;
use crate::rebalance::state::{Node, State};

/// Has members get other partitions where that is as balanced and as sticky, and better in spread;
/// with the prices by number that prove it.
pub(super) fn spread_out(state: &mut State<'_>) -> Result<SpreadPrices, Exhausted> {
    // About what a balance looks at.
    let most_places = state.group().partition_count() as usize;
    let mut near = NearTheChange { state, steep: steep(state)?, claimed: ClaimCounts::new(state.member_count()) };
    let suspects = state.net_moves().topics().map(|topic| topic.index() as u32).collect();
    let found = spread(&mut near, suspects, most_places).ok_or(Exhausted)?;
    let numbers = 0..state.topic_count() as u32;
    let mut prices =
        SpreadPrices { classes: numbers.map(|class| near.at_start(class).0).collect(), members: vec![0; state.member_count()] };
    found.classes.iter().for_each(|&(class, price)| prices.classes[class as usize] = price);
    found.members.iter().for_each(|&(member, price)| prices.members[member as usize] = price);
    for (place, more) in found.changes {
        let member = MemberId::from_index(place.member as usize);
        state.transfer(member, topic(place.class), more);
        state.set_target(member, state.target(member).wrapping_add_signed(more));
    }
    Ok(prices)
}

/// What a move is worth in spread at the start: as much as the largest topic has partitions. An
/// error where prices might leave their range: those to start from are as high as that and moves
/// make them, and solving adds as much as there are partitions at most.
fn steep(state: &State<'_>) -> Result<i32, Exhausted> {
    let largest = state.group().topics().map(|(_, described)| described.partitions()).max().unwrap_or(0) as i32;
    let (topics, members) = state.prices();
    let most = topics.iter().chain(members).map(|price| price.abs()).max().unwrap_or(0) + 1;
    let highest = i64::from(largest) * i64::from(most) + state.group().partition_count() as i64;
    if highest < MOST_PRICE { Ok(largest) } else { Err(Exhausted) }
}

/// Differences of two prices below this, and twice as much, still fit where prices are kept.
const MOST_PRICE: i64 = i32::MAX as i64 / 4;

fn topic(class: u32) -> TopicId {
    TopicId::from_index(class as usize)
}

/// A settled state, read near the change.
struct NearTheChange<'s, 'a> {
    state: &'s State<'a>,
    /// The price in spread that goes for a move.
    steep: i32,
    claimed: ClaimCounts,
}

impl NearTheChange<'_, '_> {
    /// The topics of which a member may have some.
    fn topics_at_level_of(&self, member: MemberId) -> impl Iterator<Item = TopicId> + '_ {
        let (state, level) = (self.state, self.state.level(self.state.member(member)));
        state.group().subscribed_topics(member).filter(move |&topic| state.level(state.topic(topic)) == level)
    }
}

impl SpreadInput for NearTheChange<'_, '_> {
    fn numbers(&self) -> (usize, usize) {
        (self.state.topic_count(), self.state.member_count())
    }

    fn of_class(&mut self, class: u32) -> Vec<Place> {
        let (state, topic) = (self.state, topic(class));
        let mut places = Vec::new();
        self.claimed.counted(state.claims(), topic, |claimed, _| {
            state.subscribers().each_of_topic(topic, |member| {
                if state.level(state.member(member)) == state.level(state.topic(topic)) {
                    places.push(place(state, topic, member, claimed[member.index()]));
                }
            });
        });
        places.retain(|place| place.high > 0);
        places
    }

    fn places_of(&mut self, priced: &[(u32, i32)]) -> Vec<Place> {
        let mut places = Vec::new();
        for &(member, price) in priced {
            let member = MemberId::from_index(member as usize);
            let saved = |topic| self.state.price(self.state.topic(topic)) - self.state.price(self.state.member(member));
            let moved = |topic| self.state.net_moves().get(member, topic);
            // Of most topics it has what it claims: the most if nothing is saved, else the least.
            let is_bound = |topic: &TopicId| match price > 0 {
                true => saved(*topic) == 0 || moved(*topic) > 0,
                false => saved(*topic) > 0 || moved(*topic) < 0,
            };
            let mut bound = self.topics_at_level_of(member).filter(is_bound).peekable();
            if bound.peek().is_none() {
                continue;
            }
            let claims = self.state.claims().counts_of(member);
            let claimed = |topic| claims.binary_search_by_key(&topic, |claim| claim.0).map_or(0, |place| claims[place].1);
            places.extend(bound.map(|topic| place(self.state, topic, member, claimed(topic))));
        }
        places
    }

    fn load(&self, member: u32) -> Load {
        let member = MemberId::from_index(member as usize);
        Load::of(self.state.target(member), level_price(self.state, self.state.member(member)))
    }

    fn start(&self, member: u32) -> i32 {
        -self.steep * self.state.price(self.state.member(MemberId::from_index(member as usize)))
    }

    /// Whoever may have less than it claims has no more than the largest topic has partitions, and
    /// whoever may have more gets the next at 1 at least: those cost a move less.
    fn at_start(&self, class: u32) -> (i32, i32) {
        let price = self.steep - self.steep * self.state.price(self.state.topic(topic(class)));
        (price, price + 1)
    }
}

fn level_price(state: &State<'_>, node: Node) -> LevelPrice {
    LevelPrice { level: state.level(node), moves: state.price(node) }
}

/// The place of a member that claims this many partitions of a topic.
fn place(state: &State<'_>, topic: TopicId, member: MemberId, claimed: u32) -> Place {
    let (low, high) = sticky_bounds(level_price(state, state.topic(topic)), level_price(state, state.member(member)), claimed);
    Place {
        class: topic.index() as u32,
        member: member.index() as u32,
        count: claimed.wrapping_add_signed(state.net_moves().get(member, topic)),
        low,
        high: high.min(state.group().all_topics().get(topic).partitions()),
    }
}
