//! Churn that operators know, made up from a seed: what a group goes through when it is restarted,
//! scaled, deployed or hit. Times are in tenths of a second.

mod scenario;
mod stage;

use std::ops::RangeInclusive;

use crate::document::{EventDocument, GroupDocument};
pub use scenario::{Membership, Scenario, Sizes, UnknownScenario};
use stage::Stage;

/// A group, and what happens to it: an event log made up.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
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
    play(scenario, &mut stage, rounds);
    Churn { group, events: stage.events }
}

/// How long a process takes to stop and start.
const RESTART: RangeInclusive<u64> = 20..=100;
/// How long a rollout waits before it goes on to the next member.
const ROLLOUT: RangeInclusive<u64> = 100..=300;
/// How long a crashed process is kept waiting before it may start.
const BACK_OFF: RangeInclusive<u64> = 100..=600;
/// How far apart members are lost that are lost together.
const TOGETHER: RangeInclusive<u64> = 0..=5;
/// How long a zone is gone.
const OUTAGE: RangeInclusive<u64> = 1_200..=6_000;

/// Lets a scenario happen that many times.
fn play(scenario: Scenario, stage: &mut Stage, rounds: u32) {
    for _ in 0..rounds {
        stage.wait(ROLLOUT);
        round(scenario, stage);
    }
}

fn round(scenario: Scenario, stage: &mut Stage) {
    match scenario {
        Scenario::RollingRestart => rolling_restart(stage),
        Scenario::ScaleUp => stage.join_anew(scenario),
        Scenario::ScaleDown => scale_down(stage),
        Scenario::CrashLoop => crash(stage),
        Scenario::Flapping => flap(stage),
        Scenario::Deploy => deploy(stage),
        Scenario::TopicGrowth => topic_growth(stage),
        Scenario::ZoneLoss => zone_loss(stage),
    }
}

fn rolling_restart(stage: &mut Stage) {
    for consumer in stage.here_shuffled() {
        stage.restart(consumer, RESTART);
        stage.wait(ROLLOUT);
    }
}

fn scale_down(stage: &mut Stage) {
    if let [_, _, ..] = stage.here()[..]
        && let Some(consumer) = stage.anyone()
    {
        stage.leave(consumer);
    }
}

/// It is always the first consumer that crashes.
fn crash(stage: &mut Stage) {
    if let Some(&consumer) = stage.here().first() {
        stage.restart(consumer, BACK_OFF);
    }
}

/// Up to three are out at once.
fn flap(stage: &mut Stage) {
    let mut out: Vec<usize> = Vec::new();
    while let Some(consumer) = stage.anyone() {
        stage.leave(consumer);
        stage.wait(RESTART);
        out.push(consumer);
        if out.len() == 3 || !stage.once_in(3) {
            break;
        }
    }
    for consumer in out {
        stage.join(consumer);
        stage.wait(RESTART);
    }
}

fn deploy(stage: &mut Stage) {
    let topic = stage.create_topic();
    for consumer in stage.here_shuffled() {
        stage.wait(ROLLOUT);
        stage.will_subscribe(consumer, topic);
        stage.restart(consumer, RESTART);
    }
}

fn topic_growth(stage: &mut Stage) {
    match stage.once_in(5) {
        true => drop(stage.create_topic()),
        false => stage.grow_topic(),
    }
}

fn zone_loss(stage: &mut Stage) {
    let zone = stage.any_zone();
    let lost = stage.of_zone(zone);
    for &consumer in &lost {
        stage.leave(consumer);
        stage.wait(TOGETHER);
    }
    stage.wait(OUTAGE);
    for consumer in lost {
        stage.join(consumer);
        stage.wait(RESTART);
    }
}
