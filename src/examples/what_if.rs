//! What would a change cost? The plan of a group, and what each of three changes would move.
//!
//! `cargo run --example what_if`
#![expect(clippy::print_stdout, reason = "an example says what it does")]

use std::error::Error;

use sticky_assignor::{Event, Group, NewMember, NewTopic, Summary, balance};

fn main() -> Result<(), Box<dyn Error>> {
    let topics = [NewTopic::new("orders", 12), NewTopic::new("clicks", 6)];
    let members = [
        NewMember::new("c1", ["orders", "clicks"]).owning("orders", 0..9),
        NewMember::new("c2", "*").owning("orders", 9..12).owning("clicks", 0..6),
    ];
    let plan = balance(&Group::new(&topics, &members)?);
    println!("As it is: {}.", plan.summary());

    // The plan still stands after each question: it is a value.
    let questions = [
        ("c3 joins", Event::Join(NewMember::new("c3", "*"))),
        ("c1 leaves", Event::Leave("c1".into())),
        ("orders doubles", Event::Topic(NewTopic::new("orders", 24))),
    ];
    for (question, event) in questions {
        let next = plan.rebalance(event)?;
        let Summary { retained, moved, forced, new, min, max, .. } = next.summary();
        println!("{question:<15} {retained} stay, {moved} move ({forced} had to), {new} are new; members have {min} to {max}");
    }

    let next = plan.rebalance(Event::Join(NewMember::new("c3", "*")))?;
    println!("\nIf c3 joins, this moves:");
    for movement in next.movements() {
        println!("  {}", movement.display(next.group()));
    }
    println!("and then everybody has:");
    for (member, topics) in next.by_name() {
        println!("  {member}: {topics:?}");
    }
    Ok(())
}
