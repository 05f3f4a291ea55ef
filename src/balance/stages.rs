//! Goals in their order: each is solved within the face that the goals before it left, and leaves a
//! smaller one.

use super::claims::Standing;
use super::costs::{Balance, Nothing, Rack, Spread, Stickiness};
use super::face::Face;
use super::racks::Classes;
use crate::flow::convex::{Cost, settle};
use crate::model::Goal;
use crate::network::Network;

/// What was decided: a flow that is best for all goals, and what proves it.
pub(crate) struct Solved {
    pub(crate) face: Face,
    /// For each goal the price of every node; 0 at the ground.
    pub(crate) prices: Vec<(Goal, Vec<i32>)>,
}

/// Solves the goals in their order.
pub(crate) fn solve(goals: &[Goal], network: &Network, classes: &Classes, standing: &Standing) -> Solved {
    let mut face = Face::of(network, classes, standing);
    let mut prices = Vec::with_capacity(goals.len());
    let meanings = face.meanings.clone();
    for &goal in goals {
        let start = start(goal, &face, network);
        let (left, price) = match goal {
            Goal::Balance => stage(face, &Balance(&meanings), start),
            Goal::Rack => stage(face, &Rack(&meanings), start),
            Goal::Stickiness => stage(face, &Stickiness(&meanings), start),
            Goal::Spread => stage(face, &Spread(&meanings), start),
        };
        face = left;
        prices.push((goal, price));
    }
    let nodes = face.nodes;
    let (face, _) = stage(face, &Nothing, vec![0; nodes]);
    Solved { face, prices }
}

/// One goal: the face it leaves and the prices that prove it, from prices to start with.
fn stage(face: Face, cost: &impl Cost, start: Vec<i32>) -> (Face, Vec<i32>) {
    let mut face = face.at(&start, cost);
    let mut price = start;
    let excess = face.excess();
    let left = settle(&mut face.arcs, &mut price, excess, cost);
    debug_assert!(left.iter().all(|&left| left == 0), "every face has a flow");
    let ground = price[face.ground()];
    price.iter_mut().for_each(|price| *price -= ground);
    (face.narrowed(&price, cost), price)
}

/// Prices to start a goal with.
fn start(goal: Goal, face: &Face, network: &Network) -> Vec<i32> {
    let mut price = vec![0; face.nodes];
    match goal {
        Goal::Rack => {}
        Goal::Stickiness => price[..face.supply.len()].fill(1),
        Goal::Balance => {
            let members = network.members.len().max(1);
            let level = (network.slots.len() / members) as i32 + 1;
            price.fill(level);
            price[face.ground()] = 0;
        }
        Goal::Spread => {
            for topic in 0..network.topics.len() {
                let of = face.of_topic(topic);
                let width: u32 = of.clone().map(|arc| face.meanings[arc].counts).sum();
                let level = network.supply(topic).div_ceil(width.max(1)) as i32;
                for arc in of {
                    price[face.arcs[arc].tail as usize] = level;
                }
            }
        }
    }
    price
}
