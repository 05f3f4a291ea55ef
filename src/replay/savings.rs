//! What a log would have cost had the group been run otherwise.

use super::figures::Figures;
use super::log::EventLog;
use super::totals::Totals;
use super::window::RebalanceWindow;
use crate::balance::balance;
use crate::model::ChangeError;

/// The totals of a log whose events are gathered this way; what [`History`](super::History) would
/// say, without keeping one.
///
/// # Errors
///
/// None for a log that was checked.
pub fn totals(log: &EventLog, window: RebalanceWindow) -> Result<Totals, ChangeError> {
    let mut plan = balance(&log.group);
    let mut totals = Totals::from_iter([Figures::of(&plan)]);
    for batch in window.batches(log) {
        plan = plan.rebalance(&batch.change)?;
        totals = totals.with(Figures::of(&plan));
    }
    Ok(totals)
}
