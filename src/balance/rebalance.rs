//! The next plan after a change.

use super::balance;
use super::plan::Plan;
use crate::model::{Change, ChangeError};

impl Plan {
    /// The plan after a change: the best for the changed group, in which everybody claims what this plan gave them.
    ///
    /// # Errors
    ///
    /// Where an event of the change cannot happen to the group as the events before it left it.
    pub fn rebalance(&self, change: &Change) -> Result<Self, ChangeError> {
        let group = self.group().clone().claiming(self.assignment().clone()).apply(change)?;
        Ok(balance(&group))
    }
}
