//! What a log would have cost had the group been run otherwise.

use super::figures::Figures;
use super::log::EventLog;
use super::totals::Totals;
use super::window::Gathering;
use crate::balance::balance;
use crate::document::{GroupDocument, HappeningDocument};
use crate::model::{ChangeError, Group};

/// The totals of a log whose events are gathered this way; what [`History`](super::History) would say, without keeping one.
///
/// # Errors
///
/// None for a log that was checked.
pub fn totals(log: &EventLog, gathering: Gathering) -> Result<Totals, ChangeError> {
    let mut plan = balance(&log.group);
    let mut totals = Totals::from_iter([Figures::of(&plan)]);
    for moment in gathering.moments(log) {
        plan = plan.rebalance(&moment.change)?;
        totals = totals.with(Figures::of(&plan));
    }
    Ok(totals)
}

/// The log as it would be if every member were a static one: a member without an instance gets one named like itself.
///
/// A restart can be told from a departure only where the member comes back under its own id.
pub fn with_static_members(log: &EventLog) -> EventLog {
    let mut group = GroupDocument::from(&log.group);
    for member in &mut group.members {
        member.instance.get_or_insert_with(|| named_like(&member.id));
    }
    let mut changed = EventLog { group: Group::try_from(&group).unwrap_or_else(|_| log.group.clone()), ..log.clone() };
    for logged in &mut changed.events {
        if let HappeningDocument::Join(join) = &mut logged.event.happening {
            join.instance.get_or_insert_with(|| named_like(&join.id));
        }
    }
    changed
}

/// An instance id no log is likely to have.
fn named_like(id: &str) -> String {
    format!("static:{id}")
}
