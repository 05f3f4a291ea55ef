//! What may happen to a group: changes that are possible for it, and some that are not.

use proptest::prelude::*;
use proptest::sample::Index;
use sticky_assignor::{Change, Event, NewMember, NewTopic, Subscription};

/// Some events, of the names that generated groups have and a few more: some of them impossible.
pub(crate) fn any_change() -> impl Strategy<Value = Change> {
    prop::collection::vec(any_event(), 1..4).prop_map(Change::from)
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => any_joining().prop_map(Event::Join),
        3 => any_id().prop_map(Event::Leave),
        2 => (any_id(), any_subscription()).prop_map(|(member, subscription)| Event::Subscribe { member, subscription }),
        2 => (any_name(), 0..12_i64).prop_map(|(name, partitions)| Event::Topic(NewTopic::new(name, partitions))),
        1 => any_name().prop_map(Event::DeleteTopic),
    ]
}

fn any_joining() -> impl Strategy<Value = NewMember> {
    (any_id(), any_subscription(), prop::option::weighted(0.3, any_instance())).prop_map(|(id, subscription, instance)| {
        let member = NewMember::new(id, subscription);
        match instance {
            Some(instance) => member.instance(instance),
            None => member,
        }
    })
}

fn any_id() -> impl Strategy<Value = String> {
    (0..9_u8).prop_map(|place| format!("m{place}"))
}

fn any_instance() -> impl Strategy<Value = String> {
    (0..3_u8, 0..5_u8).prop_map(|(order, place)| format!("pod-{order}-{place}"))
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![8 => (0..7_u8).prop_map(|place| format!("t{place}")), 1 => Just("absent".into())]
}

fn any_subscription() -> impl Strategy<Value = Subscription> {
    let places = prop::collection::vec(any::<Index>(), 0..5);
    prop_oneof![
        1 => Just(Subscription::Every),
        4 => places.prop_map(|places| Subscription::Named(places.iter().map(|place| format!("t{}", place.index(7))).collect())),
    ]
}
