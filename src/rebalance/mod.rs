//! The next plan after a change, at the cost of what the change touches where that is possible.
//!
//! Four ways, tried in this order; the last always goes.
//!
//! 1. Where a change touches nobody, nothing moves ([`start_and_outcome`]).
//! 1. Where all members subscribe to the same topics, before and after, the closed form works on
//!    what changed ([`identical`]).
//! 1. What is unassigned is placed, and what is lacking is pulled, by searches that start there and
//!    stop early ([`incremental`]); then what that leaves uneven is evened out ([`spread`]).
//! 1. Where that would search about as much as there is, the whole group is balanced anew: at once
//!    if a change is large ([`crate::network::impact`]), or when a search went on for so long.

mod adjacent;
mod augment;
mod budget;
mod identical;
mod incremental;
mod levels;
mod neighbours;
mod net_moves;
mod residual;
mod search;
mod spread;
mod start_and_outcome;
mod state;

use crate::balance::spread_is_last;
use crate::model::{Change, ChangeError, Goal, Goals, Group};
use crate::network::impact::{Before, Impact};
use crate::plan::Plan;

impl Plan {
    /// The plan after a change: the best for the changed group, in which everybody claims what this
    /// plan gave them.
    ///
    /// This plan still stands, and the new one shares with it what did not change. Work and memory
    /// depend on what moves and what must be searched. Beside that there is a look at the level of
    /// each member, and each topic that there is or was, and once in many changes the index of who
    /// subscribes to what is made anew. Where more than one in 64 partitions (and more than 64) is
    /// to be placed or pulled, or a search has gone on for about as long as a balance takes, the
    /// group is balanced from the ground up.
    ///
    /// ```
    /// use sticky_assignor::{Event, Group, NewMember, NewTopic, balance};
    /// let group = Group::new(&[NewTopic::new("orders", 12)], &[NewMember::new("c1", ["orders"]), NewMember::new("c2", ["orders"])])?;
    /// let plan = balance(&group);
    /// let next = plan.rebalance(Event::Join(NewMember::new("c3", "orders")))?;
    /// assert_eq!((next.summary().moved, next.summary().retained), (4, 8));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// However many members pass through a group, what a rebalance costs depends on those there
    /// are: the numbers of those that left are given again ([`MemberId`](crate::MemberId)). Names
    /// of topics that were subscribed to or existed are remembered.
    ///
    /// # Errors
    ///
    /// Where an event of the change cannot happen to the group as the events before it left it.
    pub fn rebalance(&self, change: impl Into<Change>) -> Result<Self, ChangeError> {
        self.rebalanced(&change.into())
    }

    fn rebalanced(&self, change: &Change) -> Result<Self, ChangeError> {
        let group = self.group().clone().claiming(self.assignment().clone()).changed(change)?;
        let near = if self.has_ways_near(&group) { self.near_the_change(&group, change) } else { None };
        Ok(near.unwrap_or_else(|| self.goals().balance(&group)))
    }

    /// Whether there are ways near a change to this group: in balance and stickiness, and in orders
    /// in which spread follows, where racks are the same to all.
    fn has_ways_near(&self, group: &Group) -> bool {
        let goals = self.goals();
        goals == Goals::BALANCE_STICKINESS || (spread_is_last(goals.with_others()) && !self.group().has_racks() && !group.has_racks())
    }

    /// The next plan where it can be had at the cost of what the change touches. The closed form
    /// only sees whether spread comes out even; the searches make it so near the change.
    fn near_the_change(&self, group: &Group, change: &Change) -> Option<Self> {
        let impact = Impact::of(Before { group: self.group(), assignment: self.assignment() }, group, change);
        if impact.is_empty() {
            return Some(self.unmoved(group, &impact));
        }
        identical::rebalance(self, group, &impact).or_else(|| match self.goals().contains(Goal::Balance) {
            true => incremental::rebalance(self, group, &impact),
            // Searches start from levels, which only a proof of balance has.
            false => None,
        })
    }
}
