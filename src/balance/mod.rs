//! The algorithm, one step a file: claims → keep → fill → perform_reassignments → plan.

mod actors;
pub(crate) mod allocate;
mod by_rack;
mod carry_out;
pub(crate) mod claims;
mod costs;
pub(crate) mod even;
pub(crate) mod even_loads;
mod exchange;
mod face;
mod holdings;
mod hubs;
mod identical;
mod levels;
mod merged;
mod pairs;
mod prove;
mod rack_spread;
mod racks;
mod release;
pub(crate) mod spread;
mod stages;
mod stickiness;
mod takers;
pub(crate) mod tally;
pub(crate) mod two_goals;

use crate::balance::allocate::Allocation;
use crate::balance::by_rack::ThreeGoals;
use crate::balance::claims::ValidClaims;
use crate::balance::face::Pairs;
use crate::balance::pairs::solve_on_pairs;
use crate::balance::racks::{Classes, Resolved};
use crate::balance::stages::Solved;
use crate::model::{Goal, Goals, Group};
use crate::network::Network;
use crate::plan::Plan;
use crate::proof::Proof;

/// The best plan for a group in the default order of goals: balance, rack, stickiness, spread.
///
/// Every partition of a topic with a subscriber gets exactly one owner, who subscribes to the
/// topic; among such plans the loads, sorted downwards, are the smallest possible; then the fewest
/// partitions are consumed from a rack without a replica (KIP-881); then the most partitions stay
/// with the owner their claims name (KIP-54); then every topic is as even over its subscribers as
/// can be. The plan depends on what is in the group and on nothing else, and it carries a
/// [`Proof`](crate::Proof). For other orders, and for fewer goals at less cost, see
/// [`Goals::balance`].
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
            true => balance_and_stickiness(group, network, resolved),
            false => in_order(self, group, network, resolved),
        }
    }
}

/// The goals one after the other, by the first of three ways that goes: the third always does.
fn in_order(goals: Goals, group: &Group, network: Network, resolved: ValidClaims) -> Plan {
    let (classes, order) = (Classes::of(group, &network), goals.with_others());
    let planning = Planning { goals, order, group, network: &network, classes: &classes };
    let (allocation, proof) = if spread_is_last(order) && classes.mean_nothing() {
        planning.after_two_goals(resolved)
    } else if let Some(decided) = planning.by_racks(&resolved) {
        planning.after_three_goals(decided, resolved)
    } else {
        planning.in_stages(resolved)
    };
    Plan::of(group.clone(), network, allocation.allocated(), proof)
}

/// A group that is planned in an order of all goals, of which a plan may name fewer.
struct Planning<'g> {
    goals: Goals,
    order: [Goal; 4],
    group: &'g Group,
    network: &'g Network,
    classes: &'g Classes,
}

impl Planning<'_> {
    /// Where racks mean nothing and spread comes third: near what two goals leave uneven, or all at
    /// once within what they leave.
    fn after_two_goals(&self, resolved: ValidClaims) -> (Allocation, Proof) {
        let (decided, spread) = even::evened(self.group, self.network, two_goals::decide(self.network, resolved));
        if let Some(spread) = spread {
            let proof = decided.proof(self.goals, self.group, self.network, Some(&spread));
            return (decided.allocation, proof);
        }
        let owners = || decided.allocation.owners.clone();
        let resolved = claims::resolve(self.group, self.network);
        self.solved(resolved, owners, |group, pairs| stages::solve_after(&decided, &self.order, group, pairs))
    }

    /// Balance, racks and stickiness, where they come first and racks leave it at that.
    fn by_racks(&self, resolved: &ValidClaims) -> Option<ThreeGoals> {
        let is_default = self.order == Goals::default().with_others();
        is_default.then(|| by_rack::decide(self.resolved(resolved)))?
    }

    /// Spread after those: near what they leave uneven, or all at once within what they leave.
    fn after_three_goals(&self, decided: ThreeGoals, resolved: ValidClaims) -> (Allocation, Proof) {
        let (decided, spread) = rack_spread::evened(self.resolved(&resolved), decided);
        if let Some(spread) = spread {
            let proof = decided.proof(self.goals, self.group, self.network, self.classes, &spread);
            return (decided.two_goals.allocation, proof);
        }
        let owners = || decided.two_goals.allocation.owners.clone();
        self.solved(resolved, owners, |group, pairs| stages::solve_after_racks(&decided, group, pairs))
    }

    /// Every goal in a stage of its own.
    fn in_stages(&self, resolved: ValidClaims) -> (Allocation, Proof) {
        // Where balance is first the pairs have to allow a balanced plan.
        let owners = || two_goals::decide(self.network, claims::resolve(self.group, self.network)).allocation.owners;
        self.solved(resolved, owners, |group, pairs| stages::solve(&self.order, group, pairs))
    }

    /// What stages solve, on as many pairs as that takes, from those of a plan with these owners.
    fn solved(
        &self,
        resolved: ValidClaims,
        owners: impl FnOnce() -> Vec<u32>,
        solve: impl Fn(Resolved<'_>, &Pairs) -> Solved,
    ) -> (Allocation, Proof) {
        let group = self.resolved(&resolved);
        let solved = solve_on_pairs(group, owners, |pairs| solve(group, pairs));
        let proof = solved.proof(self.goals, self.group, self.network, self.classes);
        (carry_out::carry_out(self.network, self.classes, resolved, &solved.face), proof)
    }

    fn resolved<'r>(&'r self, claims: &'r ValidClaims) -> Resolved<'r> {
        Resolved { network: self.network, classes: self.classes, claims }
    }
}

/// Whether balance comes first, then stickiness, and then spread, racks wherever they may.
pub(crate) fn spread_is_last(order: [Goal; 4]) -> bool {
    order.into_iter().filter(|goal| *goal != Goal::Rack).eq([Goal::Balance, Goal::Stickiness, Goal::Spread])
}

/// Balance, then stickiness.
fn balance_and_stickiness(group: &Group, network: Network, resolved: ValidClaims) -> Plan {
    let decided = two_goals::decide(&network, resolved);
    let proof = decided.proof(Goals::BALANCE_STICKINESS, group, &network, None);
    Plan::of(group.clone(), network, decided.allocation.allocated(), proof)
}
