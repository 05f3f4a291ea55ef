//! The algorithm, one step a file: claims → keep → fill → perform_reassignments → plan.

mod actors;
pub(crate) mod allocate;
mod carry_out;
pub(crate) mod claims;
mod costs;
pub(crate) mod even_loads;
mod face;
mod holdings;
mod identical;
mod levels;
mod merged;
mod prove;
mod racks;
mod release;
mod stages;
mod stickiness;
mod takers;
mod tally;

use crate::balance::allocate::Allocation;
use crate::balance::claims::ValidClaims;
use crate::balance::holdings::Holdings;
use crate::balance::racks::Classes;
use crate::model::{Goals, Group};
use crate::network::Network;
use crate::plan::Plan;
use crate::proof::{Price, Proof, at_level};

/// The best plan for a group in the default order of goals: balance, rack, stickiness, spread.
///
/// Every partition of a topic with a subscriber gets exactly one owner, who subscribes to the
/// topic; among such plans the loads, sorted downwards, are the smallest possible; then the fewest
/// partitions are consumed from a rack without a replica (KIP-881); then the most partitions stay
/// with the owner their claims name (KIP-54); then every topic is as even over its subscribers as
/// can be. The plan depends on what is in the group and on nothing else, and it carries a
/// [`Proof`]. For other orders, and for fewer goals at less cost, see [`Goals::balance`].
///
/// The decision is least-cost flows on counts, near linear in subscriptions on real groups.
///
/// ```
/// use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// let group = Group::new(
///     &[NewTopic::new("orders", 12)],
///     &[NewMember::new("c1", ["orders"]).owning("orders", 0..12), NewMember::new("c2", ["orders"])],
/// )?;
/// let plan = balance(&group);
/// assert_eq!((plan.summary().retained, plan.summary().moved), (6, 6));
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[must_use]
pub fn balance(group: &Group) -> Plan {
    Goals::default().balance(group)
}

impl Goals {
    /// The best plan for a group in these goals: each is at its least among the plans that are best
    /// in all before it.
    ///
    /// What the goals leave open is decided as by those of the default order that are not among
    /// them, but for `balance, stickiness`, where spread is only aimed at and racks are not looked
    /// at.
    ///
    /// ```
    /// use sticky_assignor::{Goal, Goals, Group, NewMember, NewTopic};
    /// let members = [NewMember::new("a", ["x", "y"]), NewMember::new("b", ["y"])];
    /// let group = Group::new(&[NewTopic::new("x", 10), NewTopic::new("y", 10)], &members)?;
    /// let sum_of_squares = |goals: &str| goals.parse().map(|goals: Goals| goals.balance(&group).summary().sum_of_squares);
    /// assert_eq!(sum_of_squares("balance,spread")?, 10 * 10 + 10 * 10);
    /// assert_eq!(sum_of_squares("spread,balance")?, 15 * 15 + 5 * 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn balance(self, group: &Group) -> Plan {
        let network = Network::of(group);
        let resolved = claims::resolve(group, &network);
        match self == Self::BALANCE_STICKINESS {
            true => two_goals(group, network, resolved),
            false => in_order(self, group, network, resolved),
        }
    }
}

/// The goals one after the other.
fn in_order(goals: Goals, group: &Group, network: Network, resolved: ValidClaims) -> Plan {
    let classes = Classes::of(group, &network);
    let solved = stages::solve(&goals.with_others(), &network, &classes, &resolved);
    let proof = solved.proof(goals, group, &network, &classes);
    let allocation = carry_out::carry_out(&network, &classes, resolved, &solved.face);
    Plan::of(group.clone(), network, allocation.allocated(), proof)
}

/// Balance, then stickiness.
fn two_goals(group: &Group, network: Network, resolved: ValidClaims) -> Plan {
    let (allocation, proof) = match network.only_shape() {
        Some(shape) => identical_subscriptions(group, &network, shape, resolved),
        None => different_subscriptions(group, &network, resolved),
    };
    Plan::of(group.clone(), network, allocation.allocated(), proof)
}

/// All members subscribe to the same topics.
fn identical_subscriptions(group: &Group, network: &Network, shape: u32, resolved: ValidClaims) -> (Allocation, Proof) {
    let decided = identical::identical(network, shape, resolved);
    let member = |number: usize| match network.shape_of[number] == shape {
        true => price_at(decided.level, decided.member_prices[number]),
        false => price_at(0, 0),
    };
    let class = |_: usize| price_at(decided.level, decided.class_price);
    let proof = prove(group, network, member, class);
    (decided.allocation, proof)
}

/// Members subscribe to different topics.
fn different_subscriptions(group: &Group, network: &Network, resolved: ValidClaims) -> (Allocation, Proof) {
    let holdings = Holdings::of(network, &resolved);
    let levels = levels::levels(network, &holdings);
    let decision = stickiness::decide(network, &resolved, &holdings, &levels);
    let price = |node: usize, level: u32| {
        let slack_units = decision.flow.price[decision.actors.slack_units(level)];
        price_at(level, i64::from(decision.flow.price[node] - slack_units))
    };
    let level_of = |number: usize| levels.shapes[network.shape_of[number] as usize];
    let member = |number: usize| price(decision.actors.node(decision.actors.of_member(number as u32)), level_of(number));
    let class = |class: usize| price(class, levels.classes[class]);
    let proof = prove(group, network, member, class);
    (allocate::allocate(network, resolved, &holdings, &decision), proof)
}

fn prove(group: &Group, network: &Network, member: impl Fn(usize) -> Price, class: impl Fn(usize) -> Price) -> Proof {
    let mut members = vec![Price::ZERO; group.all_members().numbers()];
    let mut topics = vec![Price::ZERO; group.all_topics().len()];
    network.members.iter().enumerate().for_each(|(number, id)| members[id.index()] = member(number));
    network.topics.iter().enumerate().for_each(|(number, id)| topics[id.index()] = class(number));
    Proof::of_numbers(Goals::BALANCE_STICKINESS, &members, &topics)
}

/// The price in balance of one more partition at a level, and in stickiness.
fn price_at(level: u32, moves: i64) -> Price {
    Price::from([at_level(level), moves])
}
