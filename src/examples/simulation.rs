//! Churn made up from a seed, under every assignor: what does a rolling restart move?
//!
//! `cargo run --example simulation`
#![expect(clippy::print_stdout, reason = "an example says what it does")]

use std::error::Error;

use sticky_assignor::replay::Figures;
use sticky_assignor::replay::churn::{Scenario, Sizes, churn};
use sticky_assignor::{Group, Strategy};

fn main() -> Result<(), Box<dyn Error>> {
    let sizes = Sizes { members: 10, topics: 20, partitions: 12, ..Sizes::default() };
    let restart = churn(Scenario::RollingRestart, &sizes, 42, 0);
    println!("A rolling restart of 10 members: {} events.", restart.events.len());
    for &strategy in Strategy::ALL {
        let mut group = Group::try_from(&restart.group)?;
        let mut assignment = strategy.assign(&group);
        let (mut moved, mut forced) = (0, 0);
        for event in &restart.events {
            group = group.claiming(assignment).apply(event.content.events())?;
            assignment = strategy.assign(&group);
            let figures = Figures::measure(&group, &assignment);
            (moved, forced) = (moved + figures.moved, forced + figures.forced);
        }
        println!("{strategy:<11} moved {moved:>5} partitions, of which {forced} had to move");
    }
    Ok(())
}
