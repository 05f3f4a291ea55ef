//! What may happen to a group: changes that are possible for it, and some that are not.

use proptest::prelude::*;
use proptest::sample::Index;
use sticky_assignor::{Change, Event, NewMember, NewTopic, Subscription};

use super::racks::{any_rack, rack};
use super::sketch::Sizes;

/// Some events, of the names that generated groups have and a few more: some of them impossible.
pub(crate) fn any_change() -> impl Strategy<Value = Change> {
    any_change_in(Sizes { topics: 7, partitions: 11, members: 9 })
}

/// The same for groups of these sizes.
pub(crate) fn any_change_in(sizes: Sizes) -> impl Strategy<Value = Change> {
    prop::collection::vec(any_event(sizes), 1..4).prop_map(Change::from)
}

fn any_event(Sizes { topics, partitions, members }: Sizes) -> impl Strategy<Value = Event> {
    let (id, name, subscription) = (move || any_id(members), move || any_name(topics), move || any_subscription(topics));
    prop_oneof![
        3 => any_joining(members, topics).prop_map(Event::Join),
        3 => id().prop_map(Event::Leave),
        2 => (id(), subscription()).prop_map(|(member, subscription)| Event::Subscribe { member, subscription }),
        1 => any_joining(members, topics).prop_map(Event::Rejoin),
        2 => (name(), 0..=partitions as u32).prop_map(|(name, partitions)| Event::Topic(NewTopic::new(name, partitions))),
        1 => name().prop_map(Event::DeleteTopic),
    ]
}

fn any_joining(members: usize, topics: usize) -> impl Strategy<Value = NewMember> {
    let instance = prop::option::weighted(0.3, any_instance());
    (any_id(members), any_subscription(topics), instance, any_rack()).prop_map(|(id, subscription, instance, of_rack)| {
        let member = NewMember::new(id, subscription);
        NewMember { instance, rack: of_rack.map(rack), ..member }
    })
}

fn any_id(members: usize) -> impl Strategy<Value = String> {
    (0..members).prop_map(|place| format!("m{place}"))
}

fn any_instance() -> impl Strategy<Value = String> {
    (0..3_u8, 0..5_u8).prop_map(|(order, place)| format!("pod-{order}-{place}"))
}

fn any_name(topics: usize) -> impl Strategy<Value = String> {
    prop_oneof![8 => (0..topics).prop_map(|place| format!("t{place}")), 1 => Just("absent".into())]
}

fn any_subscription(topics: usize) -> impl Strategy<Value = Subscription> {
    let named = |places: Vec<usize>| Subscription::Named(places.iter().map(|place| format!("t{place}")).collect());
    let places = prop::collection::vec(any::<Index>(), 0..5);
    prop_oneof![
        1 => Just(Subscription::Every),
        4 => places.prop_map(move |places| named(places.iter().map(|place| place.index(topics)).collect())),
        // What others follow, too.
        2 => (0..3_usize).prop_map(move |kind| named((0..topics).filter(|topic| topic % 3 != kind).collect())),
    ]
}
