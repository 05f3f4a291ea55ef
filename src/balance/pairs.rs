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

/// In a round a topic gets up to this many pairs for each subscription and each rack of its
/// replicas, or up to as many as it has partitions for each of these racks.
const ADDED: usize = 2;

/// After so many rounds in which some were missing all pairs are written out.
const ROUNDS: usize = 40;

/// The best on all pairs, from what is best on some. The owners, by slot, are those of a plan that
/// is best in the goals decided so far: with its pairs there is always something to solve.
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
        let used = |topic: usize| {
            let slots = network.slots_of(topic);
            let members = claims.owners[slots.clone()].iter().chain(&owners[slots]).filter(|owner| **owner != NO_OWNER);
            let mut used: Vec<u32> = members.map(|&member| actors.of_member[member as usize]).collect();
            used.sort_unstable();
            used.dedup();
            used
        };
        let of_topics = (0..network.topics.len()).map(used).collect();
        Self { network, classes, actors, of_topics }
    }

    fn len(&self) -> usize {
        self.of_topics.iter().map(Vec::len).sum()
    }

    fn pairs(&self) -> Pairs {
        Pairs::Few(Csr::new(self.of_topics.iter().map(|of| of.iter().copied())))
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

/// The actors of each shape, the cheapest first.
struct ActorsByPrice {
    prices: Vec<GoalPrices>,
    of_shapes: Vec<ActorsOfShape>,
}

struct ActorsOfShape {
    all: Vec<u32>,
    /// Those in each rack, and those in none.
    in_rack: BTreeMap<u32, Vec<u32>>,
}

impl ActorsByPrice {
    fn of(few: &FewPairs<'_>, solved: &Solved) -> Self {
        let prices: Vec<GoalPrices> = (0..few.actors.len()).map(|actor| prices_at(solved, solved.face.actor(actor))).collect();
        let of_shape = |actors: &[u32]| {
            let mut all = actors.to_vec();
            all.sort_by_key(|&actor| prices[actor as usize]);
            let mut in_rack: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for &actor in &all {
                in_rack.entry(few.classes.rack_of(few.actors.first_member(actor as usize))).or_default().push(actor);
            }
            ActorsOfShape { all, in_rack }
        };
        let of_shapes = few.actors.of_shape.iter().map(of_shape).collect();
        Self { prices, of_shapes }
    }

    /// Actors, each once, that a topic is not paired with though a unit would cost less than
    /// nothing there; not all, if there are many.
    fn missing(&self, few: &FewPairs<'_>, solved: &Solved, topic: usize) -> Vec<u32> {
        let classes = few.classes.of_topic(topic);
        let mut racks: Vec<u32> = classes.clone().flat_map(|class| few.classes.racks_of(class)).copied().collect();
        racks.push(NONE);
        racks.sort_unstable();
        racks.dedup();
        let limit = |rack: u32| classes.clone().map(|class| worth(solved, class, few.classes.is_mismatch(class, rack))).max();
        let limits: Vec<GoalPrices> = racks.iter().filter_map(|&rack| limit(rack)).collect();
        let Some(elsewhere) = limit(ELSEWHERE) else { return Vec::new() };
        let most = ADDED.max(few.network.slots_of(topic).len() / (racks.len() + 1));
        let mut missing: Vec<u32> = Vec::new();
        let mut add = |actors: &[u32], limit: GoalPrices| {
            let cheap = actors.partition_point(|&actor| self.prices[actor as usize] < limit);
            // Topics begin at different places, as most would be as well with one as another.
            let from_a_place = (0..cheap).map(|place| actors[(place + topic) % cheap]);
            missing.extend(from_a_place.filter(|actor| few.of_topics[topic].binary_search(actor).is_err()).take(most));
        };
        for &shape in few.network.subscribers.row(topic) {
            let ActorsOfShape { all, in_rack } = &self.of_shapes[shape as usize];
            // In a rack of the topic a unit is worth as much as elsewhere at least.
            add(all, elsewhere);
            // Either may have very many racks, the topic or the shape; not both.
            match in_rack.len() < racks.len() {
                true => in_rack.iter().for_each(|(rack, actors)| {
                    if let Ok(place) = racks.binary_search(rack) {
                        add(actors, limits[place]);
                    }
                }),
                false => racks.iter().zip(&limits).for_each(|(rack, &limit)| {
                    if let Some(actors) = in_rack.get(rack) {
                        add(actors, limit);
                    }
                }),
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
