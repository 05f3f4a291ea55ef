//! Which pairs of topics and actors are written out: all, or those that come to be used.
//!
//! A subscription says in a word what may be very many pairs; a plan uses no more of them than
//! there are partitions. Where there are many, those are written out first that somebody claims and
//! those of some plan. What is best on these has prices, and of a pair left out these say whether
//! its first unit would cost less than nothing. Such pairs are added, and all is solved again,
//! until there are none: then nothing is better on all pairs either, and the prices prove it
//! (column generation: Ford and Fulkerson 1958, *A suggested computation for maximal
//! multi-commodity network flows*).

use std::collections::BTreeMap;

use super::face::{Actors, Pairs};
use super::racks::{Classes, Resolved};
use super::stages::Solved;
use crate::flow::csr::Csr;
use crate::model::{Goal, NO_OWNER};
use crate::network::{NONE, Network};

/// Pairs are many where they are more than this for each partition.
const FOR_A_PARTITION: usize = 4;

/// In a round a topic gets at most this many pairs with actors of one subscription in one rack, or
/// its part of as many as it has partitions.
const ADDED: usize = 2;

/// After so many rounds in which some were missing all pairs are written out.
const ROUNDS: usize = 40;

/// The best on all pairs, from what is best on some. Among these are, where they are not all, those
/// of a plan, by slot, that the goals decided already leave possible.
pub(crate) fn solve_on_pairs(group: Resolved<'_>, owners: impl FnOnce() -> Vec<u32>, solve: impl Fn(&Pairs) -> Solved) -> Solved {
    let actors = Actors::of(group.network, group.classes, &group.claims.held);
    let all: usize = (0..group.network.topics.len()).map(|topic| subscriber_count(&actors, group.network, topic)).sum();
    if all <= FOR_A_PARTITION * group.network.slots.len() {
        return solve(&Pairs::All);
    }
    let mut few = FewPairs::of(group, actors, &owners());
    for _ in 0..ROUNDS {
        let solved = solve(&few.pairs());
        let is_complete = few.add_missing(&solved) == 0;
        if is_complete {
            return solved;
        }
        if few.len() > all / 2 {
            break;
        }
    }
    solve(&Pairs::All)
}

fn subscriber_count(actors: &Actors, network: &Network, topic: usize) -> usize {
    network.subscribers.row(topic).iter().map(|&shape| actors.of_shape.row(shape as usize).len()).sum()
}

/// A price in each goal, in their order.
type GoalPrices = [i32; Goal::ALL.len()];

/// A rack that no replica is in.
const ELSEWHERE: u32 = NONE - 1;

/// The pairs written out so far.
struct FewPairs<'n> {
    network: &'n Network,
    classes: &'n Classes,
    actors: Actors,
    /// The actors of each topic, ascending.
    of_topics: Vec<Vec<u32>>,
}

impl<'n> FewPairs<'n> {
    /// Those that somebody claims, and those of a plan.
    fn of(group: Resolved<'n>, actors: Actors, owners: &[u32]) -> Self {
        let Resolved { network, classes, claims } = group;
        let of_topic = |topic: usize| {
            let slots = network.slots_of(topic);
            let members = claims.owners[slots.clone()].iter().chain(&owners[slots]).filter(|owner| **owner != NO_OWNER);
            let mut of_topic: Vec<u32> = members.map(|&member| actors.of_member[member as usize]).collect();
            of_topic.sort_unstable();
            of_topic.dedup();
            of_topic
        };
        let of_topics = (0..network.topics.len()).map(of_topic).collect();
        Self { network, classes, actors, of_topics }
    }

    fn len(&self) -> usize {
        self.of_topics.iter().map(Vec::len).sum()
    }

    fn pairs(&self) -> Pairs {
        Pairs::Some(Csr::new(self.of_topics.iter().map(|of| of.iter().copied())))
    }

    /// Adds pairs whose first unit would cost less than nothing; how many.
    fn add_missing(&mut self, solved: &Solved) -> usize {
        let by_price = ActorsByPrice::of(self, solved);
        let mut added = 0;
        for topic in 0..self.of_topics.len() {
            let missing = by_price.missing(self, solved, topic);
            added += missing.len();
            self.of_topics[topic].extend(missing);
            self.of_topics[topic].sort_unstable();
        }
        added
    }
}

/// The actors of each shape, by what they cost.
struct ActorsByPrice {
    prices: Vec<GoalPrices>,
    /// All of a shape, the cheapest first.
    of_shape: Vec<Vec<u32>>,
    /// Those of a shape in one rack, or in none, the cheapest first.
    in_rack: BTreeMap<(u32, u32), Vec<u32>>,
}

impl ActorsByPrice {
    fn of(pairs: &FewPairs<'_>, solved: &Solved) -> Self {
        let prices: Vec<GoalPrices> = (0..pairs.actors.len()).map(|actor| prices_at(solved, solved.face.actor(actor))).collect();
        let mut in_rack: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
        let mut of_shape = Vec::with_capacity(pairs.network.shapes.len());
        for (shape, actors) in pairs.actors.of_shape.iter().enumerate() {
            let mut actors = actors.to_vec();
            actors.sort_by_key(|&actor| prices[actor as usize]);
            for &actor in &actors {
                let rack = pairs.classes.rack_of(pairs.actors.first_member(actor as usize));
                in_rack.entry((shape as u32, rack)).or_default().push(actor);
            }
            of_shape.push(actors);
        }
        Self { prices, of_shape, in_rack }
    }

    /// Actors, each once, that a topic is not paired with though a unit would cost less than
    /// nothing there; not all, if there are many.
    fn missing(&self, pairs: &FewPairs<'_>, solved: &Solved, topic: usize) -> Vec<u32> {
        let classes = pairs.classes.of_topic(topic);
        let mut racks: Vec<u32> = classes.clone().flat_map(|class| pairs.classes.racks_of(class)).copied().collect();
        racks.extend([NONE, ELSEWHERE]);
        racks.sort_unstable();
        racks.dedup();
        let most = ADDED.max(pairs.network.slots_of(topic).len() / racks.len());
        let mut missing: Vec<u32> = Vec::new();
        for rack in racks {
            let limit = classes.clone().map(|class| worth(solved, class, pairs.classes.is_mismatch(class, rack))).max().unwrap_or_default();
            for &shape in pairs.network.subscribers.row(topic) {
                // Whoever is in another rack is in none of the topic's at the worst.
                let actors = match rack {
                    ELSEWHERE => Some(&self.of_shape[shape as usize]),
                    _ => self.in_rack.get(&(shape, rack)),
                };
                let Some(actors) = actors else { continue };
                let cheap = actors.partition_point(|&actor| self.prices[actor as usize] < limit);
                let known = &pairs.of_topics[topic];
                // Topics begin at different places, as most would be as well with one as another.
                let from_a_place = (0..cheap).map(|place| actors[(place + topic) % cheap]);
                missing.extend(from_a_place.filter(|actor| known.binary_search(actor).is_err()).take(most));
            }
        }
        missing.sort_unstable();
        missing.dedup();
        missing
    }
}

/// What a node costs in each goal.
fn prices_at(solved: &Solved, node: usize) -> GoalPrices {
    let mut prices = GoalPrices::default();
    solved.prices.iter().zip(&mut prices).for_each(|((_, of_goal), price)| *price = of_goal[node]);
    prices
}

/// What a class pays for a unit at an actor that has none and claims none of its topic.
fn worth(solved: &Solved, class: usize, is_mismatch: bool) -> GoalPrices {
    let mut worth = prices_at(solved, class);
    for ((goal, _), price) in solved.prices.iter().zip(&mut worth) {
        *price -= match goal {
            Goal::Balance => 0,
            Goal::Rack => is_mismatch.into(),
            Goal::Stickiness | Goal::Spread => 1,
        };
    }
    worth
}
