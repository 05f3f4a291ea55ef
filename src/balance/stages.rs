//! Goals in their order: each is solved within the face that the goals before it left, and leaves a
//! smaller one.

use super::by_rack::ThreeGoals;
use super::costs::{BeyondKept, Linear, Square};
use super::face::{Face, Pairs};
use super::holdings::Holdings;
use super::levels::{Levels, levels};
use super::racks::Resolved;
use super::two_goals::{LevelPrice, TwoGoals};
use crate::flow::ascent::{Joined, Lane, SinkBounds, ascend};
use crate::flow::convex::{ConvexArc, ConvexCost, settle};
use crate::model::Goal;

/// What was decided: a flow that is best for all goals, and what proves it.
pub(crate) struct Solved {
    pub(crate) face: Face,
    /// For each goal the price of every node; 0 at the ground.
    pub(crate) prices: Vec<(Goal, Vec<i32>)>,
}

/// Solves the goals in their order.
pub(crate) fn solve(goals: &[Goal], group: Resolved<'_>, pairs: &Pairs) -> Solved {
    let mut face = Face::of(group, pairs);
    if goals.iter().find(|goal| matches!(goal, Goal::Rack | Goal::Stickiness)) == Some(&Goal::Rack) {
        face = face.without_mismatched_claims();
    }
    let mut prices = Vec::with_capacity(goals.len());
    for (place, &goal) in goals.iter().enumerate() {
        let (left, price) = match goal {
            Goal::Balance if place == 0 => {
                let price = level_prices(&face, &levels(group.network, &Holdings::of(group.network, group.claims)));
                (face.costing(|meaning| meaning.loads).narrowed::<Square>(&price).filled(), price)
            }
            _ => next(goal, face),
        };
        face = left;
        prices.push((goal, price));
    }
    Solved { face: with_a_flow(face), prices }
}

/// Solves spread, and racks that mean nothing, after two goals that are decided.
pub(crate) fn solve_after(decided: &TwoGoals, goals: &[Goal], group: Resolved<'_>, pairs: &Pairs) -> Solved {
    let mut face = Face::of_two_goals(group, pairs, decided);
    let mut prices = Vec::with_capacity(goals.len());
    for &goal in goals {
        let price_of = |price: &dyn Fn(&LevelPrice) -> i32| face.prices(&decided.classes, &decided.members, price);
        let price = match goal {
            Goal::Balance => price_of(&|price| price.level as i32 + 1),
            Goal::Stickiness => price_of(&|price| price.moves),
            goal => {
                let (left, price) = next(goal, face);
                face = left;
                price
            }
        };
        prices.push((goal, price));
    }
    Solved { face: with_a_flow(face), prices }
}

/// Solves spread after the three goals before it.
pub(crate) fn solve_after_racks(decided: &ThreeGoals, group: Resolved<'_>, pairs: &Pairs) -> Solved {
    let (face, mut prices) = left_by_three(decided, Face::of(group, pairs));
    let (face, spread) = next(Goal::Spread, face);
    prices.push((Goal::Spread, spread));
    Solved { face: with_a_flow(face), prices }
}

/// What the three goals before spread leave of a face, and their prices.
pub(crate) fn left_by_three(decided: &ThreeGoals, face: Face) -> (Face, Vec<(Goal, Vec<i32>)>) {
    let levels = level_prices(&face, &decided.levels);
    let face = face.costing(|meaning| meaning.loads).narrowed::<Square>(&levels);
    let of_nodes = decided.mismatches();
    let mismatches = face.prices_by_actor(&of_nodes.classes, &of_nodes.members, |&price| price);
    let face = face.costing(|meaning| meaning.mismatch.into()).narrowed::<Linear>(&mismatches);
    let moves = face.prices_by_actor(&decided.two_goals.classes, &decided.two_goals.members, |price| price.moves);
    let face = face.costing(|meaning| meaning.kept).narrowed::<BeyondKept>(&moves);
    (face, vec![(Goal::Balance, levels), (Goal::Rack, mismatches), (Goal::Stickiness, moves)])
}

/// The next goal: the face it leaves and the prices that prove it.
fn next(goal: Goal, face: Face) -> (Face, Vec<i32>) {
    let nothing = vec![0; face.nodes];
    match goal {
        Goal::Balance => {
            let (face, start) = even_loads(face);
            stage::<Square>(face.costing(|meaning| meaning.loads), start)
        }
        Goal::Rack if face.meanings.iter().all(|meaning| !meaning.mismatch) => (face, nothing),
        Goal::Rack => {
            let start = face.mismatch_prices();
            stage::<Linear>(face.costing(|meaning| meaning.mismatch.into()), start)
        }
        Goal::Stickiness => {
            let mut start = nothing;
            start[..face.supply.len()].fill(1);
            stage::<BeyondKept>(face.costing(|meaning| meaning.kept), start)
        }
        Goal::Spread => {
            let (face, start) = even_counts(face);
            stage::<Square>(face.costing(|meaning| meaning.counts), start)
        }
    }
}

/// The face with one of its flows.
fn with_a_flow(face: Face) -> Face {
    let nothing = vec![0; face.nodes];
    stage::<Linear>(face.costing(|_| 0), nothing).0
}

/// One cost, which the arcs know: the face it leaves and the prices that prove it, from prices to
/// start with.
pub(crate) fn stage<C: ConvexCost>(face: Face, start: Vec<i32>) -> (Face, Vec<i32>) {
    let mut face = face.at::<C>(&start);
    let mut price = start;
    let mut excess = face.excess();
    if face.has_hubs() && excess.iter().any(|&excess| excess != 0) {
        face = face.settled_within_topics::<C>(&price);
        excess = face.excess();
    }
    let left = settle::<C>(&mut face.arcs, &mut price, excess);
    debug_assert!(left.iter().all(|&left| left == 0), "every face has a flow");
    let ground = price[face.ground()];
    price.iter_mut().for_each(|price| *price -= ground);
    (face.narrowed::<C>(&price), price)
}

/// Prices that prove the levels of a group: where balance comes first they are found on merged
/// nodes, without a flow on these.
fn level_prices(face: &Face, levels: &Levels) -> Vec<i32> {
    let mut price = vec![0; face.nodes];
    for (shape, &level) in levels.shapes.iter().enumerate() {
        for &actor in face.actors.of_shape.row(shape) {
            price[face.actor(actor as usize)] = level as i32 + 1;
        }
    }
    for (topic, level) in face.numbers().iter().map(|&number| levels.classes[number as usize]).enumerate() {
        for arc in &face.arcs[face.of_topic(topic)] {
            price[arc.tail as usize] = level as i32 + 1;
        }
        // A pair at an actor of a higher level gets nothing.
        for arc in &face.arcs[face.of_topic(topic)] {
            if arc.tail as usize > face.ground() && face.actor_at(arc.head).is_some() {
                price[arc.tail as usize] = price[arc.head as usize];
            }
        }
    }
    price
}

/// The face with loads about as even as it allows, and the prices that go with that: what a topic
/// has free is dealt to those of its actors that have the least, until nothing changes.
fn even_loads(mut face: Face) -> (Face, Vec<i32>) {
    for _ in 0..DEALS {
        if !face.deal_by_loads() {
            break;
        }
    }
    let mut face = face.with_loads();
    let mut price = vec![0; face.nodes];
    for (actor, load) in face.loads().enumerate() {
        price[face.actor(actor)] = (face.arcs[load].flow / face.meanings[load].loads) as i32 + 1;
    }
    for topic in 0..face.topics() {
        let of = face.of_topic(topic);
        let into = |arc: &&ConvexArc| !arc.is_fixed() && face.actor_at(arc.head).is_some();
        let mut open: Vec<(i32, u32)> =
            face.arcs[of.clone()].iter().filter(into).map(|arc| (price[arc.head as usize], arc.high - arc.low)).collect();
        open.sort_unstable();
        let mut left: u32 = face.arcs[of.clone()].iter().filter(into).map(|arc| arc.flow - arc.low).sum();
        let last = open.iter().find(|&&(_, room)| {
            left = left.saturating_sub(room);
            left == 0
        });
        let of_topic = last.or(open.last()).map_or(0, |last| last.0);
        for arc in of {
            let tail = face.arcs[arc].tail as usize;
            price[tail] = of_topic;
        }
    }
    face = face.with_loads();
    (face, price)
}

/// How many times all topics are dealt at most.
const DEALS: usize = 4;

/// The face with every topic about as even as it allows, and the prices that go with that.
fn even_counts(face: Face) -> (Face, Vec<i32>) {
    let mut face = face.bounded_by_inflow();
    let mut price = vec![0; face.nodes];
    let loads = face.loads();
    let mut sinks: Vec<SinkBounds> = face.arcs[loads.clone()].iter().map(|arc| SinkBounds { least: arc.low, most: arc.high }).collect();
    let (mut lanes, mut numbers) = (Vec::new(), Vec::new());
    let mut joined: Vec<Joined> = Vec::with_capacity(face.topics());
    for topic in 0..face.topics() {
        let first = joined.last().map_or(0, |last| last.sources.end);
        let mut sends = face.sources(topic);
        for number in face.of_topic(topic) {
            let arc = face.arcs[number];
            let Some(actor) = face.actor_at(arc.head) else { continue };
            let source = sends.source_of(arc.tail);
            if arc.is_fixed() {
                sends.less(source, arc.low);
                let sink = &mut sinks[actor];
                (sink.least, sink.most) = (sink.least.saturating_sub(arc.low), sink.most.saturating_sub(arc.low));
                continue;
            }
            let width = face.meanings[number].counts;
            lanes.push(Lane { source: first + source, sink: actor as u32, low: arc.low, high: arc.high, width });
            numbers.push(number);
        }
        joined.push(sends.joined(first));
    }
    let ascent = ascend(&joined, &sinks, &lanes);
    for (&number, &flow) in numbers.iter().zip(&ascent.flows) {
        face.arcs[number].flow = flow;
    }
    for (topic, of) in joined.iter().enumerate() {
        face.price_topic(topic, &mut price, |source| ascent.sources[(of.sources.start + source) as usize]);
    }
    for (actor, &sink) in ascent.sinks.iter().enumerate() {
        price[face.actor(actor)] = sink;
    }
    (face.with_loads(), price)
}
