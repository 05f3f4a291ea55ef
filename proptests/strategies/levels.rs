//! Groups of many levels, and changes that move levels up and down: by one, by many, apart and
//! together.

use proptest::prelude::*;
use sticky_assignor::{Change, Event, Group, NewMember, NewTopic, Subscription};

const TOPICS: u8 = 10;
const MEMBERS: u8 = 24;

/// A group of topics large and small, whose members follow a few of them each.
pub(crate) fn group_of_levels() -> impl Strategy<Value = Group> {
    let sizes = prop::collection::vec(any_size(), usize::from(TOPICS));
    let members = prop::collection::vec(any_few_topics(), 1..usize::from(MEMBERS));
    (sizes, members).prop_map(|(sizes, members)| {
        let topics: Vec<NewTopic> = sizes.into_iter().enumerate().map(|(topic, size)| NewTopic::new(format!("t{topic}"), size)).collect();
        let member = |(place, topics)| NewMember::new(format!("m{place}"), topics);
        Group::new(&topics, &members.into_iter().enumerate().map(member).collect::<Vec<_>>()).expect("a group")
    })
}

/// One event, or a few at once, of the names in those groups: some of them impossible.
pub(crate) fn change_of_levels() -> impl Strategy<Value = Change> {
    prop_oneof![4 => prop::collection::vec(any_event(), 1), 1 => prop::collection::vec(any_event(), 2..6)].prop_map(Change::from)
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (any_member(), any_few_topics()).prop_map(|(id, topics)| Event::Join(NewMember::new(id, topics))),
        3 => any_member().prop_map(Event::Leave),
        3 => (any_member(), any_few_topics()).prop_map(|(member, subscription)| Event::Subscribe { member, subscription }),
        2 => (any_topic(), any_size()).prop_map(|(topic, size)| Event::Topic(NewTopic::new(topic, size))),
        1 => any_topic().prop_map(Event::DeleteTopic),
    ]
}

fn any_size() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 0..12_u32, 3 => 12..60_u32, 1 => 150..400_u32]
}

fn any_topic() -> impl Strategy<Value = String> {
    (0..TOPICS).prop_map(|place| format!("t{place}"))
}

fn any_member() -> impl Strategy<Value = String> {
    (0..MEMBERS).prop_map(|place| format!("m{place}"))
}

fn any_few_topics() -> impl Strategy<Value = Subscription> {
    prop::collection::vec(any_topic(), 1..4).prop_map(Subscription::Named)
}
