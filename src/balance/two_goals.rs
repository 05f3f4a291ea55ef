//! Balance, then stickiness: the two goals that have ways of their own, on a network that is
//! smaller than that of all goals.

use crate::balance::allocate::{self, Allocation};
use crate::balance::claims::ValidClaims;
use crate::balance::holdings::Holdings;
use crate::balance::identical;
use crate::balance::levels::{self, Levels};
use crate::balance::stickiness::{self, Decision, Stuck};
use crate::network::Network;

/// Owners that are best in both goals, and the prices that prove it.
#[derive(Debug)]
pub(crate) struct TwoGoals {
    pub(crate) allocation: Allocation,
    pub(crate) members: Vec<LevelPrice>,
    pub(crate) classes: Vec<LevelPrice>,
}

/// What one more partition costs in balance and in stickiness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LevelPrice {
    /// One more at a member of this level.
    pub(crate) level: u32,
    /// In moves.
    pub(crate) moves: i32,
}

/// Decides both goals.
pub(crate) fn decide(network: &Network, resolved: ValidClaims) -> TwoGoals {
    match network.only_shape() {
        Some(shape) => identical_subscriptions(network, shape, resolved),
        None => different_subscriptions(network, resolved),
    }
}

/// All members subscribe to the same topics.
fn identical_subscriptions(network: &Network, shape: u32, resolved: ValidClaims) -> TwoGoals {
    let decided = identical::identical(network, shape, resolved);
    let member = |(number, &subscribed): (usize, &u32)| match subscribed == shape {
        true => LevelPrice { level: decided.level, moves: decided.member_prices[number] },
        false => LevelPrice { level: 0, moves: 0 },
    };
    TwoGoals {
        members: network.shape_of.iter().enumerate().map(member).collect(),
        classes: vec![LevelPrice { level: decided.level, moves: decided.class_price }; network.topics.len()],
        allocation: decided.allocation,
    }
}

/// Members subscribe to different topics.
fn different_subscriptions(network: &Network, resolved: ValidClaims) -> TwoGoals {
    let holdings = Holdings::of(network, &resolved);
    let levels = levels::levels(network, &holdings);
    let decision = stickiness::decide(network, &resolved, &holdings, &levels);
    TwoGoals::of(network, resolved, (&holdings, &levels), &decision)
}

/// Decides stickiness where the levels are known.
///
/// # Errors
///
/// What is stuck, where not everybody can be at their level.
pub(crate) fn decide_at(levels: &Levels, network: &Network, resolved: ValidClaims) -> Result<TwoGoals, Stuck> {
    let holdings = Holdings::of(network, &resolved);
    let decision = stickiness::decide(network, &resolved, &holdings, levels);
    match decision.stuck() {
        None => Ok(TwoGoals::of(network, resolved, (&holdings, levels), &decision)),
        Some(stuck) => Err(stuck),
    }
}

impl TwoGoals {
    fn of(network: &Network, resolved: ValidClaims, (holdings, levels): (&Holdings, &Levels), decision: &Decision) -> Self {
        let price = |node: usize, level: u32| {
            let slack_units = decision.flow.price[decision.actors.slack_units(level)];
            LevelPrice { level, moves: decision.flow.price[node] - slack_units }
        };
        let member = |(number, &shape): (usize, &u32)| {
            price(decision.actors.node(decision.actors.of_member(number as u32)), levels.shapes[shape as usize])
        };
        Self {
            members: network.shape_of.iter().enumerate().map(member).collect(),
            classes: levels.classes.iter().enumerate().map(|(class, &level)| price(class, level)).collect(),
            allocation: allocate::allocate(network, resolved, holdings, decision),
        }
    }
}
