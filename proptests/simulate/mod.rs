//! Churn made up from a seed, and what `simulate` says about it.

mod churn;
mod program;
mod scenarios;
mod statistics;

use sticky_assignor::replay::churn::{Churn, Membership, Scenario, Sizes, churn};
use sticky_assignor::replay::{EventLog, Faults, LogError};
use sticky_assignor::{Change, Group};

/// A group of five, churned in the usual way.
fn five(scenario: Scenario, membership: Membership) -> Churn {
    churn(scenario, &Sizes { members: 5, topics: 3, partitions: 4, membership, ..Sizes::default() }, 7, 0)
}

fn group(churn: &Churn) -> Group {
    Group::try_from(&churn.group).expect("the group can be")
}

fn log(churn: &Churn) -> Result<EventLog, LogError> {
    EventLog::new(group(churn), (1..).zip(churn.events.iter().cloned().map(Ok)), Faults::Refuse)
}

/// The group after each event.
fn groups(churn: &Churn) -> Vec<Group> {
    let changes = churn.events.iter().map(|event| Change::from(event.content.events()));
    let next = |group: &mut Group, change: Change| {
        *group = group.apply(&change).expect("the event can happen");
        Some(group.clone())
    };
    changes.scan(group(churn), next).collect()
}
