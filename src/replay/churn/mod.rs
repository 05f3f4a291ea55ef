//! Churn that operators know, made up from a seed: what a group goes through when it is restarted,
//! scaled, deployed or hit.

mod scenario;
mod script;
mod stage;

pub use scenario::{Membership, Scenario, Sizes, UnknownScenario};

use crate::document::{EventDocument, GroupDocument};
use stage::Stage;

/// A group, and what happens to it: an event log made up.
#[derive(Clone, Debug, PartialEq)]
pub struct Churn {
    /// The group before.
    pub group: GroupDocument,
    /// What happens, in the order of time.
    pub events: Vec<EventDocument>,
}

/// The churn of a scenario: the same for the same sizes, seed and trial, on every machine.
///
/// Trials of one seed differ in partition counts, in who subscribes to what where that is drawn, in
/// who is hit, and in the time between events. Linear in what is made; and in each round all
/// members may be looked through, where one of those that are here is drawn, and all topics for
/// each member that joins.
///
/// ```
/// use sticky_assignor::replay::churn::{Scenario, Sizes, churn};
/// let sizes = Sizes { members: 3, rounds: Some(1), ..Sizes::default() };
/// let restarts = churn(Scenario::RollingRestart, &sizes, 42, 0);
/// assert_eq!(restarts.events.len(), 3 * 2);
/// assert_eq!(restarts, churn(Scenario::RollingRestart, &sizes, 42, 0));
/// ```
pub fn churn(scenario: Scenario, sizes: &Sizes, seed: u64, trial: u64) -> Churn {
    let mut stage = Stage::set(scenario, sizes, seed, trial);
    let group = stage.group(scenario.name());
    let rounds = sizes.rounds.unwrap_or_else(|| scenario.usual_rounds(sizes));
    script::play(scenario, &mut stage, rounds);
    Churn { group, events: stage.events }
}
