//! The next plan after a change, at the cost of what the change touches where that is possible.
//!
//! Four ways, tried in this order; the last always goes.
//!
//! 1. Where a change touches nobody, nothing moves ([`outcome`]).
//! 1. Where all members follow the same topics, before and after, the closed form works on what changed ([`alike`]).
//! 1. What was set free is placed, and what is missing is fetched, by searches that start there and stop early ([`nearby`]).
//! 1. Where that would search about as much as there is, the whole group is balanced anew: at once if a change is large ([`effects`]), or when a search went on for so long.

mod adjust;
mod alike;
mod arcs;
mod direct;
mod effects;
mod finish;
mod freed;
mod local_flow;
mod moved;
mod nearby;
mod neighbours;
mod outcome;
mod readers;
mod search;
mod start;
mod ways;

use super::balance;
use super::plan::Plan;
use crate::model::{Change, ChangeError};
use effects::Effects;
pub(super) use readers::Readers;

impl Plan {
    /// The plan after a change: the best for the changed group, in which everybody claims what this plan gave them.
    ///
    /// This plan still stands, and the new one shares with it what did not change. Work and memory follow what moves and what must be searched. Beside that there is
    /// a look at each member's and topic's level, and now and then the followers of topics that others follow than before are listed anew. Where more than one in
    /// 64 partitions (and more than 64) is to be placed or fetched, or a search has looked at about twice as much as there is, the group is balanced from the ground up.
    ///
    /// ```
    /// use sticky_assignor::{Change, Event, Group, NewMember, NewTopic, balance};
    /// let group = Group::new(&[NewTopic::new("orders", 12)], &[NewMember::new("c1", ["orders"]), NewMember::new("c2", ["orders"])])?;
    /// let plan = balance(&group);
    /// let next = plan.rebalance(&Change::from([Event::Join(NewMember::new("c3", ["orders"]))]))?;
    /// assert_eq!((next.summary().moved, next.summary().retained), (4, 8));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where an event of the change cannot happen to the group as the events before it left it.
    pub fn rebalance(&self, change: &Change) -> Result<Self, ChangeError> {
        let claiming = self.group.clone().claiming(self.assignment.clone());
        let group = claiming.apply(change)?;
        let effects = Effects::of(self, &group, change);
        let next = match effects.is_empty() {
            true => Some(self.unmoved(&group)),
            false => alike::rebalance(self, &group, &effects).or_else(|| nearby::rebalance(self, &group, &effects)),
        };
        Ok(next.unwrap_or_else(|| balance(&group)))
    }
}
