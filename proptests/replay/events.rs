//! What can happen to a small group, at random.

use std::ops::Range;

use proptest::prelude::*;
use sticky_assignor::{Event, Group, NewMember, NewTopic};

const TOPICS: [&str; 4] = ["a", "b", "c", "d"];

/// A small group with claims, a static member, and a topic that is subscribed to but does not
/// exist.
pub(super) fn start_group() -> Group {
    let topics: Vec<NewTopic> = TOPICS.iter().zip([7, 12, 1]).map(|(name, partitions)| NewTopic::new(*name, partitions)).collect();
    let claimant = NewMember::new("c1", ["a", "b"]).owning("a", 0..7).generation(3);
    let members = [claimant, NewMember::new("c2", ["a", "d"]).instance("pod1"), NewMember::new("c3", ["b"])];
    Group::new(&topics, &members).expect("the group can be")
}

/// So many events, of which some cannot happen.
pub(super) fn some_events(number: Range<usize>) -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(some_event(), number)
}

fn some_event() -> impl Strategy<Value = Event> {
    let id = || (0..8_u8).prop_map(|number| format!("c{number}"));
    let instance = proptest::option::of((0..3_u8).prop_map(|number| format!("pod{number}")));
    let member = (id(), some_topics(), instance).prop_map(|(id, topics, instance)| NewMember { instance, ..NewMember::new(id, topics) });
    let topic = || proptest::sample::select(TOPICS.to_vec()).prop_map(String::from);
    prop_oneof![
        3 => member.prop_map(Event::Join),
        3 => id().prop_map(Event::Leave),
        2 => (id(), some_topics()).prop_map(|(member, topics)| Event::Subscribe { member, subscription: topics.into() }),
        1 => (topic(), 0..20_u32).prop_map(|(name, partitions)| Event::Topic(NewTopic::new(name, partitions))),
        1 => topic().prop_map(Event::DeleteTopic),
    ]
}

fn some_topics() -> impl Strategy<Value = Vec<String>> {
    proptest::sample::subsequence(TOPICS.map(String::from).to_vec(), 0..=4)
}
