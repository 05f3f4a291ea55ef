//! A broker's side of KIP-848: the coordinator keeps a plan for each group, and every heartbeat
//! that changes something gives the next target assignment. No lock around an assignor, for there
//! is no assignor: a plan is a value, and the old one answers until the new one is there.
//!
//! `cargo run --example broker`
#![expect(clippy::print_stdout, reason = "an example says what it does")]

use std::collections::BTreeMap;
use std::error::Error;

use sticky_assignor::{ChangeError, Event, Group, Movement, NewMember, NewTopic, Plan, Summary, balance};

/// A group as its coordinator has it: the target assignment, and its epoch.
struct Coordinated {
    epoch: u32,
    target: Plan,
}

/// What a coordinator does with a member's heartbeat: the group goes on to its next epoch.
fn heartbeat(groups: &mut BTreeMap<String, Coordinated>, id: &str, event: Event) -> Result<(), ChangeError> {
    let Some(group) = groups.get_mut(id) else { return Ok(()) };
    group.target = group.target.rebalance(event)?;
    group.epoch += 1;
    let Summary { retained, moved, forced, new, .. } = group.target.summary();
    println!("{id}, epoch {}: {retained} stay, {moved} move, {new} are new", group.epoch);
    if moved > forced {
        println!("  these are revoked first, and assigned then:");
    }
    // What a member had that left has nobody to be revoked from.
    let stays = |movement: &&Movement| group.target.group().member(movement.from).is_some();
    for movement in group.target.movements().iter().filter(stays) {
        println!("    {}", movement.display(group.target.group()));
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let topics = [NewTopic::new("orders", 6), NewTopic::new("clicks", 4)];
    let mut groups = BTreeMap::new();
    for id in ["billing", "search"] {
        let target = balance(&Group::new(&topics, &[NewMember::new("m1", "*")])?.named(id));
        groups.insert(id.to_string(), Coordinated { epoch: 1, target });
    }

    heartbeat(&mut groups, "billing", Event::Join(NewMember::new("m2", "*")))?;
    heartbeat(&mut groups, "billing", Event::Join(NewMember::new("m3", ["orders"])))?;
    heartbeat(&mut groups, "search", Event::Topic(NewTopic::new("clicks", 8)))?;
    heartbeat(&mut groups, "billing", Event::Leave("m1".into()))?;

    // What a heartbeat's response to m3 says, as KIP-848 has it: its partitions of the target.
    let billing = &groups["billing"];
    println!("m3 is told: epoch {}, {:?}", billing.epoch, billing.target.by_name().of_member("m3").unwrap_or_default());
    Ok(())
}
